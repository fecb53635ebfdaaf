"""Replies from bytes, their rows by column: for Arrow and Parquet, where no Python object a cell is wanted.

In: the bytes of one reply, in whatever pieces they arrive. Out: the ``Reply`` that ``ReplyReader`` or ``BareReader``
would give, whose page has ``Columns`` for rows. Refuses to know: how a cell is typed.

The bytes are held until the end, so a page larger than MAX_HELD is read as rows. So is every page that is not a plain
table or holds a cell that does not fit its type; whoever asked gets a list of tuples then. What is wrong is told by
the same readers in the same words, because it is they who read whatever is not proved right.
"""

import re
from io import BytesIO
from typing import Literal

from intacct_ql.errors import TransportError
from intacct_ql.extras import extra
from intacct_ql.gateway.arrange import Arranger
from intacct_ql.gateway.bare import BareReader
from intacct_ql.gateway.casts import MisfitError, cast
from intacct_ql.gateway.columns import Columns
from intacct_ql.gateway.messages import Page, Reply, Result, RowShape
from intacct_ql.gateway.reader import MAX_BYTES, MAX_HELD, ReplyReader
from intacct_ql.gateway.regular import IrregularError, Table, csv_table, xml_table

_DATA = re.compile(rb"<data\b[^<>]*+(?<!/)>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)


class ColumnsReader:
    """Reads one reply whose rows come as XML or as bare CSV. Feed it, close it, and it is used up.

    The ``kind`` of each column in ``shape`` says what it becomes in ``Columns.batch``. Both methods raise
    ``TransportError`` as the readers of rows do; making one without pyarrow raises ``ConfigError``.
    """

    def __init__(
        self,
        shape: RowShape,
        form: Literal["xml", "csv"] = "xml",
        *,
        function: str = "query",
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._arrow = extra("pyarrow")
        self._shape = shape
        self._form = form
        self._function = function
        self.max_bytes = max_bytes
        self._held = BytesIO()
        self._rows: ReplyReader | BareReader | None = None

    def feed(self, data: bytes) -> None:
        """Take the next bytes, already decompressed."""
        if self._rows is not None:
            self._rows.feed(data)
            return
        self._held.write(data)
        if self._held.tell() > min(MAX_HELD, self.max_bytes):
            self._by_row()

    def close(self) -> Reply:
        """The reply, now that all bytes have been fed."""
        reply = None if self._rows is not None or not self._shape.columns else self._by_column()
        return self._by_row().close() if reply is None else reply

    def _by_row(self) -> ReplyReader | BareReader:
        if self._rows is None:
            if self._form == "xml":
                self._rows = ReplyReader(self._shape, max_bytes=self.max_bytes)
            else:
                self._rows = BareReader(self._shape, self._form, function=self._function, max_bytes=self.max_bytes)
            self._rows.feed(self._held.getvalue())
            self._held.close()
        return self._rows

    def _by_column(self) -> Reply | None:
        """The reply, if it is a plain table in a sound envelope."""
        failures = (
            IrregularError,
            MisfitError,
            TransportError,
            UnicodeDecodeError,
            self._arrow.ArrowException,
        )
        body = self._held.getvalue()
        try:
            return self._from_xml(body) if self._form == "xml" else self._from_csv(body)
        except failures:
            return None

    def _from_xml(self, body: bytes) -> Reply:
        """The rows by column; and the envelope, without them, by the strict reader."""
        start = _DATA.search(body)
        end = body.rfind(b"</data>")
        if start is None or end < start.end():
            raise IrregularError
        before, after = body[: start.end()], body[end:]
        # A comment might hide where the rows are; and their encoding must be the one they are read in.
        if b"<!" in before or b"<!" in after or b"<?" in after or _ENCODING.search(before):
            raise IrregularError
        columns = self._columns(xml_table(body, start.end(), end))
        reader = ReplyReader(self._shape, max_bytes=self.max_bytes, apart=columns)
        reader.feed(before + after)
        reply = reader.close()
        if [result.page is not None for result in reply.results] != [True]:
            raise IrregularError
        return reply

    def _from_csv(self, body: bytes) -> Reply:
        if body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
            raise IrregularError
        columns = self._columns(csv_table(body))
        page = Page(rows=columns, count=len(columns))
        return Reply(status="success", results=(Result(function=self._function, status="success", page=page),))

    def _columns(self, table: Table) -> Columns:
        arrow = self._arrow
        tags, texts = table
        arranger = Arranger(self._shape)
        order = arranger.order(tags)
        if not arranger.wanted.intersection(map(str.upper, tags)):
            raise IrregularError
        if order is not None:
            nothing = arrow.array([""] * len(texts[0]), arrow.string())
            texts = [texts[place] if place >= 0 else nothing for place in order]
        columns = self._shape.columns
        formatting = self._shape.formatting
        typed = [cast(text, column.kind, formatting) for text, column in zip(texts, columns, strict=True)]
        batch = arrow.record_batch(typed, names=[column.names[0] for column in columns])
        return Columns(texts, batch, [column.decode for column in columns])

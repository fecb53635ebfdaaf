"""Replies from bytes, their rows as columns: for Arrow and Parquet, where no Python object a cell is wanted.

In: the bytes of one reply, in whatever pieces they arrive. Out: the ``Reply`` that ``ReplyReader`` or ``BareReader``
would give, whose page has ``Columns`` for rows. Refuses to know: how a cell is typed.

A page that is not regular, or holds a cell that does not fit its type, is read as rows; whoever asked gets a list of
tuples then.
"""

from typing import Literal

from intacct_ql.extras import extra
from intacct_ql.gateway.arrange import Arranger
from intacct_ql.gateway.bare import BareReader
from intacct_ql.gateway.casts import MisfitError, cast
from intacct_ql.gateway.columns import Columns
from intacct_ql.gateway.messages import Page, Reader, Reply, Result, RowShape
from intacct_ql.gateway.reader import MAX_BYTES
from intacct_ql.gateway.regular import IrregularError
from intacct_ql.gateway.regular_arrow import Table, csv_table, xml_table
from intacct_ql.gateway.table_reader import TableReader, wanted_order


class ColumnsReader(TableReader):
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
        super().__init__(shape, max_bytes=max_bytes)
        self._arrow = extra("pyarrow")
        self._form = form
        self._shows_end = form == "xml"
        self._function = function
        self.failures = (*TableReader.failures, MisfitError, self._arrow.ArrowException)

    def _other(self) -> Reader:
        if self._form == "xml":
            return super()._other()
        return BareReader(self._shape, self._form, function=self._function, max_bytes=self.max_bytes)

    def _read(self, body: bytes) -> Reply:
        if self._form == "xml":
            return super()._read(body)
        if body.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
            raise IrregularError
        columns = self._columns(csv_table(body))
        page = Page(rows=columns, count=len(columns))
        return Reply(status="success", results=(Result(function=self._function, status="success", page=page),))

    def _rows(self, body: bytes, start: int, stop: int) -> Columns:
        return self._columns(xml_table(body, start, stop))

    def _columns(self, table: Table) -> Columns:
        arrow = self._arrow
        tags, texts = table
        order = wanted_order(Arranger(self._shape), tags)
        if order is not None:
            nothing = arrow.array([""] * len(texts[0]), arrow.string())
            texts = [texts[place] if place >= 0 else nothing for place in order]
        columns = self._shape.columns
        formatting = self._shape.formatting
        typed = [cast(text, column.kind, formatting) for text, column in zip(texts, columns, strict=True)]
        batch = arrow.record_batch(typed, names=[column.names[0] for column in columns])
        return Columns(texts, batch, [column.decoded for column in columns])

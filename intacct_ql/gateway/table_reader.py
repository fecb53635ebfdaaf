"""Replies from bytes, their rows by the column: as ``ReplyReader`` reads them, in half the time.

In: the bytes of one reply, in whatever pieces they arrive. Out: the ``Reply`` that ``ReplyReader`` would give. Refuses
to know: what makes a page regular, and how a cell is typed.

The bytes are held until the end, so a page larger than MAX_HELD is read as it comes. So is every page that is not
proved to be regular. What is wrong is told by the same reader in the same words, because it is that one which reads
whatever is not proved right.
"""

import re
from collections.abc import Sequence

from intacct_ql.errors import TransportError
from intacct_ql.gateway.arrange import Arranger
from intacct_ql.gateway.characters import may_hold
from intacct_ql.gateway.messages import Reader, Reply, RowShape
from intacct_ql.gateway.reader import MAX_BYTES, MAX_HELD, ReplyReader
from intacct_ql.gateway.regular import Columns, IrregularError, xml_columns

Rows = Sequence[tuple[object, ...]]

_DATA = re.compile(rb"<data\b[^<>]*+(?<!/)>")
_ENCODING = re.compile(rb"""encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)


class TableReader:
    """Reads one reply whose rows are those of ``shape``. Feed it, close it, and it is used up.

    Both methods raise ``TransportError`` as ``ReplyReader`` does.
    """

    failures: tuple[type[Exception], ...] = (IrregularError, TransportError, UnicodeDecodeError)
    """What says that a reply is none of those that are read here."""

    def __init__(self, shape: RowShape, *, max_bytes: int = MAX_BYTES) -> None:
        self._shape = shape
        self.max_bytes = max_bytes
        self._held: list[bytes] = []
        self._size = 0
        self._strict: Reader | None = None
        self._shows_end = True

    @property
    def shows_end(self) -> bool:
        """Whether a reply that is cut off anywhere is told from a whole one."""
        return self._shows_end if self._strict is None else self._strict.shows_end

    def feed(self, data: bytes) -> None:
        """Take the next bytes, already decompressed."""
        if self._strict is not None:
            self._strict.feed(data)
            return
        self._held.append(data)
        self._size += len(data)
        if self._size > min(MAX_HELD, self.max_bytes):
            self._strictly(b"".join(self._held))

    def close(self) -> Reply:
        """The reply, now that all bytes have been fed."""
        if self._strict is not None:
            return self._strict.close()
        body = b"".join(self._held)
        self._held.clear()
        try:
            if self._shape.columns and (body.startswith(b"<") or not may_hold(body)):
                return self._read(body)  # which looks at the characters of XML itself
        except self.failures:
            pass
        return self._strictly(body).close()

    def _strictly(self, body: bytes) -> Reader:
        """The reader of everything else, which has been fed all that was held."""
        self._strict = self._other()
        self._held.clear()
        self._strict.feed(body)
        return self._strict

    def _other(self) -> Reader:
        return ReplyReader(self._shape, max_bytes=self.max_bytes)

    def _read(self, body: bytes) -> Reply:
        """The rows by column; and the envelope, without them, by the strict reader."""
        start = _DATA.search(body)
        end = body.rfind(b"</data>")
        if start is None or end < start.end():
            raise IrregularError
        before, after = body[: start.end()], body[end:]
        # A comment might hide where the rows are; and their encoding must be the one they are read in.
        if b"<!" in before or b"<!" in after or b"<?" in after or _ENCODING.search(before):
            raise IrregularError
        reader = ReplyReader(self._shape, max_bytes=self.max_bytes, apart=self._rows(body, start.end(), end))
        reader.feed(before + after)
        reply = reader.close()
        if [result.page is not None for result in reply.results] != [True]:
            raise IrregularError
        return reply

    def _rows(self, body: bytes, start: int, stop: int) -> Rows:
        """The rows that stand there in ``body``."""
        tags, pieces = xml_columns(body, start, stop)
        arranger = Arranger(self._shape)
        order = wanted_order(arranger, tags)
        if order is not None:
            pieces = (_arranged(columns, order) for columns in pieces)
        return [row for columns in pieces for row in arranger.rows_of(columns)]


def _arranged(columns: Columns, order: list[int]) -> Columns:
    columns.append([""] * len(columns[0]))
    return [columns[place] for place in order]


def wanted_order(arranger: Arranger, tags: list[str]) -> list[int] | None:
    """As ``Arranger.order``. Raises ``IrregularError`` where no column is among the names."""
    order = arranger.order(tags)
    if not arranger.wanted.intersection(map(str.upper, tags)):
        raise IrregularError
    return order

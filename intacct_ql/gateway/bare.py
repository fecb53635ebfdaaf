"""Replies without an envelope: what ``query`` answers where ``<returnformat>`` asks for json or csv.

In: the bytes of one reply, in whatever pieces they arrive. Out: a ``Reply`` with one result, whose page has rows and
nothing that only an envelope says: no totalcount, no numremaining, no control id. Refuses to know: envelopes. An
error of the same call is answered in XML; what begins like XML is left to ``ReplyReader``.

The caps are those of XML. A body that was cut shows in JSON, by the missing bracket, and in CSV by an open quote or by
a last line with too few cells. What ends within the last cell of a CSV, or between two lines, cannot be told from
what is whole (``shows_end``): the transport, which counts bytes, has to notice.
"""

import codecs
from typing import Literal

from intacct_ql.errors import TransportError
from intacct_ql.gateway.bare_csv import CsvRows
from intacct_ql.gateway.bare_json import JsonRows
from intacct_ql.gateway.messages import Page, Reply, Result, RowShape
from intacct_ql.gateway.prolog import MAX_PROLOG, cut_off, what_arrived
from intacct_ql.gateway.reader import MAX_BYTES, MAX_HELD, ReplyReader, held_too_much, too_large

Form = Literal["json", "csv"]
"""What ``<returnformat>`` may ask for beside xml."""

_MARK = codecs.BOM_UTF8
_PIECE = 65_536  # as in ``reader``: decoded and dropped while the rest is still on its way


_FORMS: dict[Form, type[JsonRows | CsvRows]] = {"json": JsonRows, "csv": CsvRows}


class BareReader:
    """Reads one reply that is asked for as ``form``. Feed it, close it, and it is used up; the peer of ``ReplyReader``.

    ``function`` is the name the result gets, which a bare reply does not say. Cells become the text that XML would
    give: null is empty, ``true`` and numbers are as they were written. Both methods raise ``TransportError`` for what
    is not a whole, well-formed reply.
    """

    def __init__(self, shape: RowShape, form: Form, *, function: str = "query", max_bytes: int = MAX_BYTES) -> None:
        self._shape = shape
        self._form = form
        self._function = function
        self.max_bytes = max_bytes
        self._received = 0
        self._head = b""
        self._envelope: ReplyReader | None = None
        self._bare: JsonRows | CsvRows | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._rows: list[tuple[object, ...]] = []

    def feed(self, data: bytes) -> None:
        """Take the next bytes, already decompressed."""
        self._received += len(data)
        if self._received > self.max_bytes:
            raise too_large(self.max_bytes)
        if self._envelope is None and self._bare is None:
            data = self._head = self._head + data
            if not self._begun():
                return
        if self._envelope is not None:
            self._envelope.feed(data)
            return
        for start in range(0, len(data), _PIECE):
            self._take(data[start : start + _PIECE])

    def close(self) -> Reply:
        """The reply, now that all bytes have been fed."""
        if self._envelope is not None:
            return self._envelope.close()
        if self._bare is None:
            raise what_arrived(self._head, self._form.upper())
        self._take(b"", final=True)
        self._rows += self._bare.close()
        page = Page(rows=self._rows, count=len(self._rows))
        return Reply(status="success", results=(Result(function=self._function, status="success", page=page),))

    @property
    def shows_end(self) -> bool:
        """Whether a reply that is cut off anywhere is told from a whole one: in CSV the last cell may be shorter."""
        return self._envelope is not None or self._form == "json"

    def _begun(self) -> bool:
        """Whether the first character has come; it says what the reply is."""
        begins = self._head.removeprefix(_MARK).lstrip()
        if not begins or _MARK.startswith(begins):
            if len(self._head) > MAX_PROLOG:
                raise what_arrived(self._head, self._form.upper())
            return False
        if begins.startswith(b"<"):
            self._envelope = ReplyReader(self._shape, max_bytes=self.max_bytes)
        else:
            self._bare = _FORMS[self._form](self._shape)
        return True

    def _take(self, piece: bytes, *, final: bool = False) -> None:
        assert self._bare is not None  # noqa: S101 - for the type checker; the callers have looked
        try:
            text = self._decoder.decode(piece, final)
        except UnicodeDecodeError as wrong:
            raise (cut_off() if final else TransportError(f"the reply is not UTF-8: {wrong.reason}")) from None
        self._rows += self._bare.feed(text)
        if self._bare.held > MAX_HELD:
            raise held_too_much()

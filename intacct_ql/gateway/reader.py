"""Replies from bytes.

In: the bytes of one reply, in whatever pieces they arrive. Out: a ``Reply``; rows are decoded and dropped while the
rest is still on its way, so that a page costs its tuples and little else. Refuses to know: whether the news is good.

A reply is hostile input. No DOCTYPE, no entities, no network; the parser's own limits stand (depth 256, 10 MB of text
in one node); the whole and what must be held at once are capped.
"""

from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Authentication, Fault, Page, Reply, Result, RowShape
from intacct_ql.gateway.prolog import cut_off, doctype_refused, starts_xml, what_arrived
from intacct_ql.gateway.rows import RowDecoder

MAX_BYTES = 64 * 2**20
"""Bytes of one reply, decompressed: 32 kB for each row of the largest page."""

MAX_HELD = 8 * 2**20
"""Bytes of a reply that may wait to become rows; every 4 bytes of hostile XML cost up to 120 in memory."""

_PIECE = 65_536  # rows are taken out after so many bytes: as fast as larger pieces, and flat in memory
_DATA_PATH = ["result", "operation", "response"]
_BROKEN = (etree.LxmlError, ValueError, LookupError)


class ReplyReader:
    """Reads one reply. Feed it, close it, and it is used up.

    With a ``shape`` the children of ``<data>`` are rows; without one ``Result.data`` keeps the element. Rows that were
    read ``apart`` from the document are those of a ``<data>`` that has none. Both methods raise ``TransportError`` for
    what is not a whole, well-formed reply; its words quote nothing out of an XML document, which may hold a session id.
    """

    def __init__(
        self,
        shape: RowShape | None = None,
        *,
        max_bytes: int = MAX_BYTES,
        apart: Sequence[tuple[object, ...]] = (),
    ) -> None:
        self._decoder = None if shape is None else RowDecoder(shape)
        self.max_bytes = max_bytes
        self.shows_end = True
        self._apart = apart
        self._received = 0
        self._held = 0
        self._head = b""
        self._tail = b""
        self._parser: etree.XMLPullParser[etree._Element] | None = None
        self._data: etree._Element | None = None
        self._rows: dict[etree._Element, list[tuple[object, ...]]] = {}

    def feed(self, data: bytes) -> None:
        """Take the next bytes, already decompressed."""
        self._received += len(data)
        if self._received > self.max_bytes:
            raise too_large(self.max_bytes)
        self._tail = (self._tail + data[-64:])[-64:]
        if self._parser is None:
            data = self._head = self._head + data
            if not starts_xml(data):
                return
            self._parser = _parser()
        for start in range(0, len(data), _PIECE):
            self._parse(self._parser, data[start : start + _PIECE])

    def close(self) -> Reply:
        """The reply, now that all bytes have been fed."""
        if self._parser is None:
            raise what_arrived(self._head)
        try:
            root = self._parser.close()
        except _BROKEN:
            ended = self._tail.rstrip().endswith(b"</response>")
            raise (_broken(self._parser) if ended else cut_off()) from None
        self._take_rows(self._parser)
        self._decode(self._data)
        if root.tag != "response":
            raise TransportError("the reply is an XML document, but not a response of the gateway")
        return self._reply(root)

    def _parse(self, parser: "etree.XMLPullParser[etree._Element]", piece: bytes) -> None:
        self._held += len(piece)
        if self._held > MAX_HELD:
            raise held_too_much()
        try:
            parser.feed(piece)
        except _BROKEN:
            raise _broken(parser) from None
        self._take_rows(parser)

    def _take_rows(self, parser: "etree.XMLPullParser[etree._Element]") -> None:
        """Decode the rows that are complete and take them out of the tree."""
        for _, element in parser.read_events():
            if element.tag == "response":
                _refuse_doctype(element)
            elif _is_data(element):
                self._decode(self._data)  # of a result before this one, complete by now
                self._data = element
                self._rows[element] = []
        self._decode(self._data, growing=1)

    def _decode(self, data: etree._Element | None, growing: int = 0) -> None:
        """Turn children into rows, except the last one while it may still be growing."""
        if self._decoder is None or data is None or len(data) <= growing:
            return
        rows = data[: len(data) - growing]
        self._rows[data].extend(self._decoder.decode(data, rows))
        del data[: len(rows)]
        self._held = 0

    def _reply(self, root: etree._Element) -> Reply:
        operation = root.find("operation")
        results = () if operation is None else operation.iterfind("result")
        return Reply(
            status=_text(root, "control/status"),
            controlid=_text(root, "control/controlid"),
            faults=_faults(root),
            authentication=None if operation is None else _authentication(operation),
            results=tuple(self._result(result) for result in results),
        )

    def _result(self, result: etree._Element) -> Result:
        data = result.find("data")
        return Result(
            function=_text(result, "function"),
            controlid=_text(result, "controlid"),
            status=_text(result, "status"),
            faults=_faults(result),
            page=None
            if self._decoder is None or data is None
            else _page(result, data, self._rows[data] or self._apart or []),
            data=data if self._decoder is None else None,
        )


def too_large(most: int) -> TransportError:
    """The error for a reply of more than ``most`` bytes."""
    words = f"the reply is larger than {most:,} bytes; the rest was not read"
    return TransportError(words, "ask for smaller pages (--page-size, page_size=)")


def held_too_much() -> TransportError:
    """The error for more than MAX_HELD bytes without a whole row."""
    return TransportError(f"the reply holds more than {MAX_HELD:,} bytes in one piece; the rest was not read")


def _parser() -> "etree.XMLPullParser[etree._Element]":
    return etree.XMLPullParser(
        events=("start",),  # listening for ends too would cost a tenth more: rows are seen without
        tag=("response", "data"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _broken(parser: "etree.XMLPullParser[etree._Element]") -> TransportError:
    """The error for a document the parser refused: where and of what kind, without a word of the document."""
    # The parser's own log: the one of an exception is shared. The first entry: later ones only stumble on.
    first = next(iter(parser.feed_error_log), None)
    if first is None:
        return TransportError("the reply is not well-formed XML")
    kind = first.type_name.removeprefix("ERR_").lower().replace("_", " ")
    return TransportError(f"the reply is not well-formed XML: {kind} at line {first.line}, column {first.column}")


def _refuse_doctype(element: etree._Element) -> None:
    """A second look at what ``prolog`` refused already, through the parser's eyes."""
    if element.getroottree().docinfo.internalDTD is not None:
        raise doctype_refused()


def _is_data(element: etree._Element) -> bool:
    """Whether this is the ``<data>`` of a result, and not a field of that name."""
    for tag in _DATA_PATH:
        above = element.getparent()
        if above is None or above.tag != tag:
            return False
        element = above
    return element.getparent() is None


def _page(result: etree._Element, data: etree._Element, rows: Sequence[tuple[object, ...]]) -> Page:
    """The page of a result: position by attributes of ``<data>``, or by the ``<listtype>`` element of ``get_list``."""
    announced = _number(data.get("count"))
    if announced is not None:
        _check_count(announced, rows)
    legacy = result.find("listtype")
    if legacy is not None:
        total, start, end = (_number(legacy.get(name)) for name in ("total", "start", "end"))
        if (rows or total) and start is not None and end is not None:  # [?] what is said where there are none
            _check_count(end - start + 1, rows)
        return Page(
            rows=rows,
            listtype=legacy.text or "",
            totalcount=total,
            offset=start,
            count=len(rows),
            numremaining=None if total is None or end is None else max(0, total - end - 1),  # ``end`` is inclusive
        )
    return Page(
        rows=rows,
        listtype=data.get("listtype") or "",
        totalcount=_number(data.get("totalcount")),
        offset=_number(data.get("offset")),
        count=len(rows),
        numremaining=_number(data.get("numremaining")),
        resultid=data.get("resultId") or None,
    )


def _check_count(announced: int, rows: Sequence[tuple[object, ...]]) -> None:
    if announced != len(rows):
        raise TransportError(f"the page announces {announced} rows and holds {len(rows)}", passing=True)


def _authentication(operation: etree._Element) -> Authentication:
    return Authentication(
        status=_text(operation, "authentication/status"),
        faults=_faults(operation),
        sessiontimestamp=_time(_text(operation, "authentication/sessiontimestamp")),
        sessiontimeout=_time(_text(operation, "authentication/sessiontimeout")),
    )


def _faults(parent: etree._Element) -> tuple[Fault, ...]:
    return tuple(
        Fault(
            errorno=_text(error, "errorno"),
            description=_text(error, "description"),
            description2=_text(error, "description2"),
            correction=_text(error, "correction"),
        )
        for error in parent.iterfind("errormessage/error")
    )


def _text(parent: etree._Element, path: str) -> str:
    found = parent.find(path)
    return "" if found is None else "".join(found.itertext()).strip()


def _number(text: str | None) -> int | None:
    """A count as the gateway writes it; anything else counts as missing."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None

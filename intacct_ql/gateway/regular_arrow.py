"""Regular pages as arrays of Arrow.

In: the bytes between ``<data>`` and ``</data>``, or a bare CSV. Out: the names, and a ``pyarrow`` array of texts for
each. Refuses to know: envelopes, and what the texts mean.

The rows of XML

    <BILL><A>x</A><B>y</B></BILL><BILL><A>..

are lines of a CSV as soon as ``</BILL><BILL>`` is a line end, with the sign ``<`` between cells: ``A>x``, ``/A>``,
``B>y``, ``/B>``. No text can hold that sign, so lines of this form are well-formed rows, and all others are not of this
form.
"""

import re
from typing import Any

from intacct_ql.extras import extra
from intacct_ql.gateway.arrange import MAX_CELLS
from intacct_ql.gateway.characters import NO_CHARACTERS_IN_UTF_8
from intacct_ql.gateway.regular import CONTROLS, ENTITIES, IrregularError, first_row, spans

Table = tuple[list[str], list[Any]]
"""Names, and for each an array of texts, '' where a cell is empty."""

_RFC_4180 = re.compile(rb'(?>(?:(?:"(?>(?:[^"]++|"")*)"|[^",\r\n]*+)(?:,|\r?\n|\Z))*)')
_LINE_END = b"\x01"  # stands for a line end inside a cell while lines are rows; no XML can hold it
_PIECE = 5 * 2**18  # nearly as fast as whole pages, in less memory; a call of pyarrow costs the same for less
_FAR = 2**30  # beyond the end of every cell: pyarrow wants to be told


def xml_table(body: bytes, start: int, stop: int) -> Table:
    """The rows of XML that stand there in ``body``.

    Raises ``IrregularError`` and ``pyarrow.ArrowException`` for what is no table. A page is megabytes: no copy of it is
    kept longer than it is needed, and of the columns none but the texts.
    """
    opening, closing, tags = first_row(body, start, stop)
    joint, count = closing + opening, -(-(stop - start) // _PIECE)
    pieces = [
        _xml_columns(body, first + len(opening), last - len(closing), joint, tags)
        for first, last in spans(body, start, stop, joint, -(-(stop - start) // count))
    ]
    columns = [*zip(*pieces, strict=True)]
    columns.reverse()
    del pieces
    return tags, [_together(columns.pop()) for _ in tags]


def _xml_columns(body: bytes, start: int, stop: int, joint: bytes, tags: list[str]) -> list[Any]:
    """The texts of each column of the rows that stand there, but for the markup at both ends."""
    _demand_characters(body, start, stop)
    lines = body[start:stop].replace(b"\n", _LINE_END).replace(joint, b"\n")
    columns = _split(lines, 2 * len(tags) + 1, delimiter="<", quote_char=False)
    del lines
    columns.reverse()
    _demand_equal(columns.pop(), b"")
    return [_cells(columns.pop(), columns.pop(), tag.encode()) for tag in tags]


def _together(pieces: tuple[Any, ...]) -> Any:
    return pieces[0] if len(pieces) == 1 else extra("pyarrow").concat_arrays(pieces)


def csv_table(body: bytes) -> Table:
    """The rows of CSV. Raises as ``xml_table`` does, wherever ``bare_csv`` might read something else."""
    header, _, lines = body.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    names = header.removesuffix(b"\r").decode().split(",")
    if not lines or b'"' in header or len(names) > MAX_CELLS:
        raise IrregularError
    if b"\r" in body and body.count(b"\r") != body.count(b"\r\n"):
        raise IrregularError
    if len(names) == 1 or b"\0" in body or lines.startswith((b"\n", b"\r")) or b"\n\n" in lines or b"\n\r" in lines:
        raise IrregularError
    quoted = b'"' in lines
    if quoted and not _RFC_4180.fullmatch(lines):
        raise IrregularError
    columns = _split(lines, len(names), quote_char='"' if quoted else False, newlines_in_values=quoted)
    arrow = extra("pyarrow")
    return names, [column.cast(arrow.string()) for column in columns]


def _split(lines: bytes, width: int, **options: Any) -> list[Any]:
    arrow, csv = extra("pyarrow"), extra("pyarrow.csv")
    names = [str(place) for place in range(width)]
    table = csv.read_csv(
        arrow.BufferReader(lines),
        csv.ReadOptions(column_names=names, block_size=len(lines) + 1, use_threads=False),
        csv.ParseOptions(escape_char=False, ignore_empty_lines=False, **options),
        csv.ConvertOptions(column_types=dict.fromkeys(names, arrow.binary()), null_values=[]),
    )
    return [column.combine_chunks() for column in table.columns]


def _cells(opened: Any, closed: Any, tag: bytes) -> Any:
    """The texts out of ``A>x`` and ``/A>``."""
    compute = extra("pyarrow.compute")
    _demand(compute.starts_with(opened, tag + b">"))
    _demand_equal(closed, b"/" + tag + b">")
    return _text(compute, compute.binary_slice(opened, len(tag) + 1, _FAR))


def _demand(each: Any) -> None:
    if not extra("pyarrow.compute").all(each).as_py():
        raise IrregularError


def _demand_equal(column: Any, wanted: bytes) -> None:
    _demand(extra("pyarrow.compute").equal(column, column[0]))
    if column[0].as_py() != wanted:
        raise IrregularError


def _demand_characters(body: bytes, start: int, stop: int) -> None:
    """Refuse what XML cannot hold, or would read as something else: control characters, CR, an end of CDATA."""
    arrow, compute = extra("pyarrow"), extra("pyarrow.compute")
    part = memoryview(body)[start:stop]
    octets = arrow.Array.from_buffers(arrow.uint8(), len(part), [None, arrow.py_buffer(part)])
    found = compute.min_max(octets).as_py()
    if not part or (found["min"] < 0x20 and len(bytes(part).translate(None, CONTROLS)) != len(part)):
        raise IrregularError
    if found["max"] >= 0xEF and any(body.find(none, start, stop) >= 0 for none in NO_CHARACTERS_IN_UTF_8):
        raise IrregularError
    if body.find(b"]", start, stop) >= 0 and body.find(b"]]>", start, stop) >= 0:
        raise IrregularError


def _text(compute: Any, column: Any) -> Any:
    """The characters that a column of character data stands for."""
    arrow = extra("pyarrow")
    text = column.cast(arrow.string())  # refuses what is not UTF-8
    data = text.buffers()[2]
    raw = b"" if data is None else data.to_pybytes()
    if _LINE_END in raw:
        text = compute.replace_substring(text, _LINE_END.decode(), "\n")
    if b"&" not in raw:
        return text
    left = raw.count(b"&")
    plain = raw.count(b"&amp;")
    for entity, char in ENTITIES.items() if plain < left else ():
        if found := raw.count(entity.encode()):
            text = compute.replace_substring(text, entity, char)
            left -= found
    if plain != left:
        raise IrregularError
    return compute.replace_substring(text, "&amp;", "&") if plain else text  # the last: &amp;lt; is no sign

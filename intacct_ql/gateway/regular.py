"""Pages that are tables: every row the same elements in the same order, one text in each.

In: the bytes between ``<data>`` and ``</data>``, or a bare CSV. Out: the names, and a ``pyarrow`` array of texts for
each. Refuses to know: envelopes, and what the texts mean.

Nearly every page is such a table, and then it is read by the cell instead of by the element. The rows of XML

    <BILL><A>x</A><B>y</B></BILL><BILL><A>..

are lines of a CSV as soon as ``</BILL><BILL>`` is a line end, with the sign ``<`` between cells: ``A>x``, ``/A>``,
``B>y``, ``/B>``. No text can hold that sign, so lines of this form are well-formed rows, and all others are not of this
form. What is not proved to be regular is an ``IrregularError``: the strict reader decides what it is, more slowly.
"""

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree

from intacct_ql.extras import extra
from intacct_ql.gateway.arrange import MAX_CELLS

Table = tuple[list[str], list[Any]]
"""Names, and for each an array of texts, '' where a cell is empty."""

_ROW = re.compile(rb"<([^<>/\s]++)>")
_RFC_4180 = re.compile(rb'(?:(?:"(?:[^"]++|"")*+"|[^",\r\n]*+)(?:,|\r?\n|\Z))*+')
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#039;": "'", "&#39;": "'", "&#13;": "\r"}
_AMPERSAND = "&amp;"
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n"})
_LINE_END = b"\x01"  # stands for a line end inside a cell while lines are rows; no XML can hold it
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")


class IrregularError(ValueError):
    """This is not proved to be a table."""


def xml_table(region: bytes) -> Table:
    """The rows of XML. Raises ``IrregularError`` and ``pyarrow.ArrowException`` for what is no table."""
    _demand_characters(region)
    row = _ROW.match(region)
    if row is None:
        raise IrregularError
    start, end = row[0], b"</" + row[1] + b">"
    tags = _tags(region[: region.find(end) + len(end)])
    if not region.endswith(end) or row[1].decode() in tags:
        raise IrregularError
    lines = region[len(start) : -len(end)].replace(b"\n", _LINE_END).replace(end + start, b"\n")
    columns = _split(lines, 2 * len(tags) + 1, delimiter="<", quote_char=False)
    compute = extra("pyarrow.compute")
    _demand_equal(columns[0], b"")
    for tag, opened, closed in zip(tags, columns[1::2], columns[2::2], strict=True):
        _demand(compute.starts_with(opened, tag.encode() + b">"))
        _demand_equal(closed, b"/" + tag.encode() + b">")
    return tags, [
        _text(compute, compute.binary_slice(column, len(tag.encode()) + 1, len(region)))
        for tag, column in zip(tags, columns[1::2], strict=True)
    ]


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


def _split(lines: bytes, width: int, **options: Any) -> Sequence[Any]:
    arrow, csv = extra("pyarrow"), extra("pyarrow.csv")
    names = [str(place) for place in range(width)]
    table = csv.read_csv(
        arrow.BufferReader(lines),
        csv.ReadOptions(column_names=names, block_size=len(lines) + 1),
        csv.ParseOptions(escape_char=False, ignore_empty_lines=False, **options),
        csv.ConvertOptions(column_types=dict.fromkeys(names, arrow.binary()), null_values=[]),
    )
    return [column.combine_chunks() for column in table.columns]


def _demand(each: Any) -> None:
    if not extra("pyarrow.compute").all(each).as_py():
        raise IrregularError


def _demand_equal(column: Any, wanted: bytes) -> None:
    _demand(extra("pyarrow.compute").equal(column, column[0]))
    if column[0].as_py() != wanted:
        raise IrregularError


def _demand_characters(region: bytes) -> None:
    """Refuse what XML cannot hold, or would read as something else: control characters, CR, an end of CDATA."""
    arrow, compute = extra("pyarrow"), extra("pyarrow.compute")
    octets = arrow.Array.from_buffers(arrow.uint8(), len(region), [None, arrow.py_buffer(region)])
    found = compute.min_max(octets).as_py()
    if not region or (found["min"] < 0x20 and len(region.translate(None, _CONTROLS)) != len(region)):
        raise IrregularError
    if found["max"] >= 0xEF and any(none in region for none in _NO_CHARACTERS):
        raise IrregularError
    if b"]" in region and b"]]>" in region:
        raise IrregularError


def _tags(row: bytes) -> list[str]:
    try:
        element = etree.fromstring(row, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.LxmlError, ValueError):
        raise IrregularError from None
    if not 0 < len(element) <= MAX_CELLS:
        raise IrregularError
    return [str(cell.tag) for cell in element]


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
    counts = {entity: raw.count(entity.encode()) for entity in (*_ENTITIES, _AMPERSAND)}
    if sum(counts.values()) != raw.count(b"&"):
        raise IrregularError
    for entity, char in (*_ENTITIES.items(), (_AMPERSAND, "&")):  # the ampersand last: &amp;lt; is no sign
        if counts[entity]:
            text = compute.replace_substring(text, entity, char)
    return text

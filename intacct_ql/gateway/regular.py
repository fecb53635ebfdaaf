"""Regular pages: every row the same elements in the same order, one text in each.

In: the bytes between ``<data>`` and ``</data>``. Out: the names, and the texts of each column, some hundred rows at a
time. Refuses to know: envelopes, and what the texts mean.

Nearly every page is regular, and then one pattern, made of the markup of its first row, finds the texts of all rows. No
text can hold ``<``, so what has that markup and no such sign elsewhere are well-formed rows; where markup and texts
together are as long as the page, nothing stands between them. What is not proved to be regular is an
``IrregularError``: the strict reader decides what it is, more slowly.
"""

import re
from collections.abc import Iterator, Sequence
from typing import cast

from lxml import etree

from intacct_ql.gateway.arrange import MAX_CELLS
from intacct_ql.gateway.characters import NO_CHARACTERS

ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#039;": "'", "&#39;": "'", "&#13;": "\r"}
"""What is read here beside ``&amp;``, which comes last: ``&amp;lt;`` is no sign."""

CONTROLS = bytes({*range(0x20)} - {*b"\t\n"})
"""Bytes that no XML holds, and CR, which it reads as something else."""

_ROW = re.compile(rb"<([^<>/\s]++)>")
_MOST_CELLS = 1_000  # a pattern of as many takes 60 ms to make
_PIECE = 65_536  # as fast as larger pieces, and flat in memory
_BETWEEN = "\0"  # stands between the texts of a column: no XML can hold it

Columns = list[Sequence[str]]
"""The texts of some rows, '' where a cell is empty."""


class IrregularError(ValueError):
    """This is not proved to be a regular page."""


def first_row(body: bytes, start: int, stop: int) -> tuple[bytes, bytes, list[str]]:
    """The markup around the row that stands at ``start``, and the names of its cells.

    Raises ``IrregularError`` where there is none that can be told from its cells, or the last row ends otherwise.
    """
    row = _ROW.match(body, start, stop)
    if row is None:
        raise IrregularError
    opening, closing = row[0], b"</" + row[1] + b">"
    tags = _tags(body[start : body.find(closing, start, stop) + len(closing)])
    if not body.endswith(closing, start, stop) or row[1].decode() in tags:
        raise IrregularError
    return opening, closing, tags


def xml_columns(body: bytes, start: int, stop: int) -> tuple[list[str], Iterator[Columns]]:
    """The names of the cells of the rows that stand there in ``body``, and their texts, a piece of the page at a time.

    Raises ``IrregularError`` and ``UnicodeDecodeError``, perhaps only in the last piece.
    """
    opening, closing, tags = first_row(body, start, stop)
    if len(tags) > _MOST_CELLS:
        raise IrregularError
    markup = [opening.decode(), *(f"<{tag}>\0</{tag}>" for tag in tags), closing.decode()]
    pattern = re.compile(re.escape("".join(markup)).replace("\0", "([^<]*+)"))
    length = sum(map(len, markup)) - len(tags)
    return tags, (_columns(part, pattern, length) for part in _parts(body, start, stop, closing + opening))


def spans(body: bytes, start: int, stop: int, joint: bytes, size: int) -> Iterator[tuple[int, int]]:
    """Where rows stand, whole ones, about ``size`` bytes at a time; ``joint`` is the markup between two of them."""
    closing = joint.index(b"<", 1)
    while start < stop:
        end = body.find(joint, min(start + size, stop), stop)
        end = stop if end < 0 else end + closing
        yield start, end
        start = end


def _parts(body: bytes, start: int, stop: int, joint: bytes) -> Iterator[str]:
    """Whole rows, some hundred at a time."""
    for first, last in spans(body, start, stop, joint, _PIECE):
        part = body[first:last]
        if len(part.translate(None, CONTROLS)) != len(part) or (b"]" in part and b"]]>" in part):
            raise IrregularError
        text = part.decode()
        if not text.isascii() and any(none in text for none in NO_CHARACTERS):
            raise IrregularError
        yield text


def _columns(text: str, pattern: re.Pattern[str], markup: int) -> Columns:
    """The texts of rows, each of which has so many characters of markup."""
    rows: list[tuple[str, ...] | str] = pattern.findall(text)
    columns: Columns = list(zip(*rows, strict=True)) if pattern.groups > 1 else [cast("list[str]", rows)]
    if len(text) != len(rows) * markup + sum([len("".join(column)) for column in columns]):
        raise IrregularError
    return [_plain_column(column) for column in columns] if "&" in text else columns


def _plain_column(column: Sequence[str]) -> Sequence[str]:
    together = _BETWEEN.join(column)
    return _plain(together).split(_BETWEEN) if "&" in together else column


def _plain(text: str) -> str:
    """The characters that character data stands for."""
    left = text.count("&")
    plain = text.count("&amp;")
    for entity, char in ENTITIES.items() if plain < left else ():
        if found := text.count(entity):
            text = text.replace(entity, char)
            left -= found
    if plain != left:
        raise IrregularError
    return text.replace("&amp;", "&")


def _tags(row: bytes) -> list[str]:
    try:
        element = etree.fromstring(row, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.LxmlError, ValueError):
        raise IrregularError from None
    if not 0 < len(element) <= MAX_CELLS:
        raise IrregularError
    return [str(cell.tag) for cell in element]

"""Regular pages: every row the same elements in the same order, one text in each.

In: the bytes between ``<data>`` and ``</data>``. Out: the names, and the texts of each column, some hundred rows at a
time. Refuses to know: envelopes, and what the texts mean.

Nearly every page is regular, and then it is read by the column instead of by the element. Split at ``</`` the rows

    <BILL><A>x</A><B>y</B></BILL><BILL><A>..

are ``BILL><A>x``, ``A><B>y``, ``B>``, ``BILL><BILL><A>..``: every text of a column stands behind the same markup. No
text can hold ``<``, so pieces that have that markup and no such sign elsewhere are well-formed rows. What is not proved
to be regular is an ``IrregularError``: the strict reader decides what it is, more slowly.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

from intacct_ql.gateway.arrange import MAX_CELLS

ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#039;": "'", "&#39;": "'", "&#13;": "\r"}
"""What is read here beside ``&amp;``, which comes last: ``&amp;lt;`` is no sign."""

CONTROLS = bytes({*range(0x20)} - {*b"\t\n"})
"""Bytes that no XML holds, and CR, which it reads as something else."""

_ROW = re.compile(rb"<([^<>/\s]++)>")
_PIECE = 65_536  # as fast as larger pieces, and flat in memory
_BETWEEN = "\0"  # stands between the texts of a column: no XML can hold it

Columns = list[list[str]]
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
    row = closing[2:].decode()
    heads = [f"{row}<{row}<{tags[0]}>", *(f"{tag}><{further}>" for tag, further in pairwise(tags))]
    tail = f"{tags[-1]}>"
    return tags, (_columns(row + part, heads, tail) for part in _parts(body, start, stop, closing + opening))


def _parts(body: bytes, start: int, stop: int, joint: bytes) -> Iterator[str]:
    """Whole rows, without the end of the last one's markup behind ``</``."""
    closing = joint.index(b"<", 1)
    while start < stop:
        end = body.find(joint, min(start + _PIECE, stop), stop)
        end = stop if end < 0 else end + closing
        part = body[start:end]
        if len(part.translate(None, CONTROLS)) != len(part) or b"]]>" in part:
            raise IrregularError
        text = part.decode()
        if not text.isascii() and ("\ufffe" in text or "\uffff" in text):
            raise IrregularError
        yield text
        start = end


def _columns(text: str, heads: list[str], tail: str) -> Columns:
    """The texts of rows that stand behind the closing markup of one before them."""
    pieces = text.split("</")
    width = len(heads) + 1
    rows, end = divmod(len(pieces), width)
    if end != 1 or pieces[width - 1 :: width] != [tail] * rows or not heads[0].startswith(f"{pieces[-1]}<"):
        raise IrregularError
    del pieces[-1]
    return [_texts(pieces[place::width], head) for place, head in enumerate(heads)]


def _texts(pieces: list[str], head: str) -> list[str]:
    """What stands behind the same ``head`` in each piece."""
    together = _BETWEEN.join(pieces)
    texts = together.replace(_BETWEEN + head, _BETWEEN)
    markup = len(together) - len(texts)
    if not together.startswith(head) or markup != (len(pieces) - 1) * len(head) or texts.find("<", len(head)) >= 0:
        raise IrregularError
    return (_plain(texts) if "&" in texts else texts)[len(head) :].split(_BETWEEN)


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

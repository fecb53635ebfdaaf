"""Query text and places in it.

In: the text as the user wrote it, and pairs of offsets. Out: lines, columns and the picture with carets.
Refuses to know: what the text means.
"""

import re
import unicodedata
from typing import NamedTuple

LINE_WIDTH = 118
"""Columns a source line may take in a picture before it is shortened around the marked place."""


_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 cannot carry."""


class Span(NamedTuple):
    """A piece of the text: two offsets in characters, ``text[start:end]``."""

    start: int
    end: int


def cover(first: Span, last: Span) -> Span:
    """The span from the start of one span to the end of another."""
    return tuple.__new__(Span, (first[0], last[1]))  # spares the call of Span's own __new__, ten times a query


def forbidden(text: str) -> tuple[Span, str] | None:
    """The first character that no request can hold, with the reason in words; None where there is none."""
    if text.isprintable():  # nearly every text is, and this look takes a tenth of the time
        return None
    found = _FORBIDDEN.search(text)
    if found is None:
        return None
    return Span(*found.span()), f"character U+{ord(found.group()):04X} cannot be sent: XML 1.0 forbids it"


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both counted from 1, of a character offset."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def picture(text: str, span: Span, name: str = "query") -> str:
    """Draw the marked place: where it is, a line before, the line, the carets, a line after.

    Carets stand under the whole span as far as its first line goes. Tabs are kept, wide characters take two
    columns, and long lines are cut around the place.
    """
    line, column = line_and_column(text, span.start)
    lines = text.split("\n")
    width = len(str(min(line + 1, len(lines))))
    shown, start, length = _cut(lines[line - 1], column - 1, max(1, span.end - span.start))
    drawn = [f"{name}:{line}:{column}"]
    if line > 1:
        drawn.append(_numbered(line - 1, lines[line - 2], width))
    drawn.append(_numbered(line, shown, width))
    drawn.append(f"{' ' * width} | {_blank(shown[:start])}{'^' * max(1, _columns(shown[start : start + length]))}")
    if line < len(lines) and lines[line].strip():
        drawn.append(_numbered(line + 1, lines[line], width))
    return "\n".join(drawn)


def _numbered(number: int, line: str, width: int) -> str:
    return f"{number:>{width}} | {_cut(line, 0, 1)[0]}".rstrip()


def _cut(line: str, start: int, length: int) -> tuple[str, int, int]:
    """Shorten a line to LINE_WIDTH around ``start``; give it with the place's new start and length."""
    line = line.rstrip("\r")
    if len(line) <= LINE_WIDTH:
        return line, start, min(length, max(1, len(line) - start))
    left = max(0, min(start - LINE_WIDTH // 3, len(line) - LINE_WIDTH))
    body = line[left : left + LINE_WIDTH]
    lead = "…" if left else ""
    tail = "…" if left + LINE_WIDTH < len(line) else ""
    return lead + body + tail, start - left + len(lead), min(length, max(1, len(body) - (start - left)))


def _blank(text: str) -> str:
    """White space that takes the same columns as the text, tabs kept."""
    return "".join("\t" if char == "\t" else " " * _columns(char) for char in text)


def _columns(text: str) -> int:
    """Terminal columns of a text: wide East Asian characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )

"""What is typed or piped in, cut into queries and commands.

In: text, or lines as they come. Out: pieces with their places: each a command, or text that ends with a semicolon.
Refuses to know: what becomes of them.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from intacct_ql.shell.command_table import is_command
from intacct_ql.syntax.script import Entry, entries


class Piece(NamedTuple):
    """A command, or one or more queries; ``start`` is its offset in all that came."""

    text: str
    start: int
    command: bool

    @property
    def queries(self) -> tuple[Entry, ...]:
        """The queries; places in them count from the start of the piece."""
        return entries(self.text)


def is_whole(text: str) -> bool:
    """Whether nothing is missing: a command, or every query has its semicolon, or there is none at all."""
    return is_command(text) or len(entries(text + "\nx")) > len(entries(text))


_CLOSING = {"'": "'", '"': '"', "’": "‘", "”": "“", "*/": "/*"}
"""What closes a quote or a comment of several lines, with what opens it."""


class Unclosed(NamedTuple):
    """A quote or a comment that is still open: what opened it, and what closes it. Empty where none is."""

    by: str = ""
    closing: str = ""

    @property
    def is_comment(self) -> bool:
        """Whether it is no quote."""
        return self.by == "/*"


@lru_cache(maxsize=256)
def unclosed(text: str) -> Unclosed:
    """What is open at the end of a text: in it a semicolon ends no query."""
    if _is_closed(text):
        return Unclosed()
    return next((Unclosed(by, sign) for sign, by in _CLOSING.items() if _is_closed(text + sign)), Unclosed())


def _is_closed(text: str) -> bool:
    """Whether another query might stand behind a semicolon here."""
    return len(entries(f"{text}\n;x")) > len(entries(text))


def pieces(lines: Iterable[str]) -> Iterator[Piece]:
    """The pieces of a script, each as soon as its last line has come; the last query needs no semicolon."""
    held, begin, at = "", 0, 0
    for line in lines:
        start, at = at, at + len(line)
        if is_command(line) and not entries(held):
            yield Piece(line.strip(), start, command=True)
            held = ""
            continue
        held, begin = (held + line, begin) if held.strip() else (line, start)
        if ";" in line and is_whole(held):
            yield Piece(held, begin, command=False)
            held = ""
    if held.strip():
        yield Piece(held, begin, command=False)

"""Where in a query the cursor is, by the grammar.

In: a text that may hold several queries, and a place in it. Out: ``Here``: the terminals before the word that is being
typed, those that may come next, and the word; None where nothing can be suggested. Refuses to know: catalogs.

The parser's own tables are asked what may come next, so that nothing is suggested that the grammar refuses.
"""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from intacct_ql.syntax.machine import Machine, StopError, Token
from intacct_ql.syntax.script import entries
from intacct_ql.syntax.tables import tables

_STOP = " !"
"""No terminal of the language: the machine stops there, and tells what could have stood in its place."""

_BREAKS = r"""\s\u200b-\u200d\u2060\ufeff,\[\]()=<>!'";`‘’“”"""
_WORD = re.compile(rf"[^{_BREAKS}]*\Z")
_SPLIT_KEYWORD = re.compile(r"\b(order|group)\s+(b?y?)\Z", re.IGNORECASE)
_QUOTES = {"'": {"STRING"}, '"': {"DOUBLE_QUOTED", "QUOTED_NAME"}, "`": {"BACKTICKED"}}
"""The signs that open a quote, and the terminals that begin so."""

NAME_PARTS = frozenset({"NAME", "BACKTICKED", "QUOTED_NAME"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """A place in a query.

    ``word`` is what has been typed of the next word, from ``start`` of the whole text; ``quote`` is the sign that opens
    it. ``path`` are the names before its last dot. ``tokens`` stand before all of that, ``accepts`` may stand in its
    place. ``rest`` is the query behind the cursor. ``by`` says that ORDER or GROUP stands before it, without its BY.
    """

    tokens: tuple[Token, ...]
    accepts: frozenset[str]
    start: int
    word: str
    quote: str = ""
    path: tuple[str, ...] = ()
    rest: str = ""
    by: bool = False

    @property
    def takes_name(self) -> bool:
        """Whether a name may stand here."""
        return "NAME" in self.accepts

    @property
    def takes_value(self) -> bool:
        """Whether a bare value may stand here."""
        return "WORD" in self.accepts


def read(text: str, cursor: int) -> Here | None:
    """What stands before the cursor; None within a comment, and behind a mistake."""
    found = entries(text[:cursor] + "x")
    if not found or found[-1].span.end <= cursor:
        return None  # within a comment
    begin = found[-1].span.start
    before = text[begin:cursor]
    rest = _statement_behind(text, cursor)
    word = _word(before)
    here = _at(before[: len(before) - len(word)], word, begin, rest)
    return here or _within_quotes(before, begin, rest)


def _word(before: str) -> str:
    found = _WORD.search(before)
    return found.group() if found else ""


def _statement_behind(text: str, cursor: int) -> str:
    """What is left of the query behind the cursor."""
    behind = "x" + text[cursor:]
    return behind[1 : entries(behind)[0].span.end]


def _at(head: str, word: str, begin: int, rest: str) -> Here | None:
    stopped = _run(head)
    if stopped is None:
        return None
    tokens, accepts = stopped
    start = begin + len(head)
    if "." in word and "WORD" not in accepts:
        hops, _, last = word.rpartition(".")
        further = _run(f"{head}{hops}.")
        if further is None or "NAME" not in further[1]:
            return None
        path, before = _path(further[0])
        return Here(tokens=before, accepts=further[1], start=start + len(hops) + 1, word=last, path=path, rest=rest)
    return Here(tokens=tokens, accepts=accepts, start=start, word=word, rest=rest, by=_is_split_keyword(head + word))


def _within_quotes(before: str, begin: int, rest: str) -> Here | None:
    """The place of a quote that is still open."""
    for sign, kinds in _QUOTES.items():
        at = before.rfind(sign)
        if at < 0:
            continue
        stopped = _run(before[:at])
        if stopped is not None and stopped[1] & kinds:
            path, tokens = _path(stopped[0])
            return Here(
                tokens=tokens,
                accepts=stopped[1],
                start=begin + at,
                word=before[at + 1 :],
                quote=sign,
                path=path,
                rest=rest,
            )
    return None


def _path(tokens: tuple[Token, ...]) -> tuple[tuple[str, ...], tuple[Token, ...]]:
    """The names at the end that a dot follows, and the tokens before them."""
    parts: list[str] = []
    end = len(tokens)
    while end >= 2 and tokens[end - 1].kind == "DOT" and tokens[end - 2].kind in NAME_PARTS:
        parts[:0] = names_in(tokens[end - 2])
        end -= 2
    return tuple(parts), tokens[:end]


def names_in(token: Token) -> list[str]:
    """The names of a terminal that is one or several."""
    return token.text.split(".") if token.kind == "NAME" else [token.text[1:-1]]


def _is_split_keyword(before: str) -> bool:
    found = _SPLIT_KEYWORD.search(before)
    if found is None:
        return False
    stopped = _run(before[: found.start()])
    return stopped is not None and f"{found[1].upper()}_BY" in stopped[1]


def _run(head: str) -> tuple[tuple[Token, ...], frozenset[str]] | None:
    """The terminals of a text that a query may begin with, and those that may follow."""
    seen: list[Token] = []
    try:
        _machine().run(head + _STOP, seen.append)
    except StopError as stop:
        return (tuple(seen), stop.accepts) if stop.position >= len(head) else None
    return None


def terminals(text: str) -> tuple[tuple[Token, ...], int]:
    """The terminals of a text, as far as it can be read, and where that ends."""
    seen: list[Token] = []
    try:
        _machine().run(text, seen.append)
    except StopError as stop:
        return tuple(seen), stop.position
    return tuple(seen), len(text)


@cache
def _machine() -> Machine:
    """The parser without its actions: nothing is made, only the way is asked for."""
    actions: defaultdict[str, Callable[..., Any]] = defaultdict(lambda: _nothing)
    return Machine(tables(), actions)


def _nothing(*_: object) -> None:
    return None

"""A text that does not parse, read again loosely.

In: the text, the place where the parser stopped, and the terminals it could have gone on with. Out: a ``Scene``: tokens
of a few kinds, and which of them the stop is at. Refuses to know: what the mistake is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from intacct_ql.source import Span
from intacct_ql.suggest import meant, nearest
from intacct_ql.syntax.words import CLAUSES, KEYWORDS, upper

_TOKEN = re.compile(
    r"""(?P<space>(?:\s|[\u200b-\u200d\u2060\ufeff]|/\*(?:.|\n)*?(?:\*/|\Z)|--(?=\s|$)[^\n]*)+)
      | (?P<operator>[=<>!~|&]{1,2}(?=[^|&]|$)|[=<>!~]+)
      | (?P<word>[^\s,\[\]()=<>!'";`‘’“”]+)
      | (?P<mark>.)""",
    re.VERBOSE,
)

_STRINGS = {
    "'": re.compile(r"'(?>(?:[^'\\]|''|\\(?:.|\n))*)'"),
    '"': re.compile(r'"(?>(?:[^"\\]|""|\\(?:.|\n))*)"'),
    "`": re.compile("`[^`]*`"),
    "‘": re.compile("‘[^’]*’"),
    "“": re.compile("“[^”]*”"),
}
"""Quoted texts, by the quote that opens them."""


class Loose(NamedTuple):
    """One token of the loose reading."""

    kind: str
    text: str
    span: Span

    @property
    def upper(self) -> str:
        """The text in upper case."""
        return upper(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What stands around the place where the parser stopped; ``at`` indexes ``tokens`` and may be one past the end."""

    text: str
    position: int
    tokens: tuple[Loose, ...]
    at: int
    accepts: frozenset[str]

    def token(self, step: int = 0) -> Loose:
        """The token ``step`` places from the stop; an empty ``end`` token outside the text."""
        index = self.at + step
        if 0 <= index < len(self.tokens):
            return self.tokens[index]
        edge = len(self.text) if index >= 0 else 0
        return Loose("end", "", Span(edge, edge))


def read_scene(text: str, position: int, accepts: frozenset[str]) -> Scene:
    """The text read loosely, seen from ``position``; ``accepts`` are the terminals that could have stood there."""
    tokens: list[Loose] = []
    for kind, found in _tokens(text):
        if kind == "word" and found.group().endswith("\\"):
            # A backslash at a line's end is skipped there; it never belongs to the word.
            body = found.group().rstrip("\\")
            if body:
                tokens.append(Loose(kind, body, Span(found.start(), found.start() + len(body))))
        elif kind != "space":
            tokens.append(Loose(kind, found.group(), Span(*found.span())))
    at = next((index for index, token in enumerate(tokens) if token.span.end > position), len(tokens))
    return Scene(text=text, position=position, tokens=tuple(tokens), at=at, accepts=accepts)


def _tokens(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Each token and its kind. Once a quote is never closed, no other of its kind is looked for to the end of the text.

    So the time is linear, whatever the text.
    """
    strings, position = dict(_STRINGS), 0
    while position < len(text):
        opened = strings.get(text[position])
        found = opened.match(text, position) if opened is not None else None
        if opened is not None and found is None:
            del strings[text[position]]
        kind = "string"
        if found is None:
            found = _TOKEN.match(text, position)
            assert found is not None  # noqa: S101 - the last kind takes any character
            kind = found.lastgroup or "mark"
        yield kind, found
        position = found.end()


def is_word(token: Loose) -> bool:
    """Whether it is a word, and none of the language."""
    return token.kind == "word" and token.upper not in KEYWORDS


def is_value(scene: Scene, index: int) -> bool:
    """Whether the token is a bare value: a word behind an operator."""
    return (
        index >= 1
        and is_word(scene.tokens[index])
        and (scene.tokens[index - 1].kind == "operator" or scene.tokens[index - 1].upper in ("LIKE", "ILIKE"))
    )


def clause(scene: Scene, index: int) -> str | None:
    """The clause that the token begins, by its name in ``CLAUSES``."""
    if not 0 <= index < len(scene.tokens):
        return None
    word = scene.tokens[index].upper
    if word in ("ORDER", "GROUP") and index + 1 < len(scene.tokens) and scene.tokens[index + 1].upper == "BY":
        return f"{word}_BY"
    word = {"ORDERBY": "ORDER_BY", "GROUPBY": "GROUP_BY"}.get(word, word)
    return word if word in CLAUSES else None


def clauses_before(scene: Scene) -> list[str]:
    """The clauses that begin before the stop, in the order of the text."""
    return [name for index in range(scene.at) if (name := clause(scene, index))]


def keyword_meant(scene: Scene, word: Loose) -> str | None:
    """The word of the language that might be meant, of those that could have stood at the stop."""
    wanted = {word for word in scene.accepts if word in KEYWORDS}
    return next(iter(nearest(word.text, wanted, 1)), None) if is_word(word) else None


def clause_of_two_meant(scene: Scene, step: int) -> str | None:
    """The clause that the token and BY behind it are meant to begin: ``ordr by``, or ``sort by`` of other languages."""
    word = scene.token(step)
    if scene.token(step + 1).upper != "BY" or not is_word(word):
        return None
    first = "ORDER" if word.upper == "SORT" else meant(word.text, ("ORDER", "GROUP"))
    return None if first is None else f"{first}_BY"

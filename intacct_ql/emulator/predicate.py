"""The predicate of ``readByQuery``: a text in the manner of SQL, read into a condition.

In: the text of a ``query`` element. Out: a ``Condition``, or None for an empty text. Refuses to know: which fields
exist, what the literals mean.

Operators [D]: ``< > >= <= =``, ``like``, ``not like``, ``in``, ``not in``, ``is null``, ``is not null``, ``and``,
``or``, prefix ``not``, parentheses; keywords in any case. Any other is refused, ``!=`` and ``<>`` with the way to say
them. So are dotted names: there are no joins [D].

Strings stand in single quotes. ``\'`` is a quote [D], ``\\`` one backslash [?], before anything else a backslash is
itself [?]; what ``like`` makes of a backslash comes after that. Numbers may be bare. Spaces are free ([?]: an older
edition wants them around operators).
"""

import re
from dataclasses import dataclass

from intacct_ql.emulator.conditions import SIGNS, Comparison, Condition, Negation, grouped
from intacct_ql.emulator.refusals import data_failure

DEEPEST = 100
"""Brackets inside brackets; more are refused before they could exhaust the reader."""

_TOKEN = re.compile(
    r"\s*+(?:(?P<text>'(?>(?:[^'\\]++|\\.)*)')"
    r"|(?P<number>[+-]?(?:\d++(?>(?:\.\d*+)?)|\.\d++)(?![\w.]))"
    r"|(?P<word>[A-Za-z_][\w.]*+)"
    r"|(?P<sign><>|!=|[<>]=?|[=(),]))",
    re.DOTALL | re.ASCII,
)
_SPACE = re.compile(r"\s*+", re.ASCII)
_ESCAPE = re.compile(r"\\(['\\])")
_KEYWORDS = frozenset({"and", "or", "not", "is", "null", "like", "in"})
_UNLISTED = frozenset({"!=", "<>"})
_HINTS = {
    "'": "a string that does not end; a quote inside is written \\'",
    '"': "a double quote; strings stand in single quotes",
    "/": "a slash; dates stand in single quotes",
}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def read_predicate(text: str) -> Condition | None:
    """The condition of a predicate; ``FunctionRefused`` with the place of the first mistake."""
    tokens = _tokens(text)
    return None if tokens[0].kind == "end" else _Reader(tokens).whole()


def _tokens(text: str) -> list[_Token]:
    found = []
    at = 0
    while match := _TOKEN.match(text, at):
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind], match.start(kind)))
        at = match.end()
    space = _SPACE.match(text, at)
    at = space.end() if space else at
    if at < len(text):
        raise _mistake(at, f"here stands {_HINTS.get(text[at], f'{text[at]!r}, which begins nothing')}")
    return [*found, _Token("end", "", len(text))]


class _Reader:
    """Recursive descent over the tokens: a level of brackets is a call, a long ``and`` or ``or`` is a loop."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._next = 0

    def whole(self) -> Condition:
        condition = self._either(0)
        if self._token.kind != "end":
            raise self._expected("and, or, or the end")
        return condition

    def _either(self, depth: int) -> Condition:
        members = [self._both(depth)]
        while self._skip("or"):
            members.append(self._both(depth))
        return grouped("or", members)

    def _both(self, depth: int) -> Condition:
        members = [self._one(depth)]
        while self._skip("and"):
            members.append(self._one(depth))
        return grouped("and", members)

    def _one(self, depth: int) -> Condition:
        negated = False
        while self._skip("not"):
            negated = not negated
        opened = self._token
        if not self._skip("("):
            condition: Condition = self._comparison()
        elif depth == DEEPEST:
            raise _mistake(opened.at, f"more than {DEEPEST} brackets inside one another")
        else:
            condition = self._either(depth + 1)
            if not self._skip(")"):
                raise self._expected("and, or, or )")
        return Negation(member=condition) if negated else condition

    def _comparison(self) -> Comparison:
        field = self._field()
        if self._skip("is"):
            operator = "isnotnull" if self._skip("not") else "isnull"
            if not self._skip("null"):
                raise self._expected("null")
            return Comparison(operator=operator, field=field)
        prefix = "not" if self._skip("not") else ""
        if self._skip("like"):
            return Comparison(operator=f"{prefix}like", field=field, values=(self._value(),))
        if self._skip("in"):
            return Comparison(operator=f"{prefix}in", field=field, values=self._values())
        token = self._token
        if token.text in _UNLISTED:
            raise _mistake(token.at, f"there is no operator {token.text} here, write NOT {field} = value")
        if prefix or token.text not in SIGNS:
            raise self._expected("like or in" if prefix else "an operator")
        self._next += 1
        return Comparison(operator=SIGNS[token.text], field=field, values=(self._value(),))

    def _field(self) -> str:
        token = self._token
        if token.kind != "word" or token.text.lower() in _KEYWORDS:
            raise self._expected("a field")
        if "." in token.text:
            raise _mistake(
                token.at, f"{token.text} is a dotted name: a predicate compares the object's own fields only"
            )
        self._next += 1
        return token.text

    def _values(self) -> tuple[str, ...]:
        if not self._skip("("):
            raise self._expected("( and a list")
        values = [self._value()]
        while self._skip(","):
            values.append(self._value())
        if not self._skip(")"):
            raise self._expected("a comma or )")
        return tuple(values)

    def _value(self) -> str:
        token = self._token
        if token.kind not in {"text", "number"}:
            hint = " (NULL is asked for with is null)" if token.text.lower() == "null" else ""
            raise self._expected(f"a number or a string in single quotes{hint}")
        self._next += 1
        return _ESCAPE.sub(r"\1", token.text[1:-1]) if token.kind == "text" else token.text

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _skip(self, text: str) -> bool:
        """Whether the next token is this sign or keyword, which is then passed."""
        token = self._token
        if token.kind not in {"word", "sign"} or token.text.lower() != text:
            return False
        self._next += 1
        return True

    def _expected(self, what: str) -> Exception:
        found = repr(self._token.text[:40]) if self._token.text else "the end"
        return _mistake(self._token.at, f"{what} expected, {found} found")


def _mistake(at: int, words: str) -> Exception:
    return data_failure(f"Invalid query at character {at + 1}: {words}.")

"""A query as a row of pieces: what layout puts on lines.

In: query text that parses. Out: its pieces in order, and the comments before each piece of the canonical
text. Refuses to know: lines and columns.

A piece is a leaf of the tree (a name, a value; ``field(NAME)`` and ``COUNT(*)`` are one each) or a single terminal
between two leaves. Equal trees have equal leaves; by these a comment finds its place in another spelling of its query.
Between two leaves stand a few words and brackets only, some of which the canonical spelling drops: a comment before one
of those goes to what follows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import NamedTuple

from intacct_ql.source import Span
from intacct_ql.syntax import ast
from intacct_ql.syntax.actions import ACTIONS
from intacct_ql.syntax.comments import Comment, comments_between
from intacct_ql.syntax.machine import END, Machine, Token
from intacct_ql.syntax.tables import tables

LEAF = "LEAF"
"""The kind of a piece that is a leaf; the others have the terminal's."""

BETWEEN_AND = "BETWEEN_AND"
"""The AND that belongs to a BETWEEN."""

_CANONICAL = {
    "OPEN_LIST": ("OPEN",),
    "CLOSE_LIST": ("CLOSE",),
    "COMMA": ("COMMA", "AND", "OR"),
}
"""What a terminal may have become; all others stay what they are."""


class Piece(NamedTuple):
    """One piece: its kind, its text, and whether a space stands before it."""

    kind: str
    text: str
    spaced: bool


def pieces(text: str) -> list[Piece]:
    """The pieces of a text without comments."""
    terminals, spans = _read(text)
    made: list[Piece] = []
    leaf = end = 0
    for token in terminals:
        while leaf < len(spans) and spans[leaf].end <= token.start:
            leaf += 1
        if leaf == len(spans) or token.start < spans[leaf].start:
            made.append(Piece(token.kind, token.text, token.start > end))
            end = token.end
        elif token.start >= end:
            made.append(Piece(LEAF, text[spans[leaf].start : spans[leaf].end], token.start > end))
            end = spans[leaf].end
    return made


def comments_by_piece(text: str, canonical: Sequence[Piece]) -> Mapping[int, list[Comment]]:
    """The comments of a text by the index of the canonical piece they stand before, the length for those at the end."""
    terminals, spans = _read(text)
    homes = [index for index, piece in enumerate(canonical) if piece.kind == LEAF]
    homes.append(len(canonical))
    found: dict[int, list[Comment]] = {}
    waiting: list[Comment] = []
    leaf = after = end = 0
    for token in (*terminals, Token(len(text), len(text), END, "")):
        waiting += comments_between(text, end, token.start)
        end = token.end
        while leaf < len(spans) and spans[leaf].end <= token.start:
            leaf += 1
        if token.kind == END or (leaf < len(spans) and token.start >= spans[leaf].start):
            home: int | None = homes[leaf]
        else:
            home = _same(token.kind, canonical, after, homes[leaf])
        if home is not None:
            after = home + 1
            if waiting:
                found.setdefault(home, []).extend(waiting)
                waiting = []
    return found


def parameters(text: str) -> list[str]:
    """The parameters of a text that parses, in order: names without their colon, and question marks."""
    kinds = ("NAMED_PARAMETER", "QUESTION_MARK")
    return [token.text.removeprefix(":") for token in _read(text)[0] if token.kind in kinds]


def _same(kind: str, canonical: Sequence[Piece], start: int, end: int) -> int | None:
    """The piece between two leaves that a terminal has become; None where it was dropped.

    Brackets come and go, so one is only taken for the very next piece: further on stand words it must not pass.
    """
    wanted = _CANONICAL.get(kind, (kind,))
    bracket = wanted[0] in ("OPEN", "CLOSE")
    reach = min(end, start + 1) if bracket else end
    return next((index for index in range(start, reach) if canonical[index].kind in wanted), None)


def _read(text: str) -> tuple[list[Token], list[Span]]:
    """The terminals of a text that parses, the AND of a BETWEEN told apart, and the places of its leaves."""
    seen: list[Token] = []

    tree = _machine().run(text, seen.append)
    between = False
    for index, token in enumerate(seen):
        if token.kind == "BETWEEN":
            between = True
        elif between and token.kind == "AND":
            seen[index] = token._replace(kind=BETWEEN_AND)
            between = False
    return seen, _leaves(tree)


@cache
def _machine() -> Machine:
    return Machine(tables(), ACTIONS)


def _leaves(tree: ast.Select) -> list[Span]:
    """The places of the leaves, in the order of the text; walks without recursion."""
    found: list[Span] = []
    waiting: list[ast.Node] = [tree]
    while waiting:
        node = waiting.pop()
        inner = [] if isinstance(node, ast.FieldValue) else _inner(node)
        if inner:
            waiting += inner
        else:
            found.append(node.span)
    return sorted(found)


def _inner(node: ast.Node) -> list[ast.Node]:
    """The nodes right inside a node."""
    inner: list[ast.Node] = []
    for name in _PARTS[type(node)]:
        value = getattr(node, name)
        if isinstance(value, ast.Node):
            inner.append(value)
        elif isinstance(value, tuple):
            inner += [part for part in value if isinstance(part, ast.Node)]
    return inner


_PARTS = {kind: [field.name for field in fields(kind) if field.name != "span"] for kind in ast.Node.__subclasses__()}

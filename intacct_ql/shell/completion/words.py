"""Words and signs of the language that may stand at a place of a query.

In: a place, and what the query asks. Out: ``Offer`` records, the likeliest first. Refuses to know: what has been typed
of the next word; what may stand there at all, the grammar says.
"""

from collections.abc import Iterator, Sequence

from intacct_ql.schema.types import NUMERIC, TEMPORAL, DataType
from intacct_ql.shell.completion.operand import left
from intacct_ql.shell.completion.subject import Subject, clause
from intacct_ql.shell.completion.suggestion import Kind, Offer
from intacct_ql.shell.here import Here
from intacct_ql.syntax.machine import Token
from intacct_ql.syntax.tables import tables

_OPERATORS = {
    "=": "equal",
    "!=": "not equal",
    "<": "less",
    "<=": "at most",
    ">": "greater",
    ">=": "at least",
}
_ORDERED = ("=", ">", ">=", "<", "<=", "!=")
_BY_TYPE: dict[DataType, tuple[str, ...]] = {
    **dict.fromkeys((*NUMERIC, *TEMPORAL), _ORDERED),
    DataType.BOOLEAN: ("=", "!="),
    DataType.ENUM: ("=", "!="),
}
_OF_TEXT = ("=", "!=", "<", "<=", ">", ">=")

_WORDS = {**{kind: kind for kind in tables().keywords.values()}, "GROUP_BY": "GROUP BY", "ORDER_BY": "ORDER_BY"}
"""Keywords by their terminals, as they are written."""

_USUAL = (
    *("FROM", "IN", "LIKE", "BETWEEN", "IS", "NOT", "NULL", "WHERE", "AND", "OR", "GROUP_BY", "HAVING", "ORDER_BY"),
    *("ASC", "DESC", "LIMIT", "OFFSET", "OPTION", "AS"),
)
"""Keywords in the order in which they are wanted; what is not among them is wanted by few."""


def operators(tokens: Sequence[Token], asked: Subject) -> Iterator[Offer]:
    """The operators that say something of what stands before them."""
    if clause(tokens) == "OPTION":
        yield Offer(name="=", kind=Kind.OPERATOR)
        return
    side = left(tuple(tokens))
    field = None if side.function == "COUNT" else asked.field(side.path)
    kind = DataType.INTEGER if side.function == "COUNT" else field.type if field is not None else DataType.TEXT
    for sign in _BY_TYPE.get(kind, _OF_TEXT):
        yield Offer(name=sign, kind=Kind.OPERATOR, detail=_OPERATORS[sign])


def keywords(here: Here, asked: Subject) -> Iterator[Offer]:
    """The words of the language that may stand here."""
    if here.by:
        yield Offer(name="BY", kind=Kind.KEYWORD, text=_cased("BY", here))
        return
    words = here.accepts & _WORDS.keys()
    if "OPERATOR" in here.accepts:
        field = asked.field(left(here.tokens).path)
        words -= _unfit(field.type if field is not None else DataType.TEXT)
    for kind in sorted(words, key=_place):
        yield Offer(name=_WORDS[kind], kind=Kind.KEYWORD, text=_cased(_WORDS[kind], here))


def _unfit(kind: DataType) -> frozenset[str]:
    """Operators that are words and say nothing of this type."""
    if kind in NUMERIC or kind in TEMPORAL:
        return frozenset({"LIKE", "ILIKE"})
    if kind is DataType.BOOLEAN:
        return frozenset({"LIKE", "ILIKE", "BETWEEN", "IN", "NOT"})
    return frozenset({"BETWEEN"}) if kind is DataType.ENUM else frozenset()


def _place(kind: str) -> tuple[int, str]:
    return _USUAL.index(kind) if kind in _USUAL else len(_USUAL), kind


def _cased(word: str, here: Here) -> str:
    """The keyword in the letters of what has been typed of it, else of the keyword before it."""
    keywords = tables().keywords.values()
    before = [token.text for token in here.tokens if token.kind in keywords]
    typed = here.word or (before[-1] if before else "")
    return word.lower() if typed.islower() else word

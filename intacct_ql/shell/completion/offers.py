"""What may stand at a place of a query: the words of the language, and names and values of a catalog.

In: a place, what the query asks, names of parameters. Out: ``Offer`` records, the likeliest first. Refuses to know:
what has been typed of the next word.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from intacct_ql.schema.model import Field, Object
from intacct_ql.schema.types import NUMERIC, TEMPORAL, DataType
from intacct_ql.shell.completion.here import NAME_PARTS, Here
from intacct_ql.shell.completion.operand import Left, compared, left
from intacct_ql.shell.completion.spelling import spelled_name, spelled_value
from intacct_ql.shell.completion.subject import CLAUSES, Subject, aliases, selected
from intacct_ql.shell.completion.suggestion import Kind, Offer
from intacct_ql.syntax.machine import Token
from intacct_ql.syntax.tables import tables

_FUNCTIONS = {
    "COUNT": "how many rows",
    "SUM": "the sum of a number",
    "AVG": "the mean of a number",
    "MIN": "the least",
    "MAX": "the greatest",
}
_AGGREGATING = frozenset({"SELECT", "HAVING", "ORDER_BY"})
"""Clauses in which a function may stand."""

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

COMMON = (
    *("RECORDNO", "NAME", "DESCRIPTION", "STATUS", "STATE", "WHENCREATED", "WHENMODIFIED", "CREATEDBY", "MODIFIEDBY"),
    *("RECORDID", "CUSTOMERID", "CUSTOMERNAME", "VENDORID", "VENDORNAME", "ITEMID", "EMPLOYEEID", "PROJECTID"),
    *(
        "DEPARTMENTID",
        "LOCATIONID",
        "CLASSID",
        "CURRENCY",
        "AMOUNT",
        "TOTALDUE",
        "TOTALENTERED",
        "TOTALPAID",
        "WHENDUE",
    ),
)
"""Fields that many objects have: what is suggested while it is not known which object is meant."""

OPTIONS = {
    "caseinsensitive": "LIKE takes letters in any case",
    "showprivate": "rows of private entities, too",
    "docparid": "the document type: docparid = 'Sales Invoice'",
    "single": "one row at the most",
    "allow_scan": "read all rows where nothing bounds them",
    "pagesize": "rows in a page: pagesize = 500",
}
"""The options of a query."""

_LIMITS = ("10", "100", "1000")

_USUAL_COUNTS = {"DAYS": 30, "WEEKS": 4, "MONTHS": 3}
_SWITCHES = frozenset(OPTIONS) - {"docparid", "pagesize"}
_TRUTH = ("true", "false")

_WORDS = {**{kind: kind for kind in tables().keywords.values()}, "GROUP_BY": "GROUP BY", "ORDER_BY": "ORDER_BY"}
"""Keywords by their terminals, as they are written."""

_USUAL = (
    *("FROM", "IN", "LIKE", "BETWEEN", "IS", "NOT", "NULL", "WHERE", "AND", "OR", "GROUP_BY", "HAVING", "ORDER_BY"),
    *("ASC", "DESC", "LIMIT", "OFFSET", "OPTION", "AS"),
)
"""Keywords in the order in which they are wanted; what is not among them is wanted by few."""


def offers(here: Here, asked: Subject, parameters: Iterable[str]) -> Iterator[Offer]:
    """Everything that may stand here."""
    parts: list[Iterable[Offer]] = []
    if here.takes_value:
        parts.append(_values(here, asked))
    elif here.takes_name and not _names_something(here):
        parts.append(_names(here, asked))
    if here.quote or here.path:
        yield from chain.from_iterable(parts)
        return
    if "OPERATOR" in here.accepts:
        parts.append(_operators(here.tokens, asked))
    if "NUMBER" in here.accepts and _clause(here.tokens) in ("LIMIT", "OFFSET"):
        parts.append(Offer(name=number, kind=Kind.VALUE) for number in _LIMITS)
    if "NAMED_PARAMETER" in here.accepts:
        parts.append(Offer(name=f":{name}", kind=Kind.PARAMETER) for name in parameters)
    parts.append(_keywords(here, asked))
    yield from chain.from_iterable(parts)


def _clause(tokens: Sequence[Token]) -> str:
    return next((token.kind for token in reversed(tokens) if token.kind in CLAUSES), "")


def _names_something(here: Here) -> bool:
    """Whether the name is a new one, for a column or the object: nobody can guess it."""
    if here.path or not here.tokens:
        return False
    last = here.tokens[-1].kind
    return last == "AS" or last in NAME_PARTS or last == "CLOSE"


# Names.


def _names(here: Here, asked: Subject) -> Iterator[Offer]:
    clause = _clause(here.tokens)
    last = here.tokens[-1].kind if here.tokens else ""
    if clause == "FROM":
        return _objects(here, asked)
    if clause == "OPTION":
        return _options()
    function = here.tokens[-2].text.upper() if last == "OPEN" and _is_call(here.tokens) else ""
    return chain(
        () if here.path else _near(here, clause),
        [Offer(name="*", kind=Kind.OPERATOR, detail="every row" if function else "every field")]
        if "STAR" in here.accepts and function in ("", "COUNT") and not here.quote
        else (),
        _fields(here, asked, function),
        _functions() if clause in _AGGREGATING and not (function or here.path or here.quote) else (),
    )


def _is_call(tokens: Sequence[Token]) -> bool:
    return len(tokens) > 1 and tokens[-2].kind in ("NAME", "LOWER", "WORD")


def _objects(here: Here, asked: Subject) -> Iterator[Offer]:
    for name, label in asked.catalog.labels().items():
        yield Offer(name=name, kind=Kind.OBJECT, text=_in_quotes(here, name), label=label)


def _options() -> Iterator[Offer]:
    for name, detail in OPTIONS.items():
        yield Offer(name=name, kind=Kind.OPTION, detail=detail)


def _functions() -> Iterator[Offer]:
    for name, detail in _FUNCTIONS.items():
        yield Offer(name=name, kind=Kind.FUNCTION, text=f"{name}(", detail=detail)


def _near(here: Here, clause: str) -> Iterator[Offer]:
    """Names that the query itself makes likely: those of its columns where it is ordered, its fields where grouped."""
    if clause == "ORDER_BY":
        for name in aliases(here.tokens):
            yield Offer(name=name, kind=Kind.ALIAS, text=spelled_name(name), detail="a column")
    if clause in ("ORDER_BY", "GROUP_BY"):
        for name in selected(here.tokens):
            yield Offer(name=name, kind=Kind.FIELD, detail="a column")


def _fields(here: Here, asked: Subject, function: str) -> Iterator[Offer]:
    if asked.object is None:
        for name in () if here.path else COMMON:
            yield Offer(name=name, kind=Kind.FIELD, text=_in_quotes(here, name), detail="many objects")
        return
    found = [(name, field) for name, field in asked.fields(here.path) if _fits(field, function)]
    plain = [one for one in found if "." not in one[0]]
    plain.sort(key=lambda one: not _is_prominent(one[0], asked.object))
    yield from (_field(here, *one) for one in plain)
    yield from _ways(here, asked)
    yield from () if here.quote else (_field(here, *one) for one in found if "." in one[0])


def _field(here: Here, name: str, field: Field) -> Offer:
    text = _in_quotes(here, name)
    return Offer(name=name, kind=Kind.FIELD, text=text, label=field.label, detail=field.type.value)


def _ways(here: Here, asked: Subject) -> Iterator[Offer]:
    for way, target in () if here.quote else asked.ways(here.path):
        label = "" if target is None else target.label
        yield Offer(
            name=way.path, kind=Kind.WAY, text=f"{spelled_name(way.path)}.", label=label, detail=f"to {way.object}"
        )


def _is_prominent(name: str, thing: Object | None) -> bool:
    return thing is not None and name in (thing.id_field, "NAME", thing.key)


def _fits(field: Field, function: str) -> bool:
    return function not in ("SUM", "AVG") or field.type in NUMERIC


def _in_quotes(here: Here, name: str) -> str:
    """The name as it is written here. Paths are quoted part by part, so that a quote holds no dots."""
    return f"{here.quote}{name}{here.quote}" if here.quote else spelled_name(name)


# Values.


def _values(here: Here, asked: Subject) -> Iterator[Offer]:
    side = compared(here.tokens)
    if _clause(here.tokens) == "OPTION":
        return (Offer(name=word, kind=Kind.VALUE) for word in _option_values(side))
    if here.quote not in ("", "'", '"') or side.operator in ("LIKE", "ILIKE"):
        return iter(())
    field = asked.field(side.path)
    if field is None or side.function in ("COUNT", "SUM", "AVG"):
        return iter(())
    own = _own_values(field, here.quote)
    if here.quote:
        return own
    return chain(own, _others(field, side, asked), [_NULL] if side.operator in ("=", "!=", "<>") else ())


_NULL = Offer(name="null", kind=Kind.VALUE, detail="nothing")


def _option_values(side: Left) -> Sequence[str]:
    option = side.path[0].lower() if side.path else ""
    return _TRUTH if option in _SWITCHES else ()


def _own_values(field: Field, quote: str) -> Iterator[Offer]:
    for value in field.values:
        text = spelled_value(value.label, quote)
        yield Offer(name=value.label, kind=Kind.VALUE, text=text, label=field.label, detail=value.code or "")
    if field.type is DataType.BOOLEAN and not quote:
        for word in _TRUTH:
            yield Offer(name=word, kind=Kind.VALUE, label=field.label)
    if field.type in TEMPORAL and not quote:
        from intacct_ql.binder.moments import RELATIVE_WORDS  # noqa: PLC0415 - only beside a date

        for word in RELATIVE_WORDS:
            yield Offer(name=word, kind=Kind.VALUE, text=_counted(word), label=field.label)


def _counted(word: str) -> str:
    """A relative range with a number where it wants one."""
    name, sign, _ = word.partition(":")
    return f"{name}:{_USUAL_COUNTS[name.rpartition('_')[2]]}" if sign else word


def _others(field: Field, side: Left, asked: Subject) -> Iterator[Offer]:
    """Fields that this one can be compared with: the type tells them from values (never text from text)."""
    if side.operator in ("LIKE", "ILIKE", "IN", "BETWEEN", "IS"):
        return
    group = next((kinds for kinds in (NUMERIC, TEMPORAL) if field.type in kinds), frozenset())
    for name, other in asked.fields(()):
        if other.type in group and other is not field and "." not in name:
            text = spelled_name(name)
            yield Offer(name=name, kind=Kind.FIELD, text=text, label=other.label, detail=other.type.value)


# Words.


def _operators(tokens: Sequence[Token], asked: Subject) -> Iterator[Offer]:
    if _clause(tokens) == "OPTION":
        yield Offer(name="=", kind=Kind.OPERATOR)
        return
    side = left(tuple(tokens))
    field = None if side.function == "COUNT" else asked.field(side.path)
    kind = DataType.INTEGER if side.function == "COUNT" else field.type if field is not None else DataType.TEXT
    for sign in _BY_TYPE.get(kind, _OF_TEXT):
        yield Offer(name=sign, kind=Kind.OPERATOR, detail=_OPERATORS[sign])


def _keywords(here: Here, asked: Subject) -> Iterator[Offer]:
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

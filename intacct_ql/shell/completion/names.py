"""Names that may stand at a place of a query: objects, fields, ways, columns, functions, options.

In: a place, and what the query asks. Out: ``Offer`` records, the likeliest first. Refuses to know: what has been typed
of the next word.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from intacct_ql.schema.model import Field, Object
from intacct_ql.schema.types import NUMERIC
from intacct_ql.shell.completion.spelling import spelled_name
from intacct_ql.shell.completion.subject import Subject, aliases, clause, selected
from intacct_ql.shell.completion.suggestion import Kind, Offer
from intacct_ql.shell.here import NAME_PARTS, Here
from intacct_ql.syntax.machine import Token

_FUNCTIONS = {
    "COUNT": "how many rows",
    "SUM": "the sum of a number",
    "AVG": "the mean of a number",
    "MIN": "the least",
    "MAX": "the greatest",
}
_AGGREGATING = frozenset({"SELECT", "HAVING", "ORDER_BY"})
"""Clauses in which a function may stand."""

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


def names_something(here: Here) -> bool:
    """Whether the name is a new one, for a column or the object: nobody can guess it."""
    if here.path or not here.tokens:
        return False
    last = here.tokens[-1].kind
    return last == "AS" or last in NAME_PARTS or last == "CLOSE"


def names(here: Here, asked: Subject) -> Iterator[Offer]:
    """The names that may stand here."""
    within = clause(here.tokens)
    last = here.tokens[-1].kind if here.tokens else ""
    if within == "FROM":
        return _objects(here, asked)
    if within == "OPTION":
        return _options()
    function = here.tokens[-2].text.upper() if last == "OPEN" and _is_call(here.tokens) else ""
    return chain(
        () if here.path else _near(here, within),
        [Offer(name="*", kind=Kind.OPERATOR, detail="every row" if function else "every field")]
        if "STAR" in here.accepts and function in ("", "COUNT") and not here.quote
        else (),
        _fields(here, asked, function),
        _functions() if within in _AGGREGATING and not (function or here.path or here.quote) else (),
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


def _near(here: Here, within: str) -> Iterator[Offer]:
    """Names that the query itself makes likely: those of its columns where it is ordered, its fields where grouped."""
    if within == "ORDER_BY":
        for name in aliases(here.tokens):
            yield Offer(name=name, kind=Kind.ALIAS, text=spelled_name(name), detail="a column")
    if within in ("ORDER_BY", "GROUP_BY"):
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

"""What hypothesis draws: queries that make sense, as first trees.

In: the company's values. Out: strategies of ``ast.Select``. Refuses to know: what the queries mean.

Values are drawn from the data: as they are, a little beside, in another case, with signs that mean something in SQL,
XML or a pattern. Every query allows a scan, so that no door may refuse for want of a bound.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from differential.company import Company, known_object
from hypothesis import strategies as st

from intacct_ql.schema.legacy import legacy_key
from intacct_ql.schema.model import Field
from intacct_ql.schema.types import NUMERIC, TEMPORAL, TEXTUAL, DataType
from intacct_ql.source import Span
from intacct_ql.syntax import ast
from intacct_ql.syntax.words import KEYWORDS

HERE = Span(0, 0)
COMPANY = Company()

OBJECTS = ["CUSTOMER", "CUSTOMER", "VENDOR", "EMPLOYEE", "ARINVOICE", "APBILL", "PROJECT", "ITEM", "GLDETAIL"]
"""Objects with fields of every type; the small ones more often."""

RELATED = {
    "CUSTOMER": ["PARENT.NAME", "PARENT.TOTALDUE", "TERM.DUEDATE", "PARENT.STATUS"],
    "VENDOR": ["PARENT.NAME", "TERM.WHENMODIFIED"],
    "EMPLOYEE": ["DEPARTMENT.TITLE", "LOCATION.NAME"],
    "ARINVOICE": ["CUSTOMER.NAME", "CUSTOMER.CREDITLIMIT", "CUSTOMER.ONHOLD", "CUSTOMER.PARENT.NAME"],
    "APBILL": ["VENDOR.NAME", "VENDOR.WHENCREATED", "VENDOR.STATUS"],
    "PROJECT": ["CUSTOMER.NAME", "CUSTOMER.LAST_INVOICEDATE", "MANAGER.GENDER"],
    "ITEM": [],
    "GLDETAIL": ["CUSTOMER.NAME", "GLACCOUNT.TITLE"],
}
"""Fields of other objects, by the object they are reached from."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A field a query may name, and where its values are found."""

    path: str
    field: Field
    object: str

    @property
    def name(self) -> ast.Name:
        return name(self.path)


def name(text: str) -> ast.Name:
    return ast.Name(text=text, span=HERE)


@cache
def own_places(of: str) -> list[Place]:
    """The fields of an object that hold something, and a few that hold nothing; of those of a contact only some."""
    known = known_object(of)
    filled, empty, dotted = [], [], []
    for path, field in known.fields.items():
        if field.queryable is False:
            continue
        place = Place(path=path, field=field, object=of)
        (dotted if "." in path else filled if COMPANY.values(of, path) else empty).append(place)
    return filled + dotted[:2] + empty[:4]


@cache
def related_places(of: str) -> list[Place]:
    """The fields of other objects."""
    places = []
    for path in RELATED[of]:
        *hops, last = path.split(".")
        here = known_object(of)
        for hop in hops:
            here = known_object(here.relationships[hop].object)
        places.append(Place(path=path, field=here.fields[last], object=here.name))
    return places


@cache
def by_type(of: str) -> dict[DataType, list[Place]]:
    found: dict[DataType, list[Place]] = {}
    for place in own_places(of):
        found.setdefault(place.field.type, []).append(place)
    return found


# Values.

ODD_TEXTS = ["", "%", "_", "\\", "'", "a'", "O'Brien", "100%", "a_b", "C:\\temp", "ss", "STRASSE", "i", "null", "NULL"]
ODD_TEXTS += [" ", "é", "東", "<&>", "]]>", "a,b", "--", "x /* y */", "&#39;", '"', "\\'", "true", "0"]
ODD_NUMBERS = [Decimal(0), Decimal(-1), Decimal("0.0001"), Decimal(10) ** 20, Decimal("-0.00005"), Decimal(2**53)]
ODD_DAYS = [date(1970, 1, 1), date(2024, 2, 29), date(9999, 12, 31), date(1, 1, 1)]


def literals(place: Place) -> st.SearchStrategy[ast.Value]:
    """Values to compare a field with."""
    return _literals(place.object, place.field.name.upper())


@cache
def _literals(of: str, path: str) -> st.SearchStrategy[ast.Value]:
    field = known_object(of).fields[path]
    known: list[Any] = COMPANY.values(of, path)
    if field.type is DataType.ENUM and field.values:
        words = [word for value in field.values for word in (value.label, value.code) if word]
        return st.sampled_from([strings(word) for each in words for word in (each, each.upper(), each.lower())])
    if field.type in TEXTUAL:
        return st.one_of(st.sampled_from(known or ["x"]).flatmap(_near_text), st.sampled_from(ODD_TEXTS)).flatmap(_text)
    if field.type in NUMERIC:
        return _numbers(known, whole=field.type is DataType.INTEGER)
    if field.type is DataType.BOOLEAN:
        return st.sampled_from([_word("true"), _word("false"), _word("TRUE"), strings("False")])
    return _days(known) if field.type is DataType.DATE else st.one_of(_days(known), _moments(known))


def strings(text: str) -> ast.String:
    return ast.String(text=text, pattern=text, span=HERE)


def _word(text: str) -> ast.Word:
    return ast.Word(text=text, span=HERE)


def _near_text(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from(
        [text, text, text, text.swapcase(), text[:-1], text + "'", text + " ", text[:1], "\\" + text]
    )


def _text(text: str) -> st.SearchStrategy[ast.Value]:
    """In quotes; bare as well where the word can be nothing but a value."""
    plain = text.isascii() and text.isalnum() and text[0].isalpha() and text.upper() not in NOT_BARE
    return st.sampled_from([_word(text), strings(text)]) if plain else st.just(strings(text))


NOT_BARE = frozenset(
    {*KEYWORDS, "NULL"}.union(*({of, *known_object(of).fields, *known_object(of).relationships} for of in OBJECTS))
)
"""Words that mean something else without quotes, or would be refused because they name a field as well."""


def _numbers(known: list[Any], *, whole: bool) -> st.SearchStrategy[ast.Value]:
    steps = [Decimal(0), Decimal(0), Decimal(1), Decimal(-1)] + (
        [] if whole else [Decimal("0.0001"), Decimal("-.00005")]
    )
    near = st.builds(lambda value, step: Decimal(value) + step, st.sampled_from(known or [7]), st.sampled_from(steps))
    odd = [number for number in ODD_NUMBERS if not whole or number == int(number)]
    return st.one_of(near, near, st.sampled_from(odd)).map(lambda number: _word(f"{number:f}"))


def _days(known: list[Any]) -> st.SearchStrategy[ast.Value]:
    held = [value.date() if isinstance(value, datetime) else value for value in known] or [date(2024, 1, 1)]
    near = st.builds(
        lambda day, step: day + timedelta(days=step), st.sampled_from(held), st.sampled_from([0, 0, 1, -1])
    )
    return st.builds(_spelled, st.one_of(near, near, st.sampled_from(ODD_DAYS)), st.sampled_from([0, 1, 2, 3]))


def _spelled(day: date, form: int) -> ast.Value:
    texts = [day.isoformat(), f"{day.month}/{day.day}/{day.year:04}"]
    return _word(texts[form % 2]) if form < 2 else strings(texts[form % 2])


def _moments(known: list[Any]) -> st.SearchStrategy[ast.Value]:
    near = st.builds(
        lambda moment, step: moment + timedelta(seconds=step),
        st.sampled_from(known or [datetime(2024, 1, 1)]),
        st.sampled_from([0, 0, 1, -1, 0.5]),
    )
    midnights = near.map(lambda moment: datetime.combine(moment, time.min))
    return st.builds(_clocked, st.one_of(near, midnights), st.booleans())


def _clocked(moment: datetime, iso: bool) -> ast.Value:
    if iso or moment.microsecond:
        return strings(moment.isoformat())
    return _word(f"{moment.month}/{moment.day}/{moment.year:04} {moment:%H:%M:%S}")


@cache
def patterns(of: str, path: str) -> st.SearchStrategy[ast.Value]:
    """Patterns of LIKE: pieces of the values with wildcards between, escaped and plain."""
    known = [str(value) for value in COMPANY.values(of, path)] or ["x"]
    parts = st.one_of(
        st.sampled_from(["%", "%", "_", "\\%", "\\_", "\\\\", "'", ""]),
        st.builds(
            lambda text, at, length: text[at : at + length].replace("\\", "\\\\"),
            st.sampled_from(known),
            st.integers(0, 6),
            st.integers(1, 4),
        ),
    )
    return st.lists(parts, min_size=1, max_size=4).map("".join).map(strings)


# Conditions.

OPERATORS = ["=", "!=", "<", "<=", ">", ">="]


def family(kind: DataType) -> str:
    """Fields of one family may be compared with each other."""
    return "number" if kind in NUMERIC else "time" if kind in TEMPORAL else "text" if kind in TEXTUAL else "truth"


@st.composite
def leaf(draw: st.DrawFn, operand: ast.Operand, place: Place, kind: DataType, others: list[Place]) -> ast.Condition:
    """One comparison of an operand, whose values are those of ``place`` and whose type is ``kind``."""
    read = replace(place, field=replace_type(place.field, kind))
    value = literals(read) if kind is place.field.type else _numbers([1, 2, 5], whole=kind is DataType.INTEGER)
    operators = ["=", "!="] if kind is DataType.BOOLEAN else OPERATORS
    alike = [other for other in others if family(other.field.type) == family(kind)]
    shapes = ["compare", "compare", "compare", "in", "between", "null", "fields"]
    shape = draw(st.sampled_from([*shapes, "like", "like"] if kind in TEXTUAL else shapes))
    negated = draw(st.booleans())
    if shape == "fields" and alike and (kind is place.field.type or kind in NUMERIC):
        other = draw(st.sampled_from(alike))
        return ast.Comparison(
            left=operand,
            operator=draw(st.sampled_from(operators)),
            right=ast.FieldValue(name=other.name, span=HERE),
            span=HERE,
        )
    if shape == "like":
        return ast.Like(
            left=operand,
            pattern=draw(patterns(place.object, place.field.name.upper())),
            negated=negated,
            fold=draw(st.sampled_from([False] * 5 + [True])),
            span=HERE,
        )
    if shape == "in":
        values = draw(st.lists(value, max_size=5))
        return ast.In(left=operand, values=tuple(values), negated=negated, span=HERE)
    if shape == "between" and kind is not DataType.BOOLEAN:
        return ast.Between(left=operand, low=draw(value), high=draw(value), negated=negated, span=HERE)
    if shape == "null":
        return draw(
            st.sampled_from(
                [
                    ast.IsNull(left=operand, negated=negated, span=HERE),
                    ast.Comparison(left=operand, operator="!=" if negated else "=", right=_word("null"), span=HERE),
                    ast.In(left=operand, values=(_word("NULL"),), negated=negated, span=HERE),
                ]
            )
        )
    return ast.Comparison(left=operand, operator=draw(st.sampled_from(operators)), right=draw(value), span=HERE)


def replace_type(field: Field, kind: DataType) -> Field:
    return field if field.type is kind else Field(name=field.name, label=field.label, type=kind)


def combined(leaves: st.SearchStrategy[ast.Condition], most: int) -> st.SearchStrategy[ast.Condition]:
    """Leaves under AND, OR and NOT."""
    constants = st.builds(ast.Constant, truth=st.booleans(), span=st.just(HERE))
    return st.recursive(
        st.one_of(*[leaves] * 9, constants),
        lambda inner: st.one_of(
            st.builds(ast.And, conditions=st.lists(inner, min_size=2, max_size=3).map(tuple), span=st.just(HERE)),
            st.builds(ast.Or, conditions=st.lists(inner, min_size=2, max_size=3).map(tuple), span=st.just(HERE)),
            _not(inner),
        ),
        max_leaves=most,
    )


@cache
def places(of: str, related: bool) -> st.SearchStrategy[Place]:
    """A field: its type first, so that the few of a rare type come up."""
    own = st.sampled_from(sorted(by_type(of))).flatmap(lambda kind: st.sampled_from(by_type(of)[kind]))
    if not related or not related_places(of):
        return own
    return st.one_of(own, own, st.sampled_from(related_places(of)))


def field_leaves(of: str, related: bool) -> st.SearchStrategy[ast.Condition]:
    others = own_places(of) + (related_places(of) if related else [])
    return places(of, related).flatmap(lambda place: leaf(place.name, place, place.field.type, others))


# Queries.

FUNCTIONS = ["COUNT", "SUM", "AVG", "MIN", "MAX"]


@st.composite
def calls(draw: st.DrawFn, of: str, related: bool) -> tuple[ast.Call, Place]:
    """An aggregate that its field allows."""
    place = draw(places(of, related))
    functions = FUNCTIONS if place.field.type in NUMERIC else ["COUNT", "MIN", "MAX"]
    function = draw(st.sampled_from(functions))
    star = function == "COUNT" and draw(st.booleans())
    return ast.Call(function=function, argument=None if star else place.name, span=HERE), place


def call_type(call: ast.Call, place: Place) -> DataType:
    return {"COUNT": DataType.INTEGER, "AVG": DataType.DECIMAL}.get(call.function, place.field.type)


@st.composite
def plain(draw: st.DrawFn, of: str, related: bool) -> ast.Select:
    """Rows as they are: fields, a condition, an order, a window."""
    shown = draw(st.lists(places(of, related), min_size=1, max_size=4))
    items = [
        ast.Item(
            operand=_perhaps_qualified(draw, of, place),
            alias=draw(st.sampled_from([None, None, name(f"Col_{at}")])),
            span=HERE,
        )
        for at, place in enumerate(shown)
    ]
    keys: list[ast.Operand] = [place.name for place in draw(st.lists(places(of, related), max_size=2))]
    keys += [ast.Name(text=item.alias.text.upper(), span=HERE) for item in items[:1] if item.alias]
    return _finished(
        draw,
        ast.Select(items=tuple(items), source=_source(of), where=draw(_where(of, related)), span=HERE),
        keys,
    )


@st.composite
def grouped(draw: st.DrawFn, of: str, related: bool) -> ast.Select:
    """Groups: DISTINCT, GROUP BY, aggregates, HAVING over what a group has."""
    keys = draw(st.lists(places(of, related), max_size=2, unique_by=lambda place: place.path))
    folds = draw(st.lists(calls(of, related), min_size=0 if keys else 1, max_size=3))
    items = [ast.Item(operand=operand, span=HERE) for operand in (*(key.name for key in keys), *(c for c, _ in folds))]
    items = draw(st.permutations(items))
    named = [key.name for key in keys]
    group_by = tuple(named) if keys and (not folds or draw(st.booleans())) else ()
    distinct = not group_by and (not folds or draw(st.booleans()))
    more = draw(st.lists(calls(of, related), max_size=1))
    having = [leaf(key.name, key, key.field.type, keys) for key in keys]
    having += [leaf(call, place, call_type(call, place), keys) for call, place in (*folds, *more)]
    select = ast.Select(
        items=tuple(items),
        source=_source(of),
        distinct=distinct,
        where=draw(_where(of, related)),
        group_by=group_by,
        having=draw(st.one_of(st.none(), combined(st.one_of(having), 3))) if having else None,
        span=HERE,
    )
    orders: list[ast.Operand] = [*named, *(call for call, _ in (*folds, *more))]
    chosen = draw(st.lists(st.sampled_from(orders), max_size=2))
    return _finished(draw, select, chosen)


@st.composite
def _where(draw: st.DrawFn, of: str, related: bool) -> ast.Condition | None:
    wanted = draw(st.sampled_from(["one", "one", "several", "several", "several", "none"]))
    if wanted == "none":
        return None
    leaves = field_leaves(of, related)
    return draw(st.one_of(leaves, _not(leaves)) if wanted == "one" else combined(leaves, 6))


def _not(inner: st.SearchStrategy[ast.Condition]) -> st.SearchStrategy[ast.Condition]:
    return st.builds(ast.Not, condition=inner, span=st.just(HERE))


def _source(of: str) -> ast.From:
    return ast.From(object=name(of), span=HERE)


def _perhaps_qualified(draw: st.DrawFn, of: str, place: Place) -> ast.Name:
    """The name, now and then behind the object's; not where that is the way to another object as well."""
    if "." in place.path or of in known_object(of).relationships or draw(st.integers(0, 5)):
        return place.name
    return name(f"{of}.{place.path}")


def _finished(draw: st.DrawFn, select: ast.Select, keys: list[ast.Operand]) -> ast.Select:
    orders = tuple(
        ast.Order(
            operand=key,
            descending=draw(st.booleans()),
            nulls_first=draw(st.sampled_from([None, None, None, True, False])),
            span=HERE,
        )
        for key in keys
    )
    limit = draw(st.sampled_from([None, None, None, None, 40, 3_000, 5, 2, 1, 0]))
    offset = draw(st.sampled_from([None, None, None, 1, 3, 50])) if limit is not None else None
    options = [ast.Option(name="allow_scan", span=HERE)]
    if draw(st.integers(0, 4)) == 0:
        options.append(ast.Option(name="caseinsensitive", span=HERE))
    return replace(
        select,
        order_by=orders,
        limit=None if limit is None else ast.Count(value=limit, span=HERE),
        offset=None if offset is None else ast.Count(value=offset, span=HERE),
        options=tuple(options),
    )


@st.composite
def selects(draw: st.DrawFn) -> ast.Select:
    """Any query of these; one in four may name fields of other objects."""
    of = draw(st.sampled_from(OBJECTS))
    related = draw(st.sampled_from([False, False, False, True]))
    return draw(st.one_of(plain(of, related), plain(of, related), grouped(of, related)))


@st.composite
def keyed(draw: st.DrawFn) -> ast.Select:
    """Queries with a key beside the other conditions, now and then for one row at the most."""
    of = draw(st.sampled_from(OBJECTS[:-1]))
    select = draw(st.one_of(plain(of, False), grouped(of, False)))
    known = known_object(of)
    keys = {(known.key or "RECORDNO").upper(), (known.id_field or "RECORDNO").upper(), legacy_key(of) or "RECORDNO"}
    place = Place(path=(path := draw(st.sampled_from(sorted(keys)))), field=known.fields[path], object=of)
    held = st.sampled_from(COMPANY.values(of, path)).map(lambda value: strings(str(value)))
    value = st.one_of(held, held, held, literals(place))
    condition: ast.Condition = ast.Comparison(left=place.name, operator="=", right=draw(value), span=HERE)
    single = draw(st.integers(0, 2)) == 0
    if draw(st.integers(0, 2)) == 0:
        values = tuple(draw(st.lists(value, min_size=1, max_size=12)))
        condition = ast.In(left=place.name, values=values, span=HERE)
    if select.where is not None and draw(st.booleans()):
        parts = draw(st.permutations([condition, select.where]))
        condition = ast.And(conditions=tuple(parts), span=HERE)
    options = (*select.options, *([ast.Option(name="single", span=HERE)] if single else []))
    return replace(select, where=condition, options=options)

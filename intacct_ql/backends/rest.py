"""The REST query service as plain rendering: a fetch as the JSON body of ``POST /services/core/query``.

In: ``steps.Fetch`` planned for this door, so that every name in it is known. Out: the body as text, and the names its
columns come back under. Refuses to know: tokens, headers, replies, and how pages are driven.

How sure the source is: a filter is ``{"$op": {field: value}}`` [C, and D where groups define their members]; one
copy of the service's page shows three keys instead, the recorded exchange wins. Booleans are JSON booleans [C], days
are ISO [C], amounts are JSON numbers [D], keys and ids are strings [C]. Time stamps are sent in the recorded form,
which is UTC; that the gateway's own are UTC too is assumed [?]. That page lets ``count`` take only booleans, lists and
enumerations; it is rendered for any field, as the other functions are [?].
"""

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from intacct_ql.backends.door import Door
from intacct_ql.backends.rest_limits import Leaf, pattern_parts, says, unable
from intacct_ql.backends.spelling import page_rows
from intacct_ql.binder import tree
from intacct_ql.planner.abilities import COMPARISONS, FUNCTIONS, LISTS_AND_PATTERNS, Abilities
from intacct_ql.planner.steps import Fetch
from intacct_ql.schema.rest import RestField, rest_field, rest_object
from intacct_ql.schema.types import DataType

FUNCTION = "POST /services/core/query"
"""The method and path of the service, below the address of the REST API."""

ABILITIES = Abilities(
    operators=COMPARISONS | LISTS_AND_PATTERNS | {"BETWEEN", "NOT BETWEEN"},
    aggregates=FUNCTIONS,
    order=True,
    limit=True,
    offset=True,
    related=True,
    case_switch=True,
    private_switch=True,
    docparid=True,
    most_values=1000,
    most_rows=4000,
    says=says,
    unable=unable,
)
"""What the service can say. How many values a list may hold is not published; a thousand
is what ``query`` takes [?]."""

_COMPARISONS = {"=": "$eq", "!=": "$ne", "<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}
_PATTERNS = {
    (False, False): ("$eq", "$ne"),
    (False, True): ("$startsWith", "$notStartsWith"),
    (True, False): ("$endsWith", "$notEndsWith"),
    (True, True): ("$contains", "$notContains"),
}
"""Operator and negation, by whether the pattern opens and whether it closes with ``%``."""


def render(fetch: Fetch, *, page_size: int | None = None, offset: int | None = None) -> str:
    """The JSON body of a fetch, without spaces.

    ``page_size`` and ``offset`` are those of one page; without them the body says what the text says. Raises
    ``ValueError`` for a page size the service would refuse or for text that no JSON can carry.
    """
    rows = page_rows(fetch, page_size, ABILITIES.most_rows)
    filters: list[str] = []
    expression = "" if fetch.where is None else _expression(fetch.object, fetch.where, filters, top=True)
    docparid = fetch.options.docparid
    parts = [
        ("object", _text(f"{rest_object(fetch.object)}{'' if docparid is None else f'::{docparid}'}")),
        ("fields", _list(_text(name) for (name,) in column_names(fetch))),
        ("filters", _list(filters) if filters else None),
        ("filterExpression", _text(expression) if _branches(fetch.where) else None),
        ("filterParameters", _parameters(fetch.options)),
        ("orderBy", _list(_order(fetch.object, order) for order in fetch.order_by) if fetch.order_by else None),
        ("start", _start(fetch, offset)),
        ("size", None if rows is None else str(rows)),
    ]
    return "{" + ",".join(f'"{name}":{value}' for name, value in parts if value is not None) + "}"


def column_names(fetch: Fetch) -> tuple[tuple[str, ...], ...]:
    """For each selected expression the name it may come back under: the one it is asked by."""
    return tuple([(_asked(fetch.object, expression),) for expression in fetch.select])


# Parts of the body.


def _known(object_name: str, field: tree.Field) -> RestField:
    found = rest_field(object_name, field.path)
    assert found is not None, field.path  # noqa: S101 - such a fetch is never planned
    return found


def _asked(object_name: str, expression: tree.Expression) -> str:
    if isinstance(expression, tree.Field):
        return _known(object_name, expression).name
    return f"{expression.function.lower()}:{_known(object_name, expression.argument).name}"


def _list(texts: Iterable[str]) -> str:
    return f"[{','.join(texts)}]"


def _text(text: str) -> str:
    text.encode()  # raises the ValueError
    return json.dumps(text, ensure_ascii=False)


def _parameters(options: tree.Options) -> str | None:
    fold = ['"caseSensitiveComparison":false'] if options.case_insensitive else []
    private = ['"includePrivate":true'] if options.show_private else []
    return f"{{{','.join(fold + private)}}}" if fold or private else None


def _order(object_name: str, order: tree.Order) -> str:
    direction = "desc" if order.descending else "asc"
    return f'{{{_text(_asked(object_name, order.expression))}:"{direction}"}}'


def _start(fetch: Fetch, offset: int | None) -> str | None:
    skip = fetch.offset or None if offset is None else offset
    return None if skip is None else str(skip + 1)  # the first row is number 1


# Conditions: leaves are collected, the expression names them by number, the first is 1.


def _branches(predicate: tree.Predicate | None) -> bool:
    """Whether the leaves are joined by anything but AND, which is what the service joins them by."""
    if not isinstance(predicate, tree.And | tree.Or):
        return False
    return isinstance(predicate, tree.Or) or any(map(_branches, predicate.conditions))


def _expression(object_name: str, predicate: tree.Predicate, filters: list[str], *, top: bool = False) -> str:
    if not isinstance(predicate, tree.And | tree.Or):
        filters.append(_FILTERS[type(predicate)](predicate, object_name))
        return str(len(filters))
    word = " and " if isinstance(predicate, tree.And) else " or "
    joined = word.join([_expression(object_name, condition, filters) for condition in predicate.conditions])
    return joined if top else f"({joined})"


def _filter(operator: str, field: RestField, value: str) -> str:
    return f'{{"{operator}":{{{_text(field.name)}:{value}}}}}'


def _compare(leaf: tree.Compare, object_name: str) -> str:
    field = _field(leaf, object_name)
    return _filter(_COMPARISONS[leaf.operator], field, _literal(leaf.value, leaf.left, field))


def _like(leaf: tree.Like, object_name: str) -> str:
    pattern = pattern_parts(leaf.pattern)
    assert pattern is not None  # noqa: S101 - such a leaf is never planned
    opens, text, closes = pattern
    return _filter(_PATTERNS[opens, closes][leaf.negated], _field(leaf, object_name), _text(text))


def _in(leaf: tree.In, object_name: str) -> str:
    field = _field(leaf, object_name)
    values = _list([_literal(value, leaf.left, field) for value in leaf.values])
    return _filter("$notIn" if leaf.negated else "$in", field, values)


def _between(leaf: tree.Between, object_name: str) -> str:
    field = _field(leaf, object_name)
    ends = _list([_literal(end, leaf.left, field) for end in (leaf.low, leaf.high)])
    return _filter("$notBetween" if leaf.negated else "$between", field, ends)


def _is_null(leaf: tree.IsNull, object_name: str) -> str:
    return _filter("$ne" if leaf.negated else "$eq", _field(leaf, object_name), "null")


def _field(leaf: Leaf, object_name: str) -> RestField:
    assert isinstance(leaf.left, tree.Field)  # noqa: S101 - nothing else is planned
    return _known(object_name, leaf.left)


_FILTERS: dict[type, Callable[[Any, str], str]] = {
    tree.Compare: _compare,
    tree.Like: _like,
    tree.In: _in,
    tree.Between: _between,
    tree.IsNull: _is_null,
}


# Values.


def _literal(value: tree.Value, left: tree.Expression, field: RestField) -> str:
    data = value.data
    if field.words is not None:
        return _text(field.words[value.text])
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, int | Decimal):
        return _number(data, left, field)
    if isinstance(data, datetime) and (left.type is not DataType.DATE or data.time() != time.min):
        return f'"{data.replace(tzinfo=None).isoformat(timespec="seconds")}Z"'
    if isinstance(data, date):
        midnight = "T00:00:00Z" if left.type is DataType.TIMESTAMP else ""
        return f'"{data.year:04}-{data.month:02}-{data.day:02}{midnight}"'
    return _text(data if isinstance(data, str) else value.text)


def _number(data: int | Decimal, left: tree.Expression, field: RestField) -> str:
    digits = str(data) if isinstance(data, int) else format(data, "f")
    is_string = isinstance(left, tree.Field) and field.name.rpartition(".")[2] in ("key", "id")
    return f'"{digits}"' if is_string else digits


DOOR = Door(function=FUNCTION, abilities=ABILITIES, render=render, column_names=column_names, sent=False)

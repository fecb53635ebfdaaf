"""``readByQuery`` and ``readMore``: a condition as text, and a result that the gateway keeps.

In: ``steps.Fetch``. Out: the ``<readByQuery>`` element as text; ``<readMore>`` for each further part of its result.
Refuses to know: envelopes, replies, and how pages are driven.

The condition knows no related fields, no order and no aggregates. Strings stand in single quotes, an apostrophe behind
a backslash [D]; what a backslash itself becomes is written nowhere, so text with one is compared here. Enumerations
and truths are said by their stored code, as ``'T'`` [D], so a value whose code nobody knows is compared here too;
only a value that is not bound yet, while a query is checked, passes for known.
``!=`` is not in the documented list of operators; ``NOT F = 'x'`` is what the official SDKs write [C].
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from intacct_ql.backends.door import Door
from intacct_ql.backends.spelling import day, is_word, listed, moment, own_names, page_rows, unlistable
from intacct_ql.binder import tree
from intacct_ql.gateway.escape import escape
from intacct_ql.gateway.messages import Function
from intacct_ql.planner.abilities import COMPARISONS, LISTS_AND_PATTERNS, Abilities
from intacct_ql.planner.steps import Fetch
from intacct_ql.schema.catalog import CODED
from intacct_ql.schema.types import NUMERIC, DataType


def says(_: tree.Query, leaf: tree.Leaf) -> bool:
    """Whether the condition means here what it means in the language."""
    if isinstance(leaf, tree.Constant) or not is_word(leaf.left.path):
        return False
    if isinstance(leaf, tree.IsNull):
        return True
    if isinstance(leaf, tree.Like):
        return _is_plain_text(leaf.left) and "\\" not in leaf.pattern
    values = _values(leaf)
    if leaf.left.type is DataType.ENUM:
        return _is_equality(leaf) and all(value.code is not None or value.data is None for value in values)
    return leaf.left.path not in CODED and not any(_has_backslash(value) for value in values)


def _values(leaf: tree.Leaf) -> Iterable[tree.Value]:
    if isinstance(leaf, tree.Compare):
        return (leaf.value,)
    return leaf.values if isinstance(leaf, tree.In) else ()


def _is_plain_text(left: tree.Expression) -> bool:
    return left.type is DataType.TEXT and left.path not in CODED


def _is_equality(leaf: tree.Leaf) -> bool:
    return isinstance(leaf, tree.In) or (isinstance(leaf, tree.Compare) and leaf.operator in ("=", "!="))


def _has_backslash(value: tree.Value) -> bool:
    return isinstance(value.data, str) and "\\" in value.data


ABILITIES = Abilities(
    operators=COMPARISONS | LISTS_AND_PATTERNS,
    limit=True,
    docparid=True,
    star=True,
    pages="resultid",
    most_values=1000,
    most_rows=1000,
    says=says,
    unable=unlistable,
)
"""What ``readByQuery`` can say. The limit of a list is that of ``query``; none is documented here [?]."""


def render(fetch: Fetch, *, page_size: int | None = None, offset: int | None = None) -> str:
    """The ``<readByQuery>`` element; ``page_size`` is that of every part of the result.

    Raises ``ValueError`` for a page size the gateway would refuse, for an offset, and as ``escape`` does.
    """
    if offset:
        raise ValueError("readByQuery cannot skip rows")
    rows = page_rows(fetch, page_size, ABILITIES.most_rows)
    docparid = fetch.options.docparid
    return (
        f"<readByQuery><object>{escape(fetch.object)}</object><fields>{escape(listed(fetch))}</fields>"
        f"<query>{'' if fetch.where is None else escape(predicate(fetch.where))}</query>"
        f"{'' if rows is None else f'<pagesize>{rows}</pagesize>'}"
        f"{'' if docparid is None else f'<docparid>{escape(docparid)}</docparid>'}</readByQuery>"
    )


def more(resultid: str) -> Function:
    """The request for the next part of a result, never by object: another query on it may have come between [D]."""
    return Function(name="readMore", xml=f"<readMore><resultId>{escape(resultid)}</resultId></readMore>")


# Conditions. Recursion is bounded, the parser limits how deep brackets nest.


def predicate(condition: tree.Predicate) -> str:
    """The condition as text, before it is made fit for XML."""
    return _FORMS[type(condition)](condition)


def _group(group: tree.And | tree.Or) -> str:
    word = " AND " if isinstance(group, tree.And) else " OR "
    return word.join([f"({predicate(part)})" if _is_group(part) else predicate(part) for part in group.conditions])


def _is_group(condition: tree.Predicate) -> bool:
    return isinstance(condition, tree.And | tree.Or)


def _compare(leaf: tree.Compare) -> str:
    left, text = leaf.left.path, literal(leaf.value, leaf.left)
    return f"NOT {left} = {text}" if leaf.operator == "!=" else f"{left} {leaf.operator} {text}"


def _like(leaf: tree.Like) -> str:
    return f"{leaf.left.path} {'NOT LIKE' if leaf.negated else 'LIKE'} {_quoted(leaf.pattern)}"


def _in(leaf: tree.In) -> str:
    values = ",".join([literal(value, leaf.left) for value in leaf.values])
    return f"{leaf.left.path} {'NOT IN' if leaf.negated else 'IN'} ({values})"


def _is_null(leaf: tree.IsNull) -> str:
    return f"{leaf.left.path} {'IS NOT NULL' if leaf.negated else 'IS NULL'}"


_FORMS: dict[type, Callable[[Any], str]] = {
    tree.And: _group,
    tree.Or: _group,
    tree.Compare: _compare,
    tree.Like: _like,
    tree.In: _in,
    tree.IsNull: _is_null,
}


# Values.


def literal(value: tree.Value, left: tree.Expression) -> str:
    """A value as it is written beside a field: numbers bare, all else in quotes."""
    if left.type in NUMERIC:
        return value.text
    if value.code is not None:
        return _quoted(value.code)
    write = _WRITERS.get(type(value.data))
    return _quoted(value.text if write is None else write(value.data, left))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "\\'") + "'"


def _letter(data: bool, _: tree.Expression) -> str:
    return "T" if data else "F"


_WRITERS: dict[type, Callable[[Any, tree.Expression], str]] = {bool: _letter, date: day, datetime: moment}

DOOR = Door(function="readByQuery", abilities=ABILITIES, render=render, column_names=own_names, more=more)

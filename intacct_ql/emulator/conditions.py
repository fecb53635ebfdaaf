"""Filters as a tree, and the tree as SQL.

In: a ``Condition``, whichever function's filter it was read from, and the ``Scope`` of its field names. Out: an SQL
text with its values. Refuses to know: XML elements, paging.

NULL follows SQL's three-valued logic: it satisfies neither ``equalto`` nor ``notequalto``, neither ``in`` nor
``notin``, neither ``like`` nor ``notlike``. Text compares case-sensitively, by code point, unless the query asks for
``caseinsensitive``; then both sides are case-folded.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from intacct_ql.emulator.literals import Bound, literal
from intacct_ql.emulator.refusals import data_failure
from intacct_ql.emulator.scope import Column, Scope
from intacct_ql.schema.types import TEXTUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One operator of section "filter" on one field; the values are still text."""

    operator: str
    field: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Two or more conditions under ``and`` or ``or``."""

    connective: str
    members: tuple["Condition", ...]


Condition = Comparison | Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """An SQL expression, its values in order, and the columns it reads."""

    text: str
    values: tuple[Bound, ...] = ()
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """How many values an operator takes, and how it is said in SQL once ``{}`` is the field."""

    least: int
    most: int
    sql: str


_LIKE = "{} LIKE ? ESCAPE '\\'"
_IN = "{} IN (SELECT value FROM json_each(?))"

OPERATORS = {
    "equalto": Operator(least=1, most=1, sql="{} = ?"),
    "notequalto": Operator(least=1, most=1, sql="{} <> ?"),
    "lessthan": Operator(least=1, most=1, sql="{} < ?"),
    "lessthanorequalto": Operator(least=1, most=1, sql="{} <= ?"),
    "greaterthan": Operator(least=1, most=1, sql="{} > ?"),
    "greaterthanorequalto": Operator(least=1, most=1, sql="{} >= ?"),
    "like": Operator(least=1, most=1, sql=_LIKE),
    "notlike": Operator(least=1, most=1, sql=f"NOT {_LIKE}"),
    "between": Operator(least=2, most=2, sql="{} BETWEEN ? AND ?"),
    "in": Operator(least=1, most=1000, sql=_IN),
    "notin": Operator(least=1, most=1000, sql=f"NOT {_IN}"),
    "isnull": Operator(least=0, most=0, sql="{} IS NULL"),
    "isnotnull": Operator(least=0, most=0, sql="{} IS NOT NULL"),
}
CONNECTIVES = {"and": " AND ", "or": " OR "}


def translate(condition: Condition, scope: Scope, *, fold: bool = False) -> Sql:
    """The SQL of a condition; ``FunctionRefused`` for an unknown field or a bad literal."""
    if isinstance(condition, Comparison):
        return _comparison(condition, scope, fold=fold)
    members = [translate(member, scope, fold=fold) for member in flattened(condition, condition.connective)]
    return joined(CONNECTIVES[condition.connective], members)


def flattened(condition: Condition, connective: str) -> list[Condition]:
    """The members under one connective, through groups of the same: SQLite's parser takes few nested brackets."""
    if isinstance(condition, Group) and condition.connective == connective:
        return [part for member in condition.members for part in flattened(member, connective)]
    return [condition]


def joined(connective: str, members: Sequence[Sql]) -> Sql:
    """Members under one connective, halved again and again: SQLite limits how deep an expression may nest."""
    return Sql(
        text=_halved(connective, [member.text for member in members]),
        values=tuple(value for member in members for value in member.values),
        columns=tuple(column for member in members for column in member.columns),
    )


def like_pattern(text: str) -> str:
    """A pattern with a backslash kept for ``%``, ``_`` and itself; any other backslash is a plain character.

    [?] No public source says how the gateway takes a literal wildcard.
    """
    return re.sub(r"\\(?![%_\\])|\\\\", r"\\\\", text)


def _halved(connective: str, texts: list[str]) -> str:
    if len(texts) == 1:
        return texts[0]
    middle = len(texts) // 2
    return f"({_halved(connective, texts[:middle])}{connective}{_halved(connective, texts[middle:])})"


def _comparison(comparison: Comparison, scope: Scope, *, fold: bool) -> Sql:
    column = scope.column(comparison.field)
    fold = fold and column.field.type in TEXTUAL
    operator = comparison.operator
    read = _VALUES.get(operator, _plain)
    return Sql(
        text=OPERATORS[operator].sql.format(f"fold({column.sql})" if fold else column.sql),
        values=read(comparison, column, fold),
        columns=(column,),
    )


def _plain(comparison: Comparison, column: Column, fold: bool) -> tuple[Bound, ...]:
    return tuple(literal(value, column.field, fold=fold) for value in comparison.values)


def _list(comparison: Comparison, column: Column, fold: bool) -> tuple[Bound, ...]:
    # one JSON value instead of a thousand marks: SQLite limits the marks of a statement
    return (json.dumps(_plain(comparison, column, fold)),)


def _pattern(comparison: Comparison, column: Column, fold: bool) -> tuple[Bound, ...]:
    if column.field.type not in TEXTUAL:
        # [?] the database behind the gateway might convert; refusing shows clients that they rely on it
        raise data_failure(f"Operator {comparison.operator} needs a text field: {column.name} is {column.field.type}.")
    text = comparison.values[0]
    return (like_pattern(text.casefold() if fold else text) or None,)


_VALUES: dict[str, Callable[[Comparison, Column, bool], tuple[Bound, ...]]] = {
    "like": _pattern,
    "notlike": _pattern,
    "in": _list,
    "notin": _list,
}

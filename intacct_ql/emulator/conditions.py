"""Filters as a tree, and the tree as SQL.

In: a ``Condition``, whichever function's filter it was read from, and the ``Scope`` of its field names. Out: an SQL
text with its values. Refuses to know: XML elements, paging.

NULL follows SQL's three-valued logic: it satisfies neither ``equalto`` nor ``notequalto``, neither ``in`` nor
``notin``, neither ``like`` nor ``notlike``. Text compares case-sensitively, by code point, unless the query asks for
``caseinsensitive``; then both sides are case-folded. Where a function compares enumerations by their stored codes, the
column is turned into codes, so that every operator sees what the database behind the gateway sees.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from intacct_ql.emulator.literals import Bound, literal
from intacct_ql.emulator.refusals import data_failure
from intacct_ql.emulator.scope import Column, Dialect, Scope
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation:
    """A condition under ``not``: true where it is false, and NULL where it is NULL."""

    member: "Condition"


Condition = Comparison | Group | Negation


@dataclass(frozen=True, slots=True, kw_only=True)
class Sql:
    """An SQL expression, its values in order, the columns it reads, and how many brackets are open in it at most."""

    text: str
    values: tuple[Bound, ...] = ()
    columns: tuple[Column, ...] = ()
    depth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """How many values an operator takes, and how it is said in SQL once ``{}`` is the field."""

    least: int
    most: int
    sql: str


_DEEPEST = 80
"""Brackets that SQLite's parser takes open at once: it stops at 100 of anything unfinished."""

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
SIGNS = {
    "=": "equalto",
    "<": "lessthan",
    "<=": "lessthanorequalto",
    ">": "greaterthan",
    ">=": "greaterthanorequalto",
}
"""The operators that other functions write as signs."""

CONNECTIVES = {"and": " AND ", "or": " OR "}


def grouped(connective: str, members: Sequence[Condition]) -> Condition:
    """Conditions under one connective; one alone is itself."""
    return members[0] if len(members) == 1 else Group(connective=connective, members=tuple(members))


def translate(condition: Condition, scope: Scope) -> Sql:
    """The SQL of a condition; ``FunctionRefused`` for an unknown field, a bad literal, or too deep a nesting."""
    if isinstance(condition, Comparison):
        return _comparison(condition, scope)
    if isinstance(condition, Negation):
        inner = translate(condition.member, scope)
        return _checked(replace(inner, text=f"NOT ({inner.text})", depth=inner.depth + 2))
    members = [translate(member, scope) for member in flattened(condition, condition.connective)]
    return joined(CONNECTIVES[condition.connective], members)


def flattened(condition: Condition, connective: str) -> list[Condition]:
    """The members under one connective, through groups of the same: SQLite's parser takes few nested brackets."""
    if isinstance(condition, Group) and condition.connective == connective:
        return [part for member in condition.members for part in flattened(member, connective)]
    return [condition]


def joined(connective: str, members: Sequence[Sql]) -> Sql:
    """Members under one connective, halved again and again: SQLite limits how deep an expression may nest.

    The deepest goes first: brackets that open at once cost SQLite's parser less than those that wait behind a term.
    """
    members = sorted(members, key=lambda member: -member.depth)
    return _checked(
        Sql(
            text=_halved(connective, [member.text for member in members]),
            values=tuple(value for member in members for value in member.values),
            columns=tuple(column for member in members for column in member.columns),
            depth=members[0].depth + (len(members) - 1).bit_length(),
        )
    )


def _checked(sql: Sql) -> Sql:
    if sql.depth > _DEEPEST:
        raise data_failure("The filter nests too deep.", correction="Use fewer brackets inside brackets.")
    return sql


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


def _comparison(comparison: Comparison, scope: Scope) -> Sql:
    column, dialect = scope.column(comparison.field), scope.dialect
    sql = _coded(column) if dialect.codes else column.sql
    if dialect.fold and column.field.type in TEXTUAL:
        sql = f"fold({sql})"
    operator = comparison.operator
    read = _VALUES.get(operator, _plain)
    return Sql(text=OPERATORS[operator].sql.format(sql), values=read(comparison, column, dialect), columns=(column,))


def _coded(column: Column) -> str:
    """The stored codes of a column, where they are known; what has none keeps its label ([?])."""
    cases = [f"WHEN {_text(value.label)} THEN {_text(value.code)}" for value in column.field.values if value.code]
    return f"CASE {column.sql} {' '.join(cases)} ELSE {column.sql} END" if cases else column.sql


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _plain(comparison: Comparison, column: Column, dialect: Dialect) -> tuple[Bound, ...]:
    read = partial(literal, fold=dialect.fold, codes=dialect.codes, formatting=dialect.formatting)
    return tuple(read(value, column.field) for value in comparison.values)


def _list(comparison: Comparison, column: Column, dialect: Dialect) -> tuple[Bound, ...]:
    # one JSON value instead of a thousand marks: SQLite limits the marks of a statement
    return (json.dumps(_plain(comparison, column, dialect)),)


def _pattern(comparison: Comparison, column: Column, dialect: Dialect) -> tuple[Bound, ...]:
    if column.field.type not in TEXTUAL:
        # [?] the database behind the gateway might convert; refusing shows clients that they rely on it
        raise data_failure(f"Operator {comparison.operator} needs a text field: {column.name} is {column.field.type}.")
    text = comparison.values[0]
    return (like_pattern(text.casefold() if dialect.fold else text) or None,)


_VALUES: dict[str, Callable[[Comparison, Column, Dialect], tuple[Bound, ...]]] = {
    "like": _pattern,
    "notlike": _pattern,
    "in": _list,
    "notin": _list,
}

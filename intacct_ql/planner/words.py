"""Predicates and expressions in words, as the language writes them.

In: bound expressions and predicates. Out: short text; of long lists only the beginning. Refuses to know: plans, doors,
and what the words are for.

    And(Compare, In of 1000 values)   STATE = 'Posted' AND TOTALDUE IN (0, 1, 2, 3, 4, 5, 6, 7 and 992 more)
"""

from collections.abc import Sequence

from intacct_ql.binder import tree
from intacct_ql.planner.predicates import operator

SHOWN = 8
"""Values of a list and columns of a row that are written out; of more, the rest is counted."""


def describe(predicate: tree.Predicate) -> str:
    """A predicate as the language writes it; of a long list only the beginning."""
    if isinstance(predicate, tree.And | tree.Or):
        parts = []
        for condition in predicate.conditions:
            text = describe(condition)
            parts.append(f"({text})" if isinstance(condition, tree.And | tree.Or) else text)
        return (" AND " if isinstance(predicate, tree.And) else " OR ").join(parts)
    if isinstance(predicate, tree.Not):
        return f"NOT ({describe(predicate.condition)})"
    if isinstance(predicate, tree.Constant):
        return "always" if predicate.truth else "never"
    return f"{name(predicate.left)} {operator(predicate)}{_right(predicate)}"


def name(expression: tree.Expression) -> str:
    """A field by its path, an aggregate as a call."""
    if isinstance(expression, tree.Aggregate):
        return f"{expression.function}({expression.argument.path})"
    return expression.path


def few(words: Sequence[str], count: int | None = None, shown: int = SHOWN) -> str:
    """The first of the words, and how many more there are."""
    more = (len(words) if count is None else count) - shown
    return ", ".join(words[:shown]) + (f" and {more} more" if more > 0 else "")


def ordered(word: str, *, descending: bool, nulls_first: bool | None) -> str:
    """One key of an order."""
    nulls = {None: "", True: " NULLS FIRST", False: " NULLS LAST"}[nulls_first]
    return word + (" DESC" if descending else "") + nulls


def limited(limit: int | None, offset: int) -> str:
    """How many rows, and after how many."""
    return " ".join(
        filter(None, ("all" if limit is None else str(limit), f"after the first {offset}" if offset else ""))
    )


def _right(leaf: tree.Compare | tree.CompareFields | tree.Like | tree.In | tree.Between | tree.IsNull) -> str:
    match leaf:
        case tree.Compare():
            return f" {_value(leaf.value)}"
        case tree.CompareFields():
            return f" {name(leaf.right)}"
        case tree.Like():
            return f" {_quoted(leaf.pattern)}"
        case tree.Between():
            return f" {_value(leaf.low)} AND {_value(leaf.high)}"
        case tree.In():
            return f" ({few([_value(value) for value in leaf.values[: SHOWN + 1]], len(leaf.values))})"
        case tree.IsNull():
            return ""


def _value(value: tree.Value) -> str:
    return _quoted(value.text) if isinstance(value.data, str) else value.text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

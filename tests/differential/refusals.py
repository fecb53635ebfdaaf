"""When a door may refuse a query, and in which words: every other refusal is wrong.

In: a query, a target, and what the door said. Out: the diagnostics that are not right.

All queries allow a scan, so IQL301 is never right; what no door can do is never asked, so no other code is either.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from differential.company import known_object
from differential.reference import conditions

from intacct_ql.errors import Diagnostic, QueryError
from intacct_ql.schema.legacy import legacy_key
from intacct_ql.schema.types import TEXTUAL
from intacct_ql.syntax import ast

Holds = Callable[[ast.Select, str, re.Match[str]], bool]


@dataclass(frozen=True, kw_only=True)
class Right:
    """A refusal that is right where ``holds`` says so."""

    code: str
    words: str
    holds: Holds


def _asks_related(select: ast.Select, target: str, found: re.Match[str]) -> bool:
    """Only the widest door reaches other objects: [D] for query, and no word of it for the others."""
    return target != "query" and found["path"] in related_paths(select)


def _is_younger_than_its_door(select: ast.Select, target: str, found: re.Match[str]) -> bool:
    """The functions of DTD 2.1 know the objects of DTD 2.1."""
    return target in ("get_list", "get") and known_object(found["object"]).legacy_name is None


def _has_no_key(select: ast.Select, target: str, found: re.Match[str]) -> bool:
    """The reading doors find rows by a key, and by nothing else."""
    return target == found["target"] and not says_key(select, target)


RIGHT = (
    Right(code="IQL304", words=r"\w+ cannot read the field (?P<path>\S+) of another object", holds=_asks_related),
    Right(
        code="IQL304",
        words=r"\w+ cannot read (?P<object>\w+): DTD 2\.1 has no list of it",
        holds=_is_younger_than_its_door,
    ),
    Right(
        code="IQL304",
        words=r"(?P<target>\w+) finds rows by [\w.]+(?: and by nothing else, and no condition says which"
        r"|, and cannot take this condition on it)",
        holds=_has_no_key,
    ),
    Right(
        code="IQL304",
        words=r"(?P<target>\w+) finds rows by a key, and which that is of \w+ no source says",
        holds=_has_no_key,
    ),
)
"""Every right refusal."""


def wrong_ones(error: QueryError, select: ast.Select, target: str) -> list[Diagnostic]:
    """The errors of a refusal that the table does not hold."""
    errors = [found for found in error.diagnostics if found.severity.name == "ERROR"]
    return [found for found in errors if not any(_explains(right, found, select, target) for right in RIGHT)]


def _explains(right: Right, found: Diagnostic, select: ast.Select, target: str) -> bool:
    words = re.fullmatch(right.words, found.reason)
    return found.code == right.code and words is not None and right.holds(select, target, words)


def related_paths(select: ast.Select) -> set[str]:
    """The fields of other objects that a query names anywhere."""
    own = known_object(select.source.object.text).fields
    start = f"{select.source.object.text}."
    bare = {name.removeprefix(start) if name not in own else name for name in _names(select)}
    return {path for path in bare if "." in path and path not in own}


def _names(select: ast.Select) -> set[str]:
    assert not isinstance(select.items, ast.Star)
    operands = [item.operand for item in select.items] + [order.operand for order in select.order_by]
    found = set()
    for condition in conditions(select):
        if isinstance(condition, ast.Comparison) and isinstance(condition.right, ast.FieldValue):
            operands.append(condition.right.name)
        if not isinstance(condition, ast.And | ast.Or | ast.Not | ast.Constant):
            operands.append(condition.left)
    for operand in (*operands, *select.group_by):
        named = operand if isinstance(operand, ast.Name) else operand.argument
        if named is not None:
            found.add(named.text)
    return found


def says_key(select: ast.Select, target: str) -> bool:
    """Whether one of the conditions that must all hold names rows by the key of this door, plainly."""
    of = known_object(select.source.object.text)
    key = {"read": of.key, "readByName": of.id_field, "get": legacy_key(of.name)}.get(target)
    if key is None or (_ignores_case(select) and of.fields[key.upper()].type in TEXTUAL):
        return False
    return any(_names_rows(part, key.upper(), target) for part in _all_of(select.where))


def _ignores_case(select: ast.Select) -> bool:
    """Without regard to case one key may be several, and these doors look for the one."""
    folded = any(isinstance(one, ast.Like) and one.fold for one in conditions(select))
    return folded or any(option.name == "caseinsensitive" for option in select.options)


def _all_of(where: ast.Condition | None) -> list[ast.Condition]:
    if isinstance(where, ast.And):
        return [leaf for part in where.conditions for leaf in _all_of(part)]
    return [] if where is None else [where]


def _names_rows(condition: ast.Condition, key: str, target: str) -> bool:
    if isinstance(condition, ast.Comparison) and condition.operator == "=":
        values: tuple[ast.Value, ...] = (condition.right,)
    elif isinstance(condition, ast.In) and not condition.negated and target != "get":
        values = condition.values
    else:
        return False
    if not isinstance(condition.left, ast.Name) or condition.left.text != key:
        return False
    texts = [value.text if isinstance(value, ast.Word | ast.String) else "" for value in values]
    if "NULL" in [value.text.upper() for value in values if isinstance(value, ast.Word)]:
        return False
    listed = target != "get"
    return bool(texts) and all(text and not (listed and ("," in text or text != text.strip())) for text in texts)

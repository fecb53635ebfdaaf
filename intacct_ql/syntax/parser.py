"""Text to AST.

In: query text. Out: ``ast.Select``, or ``QuerySyntaxError`` with a place inside the text. Refuses to know: objects,
fields and types. The door of the room: what stops the machine leaves here as our own error.
"""

import re
from functools import cache
from typing import NoReturn

from intacct_ql.errors import Diagnostic, QuerySyntaxError, error
from intacct_ql.source import Span
from intacct_ql.syntax import ast, mistakes
from intacct_ql.syntax.actions import ACTIONS, RefusedError
from intacct_ql.syntax.machine import Machine, StopError
from intacct_ql.syntax.tables import tables

MAX_DEPTH = 100
"""Brackets, NOTs and alternations of AND and OR may nest this deep; the gateway's own reader is not endless either."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def parse(text: str) -> ast.Select:
    """The tree of one query.

    Raises ``QuerySyntaxError`` whose diagnostics have spans inside the text.
    """
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        _refuse(text, _forbidden_character(forbidden))
    try:
        tree: ast.Select = _machine().run(text)
    except StopError as stop:
        _refuse(text, mistakes.recognise(text, stop.position, stop.accepts))
    except RefusedError as refused:
        _refuse(text, refused.diagnostic)
    too_deep = _deeper_than(tree, MAX_DEPTH) if _may_be_deep(text) else None
    if too_deep is not None:
        _refuse(text, error("IQL112", too_deep, f"conditions nest more than {MAX_DEPTH} deep"))
    return tree


@cache
def _machine() -> Machine:
    return Machine(tables(), ACTIONS)


def _refuse(text: str, diagnostic: Diagnostic) -> NoReturn:
    raise QuerySyntaxError([diagnostic], text) from None


def _forbidden_character(found: re.Match[str]) -> Diagnostic:
    return error(
        "IQL111",
        Span(*found.span()),
        f"character U+{ord(found.group()):04X} cannot be sent: XML 1.0 forbids it",
        "remove it",
    )


def _may_be_deep(text: str) -> bool:
    return text.count("(") + text.count("[") + text.lower().count("not") >= MAX_DEPTH


def _deeper_than(tree: ast.Select, limit: int) -> Span | None:
    """The first condition that nests deeper than the limit; walks without recursion."""
    waiting: list[tuple[ast.Condition | None, int]] = [(tree.where, 1), (tree.having, 1)]
    while waiting:
        condition, depth = waiting.pop()
        if depth > limit and condition is not None:
            return condition.span
        if isinstance(condition, ast.And | ast.Or):
            waiting += [(inner, depth + 1) for inner in condition.conditions]
        elif isinstance(condition, ast.Not):
            waiting.append((condition.condition, depth + 1))
    return None

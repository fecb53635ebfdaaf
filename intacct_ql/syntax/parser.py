"""Text to AST.

In: query text. Out: ``ast.Select``, or ``QuerySyntaxError`` with a place inside the text. Refuses to know: objects,
fields and types. The door of the room: what stops the machine leaves here as our own error.
"""

from functools import cache
from typing import TYPE_CHECKING

from intacct_ql.errors import Diagnostic, QuerySyntaxError, error
from intacct_ql.source import Span, forbidden
from intacct_ql.syntax import ast
from intacct_ql.syntax.actions import ACTIONS
from intacct_ql.syntax.machine import Machine, StopError
from intacct_ql.syntax.refusals import RefusedError
from intacct_ql.syntax.tables import tables

if TYPE_CHECKING:
    from intacct_ql.syntax.repair import Repaired

MAX_DEPTH = 100
"""Brackets, NOTs and alternations of AND and OR may nest this deep; the gateway's own reader is not endless either."""


def parse(text: str) -> ast.Select:
    """The tree of one query.

    Raises ``QuerySyntaxError`` with every mistake that can be told apart; each has a span inside the text.
    """
    tree = _attempt(text)
    if isinstance(tree, Diagnostic):
        raise QuerySyntaxError(_repaired(text, tree).diagnostics, text)
    return tree


def mend(text: str) -> "Repaired":
    """A text that does not parse, with its mistakes, mended as far as that is clear."""
    first = _attempt(text)
    if isinstance(first, Diagnostic):
        return _repaired(text, first)
    raise ValueError("the text parses")


def _repaired(text: str, first: Diagnostic) -> "Repaired":
    from intacct_ql.syntax.repair import repair  # noqa: PLC0415 - only a text that is wrong pays for it

    return repair(text, first, _mistake)


def _mistake(text: str) -> Diagnostic | None:
    tree = _attempt(text)
    return tree if isinstance(tree, Diagnostic) else None


def _attempt(text: str) -> ast.Select | Diagnostic:
    """The tree, or the first mistake."""
    unsendable = forbidden(text)
    if unsendable is not None:
        return error("IQL111", *unsendable, "remove it")
    try:
        tree: ast.Select = _machine().run(text)
    except StopError as stop:
        from intacct_ql.syntax import mistakes  # noqa: PLC0415 - only a text that is wrong pays for it

        return mistakes.recognise(text, stop.position, stop.accepts)
    except RefusedError as refused:
        return refused.diagnostic
    too_deep = _deeper_than(tree, MAX_DEPTH) if _may_be_deep(text) else None
    if too_deep is not None:
        return error("IQL112", too_deep, f"conditions nest more than {MAX_DEPTH} deep")
    return tree


@cache
def _machine() -> Machine:
    return Machine(tables(), ACTIONS)


def _may_be_deep(text: str) -> bool:
    if len(text) < MAX_DEPTH:
        return False
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

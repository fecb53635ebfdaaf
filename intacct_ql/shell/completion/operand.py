"""The comparison that a value or an operator belongs to.

In: the terminals before a place. Out: what stands on the left, and the operator. Refuses to know: catalogs.
"""

from dataclasses import dataclass

from intacct_ql.shell.here import NAME_PARTS, names_in
from intacct_ql.syntax.machine import Token

COMPARING = frozenset({"OPERATOR", "LIKE", "ILIKE", "IN", "BETWEEN", "IS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What is compared: the path of a field, perhaps within a function; and with which operator, if there is one."""

    path: tuple[str, ...]
    function: str = ""
    operator: str = ""


def compared(tokens: tuple[Token, ...]) -> Left:
    """The left side of the comparison that goes on at the end, behind its operator."""
    at = next(place for place in reversed(range(len(tokens))) if tokens[place].kind in COMPARING)
    operator = tokens[at].text if tokens[at].kind == "OPERATOR" else tokens[at].kind
    return left(tokens[: at - 1] if tokens[at - 1].kind == "NOT" else tokens[:at], operator)


def left(tokens: tuple[Token, ...], operator: str = "") -> Left:
    """What stands at the end: a name, or a function of one."""
    if tokens and tokens[-1].kind == "NOT":
        tokens = tokens[:-1]
    if not tokens or tokens[-1].kind != "CLOSE":
        return Left(path=_name(tokens), operator=operator)
    at = next((place for place in reversed(range(len(tokens))) if tokens[place].kind == "OPEN"), 0)
    function = tokens[at - 1].text.upper() if at else ""
    return Left(path=_name(tokens[:-1]), function=function, operator=operator)


def _name(tokens: tuple[Token, ...]) -> tuple[str, ...]:
    parts: list[str] = []
    for token in reversed(tokens):
        if token.kind in NAME_PARTS:
            parts[:0] = names_in(token)
        elif token.kind != "DOT":
            break
    return tuple(parts)

"""Lists of numbers in which a comma may stand between thousands.

In: the text of a query, and the values of a list beside a number. Out: one Diagnostic with both readings, or None.
Refuses to know: the field, and whether the values fit it.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from intacct_ql.errors import Diagnostic, Fix, error
from intacct_ql.source import Span
from intacct_ql.syntax import ast

_FIRST = re.compile(r"[+-]?[1-9][0-9]{0,2}")
_GROUP = re.compile(r"[0-9]{3}(\.[0-9]*)?")


def two_readings(text: str, values: Sequence[ast.Value]) -> Diagnostic | None:
    """``1,000, 2,000`` and ``1,000``, whose commas may part thousands; ``1,200,300`` is a list as any other.

    Between members a list has white space behind its commas or none. Where it has both, or a number would begin with a
    nought, the commas without may stand inside numbers.
    """
    between = [text[one.span.end : other.span.start] for one, other in pairwise(values)]
    if "," not in between:
        return None
    first, *others = pieces = [text[value.span.start : value.span.end] for value in values]
    inside = _inside(pieces, between)
    noughts = any(piece.startswith("0") for piece, within in zip(others, inside, strict=True) if within)
    if not any(inside) or not (noughts or any(sign != "," for sign in between)):
        return None
    apart = [", " if sign == "," else sign for sign in between]
    within_numbers = ["" if within else sign for sign, within in zip(apart, inside, strict=True)]
    span = Span(values[0].span.start, values[-1].span.end)
    fixes = tuple(
        Fix(span=span, text=first + "".join(map("".join, zip(signs, others, strict=True))))
        for signs in (within_numbers, apart)
    )
    at = inside.index(True)
    reason = f"{pieces[at]},{pieces[at + 1]} may be one number or two: a number has no thousands separator"
    return error("IQL210", span, reason, fixes=fixes)


def _inside(pieces: list[str], between: list[str]) -> list[bool]:
    """Of each sign between two pieces, whether it may be a comma inside a number."""
    inside: list[bool] = []
    open_ = _FIRST.fullmatch(pieces[0]) is not None
    for sign, piece in zip(between, pieces[1:], strict=True):
        within = open_ and sign == "," and _GROUP.fullmatch(piece) is not None
        inside.append(within)
        open_ = "." not in piece if within else _FIRST.fullmatch(piece) is not None
    return inside

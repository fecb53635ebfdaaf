"""What other languages have and this one has not: joins, arithmetic, words for operators, columns by their place.

In: a ``Scene``. Out: one Diagnostic that says how the same is had here, or None. Refuses to know: mistakes of spelling.
"""

import re

from intacct_ql.errors import Diagnostic, Fix, error
from intacct_ql.source import Span
from intacct_ql.syntax.refusals import query_inside
from intacct_ql.syntax.scene import Scene, clauses_before, is_word
from intacct_ql.syntax.words import quoted

_PATH = "follow the relationship in the field's name instead: VENDOR.NAME"

_UNSUPPORTED = {
    "JOIN": _PATH,
    "INNER": _PATH,
    "LEFT": _PATH,
    "RIGHT": _PATH,
    "FULL": _PATH,
    "CROSS": _PATH,
    "UNION": "run two queries, or join the conditions with OR",
    "INTERSECT": "join the conditions with AND",
    "EXCEPT": "write the second condition with AND NOT",
    "CASE": "select the field and decide in the program that reads the rows",
    "EXISTS": "compare a related field instead: VENDOR.STATUS = active",
    "WITH": "write one SELECT",
    "OVER": "window functions do not exist here; sort and group instead",
    "TOP": "write LIMIT n at the end of the query",
}

_STATEMENTS = {
    "INSERT", "UPDATE", "DELETE", "CREATE", "DROP", "ALTER", "TRUNCATE", "MERGE", "REPLACE", "GRANT", "CALL", "EXEC",
    "EXECUTE",
}  # fmt: skip

_PATTERNS = {
    "CONTAINS": "%{}%",
    "STARTS_WITH": "{}%",
    "STARTSWITH": "{}%",
    "BEGINS_WITH": "{}%",
    "ENDS_WITH": "%{}",
    "ENDSWITH": "%{}",
}
"""Words for operators, with the pattern that says the same."""

_OF_PATTERNS = frozenset("%_\\'\"")
"""What a text may not hold to be a pattern as it stands."""

_SIGNS = re.compile(r"[-+*/](\d+(\.\d+)?)?")
_TODAYS = frozenset({"TODAY", "NOW", "CURRENT_DATE", "CURRENT_TIMESTAMP", "GETDATE", "SYSDATE"})


def writes(scene: Scene) -> Diagnostic | None:
    """A statement that changes data."""
    if scene.at != 0 or scene.token().upper not in _STATEMENTS:
        return None
    return error("IQL113", scene.token().span, f"{scene.token().upper} changes data; only SELECT is spoken here")


def unsupported(scene: Scene) -> Diagnostic | None:
    """Joins, set operations, CASE, windows, and queries inside queries."""
    for step in (0, -1, -2, -3):
        token = scene.token(step)
        hint = _UNSUPPORTED.get(token.upper)
        if hint and (step > -2 or token.upper in ("CASE", "EXISTS")):
            return error("IQL113", token.span, f"{token.upper} is not part of this language", hint)
    inner = scene.token(scene.token().text in ("(", "["))
    if scene.token(-2).text in ("(", "["):  # where a value may stand, the word SELECT is taken for one first
        inner = scene.token(-1)
    if inner.upper == "SELECT" and scene.at > 0:
        return query_inside(inner.span)
    return None


def reckoning(scene: Scene) -> Diagnostic | None:
    """``TOTALENTERED - TOTALPAID`` and ``WHENDUE < TODAY - 30``; ``NAME = Smith - Sons`` is a value."""
    sign, before = scene.token(), scene.token(-1)
    if not _SIGNS.fullmatch(sign.text) or not is_word(before):
        return None
    if before.upper in _TODAYS:
        hint = "LAST_N_DAYS:30 is a range of days, and < what lies before it; or bind a day as a parameter"
    elif clauses_before(scene)[-1:] == ["SELECT"]:
        hint = "select the fields, and reckon in the program that reads the rows"
    else:
        return None
    return error("IQL113", sign.span, "arithmetic is not part of this language", hint)


def word_for_operator(scene: Scene) -> Diagnostic | None:
    """``NAME contains foo``."""
    word, value = scene.token(), scene.token(1)
    pattern = _PATTERNS.get(word.upper)
    if pattern is None or "OPERATOR" not in scene.accepts:
        return None
    fixes: tuple[Fix, ...] = ()
    text = value.text if is_word(value) else value.text[1:-1] if value.kind == "string" else "%"
    if not _OF_PATTERNS.intersection(text):
        span = Span(word.span.start, value.span.end)
        fixes = (Fix(span=span, text="LIKE " + quoted(pattern.format(text))),)
    hint = "" if fixes else "LIKE compares with a pattern, where % stands for any text"
    return error(
        "IQL106", word.span, f"{word.text} is not an operator of this language", *filter(None, [hint]), fixes=fixes
    )


def place_of_a_column(scene: Scene) -> Diagnostic | None:
    """``order by 2``."""
    here = scene.token()
    last = clauses_before(scene)[-1:]
    if last not in (["ORDER_BY"], ["GROUP_BY"]) or "NAME" not in scene.accepts or not here.text.isdecimal():
        return None
    said = "GROUP BY" if last == ["GROUP_BY"] else "ORDER_BY"
    return error("IQL100", here.span, f"unexpected {here.text}", f"{said} takes the name of a field, not its place")

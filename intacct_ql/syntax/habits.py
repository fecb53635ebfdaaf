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
    "FETCH": "write LIMIT n at the end of the query",
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
_GLUED = re.compile(r"(?P<before>[^\W\d][\w.]*|[0-9.]+)(?P<sign>[-+*/])(?:[^\W\d][\w.]*|[0-9.]+)?")
_STAR_OF = re.compile(r"[^\W\d]\w*\.\*")
_TYPES = frozenset({"DATE", "TIMESTAMP", "DATETIME"})
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
    sign, clause = _sign(scene), clauses_before(scene)[-1:]
    if sign is None:
        return None
    if sign == scene.token().span and scene.token(-1).upper in _TODAYS:
        hint = "LAST_N_DAYS:30 is a range of days, and < what lies before it; or bind a day as a parameter"
    elif clause == ["SELECT"]:
        hint = "select the fields, and reckon in the program that reads the rows"
    elif clause in (["WHERE"], ["HAVING"]) and "OPERATOR" in scene.accepts:
        hint = "a condition compares a field with a value or a field; reckon in the program that reads the rows"
    else:
        return None
    return error("IQL113", sign, "arithmetic is not part of this language", hint)


def _sign(scene: Scene) -> Span | None:
    """The sign at the stop: a token of its own, or inside ``TOTALDUE*2``."""
    here, before = scene.token(), scene.token(-1)
    if _SIGNS.fullmatch(here.text):
        return here.span if is_word(before) or before.text == ")" else None
    glued = _GLUED.fullmatch(here.text)
    if glued is None or scene.position > here.span.start + glued.start("sign"):
        return None
    return Span(here.span.start + glued.start("sign"), here.span.start + glued.end("sign"))


def second_object(scene: Scene) -> Diagnostic | None:
    """``from ARINVOICE a, CUSTOMER b``."""
    comma, ends = scene.token(), clauses_before(scene)[-1:] == ["FROM"] and "WHERE" in scene.accepts
    if comma.text != "," or not ends or not is_word(scene.token(1)):
        return None
    return error("IQL113", comma.span, "a query reads one object", _PATH)


def typed_literal(scene: Scene) -> Diagnostic | None:
    """``WHENDUE < date '2026-01-01'``."""
    kind, text = scene.token(-1), scene.token()
    if text.kind != "string" or kind.upper not in _TYPES or "OPERATOR" in scene.accepts:
        return None
    if clauses_before(scene)[-1:] not in (["WHERE"], ["HAVING"]):
        return None
    fix = Fix(span=Span(kind.span.start, text.span.end), text=text.text)
    return error("IQL106", fix.span, "the field decides how a value is read: it stands alone", fixes=(fix,))


def star_of_an_object(scene: Scene) -> Diagnostic | None:
    """``select a.* from ARINVOICE a``."""
    here = scene.token()
    if not _STAR_OF.fullmatch(here.text):
        return None
    alone = scene.token(-1).upper in ("SELECT", "DISTINCT") and scene.token(1).upper == "FROM"
    fixes = (Fix(span=here.span, text="*"),) if alone else ()
    hint = "* stands alone, and is every field of the object"
    return error("IQL100", here.span, f"unexpected {here.text}", *([] if alone else [hint]), fixes=fixes)


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

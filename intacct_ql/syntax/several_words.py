"""Values of several words without quotes, and values with an apostrophe.

In: a ``Scene``. Out: one Diagnostic with the value in quotes, and as a date where it may be one; or None. Before an
operator the last of the words is the field of a condition, and what is missing stands in front of it. Refuses to know:
the field beside the value.
"""

import re

from intacct_ql.errors import Diagnostic, Fix, error
from intacct_ql.source import Span
from intacct_ql.suggest import meant
from intacct_ql.syntax import spoken
from intacct_ql.syntax.scene import (
    Scene,
    clause,
    clause_of_two_meant,
    clauses_before,
    is_value,
    is_word,
    keyword_meant,
    read_scene,
)
from intacct_ql.syntax.words import quoted, quoted_pattern

COMPARISONS = frozenset({"=", "!=", "<>", "<", "<=", ">", ">="})

_BEHIND = {
    "GROUP_BY": r"[^\W\d].*",
    "HAVING": r"[^\W\d].*",
    "ORDER_BY": r"[^\W\d].*",
    "LIMIT": r"[0-9]+|\?|:\w+",
    "OPTION": r"\(",
}
"""The clauses that stand behind a condition, and what begins there."""

_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def unquoted(scene: Scene) -> Diagnostic | None:
    """``NAME = Regal Services``, and ``NAME = Black and Decker`` where a word that joins stands between."""
    first = _value_before(scene)
    if first is None:
        return None
    last = scene.at - 1
    while _goes_on(scene, last + 1):
        last += 1
    if last > first and _begins_condition(scene, last):
        last -= 1
        if last == first:
            return missing_connective(scene.tokens[last + 1].span)
        if meant(scene.tokens[last].text, ("AND", "OR")):
            return None  # a word of the language that is misspelt
    dated = _with_year(scene, first, last)
    span = _span(scene, first, last if dated is None else last + 2)
    whole = scene.text[span.start : span.end]
    other, hint = dated or spoken.written(whole), "beside a date the first, beside a text the second"
    if other is None:
        other, hint = _with_clause(scene, first, last), "the first holds a clause, the second is one value"
    value = _quoted(scene, first, whole)
    readings, hints = ((value,), ()) if other is None else ((other, value), (hint,))
    fixes = tuple(Fix(span=span, text=reading) for reading in readings)
    return error("IQL104", span, "a value of several words needs quotes", *hints, fixes=fixes)


def apostrophe(scene: Scene) -> Diagnostic | None:
    """``NAME = O'Neil`` and ``NAME = 'O'Neil'``: a quote that would have to be doubled, inside quotes."""
    value, here = scene.token(-1), scene.token()
    if value.span.end != here.span.start or "OPERATOR" in scene.accepts:
        return None
    if clauses_before(scene)[-1:] not in (["WHERE"], ["HAVING"]):
        return None
    bare = is_word(value) and here.text[:1] == "'"
    if not bare and not (value.text[:1] == "'" and is_word(here)):
        return None
    # Read once more, with a letter for each apostrophe: what stands behind it is words and quoted texts again.
    read = read_scene(_APOSTROPHE.sub("_", scene.text), value.span.start, scene.accepts)
    span = _span(read, read.at, _last(read, read.at) if bare else read.at)
    whole = scene.text[span.start : span.end] if bare else scene.text[span.start + 1 : span.end - 1]
    if span.end <= here.span.start or (not bare and ("\\" in whole or "''" in whole)):
        return None
    fix = Fix(span=span, text=_quoted(read, read.at, whole))
    return error("IQL101", span, "an apostrophe in a value is doubled, and the value stands in quotes", fixes=(fix,))


def _last(scene: Scene, first: int) -> int:
    """The last of the words that a bare value seems to have, where the one that begins a condition is none."""
    last = first
    while scene.token(first - 1 - scene.at).upper != "BETWEEN" and _goes_on(scene, last + 1):
        last += 1
    return first if _begins_condition(scene, last) else last


def _quoted(scene: Scene, first: int, text: str) -> str:
    """The words in quotes, where they stand: a pattern keeps its escapes."""
    return (quoted_pattern if scene.tokens[first - 1].upper in ("LIKE", "ILIKE") else quoted)(text)


def missing_connective(span: Span) -> Diagnostic:
    """The refusal of a condition that nothing joins to the one before it."""
    return error("IQL102", span, "AND or OR is missing before this", "c1 AND c2, c1 or[c2, c3]")


def _begins_condition(scene: Scene, index: int) -> bool:
    """Whether an operator stands behind the word, as behind a field."""
    sign, behind = (scene.token(index - scene.at + step) for step in (1, 2))
    if sign.upper == "IN":
        return behind.text in ("(", "[")
    if sign.upper == "IS":
        return behind.upper in ("NULL", "NOT")
    return sign.text in COMPARISONS or sign.upper in ("LIKE", "ILIKE", "BETWEEN")


def _with_clause(scene: Scene, first: int, last: int) -> str | None:
    """``NAME = Regal limt 5``: the words with the clause that is mistyped among them, and goes on as it does."""
    for index in range(first + 1, last + 1):
        word, step = scene.tokens[index], index - scene.at
        of_two = clause_of_two_meant(scene, step)
        name = of_two or meant(word.text, _BEHIND)
        end = scene.token(step + 1 if of_two else step)
        behind = scene.token(step + 2 if of_two else step + 1)
        if name is None or name not in scene.accepts or not re.fullmatch(_BEHIND[name], behind.text):
            continue
        value = _span(scene, first, index - 1)
        words = scene.text[value.start : value.end]
        rest = scene.text[end.span.end : scene.tokens[last].span.end]
        return f"{words if index == first + 1 else _quoted(scene, first, words)} {name}{rest}"
    return None


def _with_year(scene: Scene, first: int, last: int) -> str | None:
    """The date of ``Jan 1, 2026``, whose words end at a comma."""
    if last + 2 >= len(scene.tokens) or scene.tokens[last + 1].text != ",":
        return None
    span = _span(scene, first, last + 2)
    return spoken.written(scene.text[span.start : span.end])


def _span(scene: Scene, first: int, last: int) -> Span:
    return Span(scene.tokens[first].span.start, scene.tokens[last].span.end)


def _value_before(scene: Scene) -> int | None:
    """The index of the bareword that the words at the stop seem to continue, after an operator."""
    here = scene.token()
    if is_word(here) and is_value(scene, scene.at - 1):
        return scene.at - 1
    joined = scene.at - 3  # value, AND or OR, word; the stop comes where an operator is missing
    if "OPERATOR" not in scene.accepts or scene.token(-2).upper not in ("AND", "OR") or not is_value(scene, joined):
        return None
    if scene.token(-1).kind != "word" or here.kind not in ("end", "word", "mark") or _stands_for_operator(scene):
        return None
    return joined


def _stands_for_operator(scene: Scene) -> bool:
    """``NAME = x and CITY lik y``: a word like one of the operators, and behind it what might be its value."""
    behind = scene.token(1)
    return bool(keyword_meant(scene, scene.token())) and (
        behind.kind == "string" or behind.text in ("(", "[") or is_word(behind)
    )


def _goes_on(scene: Scene, index: int) -> bool:
    """Whether a value of several words goes on with a word, or with AND or OR and a last word."""
    here, word, behind = (scene.token(index - scene.at + step) for step in range(3))
    if here.upper not in ("AND", "OR"):
        return is_word(here) and clause(scene, index) is None
    ends = behind.upper in ("AND", "OR", "", ")", "]", ",", ";") or clause(scene, index + 2) is not None
    return is_word(word) and ends

"""Syntax mistakes, recognised and named.

In: the text, the place where the parser stopped, and the terminals it could have gone on with. Out: one Diagnostic that
says what the user probably did and how to write it. Refuses to know: the grammar's rules and objects.
"""

import re
from collections.abc import Callable

from intacct_ql.errors import Diagnostic, Fix, error
from intacct_ql.source import Span
from intacct_ql.syntax import functions, habits, order_of_clauses, several_words
from intacct_ql.syntax.refusals import keyword_as_value
from intacct_ql.syntax.scene import (
    Loose,
    Scene,
    clause_of_two_meant,
    clauses_before,
    is_value,
    keyword_meant,
    read_scene,
)
from intacct_ql.syntax.words import KEYWORDS, upper

_PAIRS = {")": "(", "]": "["}

_CURLY = {"‘": "’", "“": "”"}

_OPERATORS = {
    "==": "=",
    "&&": "AND",
    "||": "OR",
    "=>": ">=",
    "=<": "<=",
    "!": "NOT",
    "~": "LIKE",
    "!==": "!=",
    "===": "=",
    "!>": "<=",
    "!<": ">=",
    "~=": "LIKE",
    "=~": "LIKE",
}
"""Signs of other languages, with what is written here."""

_EXPECTED = {
    "NAME": "a field",
    "WORD": "a value",
    "OPERATOR": "an operator",
    "FROM": "FROM",
    "SELECT": "SELECT",
    "NUMBER": "a number",
    "CLOSE": ")",
    "CLOSE_LIST": "]",
    "OPEN": "(",
    "COMMA": "a comma",
    "AND": "AND",
    "OR": "OR",
    "IN": "IN",
    "LIKE": "LIKE",
    "BETWEEN": "BETWEEN",
    "IS": "IS NULL",
    "NULL": "NULL",
    "WHERE": "WHERE",
    "GROUP_BY": "GROUP BY",
    "HAVING": "HAVING",
    "ORDER_BY": "ORDER_BY",
    "LIMIT": "LIMIT",
    "OFFSET": "OFFSET",
    "OPTION": "OPTION",
}
"""Terminals in the user's words, in the order they are listed."""


def recognise(text: str, position: int, accepts: frozenset[str]) -> Diagnostic:
    """The mistake at ``position``; some recogniser always answers, the last one in plain words."""
    scene = read_scene(text, min(position, len(text)), accepts)
    for recogniser in _RECOGNISERS:
        found = recogniser(scene)
        if found is not None:
            return found
    return _plain(scene)


def _empty(scene: Scene) -> Diagnostic | None:
    if scene.tokens and any(token.text != ";" for token in scene.tokens):
        return None
    return error("IQL110", Span(0, len(scene.text)), "the text holds no query", "SELECT NAME FROM CUSTOMER")


def _unterminated(scene: Scene) -> Diagnostic | None:
    token = scene.token()
    if token.kind != "mark" or token.text not in "'\"`‘“":
        return None
    hints = ["close it with the same quote" if token.text in "'\"`" else f"close it with {_CURLY[token.text]}"]
    if scene.text.rstrip().endswith(("\\'", '\\"')):
        hints = ["it ends in a backslash, which makes the quote part of the text: double the backslash"]
    return error("IQL101", Span(token.span.start, token.span.start + 1), "the quoted text has no end", *hints)


def _open_comment(scene: Scene) -> Diagnostic | None:
    if not scene.text.startswith("/*", scene.position):
        return None
    return error("IQL122", Span(scene.position, scene.position + 2), "the comment has no end", "close it with */")


def _second_statement(scene: Scene) -> Diagnostic | None:
    if scene.token(-1).text != ";" or scene.accepts != {"SEMICOLON", "$END"}:
        return None
    return error(
        "IQL107",
        scene.token().span,
        "a second query starts after ;",
        "run one query at a time, or the text as a script (-f FILE)",
    )


def _placeholder(scene: Scene) -> Diagnostic | None:
    opening, word, closing = scene.token(), scene.token(1), scene.token(2)
    if opening.text == "<" and word.kind == "word" and closing.text.startswith(">"):
        span = Span(opening.span.start, closing.span.start + 1)
        return error("IQL108", span, f"{scene.text[span.start : span.end]} is a placeholder of the documentation")
    for step in (0, -1):
        if scene.token(step).upper in ("OPR", "OPERATOR"):
            return error("IQL108", scene.token(step).span, "opr stands for an operator: = != < <= > >= LIKE IN")
    return None


def _other_sign(scene: Scene) -> Diagnostic | None:
    for step in (0, -1):
        token = _whole_sign(scene, step)
        right = _OPERATORS.get(token.text)
        if right is not None:
            joins = right in ("AND", "OR", "NOT") and clauses_before(scene)[-1:] == ["SELECT"]
            fixes = () if joins else (Fix(span=token.span, text=right),)
            return error("IQL106", token.span, f"{token.text} is not a sign of this language", fixes=fixes)
    return None


def _whole_sign(scene: Scene, step: int) -> Loose:
    """The token, with the next one where the two are a sign of three characters."""
    token, more = scene.token(step), scene.token(step + 1)
    if token.span.end == more.span.start and token.text + more.text in _OPERATORS:
        return Loose(token.kind, token.text + more.text, Span(token.span.start, more.span.end))
    return token


def _brackets(scene: Scene) -> Diagnostic | None:
    """Mismatched anywhere up to the stop, or still open where the text ends."""
    waiting: list[Loose] = []
    for token in scene.tokens[: scene.at + 1]:
        if token.kind != "mark":
            continue
        if token.text in _PAIRS.values():
            waiting.append(token)
        elif token.text in _PAIRS:
            if not waiting:
                return error(
                    "IQL109",
                    token.span,
                    f"{token.text} closes nothing",
                    "or open the bracket before it",
                    fixes=(Fix(span=token.span, text=""),),
                )
            opening = waiting.pop()
            if opening.text != _PAIRS[token.text]:
                right = "]" if opening.text == "[" else ")"
                return error(
                    "IQL109",
                    token.span,
                    f"{token.text} closes a bracket that was opened with {opening.text}",
                    fixes=(Fix(span=token.span, text=right),),
                )
    if waiting and scene.token().kind == "end":
        return error("IQL109", waiting[-1].span, f"{waiting[-1].text} is never closed")
    return None


def _keyword_as_value(scene: Scene) -> Diagnostic | None:
    """``NAME = and`` stops one token later, because the word is taken for a value first."""
    for step in (0, -1):
        token, before = scene.token(step), scene.token(step - 1)
        if token.upper in KEYWORDS and before.kind == "operator" and token.kind == "word":
            return keyword_as_value(token.text, token.span)
    return None


def _missing_value(scene: Scene) -> Diagnostic | None:
    before = scene.token(-1)
    if "WORD" not in scene.accepts or (before.kind != "operator" and before.upper not in ("LIKE", "ILIKE", "BETWEEN")):
        return None
    return error("IQL117", before.span, f"no value stands after {before.text}", "an empty value is tested with IS NULL")


def _doubled_comma(scene: Scene) -> Diagnostic | None:
    here, before = scene.token(), scene.token(-1)
    if here.text == "," and before.text == ",":
        step = 0
        while scene.token(step + 1).text == ",":
            step += 1
        span = Span(before.span.start, scene.token(step).span.end)
        return error("IQL118", span, "two commas stand side by side", fixes=(Fix(span=span, text=","),))
    if before.text == "," and here.upper in KEYWORDS | {")", "]", ""}:
        hint = "or add what belongs there"
        fixes = (Fix(span=before.span, text=""),)
        return error("IQL118", before.span, "nothing stands after the comma", hint, fixes=fixes)
    return None


def _thousands(scene: Scene) -> Diagnostic | None:
    """``1,000`` stops at its comma, and so does ``1,000,000.50`` at its first."""
    whole = scene.token(-1)
    if not is_value(scene, scene.at - 1) or not re.fullmatch(r"[+-]?\d{1,3}", whole.text):
        return None
    digits, step = whole.text, 0
    while scene.token(step).text == "," and re.fullmatch(r"\d{3}(\.\d+)?", scene.token(step + 1).text):
        digits += scene.token(step + 1).text
        step += 2
    if step == 0:
        return None
    span = Span(whole.span.start, scene.token(step - 1).span.end)
    return error("IQL121", span, "a number has no thousands separator", fixes=(Fix(span=span, text=digits),))


def _missing_connective(scene: Scene) -> Diagnostic | None:
    here, before = scene.token(), scene.token(-1)
    if here.text == "," and _in_condition(scene):
        return error("IQL102", here.span, "a comma joins conditions only inside the brackets of and[...] or or[...]")
    if not {"AND", "OR"} <= scene.accepts:
        return None
    if here.text in ("[", "(") or (before.text in ("]", ")") and here.kind == "word" and here.upper not in KEYWORDS):
        return several_words.missing_connective(here.span)
    if here.text == "|":
        return error("IQL106", here.span, "| may only stand between ] and and[ or or[", "write OR")
    return None


def _connective_too_many(scene: Scene) -> Diagnostic | None:
    """``A = 1 and and B = 2`` stops one token later, because a connective may lead a bracketed list."""
    word, before = scene.token(-1), scene.token(-2)
    if word.upper not in ("AND", "OR") or not scene.accepts <= {"OPEN", "OPEN_LIST"}:
        return None
    reason = f"unexpected {word.text}"
    if before.upper in {"AND", "OR"} - {word.upper}:
        return error("IQL100", word.span, reason, f"{before.text} stands before it: write one of the two")
    return error("IQL100", word.span, reason, fixes=(Fix(span=word.span, text=""),))


def _in_condition(scene: Scene) -> bool:
    """Whether a condition has just ended: the clause that was begun last holds one, and the next clause may come."""
    return clauses_before(scene)[-1:] in (["WHERE"], ["HAVING"]) and "ORDER_BY" in scene.accepts


def _misspelt_keyword(scene: Scene) -> Diagnostic | None:
    """The word at the stop, or the one before it, which was then taken for a name."""
    for step in (0, -1):
        word = scene.token(step)
        of_two = clause_of_two_meant(scene, step)
        if of_two in scene.accepts:
            span = Span(word.span.start, scene.token(step + 1).span.end)
            words = scene.text[span.start : span.end]
            return error("IQL100", span, f"unexpected {words}", fixes=(Fix(span=span, text=of_two),))
        meant = keyword_meant(scene, word)
        if meant:
            fix = Fix(span=word.span, text=_apart(word.text, meant))
            return error("IQL100", word.span, f"unexpected {word.text}", fixes=(fix,))
    return None


def _apart(word: str, keyword: str) -> str:
    """The word of the language, and the name or value glued to it: ``whereSTATUS``. One letter more is a slip."""
    size = len(keyword)
    before, behind = word[:-size], word[size:]
    if len(behind) > 1 and behind[0].isalnum() and upper(word[:size]) == keyword:
        return f"{keyword} {behind}"
    if len(before) > 1 and before[-1].isalnum() and upper(word[-size:]) == keyword:
        return f"{before} {keyword}"
    return keyword


def _plain(scene: Scene) -> Diagnostic:
    here = scene.token()
    expected = [words for terminal, words in _EXPECTED.items() if terminal in scene.accepts]
    hint = f"expected {', '.join(expected[:6])}" if expected else "expected nothing more"
    if here.kind == "end":
        before = scene.tokens[-1].span
        return error("IQL110", before, "the text ends too early", hint)
    return error("IQL100", here.span, f"unexpected {here.text}", hint)


_RECOGNISERS: tuple[Callable[[Scene], Diagnostic | None], ...] = (
    _empty,
    several_words.apostrophe,
    _unterminated,
    _open_comment,
    habits.writes,
    _second_statement,
    _placeholder,
    _other_sign,
    habits.unsupported,
    habits.star_of_an_object,
    habits.reckoning,
    functions.call,
    habits.word_for_operator,
    habits.second_object,
    habits.typed_literal,
    habits.place_of_a_column,
    _brackets,
    _doubled_comma,
    _keyword_as_value,
    _missing_value,
    order_of_clauses.offset_alone,
    order_of_clauses.offset_first,
    order_of_clauses.misplaced,
    several_words.unquoted,
    _thousands,
    _connective_too_many,
    _missing_connective,
    _misspelt_keyword,
)
"""Asked in this order; the particular stand before the general."""

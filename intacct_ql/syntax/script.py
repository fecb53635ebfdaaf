"""Scripts: several queries in one text, a semicolon between them.

In: the text of a script. Out: its statements with their places, the trees of all of them, or the script in canonical
layout; the mistakes of all statements together, each with its place in the whole script. Refuses to know: files, and
what a stage does with a statement.

The text is split before anything is parsed, so that a mistake in one statement hides none in the next. Only what never
ends hides the rest: an open quote, an open comment.
"""
# ruff: noqa: PLC0415 - who only splits a text, as a prompt does at each key, needs no parser: cold start

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from intacct_ql.errors import Diagnostic, QueryError, QuerySyntaxError
from intacct_ql.source import Span
from intacct_ql.syntax.comments import COMMENT, comments_between

if TYPE_CHECKING:
    from intacct_ql.syntax import ast

Made = TypeVar("Made")

_PART = re.compile(
    rf"""(?P<space>[\s\u200b-\u200d\u2060\ufeff]+)
      | (?P<comment>{COMMENT})
      | (?P<backslash>\\(?=[ \t]*(?:\r?\n|;|\Z)))
      | (?P<end>;)
      | (?P<token>
            /\*(?s:.)*
          | '(?>(?:[^'\\]|''|\\(?s:.))*)(?:'|\\?\Z)
          | "(?>(?:[^"\\]|""|\\(?s:.))*)(?:"|\\?\Z)
          | ‘[^’]*(?:’|\Z)
          | “[^”]*(?:”|\Z)
          | `[^`\n]*`
          | (?:[^\s\u200b-\u200d\u2060\ufeff,\[\]()=<>!'";`‘’“”/]|/(?!\*))+
          | (?s:.)
        )""",
    re.VERBOSE,
)
"""What never closes runs to the end of the text, so that it is read once. A word takes its dashes: 100--East."""


class Entry(NamedTuple):
    """One statement of a script.

    ``span`` is its place, comments before it included; ``text`` starts there and goes on over the semicolons and
    backslashes behind it, as the one-query functions take it. ``alone`` says that the script holds no other.
    """

    span: Span
    text: str
    alone: bool


@dataclass(slots=True, kw_only=True)
class _Segment:
    """What stands between two semicolons, from its first sign to its last, comments counted."""

    same_line: bool  # as the semicolon before it
    start: int = -1
    end: int = -1
    glued: bool = False  # its semicolon stands right behind a word: two dashes there are a value
    holds_query: bool = False
    to_line_end: bool = False  # it ends in a comment that would swallow a semicolon


def entries(text: str) -> tuple[Entry, ...]:
    """The statements in order; empty ones, and those of comments only, are left out."""
    spans = [Span(segment.start, segment.end) for segment in _segments(text) if segment.holds_query]
    starts = [*(span.start for span in spans), len(text)]
    return tuple(
        Entry(span, text[span.start : end].rstrip(), alone=len(spans) == 1)
        for span, end in zip(spans, starts[1:], strict=True)
    )


def parse_script(text: str) -> "tuple[ast.Select, ...]":
    """The trees of all statements; places in a tree count from the start of its own statement.

    Raises one ``QuerySyntaxError`` with the mistakes of all statements and their places in the script, and for a
    script that holds no query.
    """
    from intacct_ql.syntax.parser import parse

    return tuple(tree for _, tree in each_query(text, parse))


def formatted_script(text: str) -> str:
    """Every query in canonical layout, a semicolon and a new line between them, comments kept. Raises likewise."""
    from intacct_ql.syntax.layout import laid_out
    from intacct_ql.syntax.parser import parse

    each_query(text, parse)
    written: list[str] = []
    waiting: list[_Segment] = []
    for segment in _segments(text):
        waiting.append(segment)
        if segment.holds_query:
            body = _joined(text, waiting)
            layout = laid_out(body, parse(body))
            written += (_glue(waiting[0], body) if written else "", layout)
            *_, last = _segments(layout)  # a comment may end it that stood before a bracket
            written += "\n" if last.to_line_end else ""
            waiting = []
    if waiting:
        body = _joined(text, waiting)
        written += (_glue(waiting[0], body), body)
    return "".join(written).rstrip("\n")


def _joined(text: str, segments: Sequence[_Segment]) -> str:
    """Comments whose query was left out, each on a line, and the query behind them."""
    lines: list[str] = []
    for segment in segments:
        if segment.holds_query:
            lines.append(text[segment.start : segment.end + segment.glued])
        else:
            lines += [comment.text for comment in comments_between(text, segment.start, segment.end)]
    return "\n".join(lines)


def _glue(first: _Segment, body: str) -> str:
    """The semicolon between two queries; a comment at the end of its line stays there."""
    return "; " if first.same_line and body.startswith("--") else ";\n"


def each_query(text: str, work: Callable[[str], Made]) -> list[tuple[Entry, Made]]:
    """Every statement with what ``work`` makes of it; mistakes come together, with their places in the whole script.

    A text without a statement is handed on as it is, to be refused in the words for one query.
    """
    made: list[tuple[Entry, Made]] = []
    wrong: list[QueryError] = []
    mistakes: list[Diagnostic] = []
    for statement in entries(text) or (Entry(Span(0, len(text)), text, alone=True),):
        try:
            made.append((statement, work(statement.text)))
        except QueryError as refused:
            wrong.append(refused)
            mistakes += placed(refused.diagnostics, statement)
    if wrong:
        syntax = all(isinstance(one, QuerySyntaxError) for one in wrong)
        raise (QuerySyntaxError if syntax else QueryError)(mistakes, text)
    return made


def placed(found: Iterable[Diagnostic], statement: Entry) -> list[Diagnostic]:
    """Findings about a statement as findings about its script, where one without a place stands at its statement."""
    offset = statement.span.start
    elsewhere = None if statement.alone else statement.span
    return [
        replace(
            one,
            span=_moved(one.span, offset) if one.span else elsewhere,
            fixes=tuple(replace(fix, span=_moved(fix.span, offset)) for fix in one.fixes),
        )
        for one in found
    ]


def _moved(span: Span, offset: int) -> Span:
    return Span(span.start + offset, span.end + offset)


def _segments(text: str) -> Iterator[_Segment]:
    """The segments that hold anything, comments at least."""
    segment, before = _Segment(same_line=False), None
    for found in _PART.finditer(text):
        kind, (start, end) = found.lastgroup, found.span()
        if kind == "end":
            if segment.end >= 0:
                segment.glued = before == "token"
                yield segment
            segment = _Segment(same_line=True)
        elif kind == "space":
            segment.same_line &= segment.end >= 0 or "\n" not in found.group()
        elif kind != "backslash":
            segment.start = start if segment.end < 0 else segment.start
            segment.end = end
            segment.holds_query |= kind == "token"
            segment.to_line_end = kind == "comment" and found.group().startswith("--")
        before = kind
    if segment.end >= 0:
        yield segment

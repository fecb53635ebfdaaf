"""Remarks on how a text is written, beside what it means.

In: the text of a query that parsed. Out: infos and warnings on odd spaces, curly quotes, line-end backslashes and the
mark ``|``. Refuses to know: the tree. Costs one look at plain text that holds none of these.
"""

import re
from collections.abc import Iterator
from functools import cache

from intacct_ql.errors import Diagnostic, Fix, error, info, warning
from intacct_ql.source import Span
from intacct_ql.syntax.comments import COMMENT, QUOTED
from intacct_ql.syntax.words import quoted, quoted_pattern


@cache
def _parts() -> re.Pattern[str]:
    return re.compile(
        rf"""(?P<skipped>{COMMENT}|{QUOTED})
          | (?P<curly>‘[^’]*’|“[^”]*”)
          | (?P<space>[\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff])
          | (?P<backslash>\\(?=[ \t]*(?:\r?\n|;*\s*$)))
          | (?P<mark>\|(?=\s*(?:and|or)\s*\[))""",
        re.VERBOSE | re.IGNORECASE,
    )


def notes(text: str) -> tuple[Diagnostic, ...]:
    """The remarks, in the order of the text."""
    if text.isascii() and "\\" not in text and "|" not in text:
        return ()
    return tuple(_remarks(text))


def _remarks(text: str) -> Iterator[Diagnostic]:
    escaped = max((found.start() for found in _ESCAPE.finditer(text)), default=0)
    for found in _parts().finditer(text):
        span = Span(*found.span())
        if found["curly"]:
            straight = _straight(text, span, before_escape=span.end <= escaped)
            fixes = () if straight is None else (Fix(span=span, text=straight),)
            yield warning("IQL152", span, "curly quotes are read as straight ones", fixes=fixes)
        elif found["space"]:
            yield warning("IQL151", span, f"character U+{ord(found.group()):04X} is read as a space")
        elif found["backslash"]:
            yield info("IQL150", span, "the backslash at the end of the line is ignored")
        elif found["mark"]:
            yield _mark(text, span)


_ESCAPE = re.compile("escape", re.IGNORECASE)
_PATTERN = re.compile(r"(?:\bi?like|\|\||\blower\s*\()\s*\Z", re.IGNORECASE)


def _straight(text: str, span: Span, *, before_escape: bool) -> str | None:
    """The text in straight quotes; None for a pattern in which a backslash may be plain, by an ESCAPE behind it."""
    body = text[span.start + 1 : span.end - 1]
    if _PATTERN.search(text[max(0, span.start - 20) : span.start]) is None:
        return quoted(body)
    return None if before_escape and "\\" in body else quoted_pattern(body)


def _mark(text: str, span: Span) -> Diagnostic:
    if text[: span.start].rstrip().endswith("]"):
        return warning("IQL153", span, "| between ] and a bracketed list is ignored", fixes=(Fix(span=span, text=" "),))
    return error("IQL106", span, "| may only stand between ] and and[ or or[", "leave it out")

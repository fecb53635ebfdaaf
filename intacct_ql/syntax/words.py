"""The words of the language, for the parser and for messages about it.

In: nothing. Out: word lists, the spelling of a quoted value, upper case. Refuses to know: trees.
"""

import re

AGGREGATES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX"})

KEYWORDS = frozenset(
    {
        "SELECT",
        "DISTINCT",
        "FROM",
        "AS",
        "WHERE",
        "GROUP_BY",
        "GROUPBY",
        "HAVING",
        "ORDER_BY",
        "ORDERBY",
        "ASC",
        "DESC",
        "LIMIT",
        "OFFSET",
        "OPTION",
        "AND",
        "OR",
        "NOT",
        "LIKE",
        "ILIKE",
        "IN",
        "BETWEEN",
        "IS",
    }
)
"""Words that never stand for a value unless quoted. NULL, TRUE and FALSE are values."""

CLAUSES = ("SELECT", "FROM", "WHERE", "GROUP_BY", "HAVING", "ORDER_BY", "LIMIT", "OFFSET", "OPTION")
"""The clauses in the order they must stand."""


MOST_ROWS = 10**15
"""LIMIT and OFFSET go no further; no company has so many rows, and no reader of the request must cope with more."""

BARE_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
"""A name that needs no quotes, unless it is a keyword: letters, digits and underscores, with dots between."""

_UPPER = {ord(letter): letter.upper() for letter in "abcdefghijklmnopqrstuvwxyz"}


def upper(text: str) -> str:
    """The text with a to z in upper case; other letters stay, for theirs may be other words (the long s becomes S)."""
    return text.upper() if text.isascii() else text.translate(_UPPER)


def quoted(text: str) -> str:
    """The text as a quoted value: every quote and every backslash doubled."""
    doubled = text.replace("\\", "\\\\") if "\\" in text else text
    return "'" + doubled.replace("'", "''") + "'"


_ALONE = re.compile(r"(\\[%_\\])|\\(?='|\Z)")


def closed(pattern: str) -> str:
    r"""The pattern with each backslash doubled that would take a quote behind it; alone a backslash is itself.

    Curly quotes and double ones may hold such a pattern, straight ones cannot.
    """
    return _ALONE.sub(lambda found: found[1] or r"\\", pattern) if "\\" in pattern else pattern


def quoted_pattern(pattern: str) -> str:
    r"""The pattern as a quoted value: it keeps its escapes, ``\%`` must not become ``\\%``."""
    return "'" + closed(pattern).replace("'", "''") + "'"

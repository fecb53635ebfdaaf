"""The words of the language, for the parser and for messages about it.

In: nothing. Out: word lists and the spelling of a quoted value. Refuses to know: trees.
"""

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


def quoted(text: str) -> str:
    """The text as a quoted value: quotes doubled, backslashes doubled where one stands before a quote or the end."""
    doubled = text.replace("\\", "\\\\") if "\\" in text else text
    return "'" + doubled.replace("'", "''") + "'"

"""What a completed rule may turn out to be wrong about.

In: a word and its place. Out: the diagnostic, and the exception that carries it to the parser's door. Refuses to know:
tables and trees.
"""

from intacct_ql.errors import Diagnostic, Fix, error
from intacct_ql.source import Span
from intacct_ql.syntax.words import AGGREGATES, quoted, upper

TOO_MANY_ROWS = "no company has so many rows: a number of rows has 15 digits at the most"


class RefusedError(Exception):
    """An action found the text wrong."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.reason)


def unknown_function(name: str, span: Span) -> Diagnostic:
    """A name before a bracket where no aggregate of that name may stand."""
    if upper(name) in AGGREGATES:
        hint = "an aggregate is compared with a value; select both, and compare them in the program that reads the rows"
        return error("IQL114", span, f"{upper(name)} stands where a value is expected", hint)
    from intacct_ql.syntax import functions  # noqa: PLC0415 - only a text that is wrong pays for it

    return functions.unknown(name, span)


def keyword_as_value(word: str, span: Span) -> Diagnostic:
    """A word of the language on the right of an operator."""
    reason = f"{word} is a word of the language and stands where a value is expected"
    return error("IQL105", span, reason, fixes=(Fix(span=span, text=quoted(word)),))


def keyword_as_name(word: str, span: Span) -> Diagnostic:
    """A word of the language where a name must stand; SELECT opens a query there, DISTINCT has one place."""
    if upper(word) == "SELECT":
        return query_inside(span)
    if upper(word) == "DISTINCT":
        hint = "SELECT DISTINCT gives each row once, and the rows can be counted; functions take a field"
        return error("IQL113", span, f"{word} stands behind SELECT only", hint)
    reason = f"{word} is a word of the language and stands where a name is expected"
    return error("IQL120", span, reason, f"a name is missing before it, or, if {word} is a name, quote it: `{word}`")


def query_inside(span: Span) -> Diagnostic:
    """A SELECT that is not the first word."""
    return error("IQL113", span, "a query inside a query is not part of this language", "run it first")

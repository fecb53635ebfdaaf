"""What can go wrong, as records and exceptions.

In: places, codes and words. Out: ``Diagnostic`` records, their picture, and one family of exceptions.
Refuses to know: any tree; an error holds spans and words, never nodes.

    Error
    ├── QueryError            the text is wrong; carries every Diagnostic
    │   └── QuerySyntaxError  it could not even be parsed
    ├── RequestError          this program made a request that its own schema forbids
    ├── ConfigError           a profile or a setting is wrong; nothing was sent
    ├── SignInError           the gateway refused the credentials
    ├── GatewayError          the gateway refused a request; its number and words unchanged
    ├── TransportError        no whole, valid reply arrived
    └── BudgetExceeded        a limit of the caller stopped the run
        └── Stopped           the caller did

Codes: IQL1xx syntax, 2xx binding, 3xx planning, 4xx gateway, 5xx transport.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from intacct_ql.source import Span, line_and_column, picture


class Severity(StrEnum):
    """How grave a diagnostic is; only ERROR stops a query."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A rewrite that mends the text: put ``text`` in place of ``span``."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One finding about a query.

    ``code`` is stable; ``reason`` states the fact in the third person; ``hints`` suggest; ``fixes`` are the
    rewrites that each make it right (two where the text has two readings).
    """

    code: str
    severity: Severity = Severity.ERROR
    span: Span | None = None
    reason: str
    hints: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()

    def to_dict(self, text: str | None = None) -> dict[str, object]:
        """The record as plain JSON types; with the text, lines and columns too."""
        record: dict[str, object] = {"code": self.code, "severity": self.severity.value, "reason": self.reason}
        if self.span is not None:
            record["span"] = list(self.span)
            if text is not None:
                record["line"], record["column"] = line_and_column(text, self.span.start)
        record["hints"] = list(self.hints)
        record["fixes"] = [{"span": list(fix.span), "text": fix.text} for fix in self.fixes]
        return record


def error(code: str, span: Span | None, reason: str, *hints: str, fixes: tuple[Fix, ...] = ()) -> Diagnostic:
    """A diagnostic that stops the query."""
    return Diagnostic(code=code, span=span, reason=reason, hints=hints, fixes=fixes)


def warning(code: str, span: Span | None, reason: str, *hints: str, fixes: tuple[Fix, ...] = ()) -> Diagnostic:
    """A diagnostic that the user should read; the query runs."""
    return Diagnostic(code=code, severity=Severity.WARNING, span=span, reason=reason, hints=hints, fixes=fixes)


def info(code: str, span: Span | None, reason: str, *hints: str, fixes: tuple[Fix, ...] = ()) -> Diagnostic:
    """A note; the query runs as it would have."""
    return Diagnostic(code=code, severity=Severity.INFO, span=span, reason=reason, hints=hints, fixes=fixes)


def draw(diagnostic: Diagnostic, text: str | None, name: str = "query") -> str:
    """The finding for people: code and reason, the place with carets, hints and rewrites."""
    label = "" if diagnostic.severity is Severity.ERROR else f"{diagnostic.severity.value}: "
    lines = [f"{diagnostic.code} {label}{diagnostic.reason}"]
    if text is not None and diagnostic.span is not None:
        lines += ["  " + line for line in picture(text, diagnostic.span, name).split("\n")]
    hints = [f"  hint: {hint}" for hint in diagnostic.hints]
    fixes = [f"  write: {fix.text}" if fix.text.strip() else "  remove it" for fix in diagnostic.fixes]
    lines += fixes + hints if fixes[:1] == ["  remove it"] else hints + fixes
    return "\n".join(lines)


def draw_all(diagnostics: Iterable[Diagnostic], text: str | None, name: str = "query") -> str:
    """Every finding, in the order of the text, a blank line between them."""
    placed = sorted(diagnostics, key=lambda found: found.span or Span(0, 0))
    return "\n\n".join(draw(found, text, name) for found in placed)


class Error(Exception):
    """The root of everything this package raises on purpose.

    ``retry_after`` is what the gateway says of when to ask again, in seconds; ``signing_in`` tells of a failed sign-in.
    """

    retry_after: float | None = None
    signing_in: bool = False

    def reword(self, change: Callable[[str], str]) -> None:
        """Put every word that may be somebody else's through ``change``; there are none here."""


class QueryError(Error):
    """The query is wrong. ``diagnostics`` holds every finding, ``text`` the query."""

    def __init__(self, diagnostics: Sequence[Diagnostic], text: str | None = None) -> None:
        self.diagnostics = tuple(diagnostics)
        self.text = text
        super().__init__(self.diagnostics, text)

    def __str__(self) -> str:
        return draw_all(self.diagnostics, self.text)


class QuerySyntaxError(QueryError):
    """The text is not a query; every diagnostic has a span inside the text."""


class RequestError(Error):
    """A request breaks the schema that this program holds itself to: a fault of the program, and it was not sent.

    ``violations`` holds every (place, reason) pair.
    """

    SHOWN = 10

    def __init__(self, violations: Sequence[tuple[str, str]]) -> None:
        self.violations = tuple(violations)
        super().__init__(self.violations)

    def __str__(self) -> str:
        lines = ["this program made a request that its schema forbids; please report it, with the query"]
        lines += [f"  {place}: {reason}" for place, reason in self.violations[: self.SHOWN]]
        rest = len(self.violations) - self.SHOWN
        return "\n".join([*lines, f"  ... and {rest} more"] if rest > 0 else lines)


class ConfigError(Error):
    """A profile, an environment variable or a setting is wrong; nothing was sent."""


class GatewayError(Error):
    """The gateway refused.

    ``number`` is its errorno (may be empty or prose), ``words`` its own words unchanged, ``level`` one of
    ``gateway``, ``control``, ``authentication``, ``function``; ``errors`` all (number, words) pairs of the reply.
    """

    def __init__(self, level: str, errors: Sequence[tuple[str, str]], *hints: str) -> None:
        self.level = level
        self.errors = tuple(errors)
        self.number, self.words = self.errors[0] if self.errors else ("", "no reason given")
        self.hints = hints
        super().__init__(level, self.errors)

    def reword(self, change: Callable[[str], str]) -> None:
        """Put the numbers, words and hints through ``change``."""
        errors = [(change(number), change(words)) for number, words in self.errors]
        GatewayError.__init__(self, self.level, errors, *map(change, self.hints))

    def __str__(self) -> str:
        lines = [f"the gateway refused ({self.level}): " + " / ".join(f"{n} {w}".strip() for n, w in self.errors)]
        return "\n".join(lines + [f"  hint: {hint}" for hint in self.hints])


class SignInError(GatewayError):
    """The gateway refused the sender or the login; never retried, because accounts lock."""


class TransportError(Error):
    """No whole, valid reply arrived: connection, time-out, HTTP status, HTML, cut or hostile XML.

    ``status`` is the HTTP status where there was one. ``reason`` is fit for the user and free of secrets.
    ``passing`` says that the same read may well succeed a little later, ``unsent`` that no connection came about, so
    that nothing was asked.
    """

    def __init__(
        self, reason: str, *hints: str, status: int | None = None, passing: bool = False, unsent: bool = False
    ) -> None:
        self.reason = reason
        self.hints = hints
        self.status = status
        self.passing = passing
        self.unsent = unsent
        super().__init__(reason)

    def reword(self, change: Callable[[str], str]) -> None:
        """Put the reason and the hints through ``change``."""
        self.reason, self.hints = change(self.reason), tuple(map(change, self.hints))
        self.args = (self.reason,)

    def __str__(self) -> str:
        return "\n".join([self.reason, *(f"  hint: {hint}" for hint in self.hints)])


class BudgetExceeded(Error):  # noqa: N818 - the name is part of the published contract
    """A limit of the caller stopped the run; what was read has been delivered.

    ``limit`` names the setting, ``calls`` and ``rows`` say what was used; signing in is no such call. ``held`` rows
    were read and not given, because a local sort needs every row before it can give the first. ``resume`` is a token to
    go on with, None where a run cannot be gone on with.
    """

    def __init__(
        self, limit: str, allowed: float, *, calls: int, rows: int, held: int = 0, resume: str | None = None
    ) -> None:
        self.limit = limit
        self.allowed = allowed
        self.calls = calls
        self.rows = rows
        self.held = held
        self.resume = resume
        super().__init__(limit, allowed)

    def __reduce__(self) -> tuple[object, ...]:
        """For copies and other processes: Python makes exceptions anew of arguments alone, and some here have names."""
        return partial(type(self), calls=self.calls, rows=self.rows), self.args, self.__dict__

    def __str__(self) -> str:
        return f"stopped by {self.limit} = {self.allowed}, after {self._used}"

    @property
    def _used(self) -> str:
        calls, rows = f"{self.calls} call{'s' * (self.calls != 1)}", f"{self.rows} row{'s' * (self.rows != 1)}"
        return f"{calls} and {rows}"


class Stopped(BudgetExceeded):
    """The caller stopped the run; what was read has been delivered."""

    def __str__(self) -> str:
        return f"stopped on request, after {self._used}"

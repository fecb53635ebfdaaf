"""What is told of a result beside its rows: columns, counters, remarks.

In: what a run knows from the start, and what its source of rows knows later. Out: the last word of both. Refuses to
know: rows.
"""

from collections import deque
from collections.abc import AsyncGenerator, Generator, Sequence
from dataclasses import asdict, dataclass
from typing import Generic, TypeVar

from intacct_ql.errors import Diagnostic, Error
from intacct_ql.schema.types import DataType, Value

Row = tuple[Value, ...]

BATCH = 2_000
"""Rows in one Arrow batch: a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultColumn:
    """One column: the name the query gave it, the type of its cells, and the field path it was read from.

    ``zone`` is that of its moments, by the name that Arrow has for it, where it is known.
    """

    name: str
    type: DataType
    path: str
    zone: str | None = None


@dataclass(slots=True, kw_only=True)
class Stats:
    """What a run has used so far.

    ``calls`` are pages and ``sign_ins``. Beside them the gateway is asked for the user's date format, once a session
    and only where it matters, and for the entities of the company, where a query goes over all; those requests are
    ``settings``.
    ``seconds`` were spent on calls, ``waited`` on pauses after failures and for the limit of calls a minute; with
    several connections they may add up to more than the run took. ``total`` is the number of rows the gateway
    announced, where it did, ``wanted`` how many of them the run is to bring, by LIMIT, OFFSET and its budget.
    ``drifts`` counts the pages by offset between which the total changed: rows may be missing or doubled there. Paging
    by key knows no drift.
    """

    calls: int = 0
    sign_ins: int = 0
    settings: int = 0
    rows: int = 0
    pages: int = 0
    retries: int = 0
    renewals: int = 0
    bytes: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    drifts: int = 0
    total: int | None = None
    wanted: int | None = None

    @property
    def metered(self) -> int:
        """The calls that are metered: all but signing in."""
        return self.calls - self.sign_ins

    def to_dict(self) -> dict[str, int | float | None]:
        """The counters as plain JSON types."""
        return asdict(self)


def unique_names(columns: Sequence[ResultColumn]) -> tuple[str, ...]:
    """The column names, for use as keys; refuses a name that stands twice, because one value would vanish."""
    names = tuple(column.name for column in columns)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Error(f"two columns are named {twice[0]}; give one of them another name with AS")
    return names


Source = TypeVar("Source")


class Told(Generic[Source]):
    """What blocking and async results share: a source of rows, what is told of it, and rows that wait."""

    def __init__(
        self, columns: Sequence[ResultColumn], rows: Source, stats: Stats, diagnostics: Sequence[Diagnostic]
    ) -> None:
        self.stats = stats
        self._rows = rows
        self._ends_by_failure = isinstance(rows, Generator | AsyncGenerator)
        self._columns = tuple(columns)
        self._diagnostics = tuple(diagnostics)
        self._held: deque[Row] = deque()
        self._reading = False  # looked at and set with nothing between that lets another thread in
        self._broken: Error | None = None
        self._failure: Exception | None = None
        self._closed = False

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """The columns; final when the first row, or the end, has come: a field that is refused is left out."""
        known: tuple[ResultColumn, ...] | None = getattr(self._rows, "columns", None)
        return self._columns if known is None else known

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The remarks about the query; final when the first row, or the end, has come."""
        known: tuple[Diagnostic, ...] | None = getattr(self._rows, "diagnostics", None)
        return self._diagnostics if known is None else known

    @property
    def resume(self) -> str | None:
        """A token to go on with later, behind every page that was begun; None where a run cannot be gone on with."""
        token: str | None = getattr(self._rows, "resume", None)
        return token

    def stop(self) -> None:
        """Ask for nothing more: behind the rows that are here comes ``Stopped``. Signal handlers may call it."""
        stop = getattr(self._rows, "stop", None)
        if stop is not None:
            stop()

    def _refusal(self) -> Error:
        """Why nobody may read now."""
        return self._broken or Error(SHARED)

    def _stopped_by(self, failure: BaseException) -> None:
        """Reading broke off. Where it was interrupted and the source does not survive that, a row may be lost."""
        if not isinstance(failure, Exception) and not getattr(self._rows, "survives", False):
            self._broken = Error(INTERRUPTED)

    def _check_whole(self) -> None:
        """At the end of the source: a generator that failed has ended by that, whatever else it looks like."""
        if self._failure is not None and self._ends_by_failure:
            raise self._failure from None

    def _take_held(self) -> list[Row]:
        held, self._held = list(self._held), deque()
        return held


INTERRUPTED = "the run was interrupted while it handed rows on, and cannot go on; run the query again"
SHARED = "somebody else is reading this result: one thread or task at a time may"


def only(rows: Sequence[Row]) -> Row:
    """The one row. Raises ``Error`` where there are more, or none."""
    if len(rows) == 1:
        return rows[0]
    raise Error(f"exactly one row was wanted; the query gives {'at least two' if rows else 'none'}")

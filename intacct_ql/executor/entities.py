"""One query over all entities of a company, one entity after the other.

In: the entities, and the run of the query in each. Out: its rows with the entity in front. Refuses to know: how a
session in an entity comes about.

What the query says of order, limit, groups and sums holds within each entity. Budgets are those of the whole. Records
that all entities share come once for each.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from time import monotonic
from typing import Any, Generic, Self, TypeVar

from intacct_ql.errors import BudgetExceeded, Diagnostic, Error, GatewayError, SignInError, Stopped, TransportError
from intacct_ql.executor.ride import Steps
from intacct_ql.executor.threads import CLOSED
from intacct_ql.gateway.patience import Patience, patiently, rule_for
from intacct_ql.gateway.session import Conversation
from intacct_ql.gateway.settings import READ_ENTITIES, entities
from intacct_ql.result import AsyncResult, Result, ResultColumn, Row, Stats
from intacct_ql.schema.types import DataType

COLUMN = ResultColumn(name="ENTITY", type=DataType.TEXT, path="ENTITY")
"""The first column: whose session the row was seen in."""

LISTED = "select LOCATIONID from LOCATIONENTITY order by LOCATIONID"
"""Asks for the entities as records, where the function that tells them may not be called."""

_INTERRUPTED = "the run over all entities was interrupted, and cannot go on; run the query again"

Limits = dict[str, Any]
"""The budgets of a run, by name."""

_USED: tuple[tuple[str, Callable[[Stats], float]], ...] = (
    ("max_calls", lambda stats: stats.pages),
    ("max_rows", lambda stats: stats.rows),
    ("max_bytes", lambda stats: stats.bytes),
)


def listing(conversation: Conversation, patience: Patience) -> Steps[tuple[str, ...]]:
    """Ask for the ids of all entities."""
    result = yield from patiently(lambda: conversation.call(READ_ENTITIES), patience)
    return entities(result)


def is_refused(refusal: GatewayError) -> bool:
    """Whether it is the function that is refused, and not who asks."""
    return refusal.level == "function" and rule_for(refusal) is None


Inside = TypeVar("Inside", bound=Result | AsyncResult)


class Tour(Generic[Inside]):
    """Where a run over all entities stands. ``settings`` are those of the run, the budgets among them."""

    def __init__(self, columns: Sequence[ResultColumn], stats: Stats, settings: Limits) -> None:
        self._result: Inside | None = None
        self._rows: Iterator[Row] = iter(())
        self.columns: tuple[ResultColumn, ...] = (COLUMN, *columns)
        self.diagnostics: tuple[Diagnostic, ...] | None = None
        self.stats = stats
        self._settings = settings
        self._on_page = settings.get("on_page")
        self._before = Stats()
        self._began = monotonic()
        self._entity = ""
        self._fixed = False
        self._broken: Error | None = None
        self.halted = False
        self._closed = False

    def enter(self, entity: str) -> Limits:
        """Go to the next entity; gives the settings of its run, whose budgets are what is left of the whole.

        Raises ``Error`` where the tour was closed by somebody else meanwhile.
        """
        if self._closed:
            raise Error(CLOSED)
        self._entity = entity
        self._before = Stats(**self.stats.to_dict())  # type: ignore[arg-type]
        left: Limits = {name: self._left(name, used(self.stats)) for name, used in _USED}
        left["max_seconds"] = self._left("max_seconds", monotonic() - self._began)
        return {**self._settings, **left, "on_page": self._page_came}

    def stop(self) -> None:
        """Ask for nothing more."""
        self.halted = True
        if self._result is not None:
            self._result.stop()

    def take(self, result: Result | AsyncResult, rows: Sequence[Row]) -> list[Row]:
        """The rows of a page, with their entity. Raises ``Error`` where they have other columns than those before."""
        columns = (COLUMN, *result.columns)
        if self._fixed and columns != self.columns:
            raise Error(f"in entity {self._entity} a field is refused that others gave; run the query again without it")
        self._fixed, self.columns = True, columns
        self._keep(result)
        return [(self._entity, *row) for row in rows]

    def leave(self, result: Result | AsyncResult) -> None:
        """The rows of an entity have ended."""
        if not self._fixed:
            self.columns = (COLUMN, *result.columns)
        self._keep(result)

    def failed(self, result: Result | AsyncResult | None, failure: Error) -> Error:
        """What went wrong in an entity, with its name; a budget as that of the whole."""
        if result is not None:
            self._keep(result)
        if isinstance(failure, BudgetExceeded):
            kind = Stopped if isinstance(failure, Stopped) else BudgetExceeded
            allowed = self._settings.get(failure.limit) or 0
            return kind(
                failure.limit,
                allowed,
                calls=self.stats.metered,
                rows=self.stats.rows,
                held=failure.held,
            )
        if isinstance(failure, GatewayError | TransportError):
            doubt = "; it may be closed to this user" if isinstance(failure, SignInError) else ""
            failure.hints = (*failure.hints, f"this was in entity {self._entity}{doubt}")
        return failure

    def broke_off(self, failure: BaseException) -> None:
        """The tour ends before its end: whoever goes on is told so, and does not take it for the end."""
        self._broken = failure if isinstance(failure, Error) else Error(_INTERRUPTED)

    def check_whole(self) -> None:
        """At the end of the pages: raise what they broke off for."""
        if self._broken is not None:
            raise self._broken

    def _keep(self, result: Result | AsyncResult) -> None:
        self.diagnostics = tuple(dict.fromkeys((*(self.diagnostics or ()), *result.diagnostics)))
        self._add(result.stats)

    def _add(self, now: Stats) -> None:
        """Bring the counters of the whole up to date; how many rows there are in all nobody knows."""
        for each in fields(Stats):
            if each.name not in ("total", "wanted"):
                setattr(self.stats, each.name, getattr(self._before, each.name) + getattr(now, each.name))

    def _page_came(self, now: Stats) -> None:
        self._add(now)
        if self._on_page is not None:
            self._on_page(self.stats)

    def _left(self, name: str, used: float) -> float | None:
        allowed = self._settings.get(name)
        return None if allowed is None else max(0, allowed - used)


class AllEntities(Tour[Result]):
    """The rows, for blocking callers. ``learn`` gives the entities, ``run`` the result of the query in one of them."""

    def __init__(
        self,
        columns: Sequence[ResultColumn],
        stats: Stats,
        settings: Limits,
        learn: Callable[[Stats], Iterable[str]],
        run: Callable[[str, Limits], Result],
    ) -> None:
        super().__init__(columns, stats, settings)
        self._learn = learn
        self._run = run
        self._pages = self.pages_anew()

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Row:
        while True:
            for row in self._rows:
                return row
            try:
                self._rows = iter(next(self._pages))
            except StopIteration:
                self.check_whole()
                raise

    def pages(self) -> Iterator[Sequence[Row]]:
        """The rows, as many at a time as came together."""
        held = list(self._rows)
        if held:
            yield held
        for rows in self._pages:  # noqa: UP028 - who stops reading here must not end them
            yield rows
        self.check_whole()

    def pages_anew(self) -> Iterator[Sequence[Row]]:
        """The rows of every entity."""
        try:
            for entity in self._learn(self.stats):
                self._result, limits = None, self.enter(entity)
                yield from self._pages_inside(entity, limits)
        except BaseException as failure:
            self.broke_off(failure)
            raise

    def _pages_inside(self, entity: str, limits: Limits) -> Iterator[Sequence[Row]]:
        try:
            with self._run(entity, limits) as self._result:
                if self.halted:
                    self._result.stop()
                for rows in self._result.pages():
                    yield self.take(self._result, rows)
                self.leave(self._result)
        except Error as failure:
            raise self.failed(self._result, failure) from None

    def close(self) -> None:
        """End the rows."""
        self._closed = True
        if self._result is not None:
            self._result.close()
        self._pages, self._rows, self._broken = iter(()), iter(()), None


class AsyncAllEntities(Tour[AsyncResult]):
    """The same for async callers."""

    def __init__(
        self,
        columns: Sequence[ResultColumn],
        stats: Stats,
        settings: Limits,
        learn: Callable[[Stats], Awaitable[Iterable[str]]],
        run: Callable[[str, Limits], AsyncResult],
    ) -> None:
        super().__init__(columns, stats, settings)
        self._learn = learn
        self._run = run
        self._pages = self.pages_anew()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Row:
        while True:
            for row in self._rows:
                return row
            try:
                self._rows = iter(await anext(self._pages))
            except StopAsyncIteration:
                self.check_whole()
                raise

    async def pages(self) -> AsyncIterator[Sequence[Row]]:
        """The rows, as many at a time as came together."""
        held = list(self._rows)
        if held:
            yield held
        async for rows in self._pages:
            yield rows
        self.check_whole()

    async def pages_anew(self) -> AsyncGenerator[Sequence[Row], None]:
        """The rows of every entity."""
        try:
            for entity in await self._learn(self.stats):
                self._result, limits = None, self.enter(entity)
                async for rows in self._pages_inside(entity, limits):
                    yield rows
        except BaseException as failure:
            self.broke_off(failure)
            raise

    async def _pages_inside(self, entity: str, limits: Limits) -> AsyncIterator[Sequence[Row]]:
        try:
            async with self._run(entity, limits) as self._result:
                if self.halted:
                    self._result.stop()
                async for rows in self._result.pages():
                    yield self.take(self._result, rows)
                self.leave(self._result)
        except Error as failure:
            raise self.failed(self._result, failure) from None

    async def aclose(self) -> None:
        """End the rows."""
        self._closed = True
        if self._result is not None:
            await self._result.close()
        with suppress(RuntimeError):  # it is being read: who reads finds out that it was closed
            await self._pages.aclose()
        self._rows, self._broken = iter(()), None

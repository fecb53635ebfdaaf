"""A plan, run: page after page is asked for, decoded, and handed through the local steps.

In: a plan, the door that renders it, and a conversation. Out: rows as they arrive, and counters kept up to date.
Refuses to know: query text, and what a door writes.

``Course`` decides and counts, without a wire; ``Pull`` and ``AsyncPull`` move it along, blocking and async. A page
that fails is asked for again, whole, when the caller goes on; a row is never given before its page has arrived whole.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from intacct_ql.backends.doors import Door
from intacct_ql.binder import tree
from intacct_ql.errors import BudgetExceeded, Error
from intacct_ql.executor import local
from intacct_ql.executor.drive import Traffic, drive, drive_async
from intacct_ql.gateway.messages import ColumnShape, Function, Page, RowShape
from intacct_ql.gateway.paging import Drift, Pages, by_offset, keyset, single
from intacct_ql.gateway.session import Conversation
from intacct_ql.planner import pages
from intacct_ql.planner.steps import Fetch, Plan
from intacct_ql.result import Row, Stats
from intacct_ql.schema.types import decoder
from intacct_ql.transport.base import AsyncTransport, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a run may use. None means no bound.

    ``calls`` counts pages, which the vendor meters; signing in is not counted. ``rows`` and ``bytes`` count what
    arrives.
    """

    calls: int | None = None
    rows: int | None = None
    bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a run is made: rows a page, budget, and who is told after each page."""

    page_size: int | None = None
    budget: Budget = Budget()
    on_page: Callable[[Stats], None] | None = None
    on_drift: Callable[[Drift], None] | None = None


class Course:
    """Which page is asked for next, what has been used, and when to stop."""

    def __init__(self, plan: Plan, fetch: Fetch, door: Door, settings: Settings, stats: Stats) -> None:
        self.stats = stats
        self._plan = plan
        self._fetch = pages.paged(plan)
        self._door = door
        self._settings = settings
        self._pager = _pager(plan, fetch, self._fetch, door, settings)
        self._request = next(self._pager, None)
        self._left_over = False
        self.shape = RowShape(
            columns=tuple(
                ColumnShape(names=names, decode=decoder(expression.type))
                for expression, names in zip(self._fetch.select, door.column_names(self._fetch.select), strict=True)
            )
        )
        self.width = len(fetch.select)

    def ask(self) -> Function | None:
        """The next request, or None at the end. Raises ``BudgetExceeded`` when the budget does not allow it.

        Asking twice gives the same request: that is how a failed page is asked for again.
        """
        request = self._request
        self._check(request is not None)
        if request is None:
            return None
        fetch = self._fetch if request.after is None else pages.after(self._fetch, self._plan, request.after)
        offset = request.offset or None
        return Function(name=self._door.function, xml=self._door.render(fetch, page_size=request.size, offset=offset))

    def take(self, page: Page) -> Iterable[Row]:
        """The rows of the page, without the columns that only the pager needed."""
        stats = self.stats
        stats.pages += 1
        stats.rows += page.count
        if stats.total is None:
            stats.total = page.totalcount
        try:
            self._request = self._pager.send(page)
        except StopIteration:
            self._request = None
            self._left_over = bool(page.numremaining)
        if self._settings.on_page is not None:
            self._settings.on_page(stats)
        rows: list[Row] = page.rows  # type: ignore[assignment]
        if len(self._fetch.select) == self.width:
            return rows
        return [row[: self.width] for row in rows]

    def _check(self, more: bool) -> None:
        budget, stats = self._settings.budget, self.stats
        rows_over = budget.rows is not None and stats.rows >= budget.rows and (more or self._cut_by_budget())
        if rows_over and budget.rows is not None:
            self._stop("max_rows", budget.rows)
        if more and budget.calls is not None and stats.pages >= budget.calls:
            self._stop("max_calls", budget.calls)
        if more and budget.bytes is not None and stats.bytes >= budget.bytes:
            self._stop("max_bytes", budget.bytes)

    def _cut_by_budget(self) -> bool:
        wanted = self._fetch.limit
        return self._left_over and (wanted is None or self.stats.rows < wanted)

    def _stop(self, limit: str, allowed: int) -> None:
        raise BudgetExceeded(limit, allowed, calls=self.stats.calls, rows=self.stats.rows)


def _pager(plan: Plan, fetch: Fetch, paged: Fetch, door: Door, settings: Settings) -> Pages:
    asked = settings.page_size or fetch.options.page_size or door.abilities.most_rows
    size = min(asked, door.abilities.most_rows)
    limits = [limit for limit in (fetch.limit, settings.budget.rows) if limit is not None]
    limit = min(limits) if limits else None
    if plan.paging == "keyset":
        return keyset(pages.key_index(paged, plan), size, limit, descending=paged.order_by[0].descending)
    if plan.paging == "none":
        return single(size if limit is None else min(size, limit), fetch.offset)
    return by_offset(size, limit, fetch.offset, settings.on_drift)


class Pull:
    """The rows of a plan, blocking. An iterator that survives a failed page: the next call asks again."""

    def __init__(self, course: Course, conversation: Conversation, transport: Transport, lock: threading.Lock) -> None:
        self._course = course
        self._conversation = conversation
        self._transport = transport
        self._lock = lock
        self._rows: Iterator[Row] = iter(())
        self._counted = _Counted(course.stats, conversation)

    def __iter__(self) -> "Pull":
        return self

    def __next__(self) -> Row:
        for row in self._rows:
            return row
        while (function := self._course.ask()) is not None:
            self._rows = iter(self._course.take(self._page(function)))
            for row in self._rows:
                return row
        raise StopIteration

    def _page(self, function: Function) -> Page:
        with self._counted:
            steps = self._conversation.call(function, self._course.shape)
            result = drive(steps, self._transport, self._lock, self._counted.traffic)
        return _page_of(result.page)


class AsyncPull:
    """The same for async callers."""

    def __init__(
        self, course: Course, conversation: Conversation, transport: AsyncTransport, lock: asyncio.Lock
    ) -> None:
        self._course = course
        self._conversation = conversation
        self._transport = transport
        self._lock = lock
        self._counted = _Counted(course.stats, conversation)

    async def pages(self) -> AsyncIterator[Iterable[Row]]:
        """The rows, a page at a time."""
        while (function := self._course.ask()) is not None:
            with self._counted:
                steps = self._conversation.call(function, self._course.shape)
                result = await drive_async(steps, self._transport, self._lock, self._counted.traffic)
            yield self._course.take(_page_of(result.page))


class _Counted:
    """Adds what one page used to the counters, also when it fails."""

    def __init__(self, stats: Stats, conversation: Conversation) -> None:
        self.traffic = Traffic()
        self._stats = stats
        self._signed_in_before = conversation.sign_ins > 0
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = monotonic()

    def __exit__(self, *_: object) -> None:
        stats, traffic = self._stats, self.traffic
        stats.seconds += monotonic() - self._began
        stats.calls, stats.bytes, stats.sign_ins = traffic.calls, traffic.bytes, traffic.sign_ins
        stats.renewals = traffic.sign_ins if self._signed_in_before else max(0, traffic.sign_ins - 1)


def _page_of(page: Page | None) -> Page:
    if page is None:  # the conversation refuses such a reply before it comes here
        raise Error("the reply holds no rows")
    return page


async def ready(rows: Sequence[Row]) -> AsyncIterator[Iterable[Row]]:
    """Rows that need no asking, as the one page of an async run."""
    yield rows


def finish(plan: Plan, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows after the local steps, and after the promise that at most one comes was checked."""
    if plan.local:
        rows = local.run(rows, plan.local, options=_options(plan))
    return _single(rows) if plan.at_most_one else rows


def _options(plan: Plan) -> tree.Options:
    return plan.fetch.options if plan.fetch is not None else tree.Options()


def _single(rows: Iterator[Row]) -> Iterator[Row]:
    first = next(rows, None)
    if first is None:
        return
    if next(rows, None) is not None:
        raise Error("the query says single, and more than one row matches")
    yield first


async def finish_async(plan: Plan, batches: AsyncIterator[Iterable[Row]]) -> AsyncIterator[Row]:
    """The same over pages that are awaited.

    Local steps read an ordinary iterator, so with them the pages are collected first; without them rows stream.
    """
    if not plan.local and not plan.at_most_one:
        async for batch in batches:
            for row in batch:
                yield row
        return
    collected = [row async for batch in batches for row in batch]
    for row in finish(plan, iter(collected)):
        yield row

"""A plan, run: page after page is asked for, decoded, and handed through the local steps.

In: a plan, the door that renders it, and a conversation. Out: rows as they arrive, and counters kept up to date.
Refuses to know: query text, and what a door writes.

``Course`` decides and counts, without a wire; ``Pull`` and ``AsyncPull`` move it along, blocking and async. A page
that fails is asked for again, whole, when the caller goes on; a row is never given before its page has arrived whole.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from time import monotonic
from typing import Self

from intacct_ql.backends.door import Door
from intacct_ql.errors import BudgetExceeded, Error, GatewayError
from intacct_ql.executor.drive import Traffic, drive, drive_async
from intacct_ql.executor.local import Pipeline, run
from intacct_ql.executor.spill import Storage
from intacct_ql.gateway.messages import ColumnShape, Function, Page, RowShape
from intacct_ql.gateway.paging import Drift, Pages, by_offset, by_result, keyset, single
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
    """How a run is made: rows a page, budget, room for local steps, and who is told after each page."""

    page_size: int | None = None
    budget: Budget = Budget()
    storage: Storage = field(default_factory=Storage)
    on_page: Callable[[Stats], None] | None = None


class Course:
    """Which page is asked for next, what has been used, and when to stop."""

    def __init__(self, plan: Plan, fetch: Fetch, door: Door, settings: Settings, stats: Stats) -> None:
        self.stats = stats
        self._plan = plan
        self._fetch = pages.paged(plan)
        self._door = door
        self._settings = settings
        limits = [limit for limit in (fetch.limit, settings.budget.rows) if limit is not None]
        self._most = min(limits) if limits else None
        self._pager = self._pages()
        self._request = next(self._pager, None)
        self._left_over = self._request is None  # a budget of no rows at all
        self.shape = RowShape(
            columns=tuple(
                ColumnShape(names=names, decode=decoder(expression.type))
                for expression, names in zip(self._fetch.select, door.column_names(self._fetch), strict=True)
            )
        )
        self.width = len(fetch.select)
        self.storage = settings.storage

    def ask(self) -> Function | None:
        """The next request, or None at the end. Raises ``BudgetExceeded`` when the budget does not allow it.

        Asking twice gives the same request: that is how a failed page is asked for again.
        """
        request = self._request
        self._check(request is not None)
        if request is None:
            return None
        if request.resultid is not None and self._door.more is not None:
            return self._door.more(request.resultid)
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
        surplus = stats.rows - self._given
        if surplus:  # not every door gives so few rows as it is asked for
            rows = rows[:-surplus]
            self._left_over = True
        if len(self._fetch.select) == self.width:
            return rows
        return [row[: self.width] for row in rows]

    def no_rows(self, refusal: GatewayError) -> Page:
        """The page without rows that a refusal stands for, if the door says so; else it is raised."""
        found_nothing = self._door.found_nothing
        if found_nothing is None or not found_nothing(refusal):
            raise refusal
        return Page(rows=[], count=0)

    def _pages(self) -> Pages:
        plan, fetch, settings, limit = self._plan, self._fetch, self._settings, self._most
        abilities = self._door.abilities
        size = pages.rows_a_page(fetch, settings.page_size, abilities)
        if plan.paging == "keyset":
            return keyset(pages.key_index(fetch, plan), size, limit, descending=pages.is_descending(fetch))
        if plan.paging == "resultid":
            return by_result(size, limit)
        if plan.paging == "none":
            # One page is all there is: a page of one row would never find out a second.
            return single(size if limit is None else min(abilities.most_rows, limit), fetch.offset)
        return by_offset(size, limit, fetch.offset, self._drifted)

    def _drifted(self, _: Drift) -> None:
        self.stats.drifts += 1

    @property
    def _given(self) -> int:
        """Rows handed on so far: those that arrived, as far as they are wanted."""
        return self.stats.rows if self._most is None else min(self.stats.rows, self._most)

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
        return self._left_over and (wanted is None or self._given < wanted)

    def _stop(self, limit: str, allowed: int) -> None:
        raise BudgetExceeded(limit, allowed, calls=self.stats.calls, rows=self._given)


class _Run:
    """Where a run stands: the page to ask for, the local steps, and the rows that may be given."""

    def __init__(self, plan: Plan, course: Course, conversation: Conversation) -> None:
        self._plan = plan
        self._course = course
        self._conversation = conversation
        options = plan.fetch.options if plan.fetch is not None else None
        self._pipeline = Pipeline(plan.local, options, course.storage)
        self._counted = _Counted(course.stats, conversation)
        self._rows: Iterator[Row] = iter(())
        self._given = 0
        self._ended = False
        self._failure: Exception | None = None

    def _ready(self) -> Row | None:
        """The next row that is here already. Raises for good what went wrong in a local step: its rows are lost."""
        if self._failure is not None:
            raise self._failure
        try:
            for row in self._rows:
                if self._plan.at_most_one:
                    self._refuse_second()
                return row
        except BaseException as failure:
            self._fail(failure)
            raise
        return None

    def _refuse_second(self) -> None:
        self._given += 1
        if self._given > 1:
            raise Error("the query says single, and more than one row matches")

    def _asked(self) -> Function | None:
        """The request for the next page; None when no page can add anything, and what was held back is ready."""
        try:
            function = None if self._pipeline.full else self._course.ask()
        except BudgetExceeded as stopped:
            stopped.held = self._pipeline.held
            raise
        if function is None:
            self._ended = True
            self._rows = self._pipeline.finish()
        return function

    def _taken(self, page: Page | None) -> None:
        if page is None:  # the conversation refuses such a reply before it comes here
            raise Error("the reply holds no rows")
        try:
            self._rows = iter(self._pipeline.push(self._course.take(page)))
        except BaseException as failure:
            self._fail(failure)
            raise

    def _fail(self, failure: BaseException) -> None:
        interrupted = Error("the run was interrupted while it took in a page, and cannot go on; run the query again")
        self._failure = failure if isinstance(failure, Exception) else interrupted
        self._give_up()

    def _give_up(self) -> None:
        """No more rows: what the local steps held is freed."""
        self._ended = True
        self._rows = iter(())
        self._pipeline.close()


class Pull(_Run):
    """The rows of a plan, blocking. It survives a failed page: the next call asks again."""

    def __init__(
        self, plan: Plan, course: Course, conversation: Conversation, transport: Transport, lock: threading.Lock
    ) -> None:
        super().__init__(plan, course, conversation)
        self._transport = transport
        self._lock = lock

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Row:
        while (row := self._ready()) is None:
            if self._ended:
                raise StopIteration
            function = self._asked()
            if function is not None:
                self._taken(self._page(function))
        return row

    def close(self) -> None:
        """End the rows, and free what the local steps hold. Closing twice is harmless."""
        self._give_up()

    def _page(self, function: Function) -> Page | None:
        with self._counted:
            steps = self._conversation.call(function, self._course.shape)
            try:
                return drive(steps, self._transport, self._lock, self._counted.traffic).page
            except GatewayError as refusal:
                return self._course.no_rows(refusal)


class AsyncPull(_Run):
    """The same for async callers."""

    def __init__(
        self, plan: Plan, course: Course, conversation: Conversation, transport: AsyncTransport, lock: asyncio.Lock
    ) -> None:
        super().__init__(plan, course, conversation)
        self._transport = transport
        self._lock = lock

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Row:
        while (row := self._ready()) is None:
            if self._ended:
                raise StopAsyncIteration
            function = self._asked()
            if function is not None:
                self._taken(await self._page(function))
        return row

    async def aclose(self) -> None:
        """End the rows, and free what the local steps hold. Closing twice is harmless."""
        self._give_up()

    async def _page(self, function: Function) -> Page | None:
        with self._counted:
            steps = self._conversation.call(function, self._course.shape)
            try:
                return (await drive_async(steps, self._transport, self._lock, self._counted.traffic)).page
            except GatewayError as refusal:
                return self._course.no_rows(refusal)


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


def known(plan: Plan) -> Generator[Row]:
    """The rows of a plan that asks nothing."""
    return run((), plan.local)


async def known_async(plan: Plan) -> AsyncIterator[Row]:
    """The same for async callers."""
    with closing(known(plan)) as rows:
        for row in rows:
            yield row

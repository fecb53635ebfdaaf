"""A plan, run for async callers.

In: as for ``run``, whose twin this is, with tasks of one event loop instead of threads. Out: rows as they arrive.
Refuses to know: what ``run`` refuses to know.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from time import monotonic
from typing import Self

from intacct_ql.errors import GatewayError
from intacct_ql.executor.course import Course, Errand
from intacct_ql.executor.drive import AsyncLine, Traffic, drive_async
from intacct_ql.executor.run import TICK, Run, known
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.session import Conversation
from intacct_ql.planner.steps import Plan
from intacct_ql.result import Row


class AsyncPull(Run):
    """The rows of a plan, for async callers. It survives a failed page: the next call asks again.

    With ``tasks`` pages are fetched ahead, once the caller has read the first one. They end with the rows, and when the
    pull is closed.
    """

    def __init__(
        self,
        plan: Plan,
        course: Course,
        conversation: Conversation,
        query: Callable[[], str],
        line: AsyncLine,
        *,
        tasks: int = 0,
    ) -> None:
        super().__init__(plan, course, conversation, query)
        self._line = replace(line, pause=self._pause, on_pause=course.settings.on_retry)
        self._most_tasks = tasks
        self._crew: set[asyncio.Task[None]] = set()
        self._change = asyncio.Event()
        self._reads_on = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Row:
        while (row := self.ready()) is None:
            if self._ended:
                raise StopAsyncIteration
            rows = await self._next_page()
            if rows is None:
                await self._dismiss()
                self.finish()
            else:
                self.push(rows)
        return row

    async def aclose(self) -> None:
        """End the rows, and free what the local steps hold. Closing twice is harmless."""
        await self._dismiss()
        self._give_up()

    def stop(self) -> None:
        """Ask for nothing more: the rows end with ``Stopped`` behind those that are here."""
        self._course.halted = True

    async def _next_page(self) -> Sequence[Row] | None:
        """The rows of the next page; None when no page can add anything. Raises what an errand failed with."""
        while not self._pipeline.full:
            rows = self._course.ready()
            if rows is not None:
                self._reads_on = True
                self._notify()
                return rows
            self.raise_failure()
            errand = self._course.ask()
            if errand is not None:
                if self._reads_on:
                    self._recruit()
                await self._fetch(errand)
            elif self._course.is_idle:
                return None
            else:
                await self._news()
        return None

    async def _fetch(self, errand: Errand) -> None:
        """Run one errand; what it fails with is kept until it is due."""
        course, traffic, began = self._course, Traffic(), monotonic()
        outcome: Page | Exception | None = None
        try:
            outcome = await self._page(errand, traffic)
        except Exception as failure:  # noqa: BLE001 - raised to the caller, in its turn
            outcome = failure
        finally:
            course.count(traffic, monotonic() - began)
            course.settle(errand, outcome)
            self._notify()

    async def _page(self, errand: Errand, traffic: Traffic) -> Page:
        try:
            return self.page_of(await drive_async(self.steps(errand, glimpse=self._reads_on), self._line, traffic))
        except GatewayError as refusal:
            return self._course.no_rows(refusal)

    def glimpsed(self, errand: Errand, body: bytes) -> None:
        """Look at a body before it is read, in whichever thread reads it."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._glimpsed_here, errand, body)

    def _glimpsed_here(self, errand: Errand, body: bytes) -> None:
        if self._course.glimpse(errand, body):
            self._notify()

    # The crew.

    def _recruit(self) -> None:
        self._loop = asyncio.get_running_loop()
        while len(self._crew) < self._most_tasks:
            task = asyncio.create_task(self._work(), name="intacct-ql pull")
            self._crew.add(task)
            task.add_done_callback(self._crew.discard)

    async def _work(self) -> None:
        """Run errands until there are none."""
        while True:
            while (errand := self._course.ask()) is None:
                if self._course.is_over:
                    return
                await self._news()
            await self._fetch(errand)

    async def _dismiss(self) -> None:
        """Let the tasks go; what they were about is dropped."""
        crew, self._crew = self._crew, set()
        for task in crew:
            task.cancel()
        await asyncio.gather(*crew, return_exceptions=True)

    def _notify(self) -> None:
        """Wake whoever waits for news: each waits for the event that stood there, and it is a new one from here on."""
        self._change.set()
        self._change = asyncio.Event()

    async def _news(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._change.wait(), TICK)

    async def _pause(self, seconds: float) -> None:
        """Sleep, unless there is no time for it."""
        self._course.check_time(seconds)
        ends = monotonic() + seconds
        while (left := ends - monotonic()) > 0:
            self._course.check_time()
            await asyncio.sleep(min(left, TICK))


async def known_async(plan: Plan) -> AsyncIterator[Row]:
    """The rows of a plan that asks nothing."""
    with closing(known(plan)) as rows:
        for row in rows:
            yield row

"""Errands run by tasks of one event loop: the twin of ``threads`` for async callers.

In: a course, a conversation and the line it goes over. Out: the rows of page after page. Refuses to know: what becomes
of rows.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from time import monotonic

from intacct_ql.errors import Error, GatewayError
from intacct_ql.executor.course import Course, Errand, errand_steps
from intacct_ql.executor.drive import AsyncLine, Traffic, carry_async, drive_async, finish_async
from intacct_ql.executor.ride import Ride, Rooms, Steps
from intacct_ql.executor.threads import CLOSED, HANDING_ON, TICK
from intacct_ql.gateway.messages import Page, Result
from intacct_ql.gateway.session import Conversation
from intacct_ql.result import Row


class AsyncCrew:
    """Runs the errands of one course, at most ``tasks`` beside the caller's own."""

    def __init__(self, course: Course, conversation: Conversation, line: AsyncLine, tasks: int) -> None:
        self._course = course
        self._conversation = conversation
        told = course.settings
        self._line = replace(line, rooms=Rooms(), pause=self._pause, on_pause=told.on_retry, on_wait=told.on_wait)
        self._most = tasks
        self._tasks: set[asyncio.Task[None]] = set()
        self._change = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False
        self._reads_on = False
        self._left: deque[Errand] = deque()
        self._rides: dict[Errand, Ride[Result]] = {}

    async def next_page(self) -> Sequence[Row] | None:
        """The rows of the next page; None when nothing is left. Raises what an errand failed with, and once closed."""
        waited = False
        while True:
            if self._closing:
                raise Error(CLOSED)
            rows = self._course.ready()
            if rows is not None:
                self._reads_on = True
                self._notify()
                return rows
            errand = self._own_errand()
            if errand is not None:
                await self._go_on(errand, reads=True, waits=HANDING_ON if waited else 0.0)
                waited = False
            elif self._course.is_idle:
                self._notify()  # the tasks have nothing to wait for any more
                return None
            else:
                await self._news()
                waited = True

    async def ask(self, steps: Steps[None]) -> None:
        """Run steps that bring no page; what they use is counted."""
        traffic, began = Traffic(), monotonic()
        try:
            await drive_async(steps, self._line, traffic)
        finally:
            self._course.count(traffic, monotonic() - began)

    def for_course(self, course: Course) -> "AsyncCrew":
        """A crew as this one for another course."""
        return AsyncCrew(course, self._conversation, self._line, self._most)

    async def close(self) -> None:
        """Let the tasks go; what they were about is dropped. Closing twice is harmless."""
        tasks = set(self._tasks)
        self.forget()
        await asyncio.gather(*tasks, return_exceptions=True)

    def forget(self) -> None:
        """The same, without waiting for their end. Any thread may call it, as where what is forgotten is collected."""
        self._closing = True
        if self._loop is not None and self._tasks:
            with suppress(RuntimeError):  # the loop is closed, and the tasks with it
                self._loop.call_soon_threadsafe(_cancel, set(self._tasks))

    def _own_errand(self) -> Errand | None:
        """What the caller's task does now: read a page, or fetch one where no tasks do."""
        errand = self._course.unread()
        if errand is not None:
            self._notify()  # another may be asked for in its place
            return errand
        errand = self._course.ask()
        self._course.raise_failure()
        if errand is not None and not (self._reads_on and self._most):
            return errand
        if errand is not None:
            self._left.append(errand)
            self._recruit()
            self._notify()
        return None

    async def _go_on(self, errand: Errand, *, reads: bool, waits: float = 0.0) -> None:
        """Go on with an errand, to its end where this task ``reads``, after so many seconds.

        What it fails with is kept until it is due.
        """
        course, traffic, began = self._course, Traffic(), monotonic()
        outcome: Page | Exception | None = None
        ride: Ride[Result] | None = None
        try:
            ride = self._rides.pop(errand, None) or Ride(errand_steps(self._conversation, course, errand))
            if waits:
                await asyncio.sleep(waits)
            outcome = await self._page(ride, traffic, reads=reads)
        except Exception as failure:  # noqa: BLE001 - raised to the caller, in its turn
            outcome = failure
        finally:
            course.count(traffic, monotonic() - began)
            if outcome is None and ride is not None and ride.waits and not self._closing:
                self._rides[errand] = ride
                course.arrive(errand, ride.ends())
            else:
                course.settle(errand, None if self._closing else outcome)
            self._notify()

    async def _page(self, ride: Ride[Result], traffic: Traffic, *, reads: bool) -> Page | None:
        """The page that a ride brings; None where it has to be read first, and not here."""
        self._loop = asyncio.get_running_loop()
        try:
            await (finish_async if reads else carry_async)(ride, self._line, traffic)
        except GatewayError as refusal:
            return self._course.no_rows(refusal)
        return self._course.page_of(ride.value) if ride.ended else None

    def _recruit(self) -> None:
        """As many tasks as there may be."""
        while sum(not task.done() for task in self._tasks) < self._most and not self._closing:
            task = asyncio.create_task(self._work(), name="intacct-ql pull")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self) -> None:
        """Run errands until there are none."""
        while not self._closing:
            errand = self._left.popleft() if self._left else self._course.ask()
            if errand is not None:
                await self._go_on(errand, reads=False)
            elif self._course.is_over:
                self._notify()
                return
            else:
                await self._news()

    def _notify(self) -> None:
        """Wake whoever waits for news: each waits for the event that stood there, and it is a new one from here on."""
        self._change.set()
        self._change = asyncio.Event()

    async def _news(self) -> None:
        """Wait for news, or for a while.

        What ends the wait is news itself, and no cancellation: ``wait_for`` may lose one of the caller's that comes
        with the news, and ``timeout`` makes one up in a task that was cancelled before (Python 3.11.2).
        """
        later = asyncio.get_running_loop().call_later(TICK, self._notify)
        try:
            await self._change.wait()
        finally:
            later.cancel()

    async def _pause(self, seconds: float) -> None:
        """Sleep, unless there is no time for it, or nobody waits for the rows any more."""
        self._course.check_time(seconds)
        ends = monotonic() + seconds
        while True:
            if self._closing:
                raise Error(CLOSED)
            self._course.check_time()
            if (left := ends - monotonic()) <= 0:
                return
            await asyncio.sleep(min(left, TICK))


def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()

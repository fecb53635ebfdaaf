"""A plan, run: page after page is asked for, decoded, and handed through the local steps.

In: a course of errands, and a conversation with the line it goes over. Out: rows as they arrive. Refuses to know: query
text, and what a door writes.

``Course`` decides and counts, without a wire; ``Pull`` moves it along, blocking, ``AsyncPull`` in ``tasks`` for async
callers. A page that fails is asked for again, whole, when the caller goes on; a row is never given before its page has
arrived whole.

The first page is fetched by the caller's own thread, and most results end there. Who reads on is worked ahead for, by
one thread more than there are connections: it reads one page while the next one is on its way.
"""

import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Self

from intacct_ql.errors import BudgetExceeded, Error, GatewayError
from intacct_ql.executor.course import Course, Errand
from intacct_ql.executor.drive import Line, Steps, Traffic, drive
from intacct_ql.executor.local import Pipeline, run
from intacct_ql.executor.resume import token
from intacct_ql.gateway.messages import Page, Result
from intacct_ql.gateway.patience import patiently
from intacct_ql.gateway.session import Conversation
from intacct_ql.planner.steps import Plan
from intacct_ql.result import Row

TICK = 0.25
"""Seconds after which a caller that waits for rows looks at the clock."""


class Run:
    """Where a run stands: the local steps, and the rows that may be given. ``query`` gives what tells its query from others."""

    def __init__(self, plan: Plan, course: Course, conversation: Conversation, query: Callable[[], str]) -> None:
        self._plan = plan
        self._course = course
        self._conversation = conversation
        self._query = query
        options = plan.fetch.options if plan.fetch is not None else None
        self._pipeline = Pipeline(plan.local, options, course.settings.storage)
        resume = course.settings.resume
        if resume is not None:
            self._pipeline.go_on(resume.limits)
        course.signed_in = conversation.sign_ins > 0
        self._rows: Iterator[Row] = iter(())
        self._given = 0
        self._ended = False
        self._broken: Exception | None = None

    @property
    def resume(self) -> str | None:
        """A token to go on with behind the rows of every page given so far; None where that is not possible.

        It is exact when the rows of the last page have all been given: between pages, or after the rows ended.
        """
        mark, limits = self._course.mark, self._pipeline.limits
        if mark is None or limits is None:
            return None
        return token(self._query(), replace(mark, limits=limits))

    def ready(self) -> Row | None:
        """The next row that is here already. Raises for good what went wrong in a local step: its rows are lost."""
        if self._broken is not None:
            raise self._broken
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

    def push(self, rows: Sequence[Row]) -> None:
        """Hand the rows of a page through the local steps."""
        try:
            self._rows = iter(self._pipeline.push(rows))
        except BaseException as failure:
            self._fail(failure)
            raise

    def finish(self) -> None:
        """No page can add anything: what was held back is ready. Raises ``BudgetExceeded`` where one stopped it."""
        if not self._pipeline.full:
            try:
                self._course.check_end()
            except BudgetExceeded as stopped:
                stopped.held, stopped.resume = self._pipeline.held, self.resume
                raise
        self._ended = True
        self._rows = self._pipeline.finish()

    def raise_failure(self) -> None:
        """Raise what an errand failed with, once all are back; asking again then asks for the same page."""
        course = self._course
        if course.failure is not None and not course.is_under_way:
            failure, course.failure = course.failure, None
            raise failure

    def _fail(self, failure: BaseException) -> None:
        interrupted = Error("the run was interrupted while it took in a page, and cannot go on; run the query again")
        self._broken = failure if isinstance(failure, Exception) else interrupted
        self._give_up()

    def _give_up(self) -> None:
        """No more rows: what the local steps held is freed."""
        self._ended = True
        self._rows = iter(())
        self._pipeline.close()
        self._course.scratch.close()

    def steps(self, errand: Errand, *, glimpse: bool) -> Steps[Result]:
        """The conversation that an errand is, failures that pass included."""
        course = self._course
        seen = partial(self.glimpsed, errand) if glimpse else None
        return patiently(lambda: self._conversation.call(errand.function, course.shape, seen), course.settings.patience)

    def glimpsed(self, errand: Errand, body: bytes) -> None:
        """Look at a body before it is read."""
        self._course.glimpse(errand, body)

    def page_of(self, result: Result) -> Page:
        """The page of a result."""
        if result.page is None:  # the conversation refuses such a reply before it comes here
            raise Error("the reply holds no rows")
        return result.page


class Pull(Run):
    """The rows of a plan, blocking. It survives a failed page: the next call asks again.

    With ``threads`` pages are fetched ahead, once the caller has read the first one. They end with the rows, and when
    the pull is closed.
    """

    def __init__(
        self,
        plan: Plan,
        course: Course,
        conversation: Conversation,
        query: Callable[[], str],
        line: Line,
        *,
        threads: int = 0,
    ) -> None:
        super().__init__(plan, course, conversation, query)
        self._line = replace(line, pause=self._pause, on_pause=course.settings.on_retry)
        self._threads = threads
        self._crew: list[threading.Thread] = []
        self._change = threading.Condition()
        self._closing = threading.Event()
        self._reads_on = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Row:
        while (row := self.ready()) is None:
            if self._ended:
                raise StopIteration
            rows = self._next_page()
            if rows is None:
                self._dismiss()
                self.finish()
            else:
                self.push(rows)
        return row

    def close(self) -> None:
        """End the rows, and free what the local steps hold. Closing twice is harmless."""
        self._dismiss(wait=False)
        self._give_up()

    def stop(self) -> None:
        """Ask for nothing more: the rows end with ``Stopped`` behind those that are here. For signal handlers too."""
        self._course.halted = True

    def _next_page(self) -> Sequence[Row] | None:
        """The rows of the next page; None when no page can add anything. Raises what an errand failed with."""
        while not self._pipeline.full:
            with self._change:
                rows, errand = self._course.ready(), None
                if rows is not None:
                    self._reads_on = True
                    self._change.notify_all()
                    return rows
                self.raise_failure()
                errand = self._course.ask()
                if errand is None:
                    if self._course.is_idle:
                        return None
                    self._change.wait(TICK)
                    continue
            if self._reads_on:
                self._recruit()
            self._fetch(errand)
        return None

    def _fetch(self, errand: Errand) -> None:
        """Run one errand; what it fails with is kept until it is due."""
        course, traffic, began = self._course, Traffic(), monotonic()
        outcome: Page | Exception | None = None
        try:
            outcome = self._page(errand, traffic)
        except Exception as failure:  # noqa: BLE001 - raised to the caller, in its turn
            outcome = failure
        finally:
            with self._change:
                course.count(traffic, monotonic() - began)
                course.settle(errand, None if self._closing.is_set() else outcome)
                self._change.notify_all()

    def _page(self, errand: Errand, traffic: Traffic) -> Page:
        try:
            return self.page_of(drive(self.steps(errand, glimpse=self._reads_on), self._line, traffic))
        except GatewayError as refusal:
            return self._course.no_rows(refusal)

    def glimpsed(self, errand: Errand, body: bytes) -> None:
        """Look at a body before it is read."""
        with self._change:
            if self._course.glimpse(errand, body):
                self._change.notify_all()

    # The crew.

    def _recruit(self) -> None:
        """As many threads as there may be, as long as the pull is open."""
        self._crew = [thread for thread in self._crew if thread.is_alive()]
        while len(self._crew) < self._threads and not self._closing.is_set():
            thread = threading.Thread(target=self._work, name="intacct-ql pull", daemon=True)
            self._crew.append(thread)
            thread.start()

    def _work(self) -> None:
        """Run errands until there are none."""
        while True:
            with self._change:
                while (errand := self._course.ask()) is None:
                    if self._closing.is_set() or self._course.is_over:
                        self._change.notify_all()
                        return
                    self._change.wait(TICK)
            self._fetch(errand)

    def _dismiss(self, *, wait: bool = True) -> None:
        """Let the threads go; what they were about is dropped."""
        self._closing.set()
        with self._change:
            self._change.notify_all()
        if wait:
            for thread in self._crew:
                thread.join()
        self._crew = []

    def _pause(self, seconds: float) -> None:
        """Sleep, unless there is no time for it, or nobody waits for the rows any more."""
        self._course.check_time(seconds)
        ends = monotonic() + seconds
        while (left := ends - monotonic()) > 0:
            self._course.check_time()
            if self._closing.wait(min(left, TICK)):
                raise Error("the run was closed")


def known(plan: Plan) -> Generator[Row]:
    """The rows of a plan that asks nothing."""
    return run((), plan.local)

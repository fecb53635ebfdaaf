"""Errands run by threads.

In: a course, a conversation and the line it goes over. Out: the rows of page after page. Refuses to know: what becomes
of rows.

The first page is fetched by the caller's own thread, and most results end there. Who reads on is worked ahead for by as
many threads as there are connections; the caller's own thread helps when it has nothing to read, so that one page is
read while the others are on their way. Threads know the crew and not the result: a forgotten result ends them.
"""

import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from time import monotonic

from intacct_ql.errors import Error, GatewayError
from intacct_ql.executor.course import Course, Errand, errand_steps
from intacct_ql.executor.drive import Line, Steps, Traffic, drive
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.session import Conversation
from intacct_ql.result import Row

TICK = 0.25
"""Seconds after which who waits looks at the clock."""


class Crew:
    """Runs the errands of one course, with at most ``threads`` beside the caller's own."""

    def __init__(self, course: Course, conversation: Conversation, line: Line, threads: int) -> None:
        self._course = course
        self._conversation = conversation
        self._line = replace(line, pause=self._pause, on_pause=course.settings.on_retry)
        self._most = threads
        self._threads: list[threading.Thread] = []
        self._change = threading.Condition()
        self._closing = threading.Event()
        self._reads_on = False

    def next_page(self) -> Sequence[Row] | None:
        """The rows of the next page; None when nothing is left. Raises what an errand failed with."""
        while True:
            with self._change:
                rows = self._course.ready()
                if rows is not None:
                    self._reads_on = True
                    self._change.notify_all()
                    return rows
                self._course.raise_failure()
                errand = self._course.ask()
                if errand is None:
                    if self._course.is_idle:
                        self._change.notify_all()  # the threads have nothing to wait for any more
                        return None
                    self._change.wait(TICK)
                    continue
            if self._reads_on:
                self._recruit()
            self._fetch(errand)

    def ask(self, steps: Steps[None]) -> None:
        """Run steps that bring no page; what they use is counted."""
        traffic, began = Traffic(), monotonic()
        try:
            drive(steps, self._line, traffic)
        finally:
            self._course.count(traffic, monotonic() - began)

    def for_course(self, course: Course) -> "Crew":
        """A crew as this one for another course."""
        return Crew(course, self._conversation, self._line, self._most)

    def close(self) -> None:
        """Let the threads go; what they were about is dropped. Closing twice is harmless."""
        self._closing.set()

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
        glimpsed = partial(self._glimpsed, errand) if self._reads_on else None
        try:
            result = drive(errand_steps(self._conversation, self._course, errand, glimpsed), self._line, traffic)
        except GatewayError as refusal:
            return self._course.no_rows(refusal)
        return self._course.page_of(result)

    def _glimpsed(self, errand: Errand, body: bytes) -> None:
        with self._change:
            self._course.glimpse(errand, body)
            self._change.notify_all()

    def _recruit(self) -> None:
        """As many threads as there may be."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        while len(self._threads) < self._most and not self._closing.is_set():
            thread = threading.Thread(target=self._work, name="intacct-ql pull", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        """Run errands until there are none."""
        while True:
            with self._change:
                while self._closing.is_set() or (errand := self._course.ask()) is None:
                    if self._closing.is_set() or self._course.is_over:
                        self._change.notify_all()
                        return
                    self._change.wait(TICK)
            self._fetch(errand)

    def _pause(self, seconds: float) -> None:
        """Sleep, unless there is no time for it, or nobody waits for the rows any more."""
        self._course.check_time(seconds)
        ends = monotonic() + seconds
        while (left := ends - monotonic()) > 0:
            self._course.check_time()
            if self._closing.wait(min(left, TICK)):
                raise Error("the run was closed")

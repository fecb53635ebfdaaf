"""Errands run by threads.

In: a course, a conversation and the line it goes over. Out: the rows of page after page. Refuses to know: what becomes
of rows.

The first page is fetched by the caller's own thread, and most results end there. For who reads on as many threads as
there are connections carry the others; the caller's own thread reads them, each when its turn comes: threads that read
at once would only fight for the interpreter, and rows take more room than the bytes they come from. Threads know the
crew and not the result: a forgotten result ends them.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic, sleep

from intacct_ql.errors import Error, GatewayError
from intacct_ql.executor.course import Course, Errand, errand_steps
from intacct_ql.executor.drive import Line, Traffic, carry, drive, finish
from intacct_ql.executor.ride import Ride, Rooms, Steps
from intacct_ql.gateway.messages import Page, Result
from intacct_ql.gateway.session import Conversation
from intacct_ql.result import Row

TICK = 0.25
"""Seconds after which who waits looks at the clock."""

CLOSED = "the result was closed while it was read"

HANDING_ON = 0.002
"""Seconds that a page which was waited for is not read yet: whoever carried it asks for the next one meanwhile. Reading
gives the interpreter away every 5 ms only, and to ask takes several turns."""


class Crew:
    """Runs the errands of one course, with at most ``threads`` beside the caller's own.

    ``is_settled``: an interruption that comes now finds everything in the course's books, and the caller can go on.
    """

    def __init__(self, course: Course, conversation: Conversation, line: Line, threads: int) -> None:
        self._course = course
        self._conversation = conversation
        told = course.settings
        self._line = replace(line, rooms=Rooms(), pause=self._pause, on_pause=told.on_retry, on_wait=told.on_wait)
        self._most = threads
        self._threads: list[threading.Thread] = []
        self._change = threading.Condition()
        self.is_settled = False
        self._closing = False
        self._reads_on = False
        self._left: deque[Errand] = deque()
        self._rides: dict[Errand, Ride[Result]] = {}

    def next_page(self) -> Sequence[Row] | None:
        """The rows of the next page; None when nothing is left. Raises what an errand failed with, and once closed."""
        waited = False
        while True:
            self.is_settled = False
            if self._closing:
                raise Error(CLOSED)
            with self._change:
                rows = self._course.ready()
                if rows is not None:
                    self._reads_on = True
                    self._change.notify_all()
                    return rows
                errand = self._own_errand()
                if errand is None and self._course.is_idle:
                    self._change.notify_all()  # the threads have nothing to wait for any more
                    return None
                if errand is None:
                    self.is_settled = True
                    waited = self._change.wait(TICK)
            if errand is not None:
                self._go_on(errand, reads=True, waits=HANDING_ON if waited else 0.0)
                waited = False

    def ask(self, steps: Steps[None]) -> None:
        """Run steps that bring no page; what they use is counted."""
        traffic, began = Traffic(), monotonic()
        self.is_settled = True
        try:
            drive(steps, self._line, traffic)
        finally:
            self._course.count(traffic, monotonic() - began)
        self.is_settled = False

    def for_course(self, course: Course) -> "Crew":
        """A crew as this one for another course."""
        return Crew(course, self._conversation, self._line, self._most)

    def close(self) -> None:
        """Let the threads go; what they were about is dropped. Closing twice is harmless."""
        self._closing = True

    def _own_errand(self) -> Errand | None:
        """What the caller's thread does now: read a page, or fetch one where no threads do."""
        errand = self._course.unread()
        if errand is not None:
            self._change.notify_all()  # another may be asked for in its place
            return errand
        errand = self._course.ask()
        self._course.raise_failure()
        if errand is not None and not (self._reads_on and self._most):
            return errand
        if errand is not None:
            self._left.append(errand)
        if self._left:  # looked at again and again: a thread that was about to end does not take it
            self._recruit()
            self._change.notify_all()
        return None

    def _go_on(self, errand: Errand, *, reads: bool, waits: float = 0.0) -> None:
        """Go on with an errand, to its end where this thread ``reads``, after so many seconds.

        What it fails with is kept until it is due.
        """
        course, traffic, began = self._course, Traffic(), monotonic()
        outcome: Page | BaseException | None = None
        ride: Ride[Result] | None = None
        try:
            ride = self._rides.pop(errand, None) or Ride(errand_steps(self._conversation, course, errand))
            if waits:
                sleep(waits)
            outcome = self._page(ride, traffic, reads=reads)
        except Exception as failure:  # noqa: BLE001 - raised to the caller, in its turn
            outcome = failure
        except BaseException as end:
            if reads:
                raise
            outcome = end  # of the program, as a hook wants it: that is the caller's to hear, too
        finally:
            with self._change:
                course.count(traffic, monotonic() - began)
                if outcome is None and ride is not None and ride.waits and not self._closing:
                    self._rides[errand] = ride
                    course.arrive(errand, ride.ends())
                else:
                    course.settle(errand, None if self._closing else outcome)
                self._change.notify_all()
            if reads:
                self.is_settled = True

    def _page(self, ride: Ride[Result], traffic: Traffic, *, reads: bool) -> Page | None:
        """The page that a ride brings; None where it has to be read first, and not here."""
        try:
            (finish if reads else carry)(ride, self._line, traffic)
        except GatewayError as refusal:
            return self._course.no_rows(refusal)
        return self._course.page_of(ride.value) if ride.ended else None

    def _recruit(self) -> None:
        """As many threads as there may be."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        while len(self._threads) < self._most and not self._closing:
            thread = threading.Thread(target=self._work, name="intacct-ql pull", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        """Run errands until there are none."""
        while (errand := self._waited_for()) is not None:
            self._go_on(errand, reads=False)

    def _waited_for(self) -> Errand | None:
        """The next errand, None when there will be none."""
        with self._change:
            while not self._closing:
                errand = self._left.popleft() if self._left else self._course.ask()
                if errand is not None:
                    return errand
                if self._course.is_over:
                    break
                self._change.wait(TICK)
            self._change.notify_all()
            return None

    def _pause(self, seconds: float) -> None:
        """Sleep, unless there is no time for it, or nobody waits for the rows any more."""
        self._course.check_time(seconds)
        ends = monotonic() + seconds
        while True:
            if self._closing:
                raise Error(CLOSED)
            self._course.check_time()
            if (left := ends - monotonic()) <= 0:
                return
            sleep(min(left, TICK))

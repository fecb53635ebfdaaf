"""Which page is asked for next, what has been used, and when to stop.

In: a plan, the door that renders it, pages as they arrive. Out: errands to be run, rows in the order they are due, and
the counters. Refuses to know: threads, tasks and wires; whoever runs the errands sees to it that one at a time calls.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import cast

from intacct_ql.backends.door import Door
from intacct_ql.errors import BudgetExceeded, Error, GatewayError, Stopped
from intacct_ql.executor.asking import Asking
from intacct_ql.executor.delivery import Delivery
from intacct_ql.executor.drive import Traffic
from intacct_ql.executor.resume import Resume, as_mark
from intacct_ql.executor.ride import Steps
from intacct_ql.executor.settings import Settings
from intacct_ql.gateway.columns import Columns
from intacct_ql.gateway.glimpse import glimpse
from intacct_ql.gateway.messages import Function, Page, Reader, Result
from intacct_ql.gateway.paging import Drift, PageRequest
from intacct_ql.gateway.patience import patiently
from intacct_ql.gateway.session import Conversation
from intacct_ql.planner.steps import Fetch, Plan
from intacct_ql.result import Row, Stats


@dataclass(frozen=True, slots=True, eq=False)
class Errand:
    """One page to be fetched: what the pager asked for, the function that asks for it, and what reads the reply."""

    request: PageRequest
    function: Function
    reader: Callable[..., Reader]


class Course:
    """The pages of one run. ``connections`` is how many of them may be on their way.

    ``signed_in``: a session was open before; ``halted``: nothing more is to be asked for. ``stopped`` is set when a
    budget ends the run, ``failure`` when an errand failed and nothing makes up for it: it is to be raised once what
    came before has been given, and asking again then asks for the same page.
    """

    def __init__(
        self, plan: Plan, fetch: Fetch, door: Door, settings: Settings, stats: Stats, *, connections: int = 1
    ) -> None:
        self.stats = stats
        self.settings = settings
        ordered = settings.ordered or bool(fetch.order_by)  # an order that the query names is kept anyway
        self._joined = connections > 1 and not ordered
        self.asking = Asking(plan, fetch, door, settings, joined=self._joined)
        self.signed_in = False
        self.halted = False
        self.failure: BaseException | None = None
        self.stopped: BudgetExceeded | None = None
        self._door = door
        self.connections = connections
        self._pager = self.asking.pager(self._drifted)
        self._delivery = Delivery(self.asking.start)
        self._errands: list[Errand] = []
        self._on_wire: set[Errand] = set()
        self._unread: set[Errand] = set()
        self._given = 0
        self._cut_off = False
        self.began = monotonic()

    def follow(self, other: "Course") -> None:
        """Go on in place of a course that brought nothing: its time counts."""
        self.signed_in, self.began = other.signed_in, other.began

    # Asking.

    def ask(self) -> Errand | None:
        """The next errand; None when there is none before something has been taken, handed on, or at all."""
        if self.failure is not None or self.stopped is not None or self._is_busy:
            return None
        request: PageRequest | None = None
        try:
            request = self._request()
            if request is None:
                return None
            self._check()
            errand = self._errand(request)
        except Exception as failure:  # noqa: BLE001 - whoever asks may be a thread: the caller is told
            if request is not None:
                self._pager.lost(request, None)
            self._end_by(failure)
            return None
        self._errands.append(errand)
        self._on_wire.add(errand)
        return errand

    def _request(self) -> PageRequest | None:
        """What is to be asked for: the page in front, or else what may be asked for ahead."""
        ahead = self._may_run_ahead
        return self._pager.ask(ahead=ahead) if ahead or not self._is_served else None

    def _errand(self, request: PageRequest) -> Errand:
        # Only an envelope says how many rows there are, and how many are left.
        wire = "xml" if request.counted else self.settings.wire
        return Errand(request, self.asking.function(request, wire), self.asking.reader(wire))

    @property
    def _is_busy(self) -> bool:
        """Whether each connection has a page on its way."""
        return len(self._on_wire) >= self.connections

    @property
    def is_idle(self) -> bool:
        """Whether all that was asked for has been handed on: if nothing is to be asked either, that is the end."""
        return not self._errands and not self._delivery.waiting

    @property
    def is_over(self) -> bool:
        """Whether there is no point in asking again before the caller has been told."""
        return self.is_idle or self.failure is not None or self.stopped is not None

    @property
    def _may_run_ahead(self) -> bool:
        """Whether pages may be asked for that the caller has not come to yet.

        Two a connection may be on their way, wait or be read: so no connection has to wait while one page is read.
        """
        waiting = self._delivery.waiting + self._pager.held + len(self._unread)
        return waiting + len(self._on_wire) < max(2, 2 * self.connections - 1)

    @property
    def _is_served(self) -> bool:
        """Whether something is here for the caller."""
        return bool(self._delivery.waiting or self._unread)

    # Settling.

    def arrive(self, errand: Errand, ends: bytes) -> None:
        """The page of an errand is here and waits to be read; what it begins and ends with may tell how to go on."""
        self._on_wire.discard(errand)
        self._unread.add(errand)
        found = None if self.asking.key is None else glimpse(ends, self.asking.key)
        if found is not None:
            self._pager.glimpse(errand.request, *found)

    def unread(self) -> Errand | None:
        """The errand whose page is to be read now; None while that is still on its way."""
        in_order = not self._joined and self.failure is None
        for errand in self._errands[:1] if in_order else self._errands:
            if errand in self._unread:
                self._unread.remove(errand)
                return errand
        return None

    def settle(self, errand: Errand, outcome: Page | BaseException | None) -> None:
        """An errand is over: it brought a page, failed for good, or (None) was given up.

        What contradicts the pages before is a failure too. Only a page that is taken counts as asked for.
        """
        self._errands.remove(errand)
        self._on_wire.discard(errand)
        self._unread.discard(errand)
        if isinstance(outcome, Page):
            try:
                self._take(errand, outcome)
            except Exception as contradiction:  # noqa: BLE001 - whoever settles may be a thread: the caller is told
                self.failure = contradiction
            return
        made_up_for = self._pager.lost(errand.request, outcome if isinstance(outcome, Exception) else None)
        if outcome is not None and not made_up_for:
            self._end_by(outcome)

    def _end_by(self, outcome: BaseException) -> None:
        if isinstance(outcome, BudgetExceeded):
            self.stopped = outcome
        else:
            self.failure = outcome

    def _take(self, errand: Errand, page: Page) -> None:
        stats = self.stats
        stats.pages += 1
        if stats.total is None and page.totalcount is not None:
            stats.total = page.totalcount
            stats.wanted = self.asking.wanted_of(page.totalcount)
        try:
            blocks = self._pager.take(errand.request, page)
        except Exception as contradiction:
            self._pager.lost(errand.request, contradiction)
            raise
        for block in blocks:
            stats.rows += len(block.rows)
            self._delivery.put(block)

    def raise_failure(self) -> None:
        """Raise what an errand failed with, once all are back; asking again then asks for the same page."""
        if self.failure is not None and not self._errands:
            failure, self.failure = self.failure, None
            raise failure

    def count(self, traffic: Traffic, seconds: float) -> None:
        """Add what an errand used, and how long it took."""
        stats = self.stats
        traffic.add_to(stats)
        stats.seconds += seconds
        stats.renewals = max(0, stats.sign_ins - (not self.signed_in))

    def page_of(self, result: Result) -> Page:
        """The page of a result."""
        if result.page is None:  # the conversation refuses such a reply before it comes here
            raise Error("the reply holds no rows")
        return result.page

    def no_rows(self, refusal: GatewayError) -> Page:
        """The page without rows that a refusal stands for, if the door says so; else it is raised."""
        found_nothing = self._door.found_nothing
        if found_nothing is None or not found_nothing(refusal):
            raise refusal
        return Page(rows=[], count=0)

    # Handing on.

    def ready(self) -> Sequence[Row] | None:
        """The rows that come next, without the columns that only the pager needed; None when they are not here."""
        block = self._delivery.pop()
        if block is None:
            return None
        rows, most, width = cast("Sequence[Row]", block.rows), self.asking.most, self.asking.width
        if most is not None and self._given + len(rows) > most:
            rows = rows[: most - self._given]  # not every door gives so few rows as it is asked for
            self._cut_off = True
        self._given += len(rows)
        if not self.asking.is_wider:
            return rows
        if isinstance(rows, Columns):
            return cast("Sequence[Row]", rows.narrow(width))
        return [row[:width] for row in rows]

    @property
    def mark(self) -> Resume | None:
        """Where the run can be gone on with behind what was handed on; None at its end, and where it cannot be.

        It cannot be behind rows that were cut off: the mark of the pager is behind those, too.
        """
        place = None if self._cut_off else as_mark(self._delivery.mark)
        return None if place is None else Resume(place=place, rows=self._given + self.asking.given_before)

    # Stopping.

    def check_end(self) -> None:
        """At the end: raise ``BudgetExceeded`` where rows were left out because of it."""
        if self.stopped is not None and not self._is_whole:
            self.stopped.calls, self.stopped.rows = self.stats.metered, self._given
            raise self.stopped
        rows, limit = self.settings.budget.rows, self.asking.limit
        if rows is not None and self._given >= rows and self._left_over and (limit is None or rows < limit):
            raise self._exceeded("max_rows", rows)

    def check_time(self, seconds: float = 0.0) -> None:
        """Raise ``BudgetExceeded`` where the time is up, or will be so many seconds from now; ``Stopped`` if halted."""
        most = self.settings.budget.seconds
        if self.halted:
            raise Stopped("stop", 0, calls=self.stats.metered, rows=self._given)
        if most is not None and monotonic() - self.began + seconds >= most:
            raise self._exceeded("max_seconds", most)

    @property
    def _is_whole(self) -> bool:
        """Whether the last row has been handed on: what was still to be asked for could have brought nothing."""
        return self.stats.pages > 0 and not self._delivery.mark and not self._left_over

    @property
    def _left_over(self) -> bool:
        """Whether there are rows beyond those that were wanted."""
        return self._cut_off or self._pager.left_over

    def _check(self) -> None:
        budget, stats = self.settings.budget, self.stats
        if budget.rows is not None and stats.rows >= budget.rows:
            raise self._exceeded("max_rows", budget.rows)
        if budget.calls is not None and stats.pages + len(self._errands) >= budget.calls:
            raise self._exceeded("max_calls", budget.calls)
        if budget.bytes is not None and stats.bytes >= budget.bytes:
            raise self._exceeded("max_bytes", budget.bytes)
        self.check_time()

    def _exceeded(self, limit: str, allowed: float) -> BudgetExceeded:
        return BudgetExceeded(limit, allowed, calls=self.stats.metered, rows=self._given)

    def _drifted(self, _: Drift) -> None:
        self.stats.drifts += 1


def errand_steps(conversation: Conversation, course: Course, errand: Errand) -> Steps[Result]:
    """The conversation that an errand is, tries after failures that pass included."""
    shape, patience = course.asking.shape, course.settings.patience
    return patiently(lambda: conversation.call(errand.function, shape, errand.reader), patience)

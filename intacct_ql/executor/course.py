"""Which page is asked for next, what has been used, and when to stop.

In: a plan, the door that renders it, pages as they arrive. Out: errands to be run, rows in the order they are due, and
the counters. Refuses to know: threads, tasks and wires; whoever runs the errands sees to it that one at a time calls.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf
from time import monotonic
from typing import cast

from intacct_ql.backends.door import Door
from intacct_ql.errors import BudgetExceeded, ConfigError, Error, GatewayError, Stopped
from intacct_ql.executor.delivery import Delivery
from intacct_ql.executor.drive import Steps, Traffic
from intacct_ql.executor.resume import Mark, Resume, as_mark
from intacct_ql.executor.spill import Scratch, Storage
from intacct_ql.gateway.glimpse import glimpse
from intacct_ql.gateway.kept import Kept
from intacct_ql.gateway.messages import ColumnShape, Function, Glimpse, Page, Pause, Result, RowShape
from intacct_ql.gateway.paging import Drift, Pager, PageRequest, Serial, by_offset, keyset, single
from intacct_ql.gateway.patience import Patience, patiently
from intacct_ql.gateway.place import Frontier, OrderColumn
from intacct_ql.gateway.ranges import EVERYTHING, Ranges
from intacct_ql.gateway.session import Conversation
from intacct_ql.planner import pages
from intacct_ql.planner.steps import Fetch, Plan
from intacct_ql.result import Row, Stats
from intacct_ql.schema.types import decoder

_AHEAD = 2
"""Pages a connection that may wait for the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a run may use. None means no bound.

    ``calls`` counts pages, which the vendor meters; signing in is not counted. ``rows`` and ``bytes`` count what
    arrives, ``seconds`` the time since the run began.
    """

    calls: int | None = None
    rows: int | None = None
    bytes: int | None = None
    seconds: float | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether a run may be stopped by it."""
        return (self.calls, self.rows, self.bytes, self.seconds) != (None,) * 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a run is made.

    Rows a page, budget, room for rows that wait, how failures are borne, whether rows come in the order of their keys
    where the query names no order, and where the run goes on from. ``on_page`` is told after each page, ``on_retry``
    before each pause.
    """

    page_size: int | None = None
    budget: Budget = Budget()
    storage: Storage = field(default_factory=Storage)
    patience: Patience = field(default_factory=Patience)
    ordered: bool = True
    resume: Resume | None = None
    on_page: Callable[[Stats], None] | None = None
    on_retry: Callable[[Pause], None] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Errand:
    """One page to be fetched: what the pager asked for, and the function that asks the gateway for it."""

    request: PageRequest
    function: Function


def errand_steps(
    conversation: Conversation, course: "Course", errand: Errand, glimpse: Glimpse | None
) -> Steps[Result]:
    """The conversation that an errand is, tries after failures that pass included."""
    return patiently(lambda: conversation.call(errand.function, course.shape, glimpse), course.settings.patience)


class Course:
    """The pages of one run. ``connections`` is how many pages may be on their way; one more may be being read.

    ``signed_in``: a session was open before; ``halted``: nothing more is to be asked for. ``stopped`` is set when a
    budget ends the run, ``failure`` when an errand failed and nothing makes up for it: it is to be raised once what
    came before has been given, and asking again then asks for the same page.
    """

    def __init__(
        self, plan: Plan, fetch: Fetch, door: Door, settings: Settings, stats: Stats, *, connections: int = 1
    ) -> None:
        self.stats = stats
        self.settings = settings
        self.width = len(fetch.select)
        self.signed_in = False
        self.halted = False
        self.failure: Exception | None = None
        self.stopped: BudgetExceeded | None = None
        self._plan = plan
        self._fetch = pages.paged(plan)
        self._door = door
        self._connections = connections
        self._at_once = connections + 1
        self._walk = pages.walk(self._fetch, plan) if plan.paging == "keyset" else ()
        self._most = self._rows_wanted(fetch)
        self._ranged = self._is_ranged()
        mark = self._mark()
        self._pager = self._made_pager(mark)
        self.scratch = Scratch(settings.storage.folder)
        self._delivery = Delivery(self.scratch, ordered=settings.ordered, mark=mark)
        self._under_way = 0
        self._given = 0
        self._began = monotonic()
        self.shape = RowShape(
            columns=tuple(
                ColumnShape(names=names, decode=decoder(expression.type))
                for expression, names in zip(self._fetch.select, door.column_names(self._fetch), strict=True)
            )
        )

    # Asking.

    def ask(self) -> Errand | None:
        """The next errand; None when there is none before something has been taken, handed on, or at all."""
        if self.failure is not None or self.stopped is not None or self._under_way >= self._at_once:
            return None
        request = self._pager.ask(ahead=self._may_run_ahead)
        if request is None:
            return None
        try:
            self._check()
        except BudgetExceeded as stopped:
            self._pager.lost(request, None)
            self.stopped = stopped
            return None
        self._under_way += 1
        return Errand(request, self._function(request))

    @property
    def is_idle(self) -> bool:
        """Whether all that was asked for has been handed on: if nothing is to be asked either, that is the end."""
        return self._under_way == 0 and self._delivery.waiting == 0

    @property
    def is_over(self) -> bool:
        """Whether there is no point in asking again before the caller has been told."""
        return self.is_idle or self.failure is not None or self.stopped is not None

    @property
    def _may_run_ahead(self) -> bool:
        """Whether pages may be asked for that the caller has not come to yet.

        In no order a few of them wait. In order the pages from behind wait until the last: as many for each page
        handed on as there are connections beside the one in front; so who stops early has not fetched everything.
        """
        waiting, beside = self._delivery.waiting, self._connections - 1
        allowed = _AHEAD * self._connections
        if self.settings.ordered:
            allowed += beside * self._delivery.handed
        return waiting < allowed

    def _function(self, request: PageRequest) -> Function:
        if request.resultid is not None and self._door.more is not None:
            return self._door.more(request.resultid)
        fetch = self._fetch
        if request.bounds or request.backwards:
            fetch = pages.within(fetch, self._plan, request.bounds, backwards=request.backwards)
        if request.behind is not None:
            fetch = pages.behind(fetch, self._walk, request.behind)
        offset = request.offset or None
        return Function(name=self._door.function, xml=self._door.render(fetch, page_size=request.size, offset=offset))

    # Taking.

    def settle(self, errand: Errand, outcome: Page | Exception | None) -> None:
        """An errand is over: it brought a page, failed for good, or (None) was given up.

        What contradicts the pages before is a failure too. Only a page that is taken counts as asked for.
        """
        self._under_way -= 1
        if isinstance(outcome, Page):
            try:
                self._take(errand, outcome)
            except Error as contradiction:
                self.failure = contradiction
            return
        made_up_for = self._pager.lost(errand.request, outcome)
        if isinstance(outcome, BudgetExceeded):
            self.stopped = outcome
        elif outcome is not None and not made_up_for:
            self.failure = outcome

    def _take(self, errand: Errand, page: Page) -> None:
        stats = self.stats
        stats.pages += 1
        stats.rows += page.count
        if stats.total is None:
            stats.total = page.totalcount
        try:
            self._delivery.put(self._pager.take(errand.request, page))
        except Error as contradiction:
            self._pager.lost(errand.request, contradiction)
            raise

    def raise_failure(self) -> None:
        """Raise what an errand failed with, once all are back; asking again then asks for the same page."""
        if self.failure is not None and not self._under_way:
            failure, self.failure = self.failure, None
            raise failure

    def glimpse(self, errand: Errand, body: bytes) -> bool:
        """Look at a body that has not been read yet; whether a further errand may have become possible."""
        if not isinstance(self._pager, Ranges):
            return False
        found = glimpse(body, self.shape.columns[self._walk[0].index].names)
        if found is not None:
            self._pager.glimpse(errand.request, *found)
        return found is not None

    def count(self, traffic: Traffic, seconds: float) -> None:
        """Add what an errand used, and how long it took."""
        stats = self.stats
        stats.seconds += seconds
        stats.calls += traffic.calls
        stats.sign_ins += traffic.sign_ins
        stats.bytes += traffic.bytes
        stats.retries += traffic.retries
        stats.waited += traffic.waited
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
        rows = cast("Sequence[Row]", block.rows)
        if self._most is not None and self._given + len(rows) > self._most:
            rows = rows[: self._most - self._given]  # not every door gives so few rows as it is asked for
            self._pager.left_over = True
        self._given += len(rows)
        if len(self._fetch.select) == self.width:
            return rows
        return [row[: self.width] for row in rows]

    @property
    def mark(self) -> Resume | None:
        """Where the run can be gone on with behind what was handed on; None at its end, and where it cannot be."""
        place = as_mark(self._delivery.mark)
        return None if place is None else Resume(place=place, rows=self._given + self._given_before)

    def check_end(self) -> None:
        """At the end: raise ``BudgetExceeded`` where rows were left out because of it."""
        budget = self.settings.budget
        if self.stopped is not None:
            raise self.stopped
        wanted = None if self._fetch.limit is None else self._fetch.limit - self._given_before
        cut = budget.rows is not None and self._given >= budget.rows and self._pager.left_over
        if cut and (wanted is None or self._given < wanted):
            raise self._exceeded("max_rows", budget.rows or 0)

    def check_time(self, seconds: float = 0.0) -> None:
        """Raise ``BudgetExceeded`` where the time is up, or will be so many seconds from now; ``Stopped`` if halted."""
        most = self.settings.budget.seconds
        if self.halted:
            raise Stopped("stop", 0, calls=self.stats.calls, rows=self._given)
        if most is not None and monotonic() - self._began + seconds >= most:
            raise self._exceeded("max_seconds", most)

    def _check(self) -> None:
        budget, stats = self.settings.budget, self.stats
        if budget.rows is not None and stats.rows >= budget.rows:
            raise self._exceeded("max_rows", budget.rows)
        if budget.calls is not None and stats.pages + self._under_way >= budget.calls:
            raise self._exceeded("max_calls", budget.calls)
        if budget.bytes is not None and stats.bytes >= budget.bytes:
            raise self._exceeded("max_bytes", budget.bytes)
        self.check_time()

    def _exceeded(self, limit: str, allowed: float) -> BudgetExceeded:
        return BudgetExceeded(limit, allowed, calls=self.stats.calls, rows=self._given)

    # How pages are told apart.

    @property
    def _given_before(self) -> int:
        return 0 if self.settings.resume is None else self.settings.resume.rows

    def _rows_wanted(self, fetch: Fetch) -> int | None:
        limit = None if fetch.limit is None else max(0, fetch.limit - self._given_before)
        bounds = [bound for bound in (limit, self.settings.budget.rows) if bound is not None]
        return min(bounds) if bounds else None

    def _is_ranged(self) -> bool:
        whole = self._most is None and not self._fetch.offset
        return whole and bool(self._walk) and pages.is_ranged(self._walk, self._door.abilities)

    def _mark(self) -> Mark | None:
        """Where the run begins; a mark of one kind of pager may be needed in the form of the other."""
        resume = self.settings.resume
        if resume is None:
            if self._ranged:
                return (EVERYTHING,)
            return PageRequest(offset=self._fetch.offset, size=0) if self._plan.paging in ("keyset", "offset") else None
        place = resume.place
        if self._ranged and isinstance(place, PageRequest):
            return ((self._sign * cast("int", place.behind.open[0][0]), inf),) if place.behind else (EVERYTHING,)
        if not self._ranged and isinstance(place, tuple):
            ((low, high),) = place if len(place) == 1 else ((-inf, 0),)
            if high != inf:
                raise ConfigError("rows were read out of order before the stop: go on without LIMIT and max_rows")
            key = int(self._sign * low) if low != -inf else None
            return PageRequest(behind=None if key is None else Frontier(open=((key, None),), met=(key,)), size=0)
        return place

    @property
    def _sign(self) -> int:
        """How ranges count keys."""
        return -1 if self._walk[0].descending else 1

    def _made_pager(self, mark: Mark | None) -> Pager:
        plan, fetch, most = self._plan, self._fetch, self._most
        abilities = self._door.abilities
        size = pages.rows_a_page(fetch, self.settings.page_size, abilities)
        start = mark if isinstance(mark, PageRequest) else PageRequest(size=0)
        if self._ranged:
            in_turn = self.settings.ordered and self.settings.budget.is_bounded
            return Ranges(
                self._walk[0].index,
                size,
                descending=self._walk[0].descending,
                joined=self._connections > 1 and not in_turn,
                gaps=mark if isinstance(mark, tuple) else (EVERYTHING,),
            )
        if plan.paging == "keyset":
            columns = [
                OrderColumn(index=one.index, descending=one.descending, discrete=one.discrete, key=one.key)
                for one in self._walk
            ]
            return Serial(keyset(columns, size, most, start=start.behind, start_offset=start.offset))
        if plan.paging == "resultid":
            return Kept(size, most, index=pages.number_index(fetch, plan))
        if plan.paging == "none":
            # One page is all there is: a page of one row would never find out a second.
            return Serial(single(size if most is None else min(abilities.most_rows, most), fetch.offset))
        return Serial(by_offset(size, most, start.offset, self._drifted))

    def _drifted(self, _: Drift) -> None:
        self.stats.drifts += 1

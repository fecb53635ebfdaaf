"""How the pages of a plan are told apart, and how each is asked for.

In: a plan, the door that renders it, and the settings of the run. Out: a pager, and for each of its requests the
function for the gateway with the reader of its reply. Refuses to know: connections, budgets, and when to ask.
"""
# ruff: noqa: PLC0415 - formats are imported where they are asked for

from collections.abc import Callable
from functools import partial

from intacct_ql.backends.door import Door
from intacct_ql.backends.localised import localised
from intacct_ql.errors import Error
from intacct_ql.executor.resume import Mark, check_place, in_zone
from intacct_ql.executor.settings import Settings, Wire
from intacct_ql.formatting import USUAL, Formatting
from intacct_ql.gateway.kept import Kept
from intacct_ql.gateway.keyset import Keyset
from intacct_ql.gateway.messages import ColumnShape, Function, Reader, RowShape
from intacct_ql.gateway.paging import Drift, Pager, PageRequest, by_offset, single
from intacct_ql.gateway.place import OrderColumn
from intacct_ql.gateway.ranges import EVERYTHING, Ranges
from intacct_ql.gateway.table_reader import TableReader
from intacct_ql.planner import pages
from intacct_ql.planner.steps import Fetch, Plan
from intacct_ql.schema.by_column import by_column
from intacct_ql.schema.types import DataType, decoder


class Asking:
    """The requests of one run.

    ``shape`` is what their rows look like; ``most`` how many of those are wanted, None for all; ``key`` the names of
    the cell by which a page can be glimpsed, None where it cannot be. ``columnar``: pages are wanted by column,
    where they can be. ``joined``: they are wanted in no order, and several may be under way.
    """

    def __init__(self, plan: Plan, fetch: Fetch, door: Door, settings: Settings, *, joined: bool = False) -> None:
        self._plan = plan
        self._door = door
        self._settings = settings
        self._fetch = pages.paged(plan)
        self._walk = pages.walk(self._fetch, plan) if plan.paging == "keyset" else ()
        self.columnar = False
        self.width = len(fetch.select)
        self.is_wider = len(self._fetch.select) > self.width
        self.limit = None if fetch.limit is None else max(0, fetch.limit - self.given_before)
        bounds = [bound for bound in (self.limit, settings.budget.rows) if bound is not None]
        self.most = min(bounds) if bounds else None
        formatting = self._formatting = settings.formatting if door.localised else USUAL
        self.shape = RowShape(
            columns=tuple(
                column(names, expression.type, formatting)
                for expression, names in zip(self._fetch.select, door.column_names(self._fetch), strict=True)
            ),
            formatting=formatting,
        )
        self._by_key = bool(self._walk) and pages.is_ranged(self._walk, door.abilities)
        self._joined = joined
        self.start = self._start(whole=fetch.limit is None and not fetch.offset)
        in_turn = isinstance(self.start, tuple) and not joined
        self.key = self.shape.columns[self._walk[0].index].names if self._by_key and not in_turn else None

    @property
    def given_before(self) -> int:
        """Rows that were given before the run was stopped and gone on with."""
        return 0 if self._settings.resume is None else self._settings.resume.rows

    def wanted_of(self, total: int) -> int:
        """How many rows are to come where the gateway counts so many from its first one on."""
        left = max(0, total - (self.start.offset if isinstance(self.start, PageRequest) else 0))
        return left if self.most is None else min(left, self.most)

    def pager(self, on_drift: Callable[[Drift], None]) -> Pager:
        """The pager of this run."""
        plan, fetch = self._plan, self._fetch
        most_rows = self._door.abilities.most_rows
        size = pages.rows_a_page(fetch, self._settings.page_size, self._door.abilities)
        start = self.start if isinstance(self.start, PageRequest) else PageRequest(size=0)
        if isinstance(self.start, tuple):
            (key,) = self._walk
            return Ranges(key.index, size, self.most, descending=key.descending, joined=self._joined, gaps=self.start)
        if plan.paging == "keyset":
            columns = [
                OrderColumn(index=one.index, descending=one.descending, discrete=one.discrete, key=one.key)
                for one in self._walk
            ]
            return Keyset(columns, size, self.most, start=start.behind, start_offset=start.offset, most_rows=most_rows)
        if plan.paging == "resultid":
            return Kept(size, self.most, index=pages.number_index(fetch, plan))
        if plan.paging == "none":
            # One page is all there is: a page of one row would never find out a second.
            return single(size if self.most is None else min(most_rows, self.most), fetch.offset)
        return by_offset(size, self.most, start.offset, on_drift)

    def function(self, request: PageRequest, wire: Wire) -> Function:
        """What asks the gateway for a page, which is to come in this format.

        Raises ``Error`` where the page begins behind a text that no request can carry.
        """
        if request.resultid is not None and self._door.more is not None:
            return self._door.more(request.resultid)
        fetch = self._fetch
        if request.bounds or request.backwards:
            fetch = pages.within(fetch, self._plan, request.bounds, backwards=request.backwards)
        if request.behind is not None:
            fetch = pages.behind(fetch, self._walk, request.behind)
        fetch = localised(fetch, self._formatting)
        form = {} if wire == "xml" else {"returnformat": wire}
        try:
            xml = self._door.render(fetch, page_size=request.size, offset=request.offset or None, **form)
        except ValueError as unfit:
            raise Error(f"the page behind the rows read so far cannot be asked for: {unfit}") from None
        return Function(name=self._door.function, xml=xml)

    def reader(self, wire: Wire) -> Callable[..., Reader]:
        """What makes the reader of a page in this format."""
        if self.columnar and wire != "json":
            from intacct_ql.gateway.columnar import ColumnsReader

            return partial(ColumnsReader, form=wire)
        if wire == "xml":
            return TableReader
        from intacct_ql.gateway.bare import BareReader

        return partial(BareReader, form=wire)

    def _start(self, *, whole: bool) -> Mark | None:
        """Where the run begins. By ranges of keys only what was begun so, and what is wanted ``whole`` and joined."""
        if self._settings.resume is not None:
            check_place(self._settings.resume.place, len(self._walk), ranged=self._by_key and whole)
            return in_zone(self._settings.resume.place, self._formatting.zone)
        if self._by_key and whole and self._joined:
            return (EVERYTHING,)
        return PageRequest(offset=self._fetch.offset, size=0) if self._plan.paging in ("keyset", "offset") else None


def column(names: tuple[str, ...], kind: DataType, formatting: Formatting = USUAL) -> ColumnShape:
    """The column of rows to come whose cells are of this type, days and times as a user has them."""
    decode = decoder(kind, formatting)
    return ColumnShape(names=names, decode=decode, together=by_column(decode), kind=kind)

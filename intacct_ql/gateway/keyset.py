"""Pages in an order, several under way at a time.

In: pages as they arrive, in any order. Out: page requests that can be under way together, and the rows in their order.
Refuses to know: how many connections there are, and who carries what.

The page in front asks for the rows behind what has been read. Nobody knows yet where it will end, so those after it
count on from there: each begins so many rows behind what has been read, less one, and so with the row that the page
before it is to end with:

    read until here │ 1 2 3 4 5        behind it, from its first row on
                    │         5 6 7 8 9        behind it, from offset 4 on
                    │                 9 10 11 12 13        behind it, from offset 8 on

That row is the proof. A page is one look at the rows: whatever stands in it behind that row comes next, whatever came
and went between two looks. Where the row is missing, rows behind it may be missing too: the page is held back, and the
rows behind what has been read are asked for first; where that does not lead up to it, all pages behind are asked for
anew. Rows that move often are followed page by page. So no row is lost or doubled that stays where it is, in any order
in which no two rows are alike, and rows are never kept for long.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.paging import MAX_PAGE, Block, PageRequest, is_last, remaining_behind
from intacct_ql.gateway.place import Cell, Frontier, OrderColumn, advanced

_MANY = 20
"""Pages for which one call more is no great matter, where they come at the same time for it. With a limit there is
none: what that costs at most has been told."""

_WASTE = 0.02
_SPARE = 2
"""Pages that were looked for in vain, of all that have come and beside that, until nothing is asked for ahead."""


@dataclass(slots=True, eq=False)
class _Flight:
    """A page that is due: ``rows`` are expected of it that the page before it has not.

    ``request`` is None until it is asked for, ``page`` until it is here. It begins with what has been read (``first``),
    behind the row with a key that was ``behind``, or else with the last row of the page before. ``last`` is the key
    that its own last row seems to have. ``missed``: it did not join what had been read.
    """

    rows: int = 0
    request: PageRequest | None = None
    page: Page | None = None
    first: bool = False
    behind: Cell = None
    last: Cell = None
    missed: bool = False


class Keyset:
    """A pager in an order of these columns, in which no two rows are alike, from behind ``start`` on.

    ``start_offset`` rows are passed over, at most ``limit`` are asked for. Nobody knows what was passed over: unless
    the order is that of a key, one page has to hold all that is wanted, and cannot be gone on behind. One page after
    the other the calls are exactly ceil(rows / page_size), at least one. Pages asked for ahead have a row more, as far
    as ``most_rows`` lets them: at that size it is about one call more in two thousand, and none for few pages.
    """

    def __init__(
        self,
        columns: Sequence[OrderColumn],
        page_size: int = MAX_PAGE,
        limit: int | None = None,
        *,
        start: Frontier | None = None,
        start_offset: int = 0,
        most_rows: int = MAX_PAGE,
    ) -> None:
        self._columns = columns
        self._size = page_size
        self._most_rows = max(most_rows, page_size)
        self._wanted = limit
        self._read = start
        self._offset = start_offset
        self._is_blind = start_offset > 0 and not (len(columns) == 1 and columns[0].key)
        self._last: tuple[Cell, ...] | None = None
        self._remaining: int | None = None
        self._flights: list[_Flight] = []
        self._ended = False
        self._came = self._missed = 0
        self.left_over = limit == 0  # not even a first page

    @property
    def held(self) -> int:
        """Pages that have come and wait for one before them."""
        return sum(flight.page is not None for flight in self._flights)

    def ask(self, *, ahead: bool = True) -> PageRequest | None:
        """The next request: the first that is due and not under way, or one behind all of those."""
        for place, flight in enumerate(self._flights if ahead else self._flights[:1]):
            if flight.request is None:
                return self._request(place)
        if self._flights and not (ahead and self._may_lead):
            return None
        if self._ended or self._wanted == 0:
            return None
        self._flights.append(_Flight())
        return self._request(len(self._flights) - 1)

    def take(self, request: PageRequest, page: Page) -> list[Block]:
        """The rows of all pages that are next, now that this one is here.

        Raises ``TransportError`` for a page that cannot be what was asked for; it can be asked for again.
        """
        flight = self._flight(request)
        if flight is None:  # others were asked for instead
            return []
        flight.page = page
        blocks: list[Block] = []
        while self._flights:
            front = self._flights[0]
            if front.request is None or front.page is None:
                break
            try:
                block = self._joined(front, front.request, front.page)
            except TransportError:
                front.request = front.page = front.last = None
                if blocks:  # where it is wrong again, that is told when it comes alone
                    break
                raise
            if block is not None:
                blocks.append(block)
        return blocks

    def lost(self, request: PageRequest, failure: Exception | None) -> bool:  # noqa: ARG002 - the protocol has it
        """It is asked for again."""
        flight = self._flight(request)
        if flight is not None:
            flight.request = flight.last = None
        return False

    def glimpse(self, request: PageRequest, last: int, remaining: int) -> None:
        """The key of the last row of a page that is here and has not been read yet: the next one can begin there.

        Only for an order by a whole-number key. What is glimpsed is checked when the page is read.
        """
        flight = self._flight(request)
        if flight is not None and remaining and len(self._columns) == 1:
            flight.last = last

    # Asking.

    @property
    def _may_lead(self) -> bool:
        """Whether a page may be asked for behind those that are under way, and there is one as far as anybody knows."""
        due = sum(flight.rows for flight in self._flights)
        if self._wanted is not None and due >= self._wanted:
            return False
        if self._flights[-1].last is not None:  # where it begins is known
            return True
        if self._last is None or self._remaining is None or self._missed > _SPARE + _WASTE * self._came:
            return False
        left = min(self._remaining, self._remaining if self._wanted is None else self._wanted) - due
        # A page that brings a row less may cost a call more: where what is left would just fill its pages.
        costs_call = self._size == self._most_rows and left % self._size == 0
        affords_one = self._wanted is None and left >= _MANY * self._size
        return left > 0 and self._most_rows > 1 and (affords_one or not costs_call)

    def _request(self, place: int) -> PageRequest:
        """Ask for the flight in that place."""
        flight, before = self._flights[place], self._flights[:place]
        due, read, offset, overlap = sum(one.rows for one in before), self._read, self._offset, 0
        flight.first, flight.behind, flight.missed = not before, before[-1].last if before else None, False
        if flight.behind is not None:
            read, offset = Frontier(open=((flight.behind, None),), met=(flight.behind,)), 0
        elif before:
            offset, overlap = due - 1, 1
        wanted, remaining = (None if left is None else max(0, left - due) for left in (self._wanted, self._remaining))
        flight.rows = min(self._size, self._most_rows - overlap, *([] if wanted is None else [wanted]))
        flight.request = PageRequest(
            behind=read,
            offset=offset,
            size=flight.rows + overlap,
            wanted=None if wanted is None else wanted + overlap,
            remaining=None if remaining is None else remaining + overlap,
        )
        return flight.request

    def _flight(self, request: PageRequest) -> _Flight | None:
        return next((flight for flight in self._flights if flight.request is request), None)

    # Joining.

    def _joined(self, flight: _Flight, request: PageRequest, page: Page) -> Block | None:
        """What the page in front has behind what has been read; None where it does not join that, or has nothing."""
        start = self._start(flight, page)
        if start is None:
            self._look_between(flight)
            return None
        stop = page.count if self._wanted is None else min(page.count, start + self._wanted)
        new = page if stop - start == page.count else replace(page, rows=page.rows[start:stop], count=stop - start)
        ended, remaining = is_last(request, page) and stop == page.count, remaining_behind(request, page)
        read = advanced(self._columns, new, self._read) if new.count else self._read
        if self._is_blind and not ended and (self._wanted is None or new.count < self._wanted):
            raise TransportError("a page is short, and rows that were passed over are not known", "run the query again")
        if new.count and read == self._read:  # text, which cannot be compared here
            raise TransportError("paging does not progress: two pages end with the same row")
        del self._flights[0]  # beyond this nothing is refused
        self._came += 1
        self._read, self._ended = read, ended
        self._remaining = None if remaining is None else remaining + page.count - stop
        self.left_over = not ended or bool(page.numremaining)
        if self._wanted is not None:
            self._wanted = max(0, self._wanted - new.count)
        before = self._last
        if new.count:
            self._last, self._offset = self._row(new, -1), 0
        if ended or self._wanted == 0 or (flight.first and not self._leads_on(request, before)):
            self._flights.clear()
        return Block(rows=new.rows, then=self._then) if new.count or not start else None

    def _leads_on(self, request: PageRequest, before: tuple[Cell, ...] | None) -> bool:
        """Whether pages that were asked for behind less than this one may follow it.

        It may have brought rows of a class that was not met until then, which the gateway has in front of what was read
        meanwhile: behind those in such a page would come what has been given.
        """
        if all(one.request is None or one.request.behind is request.behind for one in self._flights):
            return True
        if before is None or self._last is None:
            return False
        pairs = zip(self._columns, before, self._last, strict=True)
        return next((column.knows_order(cell, other) for column, cell, other in pairs if cell != other), False)

    def _start(self, flight: _Flight, page: Page) -> int | None:
        """Where the rows begin that are behind what has been read; None where that cannot be told."""
        if flight.first or (flight.behind is not None and self._last == (flight.behind,)):
            return 0
        if page.count and self._row(page, 0) == self._last:
            return 1
        rows = zip(*[page.column(column.index) for column in self._columns], strict=True)
        return next((place for place, cells in enumerate(rows, 1) if cells == self._last), None)

    def _row(self, page: Page, place: int) -> tuple[Cell, ...]:
        """The cells of one row by which rows are told apart."""
        row = page.rows[place]
        return tuple([row[column.index] for column in self._columns])

    def _look_between(self, flight: _Flight) -> None:
        """Ask for the rows that may be missing before a page; where that was done, for all that is left, anew."""
        self._missed += 1
        if flight.missed:
            self._flights.clear()
        else:
            flight.missed, flight.rows = True, 0
            self._flights.insert(0, _Flight())

    @property
    def _then(self) -> PageRequest | None:
        """What would be asked for behind what has been read; for no rows where no more are wanted."""
        if self._ended or self._is_blind:
            return None
        size = self._size if self._wanted is None else min(self._size, self._wanted)
        return PageRequest(
            behind=self._read, offset=self._offset, size=size, wanted=self._wanted, remaining=self._remaining
        )

"""Several pages at a time, told apart by ranges of a whole-number key.

In: pages as they arrive, in any order. Out: page requests that can be under way together. Refuses to know: how many
connections there are, and who carries what.

A span holds keys that have not been read yet. Its pages are asked for at its lower end; a second caller joins at the
upper end and comes to meet the first, so that nobody has to know beforehand where the middle is; a third one splits
it. A caller that has nothing left helps with the span that has most. The first page is asked for alone: it tells how
many rows there are, and most results end there.

    (   ──►                              ◄──   ]    one span, asked for at both ends
    (   ──►       ◄── ] ( ──►            ◄──   ]    split for two callers more

A row belongs to the request that covers it first; what another one has covered meanwhile is dropped on arrival. A span
is done when a page says that nothing is behind it, or when its ends have met. So no row is lost or doubled, whatever
comes and goes. Falling keys are counted as rising negative ones.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import inf

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.paging import MAX_PAGE, Block, Interval, PageRequest, is_last, remaining_behind
from intacct_ql.gateway.spans import Flight, Span

EVERYTHING: Interval = (-inf, inf)

_LEAST_SPLIT = 4
"""Pages that nobody has asked for yet in a span that is split: each part may end in a page that is not full."""


class Ranges:
    """A pager by the whole-number key at ``index`` of a row, from the first key to the last, or ``descending``.

    ``gaps`` are the keys to be read, counted as the pager counts them; ``joined`` says whether several requests may be
    made for the rows between them: else they come in the order of their keys. At most ``limit`` rows are asked for.
    One by one the calls are exactly ceil(rows / page_size); each split may add one.
    """

    def __init__(
        self,
        index: int,
        page_size: int = MAX_PAGE,
        limit: int | None = None,
        *,
        descending: bool = False,
        joined: bool = True,
        gaps: Sequence[Interval] = (EVERYTHING,),
    ) -> None:
        self._index = index
        self._size = page_size
        self._wanted = inf if limit is None else limit
        self._sign = -1 if descending else 1
        self._joined = joined
        self._spans = [Span(*gap) for gap in gaps]
        self._flights: dict[PageRequest, Flight] = {}

    held = 0

    @property
    def left_over(self) -> bool:
        """Whether there may be rows beyond those that were wanted."""
        return bool(self._spans)

    def ask(self, *, ahead: bool = True) -> PageRequest | None:
        """The next request: at a lower end, at an upper end, or behind a split."""
        if self._wanted <= 0:
            return None
        for span in self._spans if ahead and self._joined else self._spans[:1]:
            if span.rising is None and not span.is_done and (span.falling is None or span.open(self._size) > 0):
                return self._request(span, backwards=False)
        if not self._spans or not self._joined or not ahead:
            return None
        span = max(self._spans, key=self._open)
        if span.open(self._size) <= self._size:  # what is left fits into the page that comes next
            return None
        if span.falling is None:
            return self._request(span, backwards=True)
        upper = self._halved(span)
        return None if upper is None else self._request(upper, backwards=False)

    def take(self, request: PageRequest, page: Page) -> list[Block]:
        """The rows that nobody else has covered, in the order of their keys."""
        flight = self._flights[request]
        keys = self._keys(request, flight, page)
        ended = is_last(request, page)  # beyond this nothing is refused
        del self._flights[request]
        if request.backwards:
            covers = self._landed_above(flight, keys, ended=ended)
        else:
            covers = self._landed_below(flight, keys, ended=ended)
        start, stop = (bisect_right(keys, end) for end in covers)
        rows = page.rows[::-1] if request.backwards else page.rows
        if not flight.glimpsed:
            self._reckon(request, flight, page, stop - start)
        self._drop_done()
        self._wanted += request.size - (stop - start)
        return [Block(rows=rows if stop - start == len(rows) else rows[start:stop], covers=covers)]

    def glimpse(self, request: PageRequest, last: int, remaining: int) -> None:
        """The last key of a page that is here and has not been read yet: the next one can be asked for.

        ``remaining`` rows are behind it. What is glimpsed is checked when the page is read.
        """
        flight, last = self._flights.get(request), self._sign * last
        if flight is None or flight.glimpsed or not remaining:  # it has been read by now, or nothing is gained
            return
        span, (low, high) = flight.span, flight.asked
        edge = last - 1 if request.backwards else last
        if not max(low, span.low) < edge < min(high, span.high):
            return
        flight.glimpsed = True
        if request.backwards:
            flight.asked, span.high, span.falling = (edge, high), edge, None
        else:
            flight.asked, span.low, span.rising = (low, edge), edge, None
        span.left = max(0, remaining - flight.taken)
        for other in (span.rising, span.falling):
            if other is not None:
                other.taken += self._size

    def lost(self, request: PageRequest, failure: Exception | None) -> bool:  # noqa: ARG002 - the protocol has it
        """What the request would have covered is asked for again."""
        flight = self._flights.pop(request, None)
        if flight is None:
            return False
        self._wanted += request.size
        if flight.glimpsed:
            self._add(Span(*flight.asked))
        elif request.backwards:
            flight.span.falling = None
        else:
            flight.span.rising = None
        self._drop_done()
        return False

    def _request(self, span: Span, *, backwards: bool) -> PageRequest:
        flight = Flight(span, (span.low, span.high))
        if backwards:
            span.falling = flight
        else:
            span.rising = flight
        wanted = None if self._wanted == inf else int(self._wanted)
        size = self._size if wanted is None else min(self._size, wanted)
        request = PageRequest(
            bounds=self._bounds(flight.asked), backwards=backwards, size=size, wanted=wanted, remaining=span.left
        )
        self._flights[request] = flight
        self._wanted -= size
        return request

    def _bounds(self, asked: Interval) -> tuple[tuple[str, int], ...]:
        operators = (">", "<=") if self._sign > 0 else ("<", ">=")
        ends = zip(operators, asked, strict=True)
        return tuple([(operator, self._sign * int(end)) for operator, end in ends if abs(end) != inf])

    def _open(self, span: Span) -> int:
        return span.open(self._size)

    def _halved(self, span: Span) -> Span | None:
        """The upper half of a span that has a request at both ends; nobody is at its lower end."""
        if inf in (-span.low, span.high) or span.left is None or span.open(self._size) < _LEAST_SPLIT * self._size:
            return None
        rows, cut = span.left // 2, int(span.low + span.high) // 2
        if not span.low < cut < span.high:
            return None
        rest = span.left - rows
        upper = Span(cut, span.high, left=rest, falling=span.falling)
        span.high, span.left, span.falling = cut, rows, None
        if upper.falling is not None:
            upper.falling.span = upper
            upper.falling.taken += rows
        if span.rising is not None:
            span.rising.taken += rest
        self._add(upper)
        return upper

    def _drop_done(self) -> None:
        self._spans = [span for span in self._spans if not span.is_done or span.rising or span.falling]

    def _add(self, span: Span) -> None:
        self._spans.append(span)
        self._spans.sort(key=lambda one: one.low)

    def _keys(self, request: PageRequest, flight: Flight, page: Page) -> list[int]:
        """The keys of a page, rising: whole numbers, each behind the one before, all of them asked for."""
        cells = page.column(self._index)
        if {*map(type, cells)} - {int}:
            raise TransportError("paging cannot go on: a row has no key, or one that is not a whole number")
        keys: list[int] = [self._sign * cell for cell in cells]  # type: ignore[operator]
        if request.backwards:
            keys.reverse()
        if not all(before < key for before, key in pairwise(keys)):
            raise TransportError("paging does not progress: the keys of a page are not in the order asked for")
        low, high = flight.asked
        if flight.glimpsed:  # the end that was glimpsed may be another one
            low, high = (-inf, high) if request.backwards else (low, inf)
        if keys and not (low < keys[0] and keys[-1] <= high):
            raise TransportError("paging does not progress: a page holds keys that were not asked for")
        return keys

    def _landed_below(self, flight: Flight, keys: list[int], *, ended: bool) -> Interval:
        """Move the lower end of the span up; what the page covers."""
        span, low = flight.span, flight.asked[0]
        if flight.glimpsed:
            own = flight.asked[1]
            reach = own if ended else min(keys[-1], own) if keys else low
            if reach < own:  # the page was not what it seemed
                self._add(Span(reach, own))
            return low, reach
        span.rising = None
        if ended or keys:
            span.low = span.high if ended else min(keys[-1], span.high)
        return low, span.low

    def _landed_above(self, flight: Flight, keys: list[int], *, ended: bool) -> Interval:
        """Move the upper end of the span down; what the page covers."""
        span, high = flight.span, flight.asked[1]
        if flight.glimpsed:
            own = flight.asked[0]
            reach = own if ended else max(keys[0] - 1, own) if keys else high
            if reach > own:
                self._add(Span(own, reach))
            return reach, high
        span.falling = None
        if ended or keys:
            span.high = span.low if ended else max(keys[0] - 1, span.low)
        return span.high, high

    @staticmethod
    def _reckon(request: PageRequest, flight: Flight, page: Page, rows: int) -> None:
        """How many rows are left in the span of a flight that has landed, less those that others took meanwhile."""
        span, remaining = flight.span, remaining_behind(request, page)
        span.left = None if remaining is None else max(0, remaining - flight.taken)
        for other in (span.rising, span.falling):
            if other is not None:
                other.taken += rows

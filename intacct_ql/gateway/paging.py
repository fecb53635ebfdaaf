"""Which page to ask for next.

In: pages as they arrive. Out: page requests. Refuses to know: how a page is fetched, and what the rows mean.

Every page of ``query`` is a new query, with no order unless asked and no memory of the last one. So offsets lose and
repeat rows when the data moves; ``keyset`` asks for the rows behind the last one instead and cannot. Each page is a
metered call: no pager asks for one more than it needs. A page that contradicts itself or the one before raises
``TransportError``: rows that may be missing are never passed over.

A pager is asked (``ask``) and told (``take``, ``lost``). Those here have one request under way at a time; ``ranges``
has several. What these know is kept in their requests: the one that would come next is the mark to go on from.
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.place import Frontier, OrderColumn, advanced

MAX_PAGE = 2000
"""Rows the gateway gives at most for one ``query``; the XML reads older than it give 1,000."""

Interval = tuple[float, float]
"""Whole numbers behind the first one, up to the second one; an infinite one is no bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What to ask for: ``size`` rows from ``offset`` on, in the order of the query.

    ``behind`` leaves out what has been read in that order; ``bounds`` are comparisons that the key has to stand, as
    ``(">", 24)``. ``backwards`` turns the order round. With a ``resultid`` it is the next part of that result, and the
    rest does not count.
    """

    behind: Frontier | None = None
    bounds: tuple[tuple[str, int], ...] = ()
    backwards: bool = False
    resultid: str | None = None
    offset: int = 0
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Rows that have arrived, in the order of the query.

    ``covers`` are the keys that have been read with them, where pages are told apart by ranges of keys; else ``then``
    is the request that would come behind them, None at the end.
    """

    rows: Sequence[tuple[object, ...]]
    covers: Interval | None = None
    then: PageRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The total changed between two pages read by offset: rows may be missing or doubled around ``offset``."""

    offset: int
    before: int
    now: int


class Pager(Protocol):
    """Decides about pages. ``left_over``: rows were announced beyond those that were wanted."""

    left_over: bool

    def ask(self, *, ahead: bool = True) -> PageRequest | None:
        """A request that can be made now; None when there is none, or none before another has been answered.

        Not ``ahead``: only for the rows that come next.
        """
        ...

    def take(self, request: PageRequest, page: Page) -> Block:
        """The rows that a request brought. Raises ``TransportError`` for a page that contradicts the others."""
        ...

    def lost(self, request: PageRequest, failure: Exception | None) -> bool:
        """A request was not answered, or given up (None); it can be made again. True: that makes up for ``failure``."""
        ...


Pages = Generator[PageRequest, Page, None]


class Serial:
    """A pager of one request after the other, made of a generator of them.

    A request for no rows ends it, where the rows that were wanted have come: it is where one could go on.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._next = next(pages, None)
        self._asked = False
        self.left_over = self._next is None or not self._next.size  # not even a first page

    def ask(self, *, ahead: bool = True) -> PageRequest | None:  # noqa: ARG002 - the protocol has it
        """The next request, unless it is under way."""
        if self._asked or self._next is None or not self._next.size:
            return None
        self._asked = True
        return self._next

    def take(self, request: PageRequest, page: Page) -> Block:  # noqa: ARG002 - the protocol has it
        """All rows of the page."""
        self._next = None
        with suppress(StopIteration):
            self._next = self._pages.send(page)
        self.left_over = bool(page.numremaining)
        self._asked = False
        return Block(rows=page.rows, then=self._next)

    def lost(self, request: PageRequest, failure: Exception | None) -> bool:  # noqa: ARG002 - the protocol has it
        """It is made again when somebody asks."""
        self._asked = False
        return False


def single(page_size: int = MAX_PAGE, start_offset: int = 0) -> Pages:
    """Ask once; the caller sees from ``numremaining`` what was left."""
    yield PageRequest(offset=start_offset, size=page_size)


def keyset(
    columns: Sequence[OrderColumn],
    page_size: int = MAX_PAGE,
    limit: int | None = None,
    *,
    start: Frontier | None = None,
    start_offset: int = 0,
) -> Pages:
    """Page by what has been read of an order in which no two rows are alike, from behind ``start`` on.

    Needs exactly ceil(rows / page_size) calls, at least one. The size of the last request is what the limit leaves.
    """
    read, offset, left = start, start_offset, limit
    while True:
        size = page_size if left is None else min(page_size, max(0, left))
        page = yield PageRequest(behind=read, offset=offset, size=size)
        if page.count:
            before, read, offset = read, advanced(columns, page, read), 0
            if read == before:  # text, which cannot be compared here
                raise TransportError("paging does not progress: two pages end with the same row")
        if is_last(page, size):
            return
        left = None if left is None else left - page.count


def by_offset(
    page_size: int = MAX_PAGE,
    limit: int | None = None,
    start_offset: int = 0,
    on_drift: Callable[[Drift], None] | None = None,
) -> Pages:
    """Page by offset, where rows have no place of their own; advance by the rows received, not by the rows asked.

    When the total changes between two pages, ``on_drift`` is told, and paging goes on.
    """
    offset, total, left = start_offset, None, limit
    while True:
        size = page_size if left is None else min(page_size, max(0, left))
        page = yield PageRequest(offset=offset, size=size)
        if page.count and page.offset not in (None, offset):
            raise TransportError(f"paging does not progress: asked for offset {offset}, got {page.offset}")
        if total is not None and page.totalcount not in (None, total) and on_drift is not None:
            on_drift(Drift(offset=offset, before=total, now=page.totalcount or 0))
        total = total if page.totalcount is None else page.totalcount
        if is_last(page, size):
            return
        offset += page.count
        left = None if left is None else left - page.count


def is_last(page: Page, size: int) -> bool:
    """Whether nothing is left. Where the gateway does not say, a short page is the last."""
    if page.numremaining is None:
        return page.count < size
    if page.numremaining and not page.count:
        raise TransportError(f"the page is empty and announces {page.numremaining} more rows")
    return page.numremaining == 0

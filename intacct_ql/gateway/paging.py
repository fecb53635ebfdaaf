"""Which page to ask for next.

In: pages as they arrive. Out: page requests. Refuses to know: how a page is fetched, and what the rows mean.

Every page of ``query`` is a new query, with no order unless asked and no memory of the last one. So offsets lose and
repeat rows when the data moves; ``Keyset`` asks for the rows behind the last one instead and cannot. Each page is a
metered call: no pager asks for one more than it needs. A page that contradicts itself or the one before raises
``TransportError``: rows that may be missing are never passed over.

A pager is asked (``ask``) and told (``take``, ``lost``). Those here have one request under way at a time; those of
``keyset`` and ``ranges`` have several. The request that would come next is the mark to go on from.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.place import Frontier

MAX_PAGE = 2000
"""Rows the gateway gives at most for one ``query``; the XML reads older than it give 1,000."""

Interval = tuple[float, float]
"""Whole numbers behind the first one, up to the second one; an infinite one is no bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What to ask for: ``size`` rows from ``offset`` on, in the order of the query.

    ``behind`` leaves out what has been read in that order; ``bounds`` are comparisons that the key has to stand, as
    ``(">", 24)``. ``backwards`` turns the order round. With a ``resultid`` it is the next part of that result, and the
    rest does not count. ``wanted`` rows are wanted from here on, None for all; about ``remaining`` ones are there, None
    where nobody knows.
    """

    behind: Frontier | None = None
    bounds: tuple[tuple[str, int], ...] = ()
    backwards: bool = False
    resultid: str | None = None
    offset: int = 0
    size: int
    wanted: int | None = field(default=None, compare=False)
    remaining: int | None = field(default=None, compare=False)

    @property
    def counted(self) -> bool:
        """Whether the reply has to say how many rows are behind it, for the page may be the last one.

        Any other may come in a format that does not say, and is never taken for the last.
        """
        bounds = [bound for bound in (self.remaining, self.wanted) if bound is not None]
        return self.remaining is None or min(bounds) <= self.size


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
    """Decides about pages."""

    @property
    def left_over(self) -> bool:
        """Whether rows were announced beyond those that were wanted."""
        ...

    @property
    def held(self) -> int:
        """Pages that have been taken and whose rows wait for others."""
        ...

    def ask(self, *, ahead: bool = True) -> PageRequest | None:
        """A request that can be made now; None when there is none, or none before another has been answered.

        Not ``ahead``: only for the rows that come next.
        """
        ...

    def take(self, request: PageRequest, page: Page) -> list[Block]:
        """The rows that can be handed on now, in their order.

        Raises ``TransportError`` for a page that contradicts the others.
        """
        ...

    def lost(self, request: PageRequest, failure: Exception | None) -> bool:
        """A request was not answered, or given up (None); it can be made again. True: that makes up for ``failure``."""
        ...

    def glimpse(self, request: PageRequest, last: int, remaining: int) -> None:
        """A page is here and has not been read: its last row seems to have this key, and so many are behind it."""
        ...


Follow = Callable[[PageRequest, Page], PageRequest | None]
"""The request behind a page that has come, None behind the last one.

Raises ``TransportError`` for a page that cannot be what was asked for.
"""


class OneByOne:
    """What pagers have in common that have one request under way at a time."""

    held = 0

    def glimpse(self, request: PageRequest, last: int, remaining: int) -> None:
        """Of no use: the next request needs the whole page."""


class Serial(OneByOne):
    """A pager of one request after the other: the first one, and what ``follow`` makes of each and its page.

    A request for no rows ends it, where the rows that were wanted have come: it is where one could go on. A page that
    is refused changes nothing: the same is asked for again.
    """

    def __init__(self, first: PageRequest, follow: Follow) -> None:
        self._next: PageRequest | None = first
        self._follow = follow
        self._asked = False
        self.left_over = not first.size  # not even a first page

    def ask(self, *, ahead: bool = True) -> PageRequest | None:  # noqa: ARG002 - the protocol has it
        """The next request, unless it is under way."""
        if self._asked or self._next is None or not self._next.size:
            return None
        self._asked = True
        return self._next

    def take(self, request: PageRequest, page: Page) -> list[Block]:
        """All rows of the page."""
        self._next = self._follow(request, page)
        self._asked = False
        self.left_over = self._next is not None or bool(page.numremaining)
        return [Block(rows=page.rows, then=self._next)]

    def lost(self, request: PageRequest, failure: Exception | None) -> bool:  # noqa: ARG002 - the protocol has it
        """It is made again when somebody asks."""
        self._asked = False
        return False


def single(page_size: int = MAX_PAGE, start_offset: int = 0) -> Serial:
    """Ask once; the caller sees from ``numremaining`` what was left."""
    return Serial(PageRequest(offset=start_offset, size=page_size), lambda _request, _page: None)


def by_offset(
    page_size: int = MAX_PAGE,
    limit: int | None = None,
    start_offset: int = 0,
    on_drift: Callable[[Drift], None] | None = None,
) -> Serial:
    """Page by offset, where rows have no place of their own; advance by the rows received, not by the rows asked.

    When the total changes between two pages, ``on_drift`` is told, and paging goes on.
    """

    def follow(request: PageRequest, page: Page) -> PageRequest | None:
        offset = request.offset
        if page.count and page.offset not in (None, offset):
            raise TransportError(f"paging does not progress: asked for offset {offset}, got {page.offset}")
        further = _further(request, page, page_size)
        before = None if request.remaining is None else offset + request.remaining
        if before is not None and page.totalcount not in (None, before) and on_drift is not None:
            on_drift(Drift(offset=offset, before=before, now=page.totalcount or 0))
        return further

    size = page_size if limit is None else min(page_size, limit)
    return Serial(PageRequest(offset=start_offset, size=size, wanted=limit), follow)


def _further(request: PageRequest, page: Page, page_size: int) -> PageRequest | None:
    """The request behind a page that was read by offset, None behind the last one."""
    if is_last(request, page):
        return None
    wanted = None if request.wanted is None else max(0, request.wanted - page.count)
    size = page_size if wanted is None else min(page_size, wanted)
    offset = request.offset + page.count
    return PageRequest(offset=offset, size=size, wanted=wanted, remaining=remaining_behind(request, page))


def is_last(request: PageRequest, page: Page) -> bool:
    """Whether nothing is left. Where the gateway does not say although it was to, a short page is the last."""
    if page.numremaining is None:
        return request.counted and page.count < request.size
    if page.numremaining and not page.count:
        raise TransportError(f"the page is empty and announces {page.numremaining} more rows")
    return page.numremaining == 0


def remaining_behind(request: PageRequest, page: Page) -> int | None:
    """About how many rows are behind a page; None where a page that was to be full and does not say so is short."""
    if page.numremaining is not None:
        return page.numremaining
    if request.remaining is None or page.count < request.size:
        return None
    return max(0, request.remaining - page.count)

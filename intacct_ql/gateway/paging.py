"""Which page to ask for next.

In: pages as they arrive. Out: page requests. Refuses to know: how a page is fetched, and what the rows mean.

Every page of ``query`` is a new query, with no order unless asked and no memory of the last one. So offsets lose and
repeat rows when the data moves; ``keyset`` asks for rows after the last key instead and cannot. Each page is a metered
call: no pager asks for one more than it needs. A page that contradicts itself or the one before raises
``TransportError``: rows that may be missing are never passed over.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page

MAX_PAGE = 2000
"""Rows the gateway gives at most for one ``query``; the XML reads older than it give 1,000."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """What to ask for: ``size`` rows from ``offset`` on, of those whose key lies beyond ``after`` if there is one.

    ``after`` is the key as text, ready for a filter value; beyond means greater, or less when the order is descending.
    With a ``resultid`` it is the next part of that result, and the rest does not count.
    """

    after: str | None = None
    resultid: str | None = None
    offset: int = 0
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The total changed between two pages read by offset: rows may be missing or doubled around ``offset``."""

    offset: int
    before: int
    now: int


Pages = Generator[PageRequest, Page, None]


def single(page_size: int = MAX_PAGE, start_offset: int = 0) -> Pages:
    """Ask once; the caller sees from ``numremaining`` what was left."""
    yield PageRequest(offset=start_offset, size=page_size)


def keyset(key_index: int, page_size: int = MAX_PAGE, limit: int | None = None, *, descending: bool = False) -> Pages:
    """Page by a unique key in ascending or ``descending`` order, the value at ``key_index`` of every row.

    Needs exactly ceil(rows / page_size) calls, at least one. The size of the last request is what the limit leaves.
    """
    last: object = None
    seen: set[str] = set()
    left = limit
    while left is None or left > 0:
        size = page_size if left is None else min(page_size, left)
        page = yield PageRequest(after=None if last is None else str(last), size=size)
        if page.count:
            last = _last_key([row[key_index] for row in page.rows], last, descending)
            if str(last) in seen:
                raise TransportError(f"paging does not progress: two pages end with the key {last}")
            seen.add(str(last))
        if _is_last(page, size):
            return
        left = None if left is None else left - page.count


def by_offset(
    page_size: int = MAX_PAGE,
    limit: int | None = None,
    start_offset: int = 0,
    on_drift: Callable[[Drift], None] | None = None,
) -> Pages:
    """Page by offset, where there is no unique key; advance by the rows received, not by the rows asked.

    When the total changes between two pages, ``on_drift`` is told, and paging goes on.
    """
    offset, total, left = start_offset, None, limit
    while left is None or left > 0:
        size = page_size if left is None else min(page_size, left)
        page = yield PageRequest(offset=offset, size=size)
        if page.count and page.offset not in (None, offset):
            raise TransportError(f"paging does not progress: asked for offset {offset}, got {page.offset}")
        if total is not None and page.totalcount not in (None, total) and on_drift is not None:
            on_drift(Drift(offset=offset, before=total, now=page.totalcount or 0))
        total = total if page.totalcount is None else page.totalcount
        if _is_last(page, size):
            return
        offset += page.count
        left = None if left is None else left - page.count


def by_result(page_size: int, limit: int | None = None) -> Pages:
    """Page through a result that the gateway keeps: the first page names it, and so does every further one.

    The gateway moves on by itself, so a page that got lost on its way is not given again. What is announced to remain
    tells: it falls by one page at the most, and by no less than the rows that came. It may fall by more than came,
    because a row that was deleted meanwhile leaves a gap.
    """
    if limit == 0:
        return
    size = page_size if limit is None else min(page_size, limit)
    page = yield PageRequest(size=size)
    remaining, read, resultid = _remaining(page, size), page.count, page.resultid
    if page.totalcount is not None and page.totalcount != page.count + remaining:
        raise _rows_missing(page.totalcount, page.count, remaining)
    while remaining and (limit is None or read < limit):
        if resultid is None:
            raise TransportError("more rows are announced, and the result they belong to has no id")
        page = yield PageRequest(size=size, resultid=resultid)
        left = remaining - page.count if page.numremaining is None else page.numremaining
        if not page.count <= remaining - left <= size or (left and left == remaining):
            raise _rows_missing(remaining, page.count, left)
        remaining, read, resultid = left, read + page.count, page.resultid or resultid


def _remaining(page: Page, size: int) -> int:
    """Rows behind a first page. Raises ``TransportError`` where the gateway does not say and the page is full."""
    if page.numremaining is not None:
        return page.numremaining
    if page.totalcount is not None:
        return page.totalcount - page.count
    if page.count < size:
        return 0
    raise TransportError("the page does not say how many rows are behind it")


def _rows_missing(before: int, count: int, left: int) -> TransportError:
    return TransportError(
        f"rows are missing: {before} were left, {count} came and {left} are left", "run the query again"
    )


def _is_last(page: Page, size: int) -> bool:
    """Whether nothing is left. Where the gateway does not say, a short page is the last."""
    if page.numremaining is None:
        return page.count < size
    if page.numremaining and not page.count:
        raise TransportError(f"the page is empty and announces {page.numremaining} more rows")
    return page.numremaining == 0


def _last_key(keys: list[object], last: object, descending: bool) -> object:
    """The key to go on after; every key must lie beyond the one before it, over the border of pages too."""
    if any(key is None or key == "" for key in keys):
        raise TransportError("paging cannot go on: a row has no key")
    for before, key in pairwise(keys if last is None else [last, *keys]):
        if not (_beyond(key, before) if descending else _beyond(before, key)):
            raise TransportError(f"paging does not progress: the key {key} comes after {before}")
    return keys[-1]


def _beyond(before: object, key: object) -> bool:
    # Only numbers can be compared here: the gateway may sort text otherwise than Python does.
    if isinstance(before, int | Decimal) and isinstance(key, int | Decimal):
        return before < key
    return before != key

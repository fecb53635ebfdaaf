"""Whether the numbers of a page add up.

In: a page, and the function whose reply it is. Out: nothing, or an error. Refuses to know: the pages before it; those
are the business of pagers.

A page that says too early that nothing is left would end a run in silence. What it says of all rows tells on it.
"""

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Page

_COUNTS_OTHERWISE = "get_list"  # its numbers are places of rows, and nobody has written down where those begin


def check_totals(function: str, page: Page) -> None:
    """Raise a ``TransportError`` that passes, where the rows before, on and behind a page are not all there are.

    An empty page from behind the last row has nothing behind it. What the gateway does not say contradicts nothing.
    """
    total, offset, left = page.totalcount, page.offset, page.numremaining
    if total is None or offset is None or left is None or function == _COUNTS_OTHERWISE:
        return
    before = offset if page.count else min(offset, total)
    if before + page.count + left != total:
        raise TransportError(
            f"the page contradicts itself: {page.count} rows, {total} in all, {offset} before them and {left} behind "
            "them",
            "run the query again; where that does not help, ask for smaller pages (--page-size, page_size=)",
            passing=True,
        )

"""What a running function sees, and what it gives.

In: nothing. Out: ``Scene`` and ``Given``. Refuses to know: elements, envelopes, which functions there are.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from intacct_ql.emulator.counting import Counts
from intacct_ql.emulator.fetch import View
from intacct_ql.emulator.formatting import USUAL
from intacct_ql.emulator.pages import Page
from intacct_ql.emulator.query import Query
from intacct_ql.emulator.refusals import Error, not_permitted
from intacct_ql.emulator.replies import Node
from intacct_ql.emulator.running import Reports
from intacct_ql.emulator.saved import Saved
from intacct_ql.emulator.sessions import Session, Sessions
from intacct_ql.emulator.store import Store
from intacct_ql.emulator.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a running function may look at: the company, who asks, and where the request came in.

    ``short`` and ``miscount`` order pages that are not what they should be.
    """

    store: Store
    counts: Counts
    private_entities: frozenset[str]
    sessions: Sessions
    session: Session
    url: str
    ids: random.Random
    saved: Saved
    reports: Reports
    short: bool = False
    miscount: bool = False

    def part(self, rows: int) -> int:
        """How many of the rows that are due a page gives: all, or half of them on order, at least one."""
        return max(rows // 2, min(rows, 1)) if self.short else rows

    def sent(self, page: Page) -> Page:
        """What is sent of a page: all of it, or all but its last row on order."""
        return page.first(page.count - 1) if self.miscount and page.count else page

    @property
    def user(self) -> User:
        """The settings of who asks."""
        return self.sessions.user(self.session.userid)

    def allowed(self, query: Query) -> Query:
        """A query as its user may ask it, with dates in the user's way; ``FunctionRefused`` for one out of reach.

        Dates of legacy functions are elements, or have one form for everybody ([?]).
        """
        if not self.user.may_read(query.object):
            raise not_permitted(query.object)
        if self.user.formatting == USUAL or query.dialect.legacy:
            return query
        return replace(query, dialect=replace(query.dialect, formatting=self.user.formatting))

    @property
    def view(self) -> View:
        """From where this session looks at the rows."""
        return View(entity=self.session.locationid, private=self.private_entities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """A reply without an envelope, as ``returnformat`` json and csv have it."""

    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a function gives: the last elements of its ``result``, or bare data, and how many rows were in it.

    ``cells`` is how many cells those rows have. With ``errors`` it has failed, though not before it did what is told.
    """

    nodes: tuple[Node, ...]
    errors: tuple[Error, ...] = ()
    rows: int = 0
    cells: int = 0
    bare: Bare | None = None

    @property
    def weight(self) -> int:
        """About how many elements this takes."""
        return self.cells + sum(each.size for each in self.nodes)


Run = Callable[[Scene], Given]

_BARE: dict[str, tuple[str, Callable[[Page], bytes]]] = {
    "json": ("application/json", Page.json),
    "csv": ("text/csv; charset=UTF-8", Page.csv),
}


def given(page: Page, *nodes: Node, returnformat: str = "xml") -> Given:
    """A page in its elements, or bare where another format is asked for."""
    bare = None
    if returnformat in _BARE:
        content_type, write = _BARE[returnformat]
        bare = Bare(content_type=content_type, body=write(page))
    return Given(nodes=nodes, rows=page.count, cells=page.count * len(page.headings), bare=bare)

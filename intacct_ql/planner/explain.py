"""A plan explained: what is asked, what is done here and why, how pages are told apart, and what it costs.

In: a plan, the normalised text and the request that others made of it, perhaps the answer to a COUNT and a tier.
Out: an ``Explanation``. Refuses to know: how a request is rendered, which doors there are, and whether anything was
ever sent.

What the gateway does is told with what paging adds to it: the hidden key and the order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from intacct_ql.errors import Diagnostic
from intacct_ql.planner.cost import Cost, Counted, Range, cost
from intacct_ql.planner.pages import paged
from intacct_ql.planner.parts import Part, asked, done
from intacct_ql.planner.price import Price
from intacct_ql.planner.steps import Plan
from intacct_ql.planner.tiers import Tier, tier
from intacct_ql.schema.model import Origin

_USUAL_PAGE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """Whose description of an object the names were checked by, and the day and time when the company gave it."""

    object: str
    origin: Origin
    looked_up: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that can be said about a query before it runs. ``str()`` for people, ``to_dict()`` for programs.

    ``request`` is the first request as it is sent, XML or JSON, None where nothing is asked; ``sent`` is False for a
    door whose requests are only written. ``dates`` is how the user has the days and times that are written into it,
    where that is not MM/DD/YYYY and 24 hours. ``counted`` is what a COUNT found, where one was made. ``basis`` tells of
    each object that the query leads to whose description it was checked by.
    """

    source: str
    text: str
    target: str
    object: str | None
    columns: tuple[tuple[str, str], ...]
    gateway: tuple[Part, ...]
    local: tuple[Part, ...]
    paging: str
    paging_reason: str
    page_size: int
    cost: Cost
    price: Price
    request: str | None
    sent: bool = True
    dates: str | None = None
    counted: Counted | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    basis: tuple[Basis, ...] = ()

    def __str__(self) -> str:
        from intacct_ql.planner.plain import lines  # noqa: PLC0415 - it imports this

        return "\n".join(lines(self)).rstrip() + "\n"

    @property
    def rows(self) -> Range[int]:
        """The rows that arrive."""
        return self.cost.rows.range

    @property
    def calls(self) -> Range[int]:
        """The metered calls; each page is one."""
        return self.cost.calls.range

    @property
    def xml(self) -> str | None:
        """The request where it is XML."""
        return None if self.request is None or _is_json(self.request) else self.request

    def to_dict(self) -> dict[str, Any]:
        """The record as plain JSON types; the request as it is sent, without added line breaks."""
        calls = self.cost.calls.to_dict()
        return {
            "source": self.source,
            "query": self.text,
            "target": self.target,
            "sent": self.sent,
            "object": self.object,
            "columns": [{"name": name, "type": kind} for name, kind in self.columns],
            "gateway": [part.to_dict() for part in self.gateway],
            "local": [part.to_dict() for part in self.local],
            "paging": {"method": self.paging, "reason": self.paging_reason, "page_size": self.page_size},
            "dates": self.dates,
            "rows": self.cost.rows.to_dict(),
            "pages": {key: value for key, value in calls.items() if key != "text"},
            "calls": calls,
            "count": None if self.counted is None else {"rows": self.counted.rows, "calls": self.counted.calls},
            "tier": self.price.tier.to_dict(),
            "price": self.price.to_dict(),
            "xml": self.xml,
            "json": self.request if self.xml is None else None,
            "schema": [{"object": one.object, "origin": one.origin, "looked_up": one.looked_up} for one in self.basis],
            "diagnostics": [found.to_dict() for found in self.diagnostics],
        }


def explain(
    plan: Plan,
    *,
    source: str,
    text: str,
    request: str | None,
    sent: bool = True,
    dates: str | None = None,
    diagnostics: Sequence[Diagnostic] = (),
    basis: Sequence[Basis] = (),
    page_size: int | None = None,
    counted: Counted | None = None,
    within: Tier | None = None,
    runs_per_month: int | None = None,
) -> Explanation:
    """The explanation of a plan.

    ``source`` is the query as written, ``text`` the normalised one, ``request`` the first request, if there is one,
    and ``sent`` whether that door sends it; ``dates`` is how its days are written, where that is unusual.
    ``page_size`` is the caller's; it goes before that of the text, and that before the usual 2000. ``within`` is the
    tier to reckon with, tier 1 unless another is given.
    """
    fetch = plan.fetch
    size = page_size or (fetch.options.page_size if fetch is not None else None) or _USUAL_PAGE
    costs = cost(plan, size, counted)
    return Explanation(
        source=source,
        text=text,
        target=plan.target,
        object=None if fetch is None else fetch.object,
        columns=tuple((column.name, column.expression.type.value) for column in plan.columns),
        gateway=() if fetch is None else tuple(asked(plan, paged(plan))),
        local=tuple(done(plan)),
        paging=plan.paging,
        paging_reason=plan.paging_reason,
        page_size=size,
        cost=costs,
        price=Price(tier=within or tier(), calls=costs.calls.range, runs=runs_per_month),
        request=request or None,
        sent=sent,
        dates=dates,
        counted=counted,
        diagnostics=tuple(diagnostics),
        basis=tuple(basis),
    )


def _is_json(request: str) -> bool:
    return request.lstrip().startswith("{")

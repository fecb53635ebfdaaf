"""A query explained before it runs, and the one question whose answer makes an estimate of it.

In: text, parameter values, settings. Out: an ``Explanation``, and the plan of a COUNT for whoever may ask it. Refuses
to know: sessions and wires.

The COUNT goes through the door ``query`` with the filter that the gateway is given there: what is left to us is not
counted, because rows are metered as they arrive.

    select NAME from CUSTOMER where STATUS = active and TOTALDUE > CREDITLIMIT limit 5
    counted: select count(*) from CUSTOMER where STATUS = 'active'
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from intacct_ql.backends.localised import bound_with, compares_times, localised
from intacct_ql.binder import tree
from intacct_ql.binder.parameters import Parameters
from intacct_ql.binder.setting import Setting
from intacct_ql.errors import ConfigError, QueryError, info
from intacct_ql.formatting import USUAL, Formatting
from intacct_ql.planner.cost import Counted, is_worth_counting
from intacct_ql.planner.explain import Basis, Explanation
from intacct_ql.planner.explain import explain as tell
from intacct_ql.planner.pages import paged, rows_a_page
from intacct_ql.planner.predicates import operands
from intacct_ql.planner.steps import Plan
from intacct_ql.planner.tiers import Tier
from intacct_ql.planner.tiers import tier as find_tier
from intacct_ql.prepared import Prepared, check_counts, check_page, statement
from intacct_ql.schema.catalog import Catalog
from intacct_ql.syntax import ast
from intacct_ql.syntax.printer import print_select

_UNSETTLED = "the user's zone is not known yet: times with an offset are told in UTC"
_COUNTING_DOOR = "query"
"""The door that counts rows in one call [D]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A query and all that shapes its explanation."""

    text: str
    params: Parameters
    target: str
    catalog: Catalog | None
    page_size: int | None
    setting: Setting
    tier: Tier
    runs_per_month: int | None
    formatting: Formatting

    @property
    def hangs_on_zone(self) -> bool:
        """Whether it is not known yet what the query means, because the zone of the user is not."""
        return self.setting.unsettled and self._prepared(self.target).zoned

    def tell(self, counted: Counted | None = None) -> Explanation:
        """The explanation, with an estimate where rows were counted.

        Raises ``QueryError``, and ``ConfigError`` for a page that the door does not have.
        """
        made = self._prepared(self.target)
        check_page(made.door, self.page_size)
        doubt = (info("IQL401", None, _UNSETTLED),) if self.hangs_on_zone and not made.dated else ()
        size, request, dates = None, None, None
        if made.plan.fetch is not None:
            size = rows_a_page(made.plan.fetch, self.page_size, made.door.abilities)
            fetch = paged(made.plan)
            if made.door.localised and not self.formatting.is_usual and compares_times(fetch):
                dates, fetch = str(self.formatting), localised(fetch, self.formatting)
            request = made.door.render(fetch, page_size=size)
        return tell(
            made.plan,
            source=self.text,
            text=print_select(made.select),
            request=request,
            sent=made.door.sent,
            dates=dates,
            diagnostics=(*made.diagnostics, *doubt),
            basis=tuple(self._basis(made.plan)),
            page_size=size,
            counted=counted,
            within=self.tier,
            runs_per_month=self.runs_per_month,
        )

    def question(self) -> Prepared | None:
        """The COUNT to ask; None where it would tell nothing, or where there is nothing to count by."""
        if not is_worth_counting(self._prepared(self.target).plan):
            return None
        try:
            made = self._prepared(_COUNTING_DOOR)
            count = statement(_count_text(made.select), self.catalog, _COUNTING_DOOR, Setting()).prepare()
        except QueryError:  # no key, or a condition that this door refuses
            return None
        if made.plan.fetch is None or count.plan.fetch is None:
            return None
        fetch = replace(count.plan.fetch, where=made.plan.fetch.where, options=made.plan.fetch.options)
        return replace(count, plan=replace(count.plan, fetch=fetch))

    def _basis(self, plan: Plan) -> Iterator[Basis]:
        """Whose descriptions of objects the names of a plan were found in."""
        fetch = plan.fetch
        if fetch is None or self.catalog is None:
            return
        expressions = [*fetch.select, *(order.expression for order in fetch.order_by)]
        expressions += [] if fetch.where is None else operands(fetch.where)
        fields = (one if isinstance(one, tree.Field) else one.argument for one in expressions)
        for name in dict.fromkeys([fetch.object, *(field.owner for field in fields if field.owner)]):
            found = self.catalog.object(name)
            if found is not None:
                yield Basis(object=found.name, origin=found.origin, looked_up=found.day)

    def _prepared(self, target: str) -> Prepared:
        return statement(self.text, self.catalog, target, self.setting).prepare(self.params)


def telling(
    text: str,
    params: Parameters,
    *,
    catalog: Catalog | None,
    target: str = "query",
    page_size: int | None = None,
    strict: bool = False,
    clock: Callable[[], datetime] = datetime.now,
    tier: str | Tier | None = None,
    tiers: str | os.PathLike[str] | None = None,
    runs_per_month: int | None = None,
    within: Setting | None = None,
    formatting: Formatting | None = None,
) -> Telling:
    """What to explain, and within which tier; ``within`` and ``formatting`` are what a session knows.

    Raises ``ConfigError`` for a door, a page, a tier or a number of runs that cannot be.
    """
    check_counts(page_size)
    if runs_per_month is not None and runs_per_month < 1:
        raise ConfigError(f"a query runs 1 time a month or more, not {runs_per_month}")
    return Telling(
        text=text,
        params=params,
        target=target,
        catalog=catalog,
        page_size=page_size,
        setting=replace(within or bound_with(target, formatting), strict=strict, clock=clock),
        formatting=formatting or USUAL,
        tier=tier if isinstance(tier, Tier) else find_tier(tier, tiers),
        runs_per_month=runs_per_month,
    )


def _count_text(select: ast.Select) -> str:
    here = select.source.span
    item = ast.Item(operand=ast.Call(function="COUNT", argument=None, span=here), span=here)
    source = ast.From(object=select.source.object, span=here)
    return print_select(ast.Select(items=(item,), source=source, span=here))

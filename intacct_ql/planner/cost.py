"""How many rows arrive and how many metered calls that takes: bounds from the plan, an estimate from a count.

In: a plan, rows a page, and the answer to one COUNT where somebody asked. Out: ``Range`` records and their words.
Refuses to know: connections, money, and how a door pages beyond the rows of a page: every page of every method is one
metered call.

    LIMIT 5                         rows 0 to 5      calls 1
    no limit                        rows 0 or more   calls 1 or more: ceil(rows / 2000)
    no limit, and COUNT said 5432   rows 5432        calls 3, estimated: the data may change until the run
    a condition that is never true  rows 0           calls 0
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from intacct_ql.binder import tree
from intacct_ql.planner.pages import is_grouped
from intacct_ql.planner.parts import kind_of
from intacct_ql.planner.steps import Fetch, Limit, Plan

Number = TypeVar("Number", int, Decimal)
Other = TypeVar("Other", int, Decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Range(Generic[Number]):
    """A number nobody knows before the run: ``at_most`` None is without bound, ``estimated`` None without estimate."""

    at_least: Number
    at_most: Number | None = None
    estimated: Number | None = None

    @property
    def exact(self) -> Number | None:
        """The number, where only one is possible."""
        return self.at_least if self.at_least == self.at_most else None

    def through(self, rule: Callable[[Number], Other]) -> "Range[Other]":
        """The range of a number that grows with this one."""
        return Range(
            at_least=rule(self.at_least),
            at_most=None if self.at_most is None else rule(self.at_most),
            estimated=None if self.estimated is None else rule(self.estimated),
        )

    def words(self, write: Callable[[Number], str] = "{:,}".format, *, marked: bool = True) -> str:
        """The estimate where there is one, else the bounds; ``marked`` says of an estimate that it is one."""
        if self.exact is not None:
            return write(self.exact)
        if self.estimated is not None:
            return f"an estimated {write(self.estimated)}" if marked else write(self.estimated)
        if self.at_most is None:
            return f"at least {write(self.at_least)}"
        return f"{write(self.at_least)} to {write(self.at_most)}" if self.at_least else f"at most {write(self.at_most)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What one COUNT found: the rows behind the filter of the gateway, and the metered calls that asking took."""

    rows: int
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A range with the words that say where it comes from."""

    range: Range[int]
    text: str

    def to_dict(self) -> dict[str, object]:
        """As plain data."""
        of = self.range
        return {"text": self.text, "at_least": of.at_least, "at_most": of.at_most, "estimated": of.estimated}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """The rows that arrive and the metered calls; each page is one."""

    rows: Figure
    calls: Figure


def cost(plan: Plan, page_size: int, counted: Counted | None = None) -> Cost:
    """What a plan costs."""
    fetch = plan.fetch
    if fetch is None:
        nothing: Range[int] = Range(at_least=0, at_most=0)
        return Cost(rows=Figure(range=nothing, text="none are asked for"), calls=Figure(range=nothing, text="0"))
    stop = _stop(plan, page_size)
    rows = _rows(plan, fetch, page_size, stop, counted)
    once = plan.paging == "none"
    calls: Range[int] = rows.through(lambda count: 1 if once else max(1, -(-count // page_size)))
    if once:
        calls = Range(at_least=1, at_most=1)
    return Cost(
        rows=Figure(range=rows, text=_rows_in_words(plan, fetch, rows, counted)),
        calls=Figure(range=calls, text=_calls_in_words(fetch, rows, calls, page_size, early=stop.early)),
    )


def is_worth_counting(plan: Plan) -> bool:
    """Whether a COUNT could say something about the rows that the plan does not."""
    return plan.fetch is not None and _into_one(plan.fetch) is False


# The numbers.


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stop:
    """Whether a local limit may end the run ``early``, and after how many rows it certainly does."""

    early: bool = False
    after: int | None = None


def _stop(plan: Plan, page_size: int) -> _Stop:
    sure = True
    for step in plan.local:
        if isinstance(step, Limit):
            if step.limit is None:
                return _Stop()
            wanted = step.offset + step.limit
            return _Stop(early=not sure, after=_whole(wanted, page_size) if sure else None)
        effect = kind_of(step).effect
        if effect == "holds":
            return _Stop()
        sure = sure and effect == "same"
    return _Stop()


def _rows(plan: Plan, fetch: Fetch, page_size: int, stop: _Stop, counted: Counted | None) -> Range[int]:
    if _into_one(fetch):
        return Range(at_least=1, at_most=1)
    page = page_size if plan.paging == "none" else None
    limit = fetch.limit
    if limit is not None and limit > page_size and plan.paging == "resultid":
        limit = _whole(limit, page_size)  # the parts of a kept result are all of one size
    most = _least(limit, stop.after, page, _named(plan, fetch))
    if counted is None:
        return Range(at_least=0, at_most=most)
    found = _least(max(0, counted.rows - fetch.offset), most)
    if is_grouped(fetch):  # a group holds at least one row
        return Range(at_least=0, at_most=found)
    return Range(at_least=0, at_most=most, estimated=found)


def _whole(rows: int, page_size: int) -> int:
    """The rows that come for so many: pages come whole, whatever is needed of the last."""
    return -(-rows // page_size) * page_size


def _least(*bounds: int | None) -> int | None:
    return min((bound for bound in bounds if bound is not None), default=None)


def _into_one(fetch: Fetch) -> bool:
    """Whether the gateway makes one row of all."""
    return is_grouped(fetch) and all(type(one) is tree.Aggregate for one in fetch.select) and not fetch.offset


def _named(plan: Plan, fetch: Fetch) -> int | None:
    """How many rows there are at most, because their keys are named."""
    if plan.key is not None:
        return _pinned(fetch.where, plan.key)
    if plan.paging == "none" and fetch.limit is None and isinstance(fetch.where, tree.Compare | tree.In):
        key = fetch.where.left  # all rows at once, without a limit: a door that finds rows by their keys
        return _pinned(fetch.where, key) if isinstance(key, tree.Field) else None
    return None


def _pinned(where: tree.Predicate | None, key: tree.Field) -> int | None:
    """How many rows there are at most, because the condition names their keys; None where it does not."""
    if isinstance(where, tree.And):
        return _least(*(_pinned(condition, key) for condition in where.conditions))
    if isinstance(where, tree.Or):
        bounds = [_pinned(condition, key) for condition in where.conditions]
        return None if None in bounds else sum(bound or 0 for bound in bounds)
    if isinstance(where, tree.Compare) and where.operator == "=" and where.left == key:
        return 1
    if isinstance(where, tree.In) and not where.negated and where.left == key:
        return len(where.values)
    return None


# The words.


def _rows_in_words(plan: Plan, fetch: Fetch, rows: Range[int], counted: Counted | None) -> str:
    grouped = is_grouped(fetch) and not _into_one(fetch)
    text = rows.words()
    if rows.at_most is None and rows.estimated is None:
        text = "unknown before the run"
        if grouped or plan.key is not None or plan.paging != "offset":  # else there is no key to count by
            text += f"; a COUNT would {'bound them' if grouped else 'tell'}, for one call"
    if counted is not None:
        text += f"; a COUNT found {counted.rows:,}, for {_times(counted.calls, 'call')}"
    effects = {kind_of(step).effect for step in plan.local}
    return text + ("; fewer may be left after the steps here" if effects - {"same"} and rows.exact != 0 else "")


def _calls_in_words(fetch: Fetch, rows: Range[int], calls: Range[int], page_size: int, *, early: bool) -> str:
    many = "groups" if is_grouped(fetch) else "rows"
    if rows.estimated is not None:
        many = f"{rows.estimated:,}"
    elif rows.at_most is not None:
        many = f"min({many}, {rows.at_most})"
    formula = f"ceil({many} / {page_size})"
    fewer = ", fewer where the limit is reached before" if early and calls.estimated != calls.at_least else ""
    if calls.exact is not None:
        text = f"{calls.exact:,}"
    elif calls.estimated is None and calls.at_most is None:
        text = f"{formula}, at least {calls.at_least}{fewer}"
    else:
        text = f"{calls.words()}{fewer}: {formula}"
    return f"{text}, and one sign-in"


def _times(count: int, word: str) -> str:
    return f"{count:,} {word if count == 1 else word + 's'}"

"""What a run, and so many runs a month, take of a performance tier, and what they cost beyond it.

In: the metered calls of a run, a tier, runs a month. Out: a ``Price`` and its words. Refuses to know: plans, and who
else calls in the month: a month is reckoned as if nobody did, a single run also as if the tier were used up.

    3 calls of tier 1    0.003 % of the 100,000 calls a month; 0.15 USD where those are used up
    50,000 such runs     150,000 calls, 150 %; 50,000 of them beyond the tier: 750.00 USD
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from intacct_ql.planner.cost import Number, Range
from intacct_ql.planner.tiers import Overage, Tier


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of a run: its ``calls``, and of ``runs`` a month where somebody said how many there are."""

    tier: Tier
    calls: Range[int]
    runs: int | None = None

    @property
    def month(self) -> Range[int] | None:
        """The calls of a month."""
        runs = self.runs
        return None if runs is None else self.calls.through(lambda calls: calls * runs)

    def to_dict(self) -> dict[str, Any]:
        """As plain data: shares of the month's calls as fractions, money as text, null for what is not known."""
        tier, month = self.tier, self.month
        more = tier.overage
        return {
            "currency": None if more is None else more.currency,
            "run": {
                "calls": _record(self.calls),
                "share": _share_record(tier, self.calls),
                "if_used_up": None if more is None else _record(self.calls.through(more.of)),
            },
            "month": None
            if month is None
            else {
                "runs": self.runs,
                "calls": _record(month),
                "share": _share_record(tier, month),
                "calls_beyond": None if tier.calls is None else _record(_beyond(month, tier.calls)),
                "overage": None
                if more is None or tier.calls is None
                else _record(_beyond(month, tier.calls).through(more.of)),
            },
        }

    def lines(self) -> Iterator[str]:
        """In words; where the figures are from, ``sources`` tells."""
        tier, more = self.tier, self.tier.overage
        if self.calls.exact == 0:
            yield "nothing: no call is made"
            return
        allowed = tier.calls
        if allowed is None:
            yield f"how many calls a month tier {tier.name} has is not known"
        else:
            share = _percents(self.calls, allowed)
            yield f"{share.words(_percent)} of the {allowed:,} calls a month of tier {tier.name}"
        if more is not None:
            yield f"{_money(self.calls, more)} where those are used up"
        if self.month is not None:
            yield from _monthly(tier, self.runs or 0, self.month)

    def sources(self) -> Iterator[str]:
        """Where each figure is from; a price that nobody told is said to be missing."""
        tier, more = self.tier, self.tier.overage
        if self.calls.exact == 0:
            return
        if tier.calls is not None:
            yield f"calls a month according to {tier.source}"
        if more is None:
            yield "the price of calls beyond the tier is not known"
        else:
            packs = f"{more.price} {more.currency} for each {more.calls:,} begun"
            yield f"{packs} beyond the tier, according to {more.source}"


def _monthly(tier: Tier, runs: int, calls: Range[int]) -> Iterator[str]:
    total = f"{runs:,} {'run' if runs == 1 else 'runs'} a month: {calls.words()} calls"
    allowed = tier.calls
    if allowed is None:
        yield total
        return
    share = _percents(calls, allowed)
    yield f"{total}, {share.words(_percent, marked=False)}"
    beyond = _beyond(calls, allowed)
    if (beyond.exact if beyond.estimated is None else beyond.estimated) == 0:
        yield "within the tier, if nothing else calls"
        return
    more = tier.overage
    money = f": {_money(beyond, more, marked=False)}" if more is not None else ""
    yield f"{beyond.words()} of them beyond the tier, if nothing else calls{money}"


def _beyond(calls: Range[int], allowed: int) -> Range[int]:
    return calls.through(lambda count: max(0, count - allowed))


def _percents(calls: Range[int], allowed: int) -> Range[Decimal]:
    return calls.through(lambda count: Decimal(100) * count / allowed)


def _percent(share: Decimal) -> str:
    digits = f"{share:,.0f}" if share >= 100 else format(Decimal(f"{share:.3g}").normalize(), "f")
    return f"{digits} %"


def _money(calls: Range[int], more: Overage, *, marked: bool = True) -> str:
    return calls.through(more.of).words(lambda value: f"{value:,.2f} {more.currency}", marked=marked)


def _record(of: Range[Number]) -> dict[str, int | str | None]:
    values = {"at_least": of.at_least, "at_most": of.at_most, "estimated": of.estimated}
    return {key: str(value) if isinstance(value, Decimal) else value for key, value in values.items()}


def _share_record(tier: Tier, calls: Range[int]) -> dict[str, float | None] | None:
    allowed = tier.calls
    if allowed is None:
        return None
    values = {"at_least": calls.at_least, "at_most": calls.at_most, "estimated": calls.estimated}
    return {key: None if value is None else value / allowed for key, value in values.items()}

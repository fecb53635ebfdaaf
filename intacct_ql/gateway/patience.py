"""Which failures pass, after how long, and how often the same is asked again.

In: an error. Out: the rule for it, and the call made again until it succeeds or the rule ends. Refuses to know: clocks;
whoever drives the call makes the pauses.

The rules are a table, from what is documented and seen of the gateway's errors. What no rule names is never asked
again: a refused request stays refused, and where the network in front gave up waiting (status 524, time-outs) the
gateway is still at work. A sign-in is asked again only where the gateway said that it did nothing, because what became
of another one is unknown and accounts lock.
"""

import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from random import random
from typing import TypeVar

from intacct_ql.errors import Error, GatewayError, SignInError, TransportError
from intacct_ql.gateway.messages import Exchange, Pause, Reply

T = TypeVar("T")

LONGEST_HINT = 900.0
"""Seconds. When the gateway asks for a longer wait, its error is raised instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One kind of failure that passes.

    Any of ``statuses`` (HTTP), ``numbers`` (a pattern of error numbers) and ``words`` (lower-case) tells it; a number
    only where nothing is said but ``saying`` (a pattern). ``broken`` is a reply that did not arrive whole. Waits begin
    with ``first`` seconds, double, and end at ``longest``; after ``tries`` the error is raised. ``untouched``: the
    gateway says that it did nothing.
    """

    name: str
    first: float
    longest: float
    tries: int
    statuses: frozenset[int] = frozenset()
    numbers: str = "$."
    saying: str = ".*"
    words: tuple[str, ...] = ()
    broken: bool = False
    throttled: bool = False
    untouched: bool = False


RULES = (
    Rule(  # GW-0010 is documented; the words come with HTTP 200, too
        name="throttled",
        statuses=frozenset({429}),
        numbers="GW-0010",
        words=("rate limit exceeded", "too many operations"),
        first=2,
        longest=60,
        tries=10,
        throttled=True,
        untouched=True,
    ),
    Rule(
        name="off-line",
        statuses=frozenset({503}),
        words=("temporarily off-line",),
        first=5,
        longest=120,
        tries=6,
        untouched=True,
    ),
    Rule(name="later", words=("please try again later",), first=2, longest=60, tries=6),
    Rule(name="unable", statuses=frozenset({500, 502, 504}), numbers="GW-000[1-9]", first=1, longest=30, tries=6),
    Rule(  # where it gives a reason, such as a field that does not exist, the reason stays
        name="data layer",
        numbers="DL02000001",
        saying=r"(there was an error processing the request)?(?>[. ]*)(\[support id[^\]]*\])?[. ]*",
        first=2,
        longest=2,
        tries=1,
    ),
    Rule(name="broken", broken=True, first=0.5, longest=15, tries=6),
)
"""From the most to the least telling; the first that fits counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How far the rules are followed: at most ``tries`` a rule (None: its own number), waits times ``factor``.

    ``dice`` gives numbers from 0 to 1: waits are shortened by up to a half, so that callers part.
    """

    tries: int | None = None
    factor: float = 1.0
    dice: Callable[[], float] = random

    def wait(self, rule: Rule, error: Error, tried: int) -> float | None:
        """Seconds until the same may be asked again, after it failed ``tried`` times by this rule; None: never."""
        tries = rule.tries if self.tries is None else min(rule.tries, self.tries)
        if tried > tries or (error.signing_in and not rule.untouched):
            return None
        if error.retry_after is not None:  # obeyed to the second: no factor, and no dice
            return error.retry_after if error.retry_after <= LONGEST_HINT else None
        doubled: float = rule.first * 2.0 ** (tried - 1)
        return min(doubled, rule.longest) * self.factor * (1 - self.dice() / 2)


def rule_for(error: Error) -> Rule | None:
    """The rule that an error falls under; None for one that will not pass."""
    if isinstance(error, TransportError):
        return _first(error.status, (), error.reason, broken=error.passing and error.status in (None, 200))
    if isinstance(error, GatewayError) and not isinstance(error, SignInError):
        words = " ".join([*(words for _, words in error.errors), *error.hints])
        return _first(None, [number for number, _ in error.errors], words, broken=False)
    return None


def passes(errors: Iterable[tuple[str, str]]) -> bool:
    """Whether the numbers and words of a refusal say that it will pass."""
    pairs = list(errors)
    return (
        _first(None, [number for number, _ in pairs], " ".join(words for _, words in pairs), broken=False) is not None
    )


def patiently(
    call: Callable[[], Generator[Exchange | Pause, Reply | None, T]], patience: Patience
) -> Generator[Exchange | Pause, Reply | None, T]:
    """Make a call again, after a pause, as long as its failures pass; what does not pass is raised unchanged."""
    failed: Counter[str] = Counter()
    while True:
        try:
            return (yield from call())
        except Error as error:
            rule = rule_for(error)
            if rule is None:
                raise
            failed[rule.name] += 1
            seconds = patience.wait(rule, error, failed[rule.name])
            if seconds is None:
                raise
            yield Pause(seconds=seconds, failure=error, tries=failed.total(), throttled=rule.throttled)


def _first(status: int | None, numbers: Sequence[str], words: str, *, broken: bool) -> Rule | None:
    words = words.strip().lower()
    for rule in RULES:
        if (
            status in rule.statuses
            or (
                any(re.match(rule.numbers, number) for number in numbers)
                and re.fullmatch(rule.saying, words, re.DOTALL)
            )
            or any(part in words for part in rule.words)
            or (broken and rule.broken)
        ):
            return rule
    return None

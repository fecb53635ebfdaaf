"""Faults on order: a small language, and when each strikes.

In: a specification and, for each request, whether it signs in. Out: the name of the fault that strikes it. Refuses to
know: what a fault looks like on the wire.

A specification is a comma list::

    429:2%            strikes two requests in a hundred, drawn from a seeded generator
    cut@call=7        strikes the seventh request
    503@call=3+       strikes the third and every later one
    expire@30s        strikes once, the first request after thirty seconds
    slow=300ms        makes every reply wait

Names: 429 500 503 524 html cut drop doctype expire. Requests are counted from one, refused ones included. Where two
strike at once the first in the list wins. A chance (``%``) never strikes a request that signs in with credentials, so
that a session under chances can begin: clients do well not to repeat a sign-in blindly, for fear of a lockout.
"""

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

NAMES = ("429", "500", "503", "524", "html", "cut", "drop", "doctype", "expire")

_RULE = re.compile(
    r"(?P<name>\w+)"
    r"(?::(?P<chance>\d+(?:\.\d+)?)%|@call=(?P<call>[1-9]\d*)(?P<on>\+?)|@(?P<after>\d+(?:\.\d+)?)s)",
    re.ASCII,
)
_SLOW = re.compile(r"slow=(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One fault and when it strikes: by chance (0 to 1), at a call (``on`` or from it on), or after seconds."""

    name: str
    chance: float = 0
    call: int = 0
    on: bool = False
    after: float | None = None


class Faults:
    """The faults of one gateway, in the order of its requests. Safe to share between threads."""

    def __init__(
        self,
        rules: tuple[Rule, ...] = (),
        *,
        slow: float = 0,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.slow = slow
        self._rules = rules
        self._random = random.Random(seed)  # noqa: S311 - repeatable by intent
        self._clock = clock
        self._began = clock()
        self._calls = 0
        self._struck: set[int] = set()
        self._lock = threading.Lock()

    @classmethod
    def parse(cls, spec: str, *, seed: int = 0, clock: Callable[[], float] = time.monotonic) -> "Faults":
        """The faults a specification orders.

        Raises:
            ValueError: with one line that says what is wrong.
        """
        items = [item.strip() for item in spec.split(",") if item.strip()]
        waits = [_SLOW.fullmatch(item) for item in items]
        slow = sum(float(wait["number"]) * (0.001 if wait["unit"] == "ms" else 1) for wait in waits if wait)
        rules = tuple(_rule(item) for item, wait in zip(items, waits, strict=True) if not wait)
        return cls(rules, slow=slow, seed=seed, clock=clock)

    def next(self, *, signs_in: bool = False) -> str | None:
        """The fault that strikes the next request, or None."""
        with self._lock:
            self._calls += 1
            # every chance is drawn every time, so that one rule's luck does not hang on another's
            draws = [self._random.random() if rule.chance else 1.0 for rule in self._rules]
            for at, rule in enumerate(self._rules):
                if (draws[at] < rule.chance and not signs_in) or self._due(at, rule):
                    return rule.name
            return None

    def _due(self, at: int, rule: Rule) -> bool:
        if rule.call:
            return self._calls == rule.call or (rule.on and self._calls > rule.call)
        if rule.after is None or at in self._struck or self._clock() - self._began < rule.after:
            return False
        self._struck.add(at)
        return True


def _rule(item: str) -> Rule:
    found = _RULE.fullmatch(item)
    if found is None or found["name"] not in NAMES:
        name = re.split(r"[:@=]", item)[0]
        if name in NAMES:
            raise ValueError(f"fault {item!r}: write {name}:2%, {name}@call=7, {name}@call=7+ or {name}@30s")
        raise ValueError(f"fault {item!r}: no such fault; there are {', '.join(NAMES)} and slow=300ms")
    if float(found["chance"] or 0) > 100:
        raise ValueError(f"fault {item!r}: a chance is at most 100%")
    return Rule(
        name=found["name"],
        chance=float(found["chance"] or 0) / 100,
        call=int(found["call"] or 0),
        on=bool(found["on"]),
        after=float(found["after"]) if found["after"] else None,
    )

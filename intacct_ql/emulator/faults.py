"""Faults on order: a small language, and when each strikes.

In: a specification and, for each request, whether it signs in. Out: the name of the fault that strikes it. Refuses to
know: what a fault looks like on the wire.

A specification is a comma list::

    429:2%            strikes two requests in a hundred, drawn from a seeded generator
    cut@call=7        strikes the seventh request
    503@call=3+       strikes the third and every later one
    expire@30s        strikes once, the first request after thirty seconds

The faults, and whether the functions of the request have run all the same. Where they have, a ``readMore`` has moved
on, and asking again gives the page behind it; where they have not, nothing has moved.

=========  ===============================================================  ========
429        HTTP 429 with Retry-After and a gateway failure GW-0010          not run
500        HTTP 500, HTML: the process died                                 not run
502        HTTP 502, HTML: the network in front found no gateway            not run
503        HTTP 503 and a gateway failure GW-0001                           not run
504        HTTP 504, HTML: the network in front stopped waiting             have run
524        HTTP 524, HTML: the same in Cloudflare's words                   have run
html       HTTP 200, HTML: a firewall's page                                not run
doctype    HTTP 200, XML with an entity, which no client may expand         not run
busy       HTTP 200, every function fails: the API rate limit is exceeded   not run
offline    HTTP 200, every function fails: temporarily off-line             not run
later      HTTP 200, every function fails; its correction: try again later  not run
dl         HTTP 200, every function fails: DL02000001 and no reason         not run
expire     every session ends, then the request is answered                 by login
short      a page of half the rows that were due, numbers right             have run
miscount   a page without its last row, numbers as if it were there         have run
cut        half of the body arrives, then the connection ends               have run
dribble    the body arrives in small pieces with pauses (over HTTP)         have run
drop       the connection ends without a reply                              have run
hang       the same after a long silence (over HTTP)                        have run
=========  ===============================================================  ========

``short`` strikes the functions with pages: ``query``, ``readByQuery``, ``readMore``, ``get_list``; after it a
``readMore`` has moved on by the rows that were given. A page of one row is never shorter. ``miscount`` strikes the same
and ``read`` and ``readByName``; an empty page has no row to lose. Pages in json and csv carry no numbers that would
tell.

Settings, of which the last counts (``slow`` adds up):

==============  ==============================================================================
slow=300ms      makes every reply wait
retry-after=3s  what Retry-After says beside 429, in whole seconds; 1s where it is not given
dribble=1s      how long a body takes that dribbles; 1s where it is not given
hang=5s         how long a connection hangs; 5s where it is not given
at-most=4       a request beside four that are still at work is answered 429 at once
per-minute=60   a request after sixty that were let in within a minute is answered 429 at once
seed=7          of the generator that draws the chances
==============  ==============================================================================

Requests are counted from one, refused ones included. Where two strike at once the first in the list wins, and the
limits come before all. A chance (``%``) never strikes a request that signs in with credentials, so that a session under
chances can begin: clients do well not to repeat a sign-in blindly, for fear of a lockout.
"""

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

NAMES = (
    *("429", "500", "502", "503", "504", "524", "html", "doctype"),
    *("busy", "offline", "later", "dl", "expire"),
    *("short", "miscount", "cut", "dribble", "drop", "hang"),
)

_RULE = re.compile(
    r"(?P<name>\w+)"
    r"(?::(?P<chance>\d+(?:\.\d+)?)%|@call=(?P<call>[1-9]\d*)(?P<on>\+?)|@(?P<after>\d+(?:\.\d+)?)s)",
    re.ASCII,
)
_SETTING = re.compile(r"(?P<name>[a-z-]+)=(?P<value>.*)", re.ASCII)
_TIME = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>ms|s)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One fault and when it strikes: by chance (0 to 1), at a call (``on`` or from it on), or after seconds."""

    name: str
    chance: float = 0
    call: int = 0
    on: bool = False
    after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a specification sets besides faults. Times are in seconds; a limit that is None does not exist."""

    slow: float = 0
    retry_after: float = 1
    dribble: float = 1
    hang: float = 5
    at_most: int | None = None
    per_minute: int | None = None
    seed: int | None = None


class Faults:
    """The faults of one gateway, in the order of its requests. Safe to share between threads."""

    def __init__(
        self,
        rules: tuple[Rule, ...] = (),
        *,
        settings: Settings | None = None,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        spec: str = "",
    ) -> None:
        self.spec = spec
        self.settings = settings or Settings()
        self.clock = clock
        self._rules = rules
        self._random = random.Random(seed if self.settings.seed is None else self.settings.seed)  # noqa: S311 - repeatable by intent
        self._began = clock()
        self._calls = 0
        self._struck: set[int] = set()
        self._lock = threading.Lock()

    @classmethod
    def parse(cls, spec: str, *, seed: int = 0, clock: Callable[[], float] = time.monotonic) -> "Faults":
        """The faults a specification orders. ``seed`` counts where the specification names none.

        Raises:
            ValueError: with one line that says what is wrong.
        """
        rules: list[Rule] = []
        settings = Settings()
        for item in (item.strip() for item in spec.split(",") if item.strip()):
            found = _SETTING.fullmatch(item)
            if found and found["name"] in _SETTINGS:
                settings = _set(settings, found["name"], found["value"])
            else:
                rules.append(_rule(item))
        return cls(tuple(rules), settings=settings, seed=seed, clock=clock, spec=spec)

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
        if rule.after is None or at in self._struck or self.clock() - self._began < rule.after:
            return False
        self._struck.add(at)
        return True


def _seconds(text: str) -> float | None:
    found = _TIME.fullmatch(text)
    return float(found["number"]) * (0.001 if found["unit"] == "ms" else 1) if found else None


def _whole_seconds(text: str) -> float | None:
    found = _seconds(text)
    return found if found is not None and found.is_integer() else None


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"\d{1,9}", text, re.ASCII) else None


def _limit(text: str) -> int | None:
    return _whole(text) or None


_SETTINGS: dict[str, tuple[Callable[[str], float | None], str]] = {
    "slow": (_seconds, "slow=300ms"),
    "retry-after": (_whole_seconds, "retry-after=3s"),
    "dribble": (_seconds, "dribble=1s"),
    "hang": (_seconds, "hang=5s"),
    "at-most": (_limit, "at-most=4"),
    "per-minute": (_limit, "per-minute=60"),
    "seed": (_whole, "seed=7"),
}
"""How the value of a setting is read (None where it is wrong), and what to write."""


def _set(settings: Settings, name: str, text: str) -> Settings:
    read, example = _SETTINGS[name]
    value = read(text)
    if value is None:
        raise ValueError(f"setting '{name}={text}': write it as {example}")
    if name == "slow":
        value += settings.slow
    changes: dict[str, Any] = {name.replace("-", "_"): value}
    return replace(settings, **changes)


def _rule(item: str) -> Rule:
    found = _RULE.fullmatch(item)
    if found is None or found["name"] not in NAMES:
        name = re.split(r"[:@=]", item)[0]
        if name in NAMES:
            raise ValueError(f"fault {item!r}: write {name}:2%, {name}@call=7, {name}@call=7+ or {name}@30s")
        if name in _SETTINGS:
            raise ValueError(f"setting {item!r}: write it as {_SETTINGS[name][1]}")
        settings = ", ".join(example for _, example in _SETTINGS.values())
        raise ValueError(f"fault {item!r}: no such fault; there are {', '.join(NAMES)}, and settings {settings}")
    if float(found["chance"] or 0) > 100:
        raise ValueError(f"fault {item!r}: a chance is at most 100%")
    return Rule(
        name=found["name"],
        chance=float(found["chance"] or 0) / 100,
        call=int(found["call"] or 0),
        on=bool(found["on"]),
        after=float(found["after"]) if found["after"] else None,
    )

"""Which functions have been executed, for requests that ask for it by ``uniqueid``.

In: a company and the control id of a function. Out: whether it may run. Refuses to know: what the function does.

A function whose control id was executed before is refused [D]; one that failed or was rolled back may come again. A
client that lost a reply repeats its request, perhaps while the first is still at work: so an id is taken before the
function runs, and given back where it does not succeed. The latest hundred thousand are remembered, and those of
requests without ``uniqueid`` are not ([?]).
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable

KEPT = 100_000

_Key = tuple[str, str]


class Executed:
    """The control ids that are taken. Safe to share between threads."""

    def __init__(self) -> None:
        self._taken: OrderedDict[_Key, None] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, companyid: str, controlid: str) -> bool:
        """Take an id; whether it was free."""
        with self._lock:
            if (companyid, controlid) in self._taken:
                return False
            self._taken[companyid, controlid] = None
            if len(self._taken) > KEPT:
                self._taken.popitem(last=False)
            return True

    def give_back(self, companyid: str, controlids: Iterable[str]) -> None:
        """Let ids be free again."""
        with self._lock:
            for controlid in controlids:
                self._taken.pop((companyid, controlid), None)

    def all(self) -> tuple[_Key, ...]:
        """The ids that are taken now."""
        with self._lock:
            return tuple(self._taken)

    def replace(self, taken: Iterable[_Key]) -> None:
        """Let these be taken, and no other."""
        with self._lock:
            self._taken = OrderedDict.fromkeys(taken)

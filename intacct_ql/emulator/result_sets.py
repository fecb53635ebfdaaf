"""What ``readMore`` goes on with: the rest of the rows that a ``readByQuery`` or a ``readView`` took.

In: the numbers of the rows. Out: the next of them. Refuses to know: SQL, elements, what the rows hold.

[?] How long the gateway keeps a result set, and what it sees of changes meanwhile, is documented nowhere. Decided here:
it belongs to the session and dies with it (one signed in by credentials lives for its request). Which rows are in it is
fixed when the query runs, so that pages neither lose nor repeat one; their cells are read when their page is, and a row
deleted meanwhile is missing from its page, which is then shorter. A page is given once: asking again gives the next.
A session keeps the sixteen result sets used last.
"""

import random
import string
import threading
from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from intacct_ql.emulator.query import Query
from intacct_ql.emulator.refusals import data_failure

Part = Callable[[int], int]
"""How many rows a page gives of so many that are due."""

KEPT = 16
"""Result sets of one session; each holds eight bytes a row."""

_LETTERS = string.ascii_letters + string.digits
_FUNCTIONS = {"object": "readByQuery", "view": "readView"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """The rows of one page: their numbers, how many there are in all and after it, and where to go on.

    ``view`` is the name of the view they are of, if they are of one.
    """

    query: Query
    view: str
    returnformat: str
    numbers: Sequence[int]
    total: int
    remaining: int
    resultid: str


@dataclass(slots=True, kw_only=True)
class _ResultSet:
    query: Query
    view: str
    returnformat: str
    numbers: "array[int]"
    taken: int = 0


class ResultSets:
    """The result sets of one session. Safe to share between threads."""

    def __init__(self) -> None:
        self._sets: OrderedDict[str, _ResultSet] = OrderedDict()
        self._latest: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def begin(
        self,
        query: Query,
        returnformat: str,
        numbers: "array[int]",
        ids: random.Random,
        part: Part,
        *,
        view: str = "",
    ) -> Portion:
        """The first page of a query. A query that fits into it leaves no result set, and has no id [C]."""
        begun = _ResultSet(query=query, view=view, returnformat=returnformat, numbers=numbers)
        with self._lock:
            resultid = ""
            if len(numbers) > part(min(len(numbers), query.pagesize)):
                resultid = f"7765623330{''.join(ids.choices(_LETTERS, k=24))}"
                self._sets[resultid] = begun
                if len(self._sets) > KEPT:
                    self._sets.popitem(last=False)
            self._latest["view" if view else "object", (view or query.object).upper()] = resultid
            return _portion(begun, resultid, part)

    def go_on(self, resultid: str, part: Part) -> Portion:
        """The next page of a result set; ``FunctionRefused`` after its last."""
        with self._lock:
            found = self._sets.get(resultid)
            if found is None:
                raise data_failure(f"No result set {resultid} in this session, or none of its rows is left.")
            self._sets.move_to_end(resultid)
            portion = _portion(found, resultid, part)
            if not portion.remaining:
                del self._sets[resultid]
            return portion

    def go_on_with(self, by: str, name: str, part: Part) -> Portion:
        """The next page of the last query on an ``object``, whichever that was, or of a ``view`` read last."""
        resultid = self._latest.get((by, name.upper()))
        if resultid is None:
            raise data_failure(f"{_FUNCTIONS[by]} has not been asked for {by} {name} in this session.")
        if not resultid:
            raise data_failure(f"The last {_FUNCTIONS[by]} on {by} {name} has no rows left.")
        return self.go_on(resultid, part)


def _portion(found: _ResultSet, resultid: str, part: Part) -> Portion:
    due = min(found.query.pagesize, len(found.numbers) - found.taken)
    numbers = found.numbers[found.taken : found.taken + part(due)]
    found.taken += len(numbers)
    return Portion(
        query=found.query,
        view=found.view,
        returnformat=found.returnformat,
        numbers=numbers,
        total=len(found.numbers),
        remaining=len(found.numbers) - found.taken,
        resultid=resultid,
    )

"""One run of a watch: of the rows of a window those that are news.

In: rows as they come, what was seen before. Out: the news, and what is to be known next time. Refuses to know: how rows
are asked for.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import blake2b
from typing import cast

from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.types import Value
from intacct_ql.watching.query import Watched

AHEAD = timedelta(days=1)
"""Stamps further ahead than any zone can be are wrong: to go by them would hide what comes until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is known between two runs.

    ``mark`` is the newest stamp there was, ``since`` where the next window begins, and ``seen`` the rows known behind
    that, by their keys.
    """

    mark: datetime | None = None
    since: datetime | None = None
    seen: Mapping[str, str] = field(default_factory=dict)


def beginning(newest: Value, look_back: timedelta, latest: datetime) -> Memory:
    """What to know before a first run that shows nothing: where its window begins; nothing by a wrong stamp."""
    if not isinstance(newest, datetime) or newest > _like(latest + AHEAD, newest):
        return Memory()
    return Memory(mark=newest, since=(newest - look_back).replace(microsecond=0))


class Look:
    """One run: takes rows as they come, gives the news, and remembers what is to be known next time."""

    def __init__(self, query: Watched, memory: Memory, look_back: timedelta, latest: datetime) -> None:
        """``latest`` is the time now, in a zone; stamps may be ahead of it by any zone."""
        self._query = query
        self._memory = memory
        self._look_back = look_back
        self._latest = latest + AHEAD
        self._mark = memory.mark
        self._zone = None if memory.mark is None else memory.mark.tzinfo
        self._found: dict[str, tuple[datetime | None, str]] = {}
        self._twins: Counter[str] = Counter()
        self._limit = 50_000

    def news(self, columns: Sequence[ResultColumn], rows: Iterable[Row]) -> list[Row]:
        """Those of the rows that are new or changed, as the query asked for them."""
        key, stamp = self._readers(columns)
        width, before = len(self._query.shown(columns)), self._memory.seen
        found = []
        for row in rows:
            digest = _digest(row, self._zone)
            name = key(row, digest)
            if name not in self._found and before.get(name) != self._as_before(row, digest):
                found.append(row[:width])
            self._found[name] = (self._marked(stamp(row)), digest)
        if len(self._found) > self._limit:
            self._forget()
        return found

    def end(self) -> Memory:
        """What is known now."""
        self._forget()
        seen = {name: digest for name, (_, digest) in self._found.items()}
        return Memory(mark=self._mark, since=self._since(), seen=seen)

    @property
    def gone(self) -> int:
        """How many rows were there last time and are not now; 0 where not all rows are asked for."""
        return len(self._memory.seen.keys() - self._found.keys()) if self._query.modified is None else 0

    def _as_before(self, row: Row, digest: str) -> str:
        """The digest of a row as the run before took it, which may have known no zone."""
        if self._memory.mark is None or self._zone is not None:
            return digest
        return _digest([cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell for cell in row], None)

    def _readers(
        self, columns: Sequence[ResultColumn]
    ) -> tuple[Callable[[Row, str], str], Callable[[Row], datetime | None]]:
        """How to read the key of a row, and its stamp."""
        query, places = self._query, self._query.places(columns)
        stamps = [places[name] for name in (query.modified, query.created) if name is not None]

        def stamp(row: Row) -> datetime | None:
            return next((cast("datetime", row[place]) for place in stamps if isinstance(row[place], datetime)), None)

        if query.key is None:
            return self._twin, stamp
        at = places[query.key.upper()]
        return lambda row, _: str(row[at]), stamp

    def _twin(self, _: Row, digest: str) -> str:
        """A name for a row without a key: rows of the same cells are counted."""
        self._twins[digest] += 1
        return f"{digest} {self._twins[digest]}"

    def _marked(self, stamp: datetime | None) -> datetime | None:
        if stamp is None:
            return None
        if self._mark is None or _like(self._mark, stamp) < stamp:
            self._mark = stamp if stamp <= _like(self._latest, stamp) else self._mark
        return stamp

    def _since(self) -> datetime | None:
        if self._mark is None or self._query.modified is None:
            return None
        since, before = (self._mark - self._look_back).replace(microsecond=0), self._memory.since
        return since if before is None else max(since, _like(before, since))  # behind it nothing is known

    def _forget(self) -> None:
        """Keep what the next window may bring again."""
        since = self._since()
        if since is not None:
            self._found = {
                name: one for name, one in self._found.items() if one[0] is None or one[0] >= _like(since, one[0])
            }
        self._limit = max(self._limit, 2 * len(self._found))


def _like(moment: datetime, other: datetime) -> datetime:
    """The moment with the zone of another: the company's zone may have become known between two runs."""
    if (moment.tzinfo is None) == (other.tzinfo is None):
        return moment
    return moment.replace(tzinfo=other.tzinfo)


def _digest(row: Sequence[Value], zone: tzinfo | None) -> str:
    """What tells a row from others, whichever zone the user has; moments without one are of ``zone``."""
    text = "\0".join(_plain(cell, zone) for cell in row)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def _plain(cell: Value, zone: tzinfo | None) -> str:
    if isinstance(cell, datetime):
        cell = cell.replace(tzinfo=cell.tzinfo or zone)
        cell = cell if cell.tzinfo is None else cell.astimezone(UTC)
    return f"{type(cell).__name__}:{cell}"

"""Rows that are new or changed since they were last asked for.

In: a query, the object it asks, and what was seen before. Out: the query to ask now, and of its rows those that are
news. Refuses to know: files, and when anybody asks.

Changes are told by WHENMODIFIED. A row may be stamped before it can be read, so each run asks again for what lies
within a look-back window behind the newest stamp, and knows the rows it has seen there by their keys and a digest of
their cells: late ones are news, the others are not. Rows without WHENMODIFIED, which nobody has changed, go by when
they were created; where that is not known either, they are asked for each time and compared. The clock is the gateway's
own. What comes later than the window allows is never seen, nor is a row that was deleted: AUDITHISTORY tells of those.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta, tzinfo
from hashlib import blake2b
from typing import cast

from intacct_ql.errors import Error
from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.model import Object
from intacct_ql.schema.types import DataType, Value
from intacct_ql.source import Span
from intacct_ql.syntax import ast
from intacct_ql.syntax.printer import print_select

MODIFIED = "WHENMODIFIED"
CREATED = ("AUWHENCREATED", "WHENCREATED")
"""Where the moment of creation may stand. Behind the first, WHENCREATED is a day that somebody typed."""

AHEAD = timedelta(days=1)
"""Stamps further ahead than any zone can be are wrong: to go by them would hide what comes until then."""

_HIDDEN = "IQL_"
"""How the names begin of columns that the query did not ask for; they stand behind all others."""

_NOWHERE = Span(start=0, end=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A query whose rows can be told apart from run to run.

    ``fields`` are asked for beside those of the query: the key, the stamp of changes and that of creation, where there
    are such. Without ``modified`` all rows are asked for at each run.
    """

    select: ast.Select
    key: str | None
    modified: str | None
    created: str | None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are asked for beside those of the query."""
        return tuple(name for name in (self.key, self.modified, self.created) if name is not None)

    def text(self, since: datetime | None) -> str:
        """The query for the rows behind a moment; for all of them without one."""
        select = self.select
        if isinstance(select.items, tuple):
            hidden = (_item(name, _HIDDEN + name) for name in self.fields)
            select = replace(select, items=(*select.items, *hidden))
        if since is not None and self.modified is not None:
            window = self._window(ast.String(span=_NOWHERE, text=since.isoformat(" "), pattern=""))
            where = window if select.where is None else ast.And(span=_NOWHERE, conditions=(select.where, window))
            select = replace(select, where=where)
        return print_select(select)

    def newest(self) -> str:
        """The query for the newest stamp there is: enough to begin with where rows are to be known and not shown."""
        newest = ast.Item(
            span=_NOWHERE, operand=ast.Call(span=_NOWHERE, function="MAX", argument=_name(self.modified or ""))
        )
        return print_select(replace(self.select, items=(newest,), order_by=(), options=()))

    def shown(self, columns: Sequence[ResultColumn]) -> Sequence[ResultColumn]:
        """The columns that the query itself asks for."""
        hidden = {_HIDDEN + name for name in self.fields}
        return [column for column in columns if column.name not in hidden]  # one that is refused is in neither

    def places(self, columns: Sequence[ResultColumn]) -> Mapping[str, int]:
        """Where the fields stand in a row."""
        return {column.path.upper(): place for place, column in enumerate(columns)}

    def _window(self, since: ast.Value) -> ast.Condition:
        modified, unchanged = _name(self.modified or ""), _null(self.modified or "")
        conditions: list[ast.Condition] = [_reached(modified, since)]
        if self.created is None:
            conditions.append(unchanged)
        else:
            new = ast.Or(span=_NOWHERE, conditions=(_reached(_name(self.created), since), _null(self.created)))
            conditions.append(ast.And(span=_NOWHERE, conditions=(unchanged, new)))
        return ast.Or(span=_NOWHERE, conditions=tuple(conditions))


def _name(text: str) -> ast.Name:
    return ast.Name(span=_NOWHERE, text=text)


def _item(name: str, alias: str) -> ast.Item:
    return ast.Item(span=_NOWHERE, operand=_name(name), alias=_name(alias))


def _null(name: str) -> ast.IsNull:
    return ast.IsNull(span=_NOWHERE, left=_name(name))


def _reached(name: ast.Name, since: ast.Value) -> ast.Comparison:
    return ast.Comparison(span=_NOWHERE, left=name, operator=">=", right=since)


def watched(select: ast.Select, found: Object, *, compare: bool = False) -> Watched:
    """The query to watch. Raises ``Error`` for one whose rows are no rows of the object, or tell no changes.

    With ``compare`` all rows are asked for at each run, and told by their cells alone.
    """
    _demand_rows(select)
    fields = found.fields
    modified = MODIFIED if MODIFIED in fields and not compare else None
    if modified is None and not compare:
        raise Error(
            f"{found.name} has no {MODIFIED}, by which changes are told; --compare reads all rows at each run instead"
        )
    created = next((name for name in CREATED if name in fields), None)
    if created is not None and fields[created].type is not DataType.TIMESTAMP:
        created = None
    return Watched(select=select, key=found.key, modified=modified, created=created if modified else None)


def _demand_rows(select: ast.Select) -> None:
    calls = isinstance(select.items, tuple) and any(isinstance(item.operand, ast.Call) for item in select.items)
    refused = {
        "aggregates": calls,
        "DISTINCT": select.distinct,
        "GROUP BY": select.group_by,
        "HAVING": select.having is not None,
        "LIMIT": select.limit is not None,
        "OFFSET": select.offset is not None,
    }
    for words, there in refused.items():
        if there:
            raise Error(f"rows are watched one by one, and {words} would hide some or make others of them")


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

"""Where a run stopped, as text that can be kept and gone on with.

In: the mark behind the rows that were handed on, and what tells one query from another. Out: a token; from a token a
``Resume``. Refuses to know: files, and how a run goes on.

A token is JSON: a version, a fingerprint of the query with its company, the rows given, and the mark. A run goes on
with it only if it asks the same of the same company. Cells are tagged with their types.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from math import inf, isinf
from typing import Any

from intacct_ql.errors import ConfigError
from intacct_ql.gateway.escape import escape
from intacct_ql.gateway.paging import Interval, PageRequest
from intacct_ql.gateway.place import Frontier
from intacct_ql.planner.pages import paged, walk
from intacct_ql.planner.steps import Distinct, Group, Plan, Sort

VERSION = 1

_UNREADABLE = "the resume token cannot be read; run the query from its start"

Mark = PageRequest | tuple[Interval, ...]
"""A request that would come next, or the ranges of keys that have not been read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Where to go on: the ``place``, ``rows`` given by then, and what is left of the local limit."""

    place: Mark
    rows: int = 0
    limits: tuple[Any, ...] = ()


def check_resumable(plan: Plan) -> None:
    """Raise ``ConfigError`` with the reason where runs of a plan cannot be gone on with."""
    if any(isinstance(step, Sort | Group | Distinct) for step in plan.local):
        raise ConfigError("what is sorted, grouped or made distinct here cannot be gone on with: run it from its start")
    if plan.paging not in ("keyset", "offset"):
        raise ConfigError(f"this run cannot be gone on with: {plan.paging_reason}")


def is_blind(plan: Plan) -> bool:
    """Whether a run can be gone on with before its first page only.

    Rows are passed over in an order that is not that of the key: one page has all that is wanted, and what it has
    cannot be told from what was passed over.
    """
    if plan.fetch is None or plan.paging != "keyset":
        return False
    fetch = paged(plan)
    columns = walk(fetch, plan)
    return fetch.offset > 0 and not (len(columns) == 1 and columns[0].key)


def fingerprint(*parts: str) -> str:
    """What tells queries apart: the same only for the same parts."""
    return sha256("\0".join(parts).encode()).hexdigest()[:32]


def token(of: str, resume: Resume) -> str:
    """The text to go on with; ``of`` is the fingerprint of the query."""
    place = resume.place
    record: dict[str, object] = {"intacct-ql resume": VERSION, "query": of, "rows": resume.rows}
    if resume.limits:
        record["limits"] = resume.limits
    if isinstance(place, PageRequest):
        if place.behind is not None:
            record["behind"] = _frontier_kept(place.behind)
        record["offset"] = place.offset
    else:
        record["gaps"] = [[None if isinf(end) else int(end) for end in gap] for gap in place]
    return json.dumps(record)


def resumed(text: str, of: str) -> Resume:
    """What a token says. Raises ``ConfigError`` for one that is no token, or belongs to another query or version."""
    try:
        record = json.loads(text)
        version = record["intacct-ql resume"]
        if version != VERSION:
            raise ConfigError(f"the resume token is of version {version}; this program reads version {VERSION}")
        if record["query"] != of:
            raise ConfigError(
                "the resume token belongs to another query, company or entity (a relative date in it may have moved); "
                "run the query from its start"
            )
        return Resume(place=_place(record), rows=_count(record["rows"]), limits=_limits(record.get("limits", [])))
    except (ValueError, KeyError, TypeError, ArithmeticError, RecursionError):
        raise ConfigError(_UNREADABLE) from None


def check_place(place: Mark, columns: int, *, ranged: bool) -> None:
    """Raise ``ConfigError`` for a place in no run whose order has so many columns.

    Ranges of keys are one only where those can be gone by (``ranged``).
    """
    behind = place.behind if isinstance(place, PageRequest) else None
    if (not isinstance(place, PageRequest) and not ranged) or (behind is not None and not _is_deep(behind, columns)):
        raise ConfigError(_UNREADABLE)


def _is_deep(read: Frontier, columns: int) -> bool:
    """Whether a frontier knows of so many columns, at least one."""
    if columns <= 1:
        return columns == 1 and all(inner is None for _, inner in read.open)
    return all(inner is not None and _is_deep(inner, columns - 1) for _, inner in read.open)


def _place(record: dict[str, Any]) -> Mark:
    if "gaps" in record:
        return _gaps(record["gaps"])
    behind = _frontier(record["behind"]) if "behind" in record else None
    return PageRequest(behind=behind, offset=_count(record["offset"]), size=0)


def _gaps(kept: object) -> tuple[Interval, ...]:
    """Ranges of keys, each behind the one before; raises ``ValueError`` for others, and where there is none."""
    ends = [
        (-inf if low is None else _whole(low), inf if high is None else _whole(high)) for low, high in _listed(kept)
    ]
    apart = all(before[1] <= behind[0] for before, behind in pairwise(ends))
    if not ends or not apart or any(low >= high for low, high in ends):
        raise ValueError
    return tuple(ends)


def _limits(kept: object) -> tuple[tuple[int, int | None], ...]:
    return tuple([(_count(skip), None if left is None else _count(left)) for skip, left in _listed(kept)])


def _whole(kept: object) -> int:
    if type(kept) is not int:  # a truth is one for isinstance
        raise ValueError
    return kept


def _count(kept: object) -> int:
    if (count := _whole(kept)) < 0:
        raise ValueError
    return count


def _listed(kept: object) -> list[Any]:
    if not isinstance(kept, list):
        raise TypeError
    return kept


def _frontier_kept(read: Frontier) -> list[object]:
    entries = [[_kept(cell), None if inner is None else _frontier_kept(inner)] for cell, inner in read.open]
    return [entries, [*map(_kept, read.met)]]


def _frontier(kept: object) -> Frontier:
    entries, met = map(_listed, _listed(kept))
    inside = tuple([(_read(cell), None if inner is None else _frontier(inner)) for cell, inner in entries])
    return Frontier(open=inside, met=tuple([_read(cell) for cell in met]))


_TAGS: tuple[tuple[type, str, Callable[[Any], str], Callable[[str], object]], ...] = (
    (Decimal, "decimal", str, Decimal),
    (datetime, "datetime", datetime.isoformat, datetime.fromisoformat),
    (date, "date", date.isoformat, date.fromisoformat),
)
"""Cells that JSON has no word for; a datetime is a date too, and stands before it."""


def _kept(cell: object) -> object:
    for kind, tag, write, _ in _TAGS:
        if isinstance(cell, kind):
            return {tag: write(cell)}
    return cell


def _read(kept: object) -> object:
    if kept is None or isinstance(kept, int):
        return kept
    if isinstance(kept, str):
        escape(kept)  # raises ValueError for what no reply can have held
        return kept
    if not isinstance(kept, dict):
        raise TypeError
    ((tag, text),) = kept.items()
    read = {name: read for _, name, _, read in _TAGS}[tag]
    if not isinstance(text, str):
        raise TypeError
    return read(text)


def in_zone(place: Mark, zone: tzinfo | None) -> Mark:
    """The place for a session whose user has this zone.

    A moment that was read when the zone was known may be gone on from where it is not, and the other way round: it is
    what the user's clock showed.
    """
    if not isinstance(place, PageRequest) or place.behind is None:
        return place
    return replace(place, behind=_frontier_in(place.behind, zone))


def _frontier_in(read: Frontier, zone: tzinfo | None) -> Frontier:
    inside = [(_cell_in(cell, zone), None if inner is None else _frontier_in(inner, zone)) for cell, inner in read.open]
    return Frontier(open=tuple(inside), met=tuple([_cell_in(cell, zone) for cell in read.met]))


def _cell_in(cell: object, zone: tzinfo | None) -> object:
    if not isinstance(cell, datetime):
        return cell
    if cell.tzinfo is None or zone is None:
        return cell.replace(tzinfo=zone)
    return cell.astimezone(zone)


def as_mark(mark: PageRequest | Sequence[Interval] | None) -> Mark | None:
    """A mark that can be kept: a result that the gateway keeps cannot, it dies with its session."""
    if isinstance(mark, PageRequest):
        return None if mark.resultid is not None else mark
    return None if mark is None or not mark else tuple(mark)

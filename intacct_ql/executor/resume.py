"""Where a run stopped, as text that can be kept and gone on with.

In: the mark behind the rows that were handed on, and what tells one query from another. Out: a token; from a token a
``Resume``. Refuses to know: files, and how a run goes on.

A token is JSON: a version, a fingerprint of the query with its company, the rows given, and the mark. A run goes on
with it only if it asks the same of the same company. Cells are tagged with their types.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from math import inf, isinf
from typing import Any

from intacct_ql.errors import ConfigError
from intacct_ql.gateway.paging import Interval, PageRequest
from intacct_ql.gateway.place import Frontier
from intacct_ql.planner.steps import Distinct, Group, Plan, Sort

VERSION = 1

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
        return Resume(place=_place(record), rows=int(record["rows"]), limits=tuple(record.get("limits", ())))
    except (ValueError, KeyError, TypeError, InvalidOperation):
        raise ConfigError("the resume token cannot be read; run the query from its start") from None


def _place(record: dict[str, Any]) -> Mark:
    if "gaps" in record:
        return tuple([(-inf if low is None else low, inf if high is None else high) for low, high in record["gaps"]])
    behind = _frontier(record["behind"]) if "behind" in record else None
    return PageRequest(behind=behind, offset=int(record["offset"]), size=0)


def _frontier_kept(read: Frontier) -> list[object]:
    entries = [[_kept(cell), None if inner is None else _frontier_kept(inner)] for cell, inner in read.open]
    return [entries, [*map(_kept, read.met)]]


def _frontier(kept: list[Any]) -> Frontier:
    entries, met = kept
    inside = tuple([(_read(cell), None if inner is None else _frontier(inner)) for cell, inner in entries])
    return Frontier(open=inside, met=tuple(map(_read, met)))


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
    if not isinstance(kept, dict):
        return kept
    ((tag, text),) = kept.items()
    return next(read(text) for _, name, _, read in _TAGS if name == tag)


def as_mark(mark: PageRequest | Sequence[Interval] | None) -> Mark | None:
    """A mark that can be kept: a result that the gateway keeps cannot, it dies with its session."""
    if isinstance(mark, PageRequest):
        return None if mark.resultid is not None else mark
    return None if mark is None or not mark else tuple(mark)

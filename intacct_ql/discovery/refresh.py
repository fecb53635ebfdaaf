"""A company is asked what it has, and what it says is kept in its snapshot.

In: a conversation, a line, a snapshot, names of objects or none for all. Out: ``Refreshed``: what changed, and what may
not be looked up. Refuses to know: queries.

All objects are listed by one ``inspect``, and each is looked up by a call of its own, as many at a time as the session
has connections. They are kept in batches, and in the end whatever ends it: what was learned is not lost.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any

from intacct_ql.discovery import described
from intacct_ql.discovery.drift import CHANGED, REMOVED, Change, changes
from intacct_ql.discovery.snapshot import Entry, Snapshot
from intacct_ql.errors import GatewayError, SignInError, TransportError
from intacct_ql.executor.drive import AsyncLine, Line, Traffic, drive, drive_async
from intacct_ql.executor.ride import Steps
from intacct_ql.gateway.escape import escape
from intacct_ql.gateway.messages import Function, Result
from intacct_ql.gateway.patience import Patience, patiently, rule_for
from intacct_ql.gateway.session import Conversation
from intacct_ql.schema.catalog import BUNDLED

EVERYTHING = Function(name="inspect", xml="<inspect><object>*</object></inspect>")
DIMENSIONS = Function(name="getDimensions", xml="<getDimensions/>")

_BATCH = 20
"""Entries that are written in one go: each time costs as long as twenty of them do to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a refresh is: ``done`` of ``total`` objects, after so many ``calls``, signing in not counted."""

    done: int
    total: int
    calls: int


OnProgress = Callable[[Progress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What a refresh found.

    ``objects`` are those that were looked up, ``new`` those among them that never were before, ``refused`` those that
    may not be, with the gateway's words, or whose reply describes none. ``changes`` are the differences from what was
    known before.
    """

    objects: tuple[str, ...]
    new: tuple[str, ...]
    changes: tuple[Change, ...]
    refused: Mapping[str, str]
    calls: int

    def to_dict(self) -> dict[str, object]:
        """The record as plain JSON types."""
        return {
            "objects": list(self.objects),
            "new": list(self.new),
            "changes": [change.to_dict() for change in self.changes],
            "refused": dict(self.refused),
            "calls": self.calls,
        }


def refresh(
    conversation: Conversation,
    line: Line,
    snapshot: Snapshot,
    wanted: Sequence[str] = (),
    on_progress: OnProgress | None = None,
) -> Refreshed:
    """Look objects up, all of them unless some are named.

    Raises as ``Conversation.call`` does, but for objects that may not be looked up, and ``ConfigError`` where the
    snapshot cannot be used.
    """
    work = _Work(snapshot, wanted, on_progress)

    def ask(function: Function) -> Result | GatewayError:
        traffic = Traffic()
        try:
            return drive(_call(conversation, function), line, traffic)
        except GatewayError as error:
            return _borne(error)
        finally:
            work.count(traffic)

    if not wanted:
        work.take_list(ask(EVERYTHING))
        work.take_dimensions(ask(DIMENSIONS))
    pool = ThreadPoolExecutor(line.lanes.most, thread_name_prefix="lookup")
    try:
        asked = {pool.submit(ask, _lookup(name)): name for name in work.names}
        for done in as_completed(asked):
            work.take(asked[done], done.result())
    finally:
        pool.shutdown(cancel_futures=True)
        work.keep()
    return work.done()


async def refresh_async(
    conversation: Conversation,
    line: AsyncLine,
    snapshot: Snapshot,
    wanted: Sequence[str] = (),
    on_progress: OnProgress | None = None,
) -> Refreshed:
    """The same for async callers."""
    work = _Work(snapshot, wanted, on_progress)
    turns = asyncio.Semaphore(line.lanes.most)
    keeping = asyncio.Lock()

    async def ask(function: Function) -> Result | GatewayError:
        traffic = Traffic()
        try:
            return await drive_async(_call(conversation, function), line, traffic)
        except GatewayError as error:
            return _borne(error)
        finally:
            work.count(traffic)

    async def look(name: str) -> None:
        async with turns:
            outcome = await ask(_lookup(name))
        async with keeping:
            await asyncio.to_thread(work.take, name, outcome)

    if not wanted:
        work.take_list(await ask(EVERYTHING))
        work.take_dimensions(await ask(DIMENSIONS))
    try:
        async with asyncio.TaskGroup() as group:
            for name in work.names:
                group.create_task(look(name))
    except ExceptionGroup as several:  # callers know the errors themselves, as blocking ones do
        raise several.exceptions[0] from None
    finally:
        work.keep()
    return work.done()


def _lookup(name: str) -> Function:
    return Function(name="lookup", xml=f"<lookup><object>{escape(name)}</object></lookup>")


def _call(conversation: Conversation, function: Function) -> Steps[Result]:
    return patiently(partial(conversation.call, function), Patience())


def _borne(error: GatewayError) -> GatewayError:
    """A refusal of this one function; any other is raised, for it would meet the next ones too."""
    if error.level != "function" or isinstance(error, SignInError) or rule_for(error) is not None:
        raise error
    return error


@dataclass(slots=True)
class _Found:
    objects: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)


def _by_object(dimensions: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    return {one["object"].upper(): {part: one[part] for part in one if part != "object"} for one in dimensions}


class _Work:
    """What has been asked and found; the thread or task that takes outcomes is one at a time."""

    def __init__(self, snapshot: Snapshot, wanted: Sequence[str], on_progress: OnProgress | None) -> None:
        if snapshot.is_damaged():
            snapshot.rebuild()
        self._snapshot = snapshot
        self._on_progress = on_progress
        self._found = _Found()
        self._calls = 0
        self._waiting: list[Entry] = []
        self._before = {one.name.upper(): one for one in snapshot.objects()}
        self._had_list = any(one.listed for one in self._before.values())
        self._unlisted: frozenset[str] = frozenset()
        self._dimensions = _by_object(snapshot.fact("dimensions") or ())
        self._earlier = frozenset({*self._before, *self._dimensions})
        self._lock = Lock()
        self._labels = {one.name: one.label for one in self._before.values()}
        self.names = list(dict.fromkeys(map(self._spelled, wanted)))

    def count(self, traffic: Traffic) -> None:
        """Add what a call used; any thread may."""
        with self._lock:
            self._calls += traffic.calls - traffic.sign_ins

    def take_list(self, outcome: Result | GatewayError) -> None:
        """Keep the company's list of objects: all are to be looked up."""
        if isinstance(outcome, GatewayError):
            raise outcome
        self._labels = described.listed(outcome.data)
        unlisted = self._snapshot.put_list(self._labels)  # whether they are gone, their lookup tells
        self._unlisted = frozenset(unlisted)
        self.names = [*self._labels, *unlisted]

    def take_dimensions(self, outcome: Result | GatewayError) -> None:
        """Keep the dimensions; not every user may ask for them."""
        if isinstance(outcome, Result):
            found = described.dimensions(outcome.data)
            self._snapshot.put_fact("dimensions", found)
            self._dimensions = _by_object(found)
            known = {name.upper() for name in self.names}
            self.names += [one["object"] for one in found if one["object"].upper() not in known]

    def take(self, name: str, outcome: Result | GatewayError) -> None:
        """Keep what was said of an object."""
        entry = None if isinstance(outcome, GatewayError) else self._described(outcome, name)
        if isinstance(outcome, GatewayError):
            self._take_refusal(name, outcome.words)
        elif entry is not None:
            if name.upper() in self._dimensions:
                entry["dimension"] = self._dimensions[name.upper()]
            self._found.objects.append(entry["name"])
            self._waiting.append(entry)
            if len(self._waiting) == _BATCH:
                self.keep()
        if self._on_progress is not None:
            done = len(self._found.objects) + len(self._found.refused) + len(self._found.gone)
            self._on_progress(Progress(done=done, total=len(self.names), calls=self._calls))

    def _described(self, outcome: Result, name: str) -> dict[str, Any] | None:
        """The entry in a reply; None, and told with the refused ones, where it holds none: the next may well do."""
        try:
            return described.looked_up(outcome.data, name, self._labels.get(name, ""))
        except TransportError as strange:
            self._found.refused[name] = strange.reason
            return None

    def _take_refusal(self, name: str, words: str) -> None:
        if name in self._unlisted:
            self._snapshot.drop(name)
            self._found.gone.append(name)
            self._found.changes.append(Change(sign=REMOVED, kind="object", object=name))
            return
        self._found.refused[name] = words
        if name in self._labels or name in BUNDLED.labels():  # a slip of the hand is not worth keeping
            self._snapshot.put_refused(name, words)

    def keep(self) -> None:
        """Write what waits to be written."""
        entries, self._waiting = self._waiting, []
        before = self._snapshot.put(entries) if entries else {}
        for refusal in self._snapshot.forgive([entry["name"] for entry in entries]) if entries else ():
            tried = {"fact": "queryable", "old": "refused", "new": "to be tried again"}
            change = Change(sign=CHANGED, kind="field", object=refusal.object, name=refusal.field, **tried)
            self._found.changes.append(change)
        for entry in entries:
            name, known = entry["name"], before[entry["name"]]
            if known is None:
                self._found.new.append(name)
            if known is not None or self._is_added(name):
                self._found.changes += changes(name, known, entry)

    def done(self) -> Refreshed:
        """What was found, in the order of names."""
        found = self._found
        return Refreshed(
            objects=tuple(sorted(found.objects, key=str.upper)),
            new=tuple(sorted(found.new, key=str.upper)),
            changes=tuple(sorted(found.changes, key=lambda change: change.object.upper())),
            refused=dict(sorted(found.refused.items())),
            calls=self._calls,
        )

    def _is_added(self, name: str) -> bool:
        """Whether the company has an object that an earlier list of its objects lacked."""
        return self._had_list and name.upper() not in self._earlier

    def _spelled(self, name: str) -> str:
        """An object's name as the company spells it, where that is known; the gateway may mind the case [?]."""
        known = self._before.get(name.upper())
        if known is not None:
            return known.name
        return name.upper() if name.upper() in BUNDLED.labels() else name

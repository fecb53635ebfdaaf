"""The stages strung together: text in, XML or rows out.

In: query text, parameters, settings. Out: the trees, ``Compiled``, ``Explanation``, and sessions that give results.
Refuses to know: how any stage works, and how a company is reached. ``parse``, ``check`` and ``compile`` touch no
network and import none.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Self, TypedDict, TypeVar, Unpack, overload

from intacct_ql.backends.doors import door
from intacct_ql.binder import tree
from intacct_ql.binder.bind import Setting
from intacct_ql.binder.parameters import Parameters
from intacct_ql.errors import ConfigError, Diagnostic, Error, GatewayError, QueryError
from intacct_ql.prepared import CACHED, Compiled, Prepared, Statement, check_counts, check_page, statement
from intacct_ql.schema.catalog import BUNDLED, Catalog
from intacct_ql.schema.model import Object

if TYPE_CHECKING:
    from intacct_ql.discovery.refresh import OnProgress, Refreshed
    from intacct_ql.discovery.snapshot import Snapshot
    from intacct_ql.executor.course import Course
    from intacct_ql.executor.drive import AsyncLine, Line
    from intacct_ql.executor.knowledge import Knowledge
    from intacct_ql.executor.refused import Refused
    from intacct_ql.executor.settings import Settings, Wire
    from intacct_ql.executor.start import Start
    from intacct_ql.explained import Telling
    from intacct_ql.formatting import Formatting
    from intacct_ql.gateway.messages import Pause
    from intacct_ql.gateway.session import Conversation
    from intacct_ql.planner.cost import Counted
    from intacct_ql.planner.explain import Explanation
    from intacct_ql.planner.tiers import Tier
    from intacct_ql.result import AsyncResult, Result, Row, Stats
    from intacct_ql.syntax import ast

Clock = Callable[[], datetime]


def format(text: str) -> str:  # noqa: A001 - the published name
    """The query in canonical layout, comments kept; a short one is one line. Raises ``QuerySyntaxError``."""
    from intacct_ql.syntax.layout import formatted

    return formatted(text)


def format_script(text: str) -> str:
    """Every query of a script likewise, a semicolon and a new line between them. Raises as ``parse_script``."""
    from intacct_ql.syntax.script import formatted_script

    return formatted_script(text)


def parse_script(text: str) -> "tuple[ast.Select, ...]":
    """The trees of a script's queries; places in a tree count from the start of its own query.

    Raises one ``QuerySyntaxError`` with the mistakes of all queries, their places those in the whole script.
    """
    from intacct_ql.syntax.script import parse_script as parse_all

    return parse_all(text)


def check(
    text: str, *, catalog: Catalog | None = BUNDLED, strict: bool = False, target: str = "query"
) -> list[Diagnostic]:
    """Every finding about a query, in the order of the text. Raises no ``QueryError``.

    Parameters need no values, and times with an offset no zone.
    """
    return _findings(text, catalog, target, Setting(strict=strict, checking=True, unsettled=True))


def _findings(text: str, catalog: Catalog | None, target: str, setting: Setting) -> list[Diagnostic]:
    try:
        made = statement(text, catalog, target, setting).prepare()
    except QueryError as wrong:
        return list(wrong.diagnostics)
    return list(made.diagnostics)


def check_script(
    text: str, *, catalog: Catalog | None = BUNDLED, strict: bool = False, target: str = "query"
) -> list[Diagnostic]:
    """The same for every query of a script, one after the other; places are those in the whole script."""
    from intacct_ql.syntax.script import each_query, placed

    found = each_query(text, lambda query: check(query, catalog=catalog, strict=strict, target=target))
    return [one for entry, findings in found for one in placed(findings, entry)]


def compile(  # noqa: A001 - the published name
    text: str,
    params: Parameters = None,
    *,
    target: str = "query",
    catalog: Catalog | None = BUNDLED,
    page_size: int | None = None,
    offset: int | None = None,
    docparid: str | None = None,
    case_insensitive: bool = False,
    show_private: bool = False,
    strict: bool = False,
    clock: Clock = datetime.now,
) -> Compiled:
    """The request a query becomes: exactly what the text says, no page or hidden field unless asked for.

    Raises ``QueryError`` with every mistake, ``ConfigError`` for an unknown target.
    """
    settings = (target, catalog, page_size, offset, docparid, case_insensitive, show_private, strict, clock)
    return _statement(text, *settings).compile(params)


@lru_cache(maxsize=CACHED)
def _statement(
    text: str,
    target: str,
    catalog: Catalog | None,
    page_size: int | None,
    offset: int | None,
    docparid: str | None,
    case_insensitive: bool,
    show_private: bool,
    strict: bool,
    clock: Clock,
) -> Statement:
    """The statement of a text that was compiled lately; keyed by plain values, because they hash fast."""
    check_counts(page_size, offset)
    options = tree.Options(
        case_insensitive=case_insensitive, show_private=show_private, docparid=docparid, page_size=page_size
    )
    setting = Setting(strict=strict, options=options, clock=clock)
    return Statement(text, catalog=catalog, target=target, setting=setting, page_size=page_size, offset=offset)


def prepare(
    text: str,
    *,
    target: str = "query",
    catalog: Catalog | None = BUNDLED,
    page_size: int | None = None,
    strict: bool = False,
    clock: Clock = datetime.now,
) -> Statement:
    """A query read once, to be compiled with many values: ``.compile(params)``. Raises ``QuerySyntaxError``."""
    check_counts(page_size)
    setting = Setting(strict=strict, clock=clock)
    return Statement(text, catalog=catalog, target=target, setting=setting, page_size=page_size)


def explain(
    text: str,
    params: Parameters = None,
    *,
    target: str = "query",
    catalog: Catalog | None = BUNDLED,
    page_size: int | None = None,
    strict: bool = False,
    clock: Clock = datetime.now,
    tier: "str | Tier | None" = None,
    tiers: str | os.PathLike[str] | None = None,
    runs_per_month: int | None = None,
) -> "Explanation":
    """What a query would do and cost: ``str()`` for people, ``.to_dict()`` for tools. Asks nobody.

    ``tier`` is the performance tier to reckon with, 1 unless another is named; ``tiers`` is a JSON file with other
    tiers than the bundled ones. ``runs_per_month`` adds the price of a month. Raises as ``compile``, and
    ``ConfigError`` for a tier that does not exist.
    """
    from intacct_ql.explained import telling

    return telling(
        text,
        params,
        target=target,
        catalog=catalog,
        page_size=page_size,
        strict=strict,
        clock=clock,
        tier=tier,
        tiers=tiers,
        runs_per_month=runs_per_month,
    ).tell()


# Sessions.


class RunSettings(TypedDict, total=False):
    """How a query is run.

    ``max_calls``, ``max_rows``, ``max_bytes`` and ``max_seconds`` stop it: what was read is given, and then
    ``BudgetExceeded`` raised, which has a token to go on with. ``memory`` bounds, in bytes, what is sorted, grouped or
    made distinct here; 256 MB unless given. Beyond it rows wait in temporary files. ``ordered`` False gives rows as
    they come, where the query names no order. ``wire`` is the format of pages: xml, or json and csv, which are
    shorter and faster read; the first and the last come in xml all the same, which says how many rows are left.
    ``retries`` bounds how often a failure that passes is followed by another try; each kind has its own number.
    ``on_page`` is told of each page, ``on_retry`` of each pause, perhaps by another thread.
    """

    page_size: int | None
    max_calls: int | None
    max_rows: int | None
    max_bytes: int | None
    max_seconds: float | None
    memory: int | None
    ordered: bool
    wire: "Wire"
    retries: int | None
    on_page: "Callable[[Stats], None] | None"
    on_retry: "Callable[[Pause], None] | None"


AnyCompany = TypeVar("AnyCompany", bound="_Company")


class _Company:
    """What blocking and async sessions share: the conversation, the catalog, and how a query becomes a course.

    ``catalog`` is what names are checked by, ``snapshot`` where it keeps what the company said; None for the demo.
    """

    def __init__(
        self, conversation: "Conversation", name: str, snapshot: "Snapshot | None", formatting: "Formatting | None"
    ) -> None:
        self._conversation = conversation
        self._name = name
        self._formatting = formatting
        self.snapshot = snapshot
        self.catalog: Catalog = BUNDLED
        self._reread()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"

    def check(self, text: str, *, strict: bool = False, target: str = "query") -> list[Diagnostic]:
        """As ``intacct_ql.check``, with this session's catalog and what it has learned."""
        setting = replace(self._setting(target, strict, self._knowledge.formatting), checking=True)
        return _findings(text, self.catalog, target, setting)

    def schema(self, name: str) -> Object | None:
        """The object of this name, None if the catalog has none."""
        return self.catalog.object(name)

    def objects(self) -> tuple[str, ...]:
        """The names of every object."""
        return self.catalog.names()

    def _refreshed(self) -> None:
        """The snapshot has changed: fields that it holds for refused no longer are tried again."""
        self._reread()
        self._knowledge.reread()

    def _reread(self) -> None:
        """Take the catalog anew from the snapshot."""
        if self.snapshot is not None:
            from intacct_ql.discovery.shelf import catalog_of

            self.catalog = catalog_of(self.snapshot)

    def _kept(self) -> "Snapshot":
        if self.snapshot is None:
            raise ConfigError("this session keeps no snapshot: there is nothing to refresh")
        return self.snapshot

    def _fingerprint(self, made: Prepared) -> str:
        """What tells this query to this company from others."""
        from intacct_ql.executor.resume import fingerprint
        from intacct_ql.planner.pages import paged

        request = made.door.render(paged(made.plan))
        return fingerprint(self._conversation.company, made.door.function, request, repr(made.plan.local))

    @cached_property
    def _knowledge(self) -> "Knowledge":
        """What has been learned of the company, kept in the snapshot."""
        from intacct_ql.executor.knowledge import Knowledge

        learned = Knowledge(self._conversation.user, self.snapshot)
        if self._formatting is not None:
            learned.learn(self._formatting)
        return learned

    def _setting(
        self, target: str, strict: bool, known: "Formatting | None", refused: "Iterable[Refused]" = ()
    ) -> Setting:
        """What a query is bound with, while this date format is known, and further fields are refused."""
        refusals = {(owner, field, words) for (owner, field), words in self._knowledge.refusals.items()}
        refusals |= {(one.object, one.field, one.words) for one in refused}
        if target != "auto" and not door(target).localised:
            return Setting(strict=strict, refused=frozenset(refusals))
        zone = None if known is None else known.zone
        return Setting(strict=strict, zone=zone, unsettled=known is None, refused=frozenset(refusals))

    def _asked(self, text: str, params: Parameters, target: str, strict: bool, show_private: bool) -> "Asked":
        """A query with what is known now, and the way to make it with more."""
        known = self._knowledge.formatting

        def made(formatting: "Formatting | None", refused: "Iterable[Refused]" = ()) -> Prepared:
            setting = self._setting(target, strict, formatting, refused)
            if show_private:
                setting = replace(setting, options=tree.Options(show_private=True))
            return statement(text, self.catalog, target, setting).prepare(params)

        return Asked(made(known), lambda refused: made(self._knowledge.formatting, refused), known)

    def _for_all(self, settings: Mapping[str, Any], resume: str | None) -> "Settings":
        """The settings of a run over all entities. Raises ``ConfigError`` where there can be none."""
        if self._conversation.entity is not None:
            inside = self._conversation.entity
            raise ConfigError(f"all entities are asked from the top level; this session is inside the entity {inside}")
        if resume is not None:
            raise ConfigError("a run over all entities cannot be gone on with: run it from its start, or in one entity")
        return _settings(**settings)

    def _share(self, other: AnyCompany) -> AnyCompany:
        """Another session of the same company and user, with what this one knows."""
        other._knowledge, other.catalog = self._knowledge, self.catalog  # noqa: SLF001 - of the same kind
        return other

    def _start(
        self, asked: "Asked", settings: "Settings", resume: str | None, stats: "Stats", connections: int
    ) -> "Start[Prepared]":
        """The beginning of a run of a query that asks the gateway."""
        from intacct_ql.executor.start import Start

        def begin(made: Prepared, formatting: "Formatting") -> "Course":
            now = replace(settings, formatting=formatting)
            if made is not asked.made or not (made.zoned and asked.known is None):  # else it is not the last word
                now = _resuming(now, made, resume, partial(self._fingerprint, made))
            course = _course(made, now, stats, connections)
            course.signed_in = self._conversation.sign_ins > 0
            return course

        return Start(asked.made, asked.again, begin, self._knowledge, self._conversation, asked.known)

    def _telling(self, text: str, params: Parameters, settings: Mapping[str, Any]) -> "Telling":
        """What is to be explained, with what is known now."""
        from intacct_ql.explained import telling

        known = self._knowledge.formatting
        within = self._setting(settings.get("target", "query"), False, known)
        return telling(text, params, catalog=self.catalog, within=within, formatting=known, **settings)


class Asked(NamedTuple):
    """A query, made with the date format that was ``known``; ``again`` makes it with what is known later."""

    made: Prepared
    again: "Callable[..., Prepared]"
    known: "Formatting | None"


class Session(_Company):
    """A signed-in conversation with one company; use it in a with-statement. Threads may share it.

    Signing in happens when the first query is run.
    """

    def __init__(
        self,
        conversation: "Conversation",
        line: "Line",
        name: str,
        *,
        ahead: bool = True,
        snapshot: "Snapshot | None" = None,
        formatting: "Formatting | None" = None,
    ) -> None:
        """``ahead``: pages are fetched before they are asked for, by threads; of no use where no wire is waited for.

        ``formatting`` is the user's date format where it need not be asked for.
        """
        super().__init__(conversation, name, snapshot, formatting)
        self._line = line
        self._ahead = ahead
        self._inside: dict[str, Session] = {}

    def query(
        self,
        text: str,
        params: Parameters = None,
        *,
        target: str = "query",
        strict: bool = False,
        show_private: bool = False,
        all_entities: bool = False,
        resume: str | None = None,
        **settings: "Unpack[RunSettings]",
    ) -> "Result":
        """Run a query; its first page is asked for when the first row is.

        ``target`` names the door of the gateway, or is ``auto``; ``resume`` is the token of a run that was stopped, to
        go on with; ``settings`` are those of ``RunSettings``. ``show_private``: rows of private entities come too.

        ``all_entities`` runs the query in each entity of the company, one after the other, with a first column ENTITY
        that says which; its order, limit, groups and sums are those of each entity, the budgets those of the whole.
        Records that entities share come once for each. Such a run cannot be gone on with.

        Raises ``QueryError`` at once, and ``ConfigError`` for a token of another query; iterating the result raises
        ``SignInError``, ``GatewayError``, ``TransportError`` and ``BudgetExceeded``.
        """
        asked = self._asked(text, params, target, strict, show_private)
        if not all_entities:
            return self._run(asked, _settings(**settings), resume)
        from intacct_ql.executor.entities import AllEntities
        from intacct_ql.result import Result, Stats

        def run(entity: str, limits: dict[str, Any]) -> "Result":
            inside = self.inside(entity)
            return inside.query(text, params, target=target, strict=strict, show_private=show_private, **limits)

        first, stats = self._run(asked, self._for_all(settings, resume)), Stats()
        rows = AllEntities(first.columns, stats, dict(settings), self._entities, run)
        return Result(rows.columns, rows, stats, first.diagnostics)

    def inside(self, entity: str) -> "Session":
        """The same user inside an entity: a session of its own, over the same connections, kept for the next time."""
        if entity not in self._inside:
            conversation, name = self._conversation.inside(entity), f"{self._name}/{entity}"
            made = Session(conversation, self._line, name, ahead=self._ahead, snapshot=self.snapshot)
            self._inside[entity] = self._share(made)
        return self._inside[entity]

    def entities(self) -> tuple[str, ...]:
        """The ids of the company's entities; one call. Raises as iterating a result does."""
        from intacct_ql.result import Stats

        return self._entities(Stats())

    def _entities(self, stats: "Stats") -> tuple[str, ...]:
        from intacct_ql.executor.drive import Traffic, drive
        from intacct_ql.executor.entities import LISTED, is_refused, listing, spent

        traffic = Traffic()
        try:
            return drive(listing(self._conversation, _settings().patience), self._line, traffic)
        except GatewayError as refusal:
            if not is_refused(refusal):
                raise
            return tuple(str(row[0]) for row in self.query(LISTED))
        finally:
            spent(stats, traffic)

    def formatting(self) -> "Formatting":
        """How the user has days and times written; asked for once, one call, unless it is known.

        The usual one, without a zone, where the user may not read it. Raises as iterating a result does.
        """
        from intacct_ql.executor.drive import drive
        from intacct_ql.executor.start import learning
        from intacct_ql.formatting import USUAL

        drive(learning(self._knowledge, self._conversation, _settings().patience), self._line)
        return self._knowledge.formatting or USUAL

    def explain(self, text: str, params: Parameters = None, *, count: bool = False, **settings: Any) -> "Explanation":
        """As ``intacct_ql.explain``, with this session's catalog.

        With ``count`` the company is asked for the number of rows, one metered call, and the explanation holds an
        estimate; no call is made where the plan tells already. Raises then as iterating a result does.
        """
        told = self._telling(text, params, settings)
        if count and told.hangs_on_zone:
            self.formatting()
            told = self._telling(text, params, settings)
        question = told.question() if count else None
        if question is None:
            return told.tell()
        with self._run(_just(question), _settings()) as result:
            return told.tell(_counted(result.one(), result.stats))

    def _run(self, asked: Asked, settings: "Settings", resume: str | None = None) -> "Result":
        from intacct_ql.executor.run import Pull, known, result_columns
        from intacct_ql.executor.threads import Crew
        from intacct_ql.result import Result, Stats

        made, stats = asked.made, Stats()
        rows: Iterator[Row] = known(made.plan)
        if made.plan.fetch is not None:
            start = self._start(asked, settings, resume, stats, self._line.lanes.most)
            course = start.course()
            crew = Crew(course, self._conversation, self._line, course.most - 1 if self._ahead else 0)
            rows = Pull(made.plan, course, lambda: self._fingerprint(start.made), crew, start)
        return Result(result_columns(made.plan), rows, stats, made.diagnostics)

    def refresh(self, *objects: str, on_progress: "OnProgress | None" = None) -> "Refreshed":
        """Ask the company what it has, all of it or some objects, and keep that in the snapshot.

        Each object is one call, and the list of all is one. An object that may not be looked up is told with the rest.
        Raises as iterating a result does, and ``ConfigError`` where there is no snapshot.
        """
        from intacct_ql.discovery.refresh import refresh

        try:
            return refresh(self._conversation, self._line, self._kept(), objects, on_progress)
        finally:
            self._refreshed()

    def close(self) -> None:
        """Give connections back."""
        self._line.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncSession(_Company):
    """The same for async callers; use it in an async with-statement, in one event loop."""

    def __init__(
        self,
        conversation: "Conversation",
        line: "AsyncLine",
        name: str,
        *,
        ahead: bool = True,
        snapshot: "Snapshot | None" = None,
        formatting: "Formatting | None" = None,
    ) -> None:
        """``ahead``: pages are fetched before they are asked for, by tasks; of no use where no wire is waited for."""
        super().__init__(conversation, name, snapshot, formatting)
        self._line = line
        self._ahead = ahead
        self._inside: dict[str, AsyncSession] = {}

    def query(
        self,
        text: str,
        params: Parameters = None,
        *,
        target: str = "query",
        strict: bool = False,
        show_private: bool = False,
        all_entities: bool = False,
        resume: str | None = None,
        **settings: "Unpack[RunSettings]",
    ) -> "AsyncResult":
        """Run a query; ``async for row in session.query(...)``. Raises as ``Session.query`` does."""
        asked = self._asked(text, params, target, strict, show_private)
        if not all_entities:
            return self._run(asked, _settings(**settings), resume)
        from intacct_ql.executor.entities import AsyncAllEntities
        from intacct_ql.result import AsyncResult, Stats

        def run(entity: str, limits: dict[str, Any]) -> "AsyncResult":
            inside = self.inside(entity)
            return inside.query(text, params, target=target, strict=strict, show_private=show_private, **limits)

        first, stats = self._run(asked, self._for_all(settings, resume)), Stats()
        rows = AsyncAllEntities(first.columns, stats, dict(settings), self._entities, run)
        return AsyncResult(rows.columns, rows, stats, first.diagnostics)

    def inside(self, entity: str) -> "AsyncSession":
        """As ``Session.inside``."""
        if entity not in self._inside:
            conversation, name = self._conversation.inside(entity), f"{self._name}/{entity}"
            made = AsyncSession(conversation, self._line, name, ahead=self._ahead, snapshot=self.snapshot)
            self._inside[entity] = self._share(made)
        return self._inside[entity]

    async def entities(self) -> tuple[str, ...]:
        """As ``Session.entities``."""
        from intacct_ql.result import Stats

        return await self._entities(Stats())

    async def _entities(self, stats: "Stats") -> tuple[str, ...]:
        from intacct_ql.executor.drive import Traffic, drive_async
        from intacct_ql.executor.entities import LISTED, is_refused, listing, spent

        traffic = Traffic()
        try:
            return await drive_async(listing(self._conversation, _settings().patience), self._line, traffic)
        except GatewayError as refusal:
            if not is_refused(refusal):
                raise
            return tuple([str(row[0]) async for row in self.query(LISTED)])
        finally:
            spent(stats, traffic)

    async def formatting(self) -> "Formatting":
        """As ``Session.formatting``."""
        from intacct_ql.executor.drive import drive_async
        from intacct_ql.executor.start import learning
        from intacct_ql.formatting import USUAL

        await drive_async(learning(self._knowledge, self._conversation, _settings().patience), self._line)
        return self._knowledge.formatting or USUAL

    @overload
    def explain(
        self, text: str, params: Parameters = None, *, count: Literal[False] = False, **settings: Any
    ) -> "Explanation": ...

    @overload
    def explain(
        self, text: str, params: Parameters = None, *, count: Literal[True], **settings: Any
    ) -> "Awaitable[Explanation]": ...

    def explain(
        self, text: str, params: Parameters = None, *, count: bool = False, **settings: Any
    ) -> "Explanation | Awaitable[Explanation]":
        """As ``Session.explain``; with ``count`` it is to be awaited: ``await session.explain(..., count=True)``."""
        told = self._telling(text, params, settings)
        return self._counted(told, text, params, settings) if count else told.tell()

    async def _counted(
        self, told: "Telling", text: str, params: Parameters, settings: Mapping[str, Any]
    ) -> "Explanation":
        if told.hangs_on_zone:
            await self.formatting()
            told = self._telling(text, params, settings)
        question = told.question()
        if question is None:
            return told.tell()
        async with self._run(_just(question), _settings()) as result:
            return told.tell(_counted(await result.one(), result.stats))

    def _run(self, asked: Asked, settings: "Settings", resume: str | None = None) -> "AsyncResult":
        from intacct_ql.executor.run import AsyncPull, known_async, result_columns
        from intacct_ql.executor.tasks import AsyncCrew
        from intacct_ql.result import AsyncResult, Stats

        made, stats = asked.made, Stats()
        rows: AsyncIterator[Row] = known_async(made.plan)
        if made.plan.fetch is not None:
            start = self._start(asked, settings, resume, stats, self._line.lanes.most)
            course = start.course()
            crew = AsyncCrew(course, self._conversation, self._line, course.most - 1 if self._ahead else 0)
            rows = AsyncPull(made.plan, course, lambda: self._fingerprint(start.made), crew, start)
        return AsyncResult(result_columns(made.plan), rows, stats, made.diagnostics)

    async def refresh(self, *objects: str, on_progress: "OnProgress | None" = None) -> "Refreshed":
        """As ``Session.refresh``."""
        from intacct_ql.discovery.refresh import refresh_async

        try:
            return await refresh_async(self._conversation, self._line, self._kept(), objects, on_progress)
        finally:
            self._refreshed()

    async def close(self) -> None:
        """Give connections back."""
        await self._line.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _settings(
    *,
    page_size: int | None = None,
    max_calls: int | None = None,
    max_rows: int | None = None,
    max_bytes: int | None = None,
    max_seconds: float | None = None,
    memory: int | None = None,
    ordered: bool = True,
    wire: "Wire" = "xml",
    retries: int | None = None,
    on_page: "Callable[[Stats], None] | None" = None,
    on_retry: "Callable[[Pause], None] | None" = None,
) -> "Settings":
    from intacct_ql.executor.settings import Budget, Settings
    from intacct_ql.executor.spill import Storage
    from intacct_ql.gateway.patience import Patience

    check_counts(page_size)
    if memory is not None and memory < 1:
        raise ConfigError(f"memory for rows is a number of bytes, not {memory}")
    if wire not in ("xml", "json", "csv"):
        raise ConfigError(f"pages come in xml, json or csv, not in {wire}")
    return Settings(
        page_size=page_size,
        budget=Budget(calls=max_calls, rows=max_rows, bytes=max_bytes, seconds=max_seconds),
        storage=Storage() if memory is None else Storage(memory=memory),
        patience=Patience(tries=retries),
        ordered=ordered,
        wire=wire,
        on_page=on_page,
        on_retry=on_retry,
    )


def _resuming(settings: "Settings", made: Prepared, resume: str | None, query: Callable[[], str]) -> "Settings":
    """The settings with the place where a run goes on. Raises ``ConfigError`` where it cannot."""
    if resume is None:
        return settings
    from intacct_ql.executor.resume import check_resumable, resumed

    check_resumable(made.plan)
    return replace(settings, resume=resumed(resume, query()))


def _counted(row: "Row", stats: "Stats") -> "Counted":
    """The answer to a COUNT; signing in is no metered call."""
    from intacct_ql.planner.cost import Counted

    return Counted(rows=int(str(row[0])), calls=stats.calls - stats.sign_ins)


def _just(made: Prepared) -> Asked:
    """A query that is run as it is made."""
    return Asked(made, lambda _: made, None)


def _course(made: Prepared, settings: "Settings", stats: "Stats", connections: int) -> "Course":
    from intacct_ql.executor.course import Course

    if made.plan.fetch is None:
        raise Error("the query asks nothing of the gateway any more; run it again")
    check_page(made.door, settings.page_size)
    if not made.door.sent:
        raise ConfigError(f"{made.door.function} is written and never sent: compile shows the request")
    if settings.wire != "xml" and made.door.function != "query":
        raise ConfigError(f"{made.door.function} is read in xml only; {settings.wire} is for query")
    return Course(made.plan, made.plan.fetch, made.door, settings, stats, connections=connections)

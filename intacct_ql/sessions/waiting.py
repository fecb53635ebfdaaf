"""A session for async callers.

In: query text, parameters, settings. Out: ``AsyncResult``, explanations, what the company has. Refuses to know: how a
query becomes a run.
"""
# ruff: noqa: PLC0415 - a session that only checks imports nothing that runs

from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import TYPE_CHECKING, Any, Literal, Self, Unpack, overload

from intacct_ql.binder.parameters import Parameters
from intacct_ql.errors import GatewayError
from intacct_ql.sessions.company import Asked, Company, counted, just
from intacct_ql.sessions.settings import RunSettings, run_settings

if TYPE_CHECKING:
    from intacct_ql.discovery.refresh import OnProgress, Refreshed
    from intacct_ql.discovery.snapshot import Snapshot
    from intacct_ql.executor.drive import AsyncLine
    from intacct_ql.executor.settings import Settings
    from intacct_ql.explained import Telling
    from intacct_ql.formatting import Formatting
    from intacct_ql.gateway.session import Conversation
    from intacct_ql.planner.explain import Explanation
    from intacct_ql.result import AsyncResult, Row, Stats


class AsyncSession(Company):
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
            return self._run(asked, run_settings(**settings), resume)
        from intacct_ql.executor.entities import AsyncAllEntities
        from intacct_ql.result import AsyncResult, Stats

        def run(entity: str, limits: dict[str, Any]) -> "AsyncResult":
            inside = self._within(entity)
            return inside.query(text, params, target=target, strict=strict, show_private=show_private, **limits)

        first, stats = self._run(asked, self._for_all(settings, resume)), Stats()
        rows = AsyncAllEntities(first.columns, stats, dict(settings), self._entities, run)
        return AsyncResult(rows.columns, rows, stats, first.diagnostics)

    def inside(self, entity: str) -> "AsyncSession":
        """As ``Session.inside``."""
        self._demand_open()
        return self._within(entity)

    def _within(self, entity: str) -> "AsyncSession":
        known = self._inside.get(entity)
        if known is None or known._closed:  # noqa: SLF001 - of the same kind
            conversation, name = self._conversation.inside(entity), f"{self._name}/{entity}"
            made = AsyncSession(conversation, self._line, name, ahead=self._ahead, snapshot=self.snapshot)
            known = self._inside[entity] = self._share(made)
        return known

    async def entities(self) -> tuple[str, ...]:
        """As ``Session.entities``."""
        from intacct_ql.result import Stats

        self._demand_open()
        return await self._entities(Stats())

    async def _entities(self, stats: "Stats") -> tuple[str, ...]:
        from intacct_ql.executor.drive import Traffic, drive_async
        from intacct_ql.executor.entities import LISTED, is_refused, listing

        traffic = Traffic()
        try:
            return await drive_async(listing(self._conversation, run_settings().patience), self._line, traffic)
        except GatewayError as refusal:
            if not is_refused(refusal):
                raise
            return tuple([str(row[0]) async for row in self.query(LISTED)])
        finally:
            traffic.add_to(stats)

    async def formatting(self) -> "Formatting":
        """As ``Session.formatting``."""
        from intacct_ql.executor.drive import drive_async
        from intacct_ql.executor.start import learning
        from intacct_ql.formatting import USUAL

        self._demand_open()
        await drive_async(learning(self._knowledge, self._conversation, run_settings().patience), self._line)
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
        if not count:
            return told.tell()
        self._demand_open()
        return self._counted(told, text, params, settings)

    async def _counted(
        self, told: "Telling", text: str, params: Parameters, settings: Mapping[str, Any]
    ) -> "Explanation":
        if told.hangs_on_zone:
            await self.formatting()
            told = self._telling(text, params, settings)
        question = told.question()
        if question is None:
            return told.tell()
        async with self._run(just(question), run_settings()) as result:
            return told.tell(counted(await result.one(), result.stats))

    def _run(self, asked: Asked, settings: "Settings", resume: str | None = None) -> "AsyncResult":
        from intacct_ql.executor.run import AsyncPull, known_async, result_columns
        from intacct_ql.executor.tasks import AsyncCrew
        from intacct_ql.result import AsyncResult, Stats

        made, stats = asked.made, Stats()
        rows: AsyncIterator[Row] = known_async(made.plan)
        if made.plan.fetch is not None:
            start = self._start(asked, settings, resume, stats, self._line.lanes.most)
            course = start.course()
            crew = AsyncCrew(course, self._conversation, self._line, course.connections if self._ahead else 0)
            rows = AsyncPull(made.plan, course, lambda: self._fingerprint(start.made), crew, start)
        return AsyncResult(result_columns(made.plan), rows, stats, made.diagnostics)

    async def refresh(self, *objects: str, on_progress: "OnProgress | None" = None) -> "Refreshed":
        """As ``Session.refresh``."""
        from intacct_ql.discovery.refresh import refresh_async

        self._demand_open()
        try:
            return await refresh_async(self._conversation, self._line, self._kept(), objects, on_progress)
        finally:
            self._refreshed()

    async def close(self) -> None:
        """Give connections back, those inside too; results that are being read may still be read to their end."""
        self._closed = True
        for each in self._inside.values():
            await each.close()
        await self._line.transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

"""A session for blocking callers.

In: query text, parameters, settings. Out: ``Result``, explanations, what the company has. Refuses to know: how a query
becomes a run.
"""
# ruff: noqa: PLC0415 - a session that only checks imports nothing that runs

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self, Unpack

from intacct_ql.binder.parameters import Parameters
from intacct_ql.errors import GatewayError
from intacct_ql.sessions.company import Asked, Company, counted, just
from intacct_ql.sessions.settings import RunSettings, run_settings

if TYPE_CHECKING:
    from intacct_ql.discovery.refresh import OnProgress, Refreshed
    from intacct_ql.discovery.snapshot import Snapshot
    from intacct_ql.executor.drive import Line
    from intacct_ql.executor.settings import Settings
    from intacct_ql.formatting import Formatting
    from intacct_ql.gateway.session import Conversation
    from intacct_ql.planner.explain import Explanation
    from intacct_ql.result import Result, Row, Stats


class Session(Company):
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
            return self._run(asked, run_settings(**settings), resume)
        from intacct_ql.executor.entities import AllEntities
        from intacct_ql.result import Result, Stats

        def run(entity: str, limits: dict[str, Any]) -> "Result":
            inside = self._within(entity)
            return inside.query(text, params, target=target, strict=strict, show_private=show_private, **limits)

        first, stats = self._run(asked, self._for_all(settings, resume)), Stats()
        rows = AllEntities(first.columns, stats, dict(settings), self._entities, run)
        return Result(rows.columns, rows, stats, first.diagnostics)

    def inside(self, entity: str) -> "Session":
        """The same user inside an entity: a session of its own, over the same connections, kept until it is closed."""
        self._demand_open()
        return self._within(entity)

    def _within(self, entity: str) -> "Session":
        known = self._inside.get(entity)
        if known is None or known._closed:  # noqa: SLF001 - of the same kind
            conversation, name = self._conversation.inside(entity), f"{self._name}/{entity}"
            made = Session(conversation, self._line, name, ahead=self._ahead, snapshot=self.snapshot)
            known = self._inside[entity] = self._share(made)
        return known

    def entities(self) -> tuple[str, ...]:
        """The ids of the company's entities; one call. Raises as iterating a result does."""
        from intacct_ql.result import Stats

        self._demand_open()
        return self._entities(Stats())

    def _entities(self, stats: "Stats") -> tuple[str, ...]:
        from intacct_ql.executor.drive import Traffic, drive
        from intacct_ql.executor.entities import LISTED, is_refused, listing

        traffic = Traffic()
        try:
            return drive(listing(self._conversation, run_settings().patience), self._line, traffic)
        except GatewayError as refusal:
            if not is_refused(refusal):
                raise
            return tuple(str(row[0]) for row in self.query(LISTED))
        finally:
            traffic.add_to(stats)

    def formatting(self) -> "Formatting":
        """How the user has days and times written; asked for once, one call, unless it is known.

        The usual one, without a zone, where the user may not read it. Raises as iterating a result does.
        """
        from intacct_ql.executor.drive import drive
        from intacct_ql.executor.start import learning
        from intacct_ql.formatting import USUAL

        self._demand_open()
        drive(learning(self._knowledge, self._conversation, run_settings().patience), self._line)
        return self._knowledge.formatting or USUAL

    def explain(self, text: str, params: Parameters = None, *, count: bool = False, **settings: Any) -> "Explanation":
        """As ``intacct_ql.explain``, with this session's catalog.

        With ``count`` the company is asked for the number of rows, one metered call, and the explanation holds an
        estimate; no call is made where the plan tells already. Raises then as iterating a result does.
        """
        if count:
            self._demand_open()
        told = self._telling(text, params, settings)
        if count and told.hangs_on_zone:
            self.formatting()
            told = self._telling(text, params, settings)
        question = told.question() if count else None
        if question is None:
            return told.tell()
        with self._run(just(question), run_settings()) as result:
            return told.tell(counted(result.one(), result.stats))

    def _run(self, asked: Asked, settings: "Settings", resume: str | None = None) -> "Result":
        from intacct_ql.executor.run import Pull, known, result_columns
        from intacct_ql.executor.threads import Crew
        from intacct_ql.result import Result, Stats

        made, stats = asked.made, Stats()
        rows: Iterator[Row] = known(made.plan)
        if made.plan.fetch is not None:
            start = self._start(asked, settings, resume, stats, self._line.lanes.most)
            course = start.course()
            crew = Crew(course, self._conversation, self._line, course.connections if self._ahead else 0)
            rows = Pull(made.plan, course, lambda: self._fingerprint(start.made), crew, start)
        return Result(result_columns(made.plan), rows, stats, made.diagnostics)

    def refresh(self, *objects: str, on_progress: "OnProgress | None" = None) -> "Refreshed":
        """Ask the company what it has, all of it or some objects, and keep that in the snapshot.

        Each object is one call, and the list of all is one. An object that may not be looked up is told with the rest.
        Raises as iterating a result does, and ``ConfigError`` where there is no snapshot.
        """
        from intacct_ql.discovery.refresh import refresh

        self._demand_open()
        try:
            return refresh(self._conversation, self._line, self._kept(), objects, on_progress)
        finally:
            self._refreshed()

    def close(self) -> None:
        """Give connections back, those inside too; results that are being read may still be read to their end."""
        self._closed = True
        for each in self._inside.values():
            each.close()
        self._line.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

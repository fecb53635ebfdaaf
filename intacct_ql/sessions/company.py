"""What sessions of both kinds share: what is known of a company, and how a query becomes a run.

In: a conversation, a snapshot, query text. Out: queries made with what is known, and the beginning of their runs.
Refuses to know: threads and tasks.
"""
# ruff: noqa: PLC0415 - a session that only checks imports nothing that runs

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from intacct_ql.api import findings
from intacct_ql.backends.localised import bound_with
from intacct_ql.binder import tree
from intacct_ql.binder.parameters import Parameters
from intacct_ql.binder.setting import Setting
from intacct_ql.errors import ConfigError, Diagnostic, Error
from intacct_ql.prepared import Prepared, check_page, statement
from intacct_ql.schema.catalog import BUNDLED, Catalog
from intacct_ql.schema.model import Object
from intacct_ql.sessions.settings import run_settings

if TYPE_CHECKING:
    from intacct_ql.discovery.snapshot import Snapshot
    from intacct_ql.executor.course import Course
    from intacct_ql.executor.knowledge import Knowledge
    from intacct_ql.executor.refused import Refused
    from intacct_ql.executor.settings import Settings
    from intacct_ql.executor.start import Start
    from intacct_ql.explained import Telling
    from intacct_ql.formatting import Formatting
    from intacct_ql.gateway.session import Conversation
    from intacct_ql.planner.cost import Counted
    from intacct_ql.result import Row, Stats


AnyCompany = TypeVar("AnyCompany", bound="Company")


class Company:
    """What blocking and async sessions share: the conversation, the catalog, and how a query becomes a course.

    ``catalog`` is what names are checked by, ``snapshot`` where it keeps what the company said; None for the demo.
    """

    def __init__(
        self, conversation: "Conversation", name: str, snapshot: "Snapshot | None", formatting: "Formatting | None"
    ) -> None:
        self._conversation = conversation
        self._name = name
        self._formatting = formatting
        self._closed = False
        self.snapshot = snapshot
        self.catalog: Catalog = BUNDLED
        self._reread()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"

    def check(self, text: str, *, strict: bool = False, target: str = "query") -> list[Diagnostic]:
        """As ``intacct_ql.check``, with this session's catalog and what it has learned."""
        setting = replace(self._setting(target, strict, self._knowledge.formatting), checking=True)
        return findings(text, self.catalog, target, setting)

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

    def _demand_open(self) -> None:
        """Raises ``ConfigError`` after the end: nothing more is asked then."""
        if self._closed:
            raise ConfigError("this session is closed; connect again for another query")

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
        return bound_with(target, known, strict=strict, refused=frozenset(refusals))

    def _asked(self, text: str, params: Parameters, target: str, strict: bool, show_private: bool) -> "Asked":
        """A query with what is known now, and the way to make it with more. Raises ``ConfigError`` after the end."""
        self._demand_open()
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
        return run_settings(**settings)

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

        return Start(asked.made, asked.again, begin, self._knowledge, self._conversation, asked.known, resume)

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


def _resuming(settings: "Settings", made: Prepared, resume: str | None, query: Callable[[], str]) -> "Settings":
    """The settings with the place where a run goes on. Raises ``ConfigError`` where it cannot."""
    if resume is None:
        return settings
    from intacct_ql.executor.resume import check_resumable, resumed

    check_resumable(made.plan)
    return replace(settings, resume=resumed(resume, query()))


def counted(row: "Row", stats: "Stats") -> "Counted":
    """The answer to a COUNT; signing in is no metered call."""
    from intacct_ql.planner.cost import Counted

    return Counted(rows=int(str(row[0])), calls=stats.metered)


def just(made: Prepared) -> Asked:
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

"""Statements that are read once and used many times.

In: text, catalog, settings; later parameter values, again and again. Out: plans and requests. Refuses to know:
sessions.

A statement keeps its tree, so that a second use parses nothing. Where parameters only stand on the right of a
comparison and are of the field's own Python type, the whole request is kept too, as a ``Template`` with a hole for each
value: a further use with values of the same types fills the holes and does nothing else. All else is bound anew.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from intacct_ql.backends.door import Door
from intacct_ql.backends.localised import localised
from intacct_ql.backends.route import is_routed, route
from intacct_ql.backends.templates import Key, Template, template
from intacct_ql.binder.bind import Bound, bind
from intacct_ql.binder.parameters import Parameters
from intacct_ql.binder.setting import Setting
from intacct_ql.bounds import is_count
from intacct_ql.errors import ConfigError, Diagnostic, QueryError, QuerySyntaxError, Severity
from intacct_ql.formatting import USUAL, Formatting
from intacct_ql.planner.steps import Fetch, Plan
from intacct_ql.schema.catalog import Catalog
from intacct_ql.source import Span
from intacct_ql.syntax import ast
from intacct_ql.syntax.notes import notes
from intacct_ql.syntax.parser import mend, parse

CACHED = 256
"""Statements kept by text; the least used goes first."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Prepared:
    """A query after every stage that needs no gateway; ``dated`` if it depends on the day, ``zoned`` on the zone."""

    select: ast.Select
    plan: Plan
    door: Door
    diagnostics: tuple[Diagnostic, ...]
    dated: bool = False
    zoned: bool = False


class Compiled:
    """A compiled query.

    ``xml`` is the function element, empty when nothing needs to be asked; ``diagnostics`` are the remarks; ``plan``
    says who does what.
    """

    __slots__ = ("_plan", "diagnostics", "xml")

    def __init__(self, xml: str, diagnostics: tuple[Diagnostic, ...], plan: Plan | Callable[[], Plan]) -> None:
        self.xml = xml
        self.diagnostics = diagnostics
        self._plan = plan

    @property
    def plan(self) -> Plan:
        """The plan; made when it is first asked for if the request was filled into a template."""
        if not isinstance(self._plan, Plan):
            self._plan = self._plan()
        return self._plan

    def __repr__(self) -> str:
        return f"Compiled({self.xml!r})"


class Statement:
    """A query that was read once. Threads may share it.

    ``page_size`` and ``offset`` go into the request where they are given; days and times as ``formatting`` has them.
    """

    def __init__(
        self,
        text: str,
        *,
        catalog: Catalog | None,
        target: str,
        setting: Setting,
        page_size: int | None = None,
        offset: int | None = None,
        formatting: Formatting = USUAL,
    ) -> None:
        """Read the text. Raises ``QuerySyntaxError``, with what binding finds in a mended copy beside it."""
        self.text = text
        self._catalog = catalog
        self._target = target
        self._setting = setting
        self._page_size = page_size
        self._offset = offset
        self._formatting = formatting
        try:
            self._select = parse(text)
        except QuerySyntaxError as wrong:
            raise QuerySyntaxError(self._with_binding(wrong), text) from None
        self._notes = notes(text)
        self._templates: dict[tuple[type, ...], Template | None] = {}
        self._unbound: Compiled | None = None
        self._keys: tuple[Key, ...] | None = None

    def compile(self, params: Parameters = None) -> Compiled:
        """The request for these values. Raises ``QueryError``."""
        if not params:
            return self._unbound or self._compiled(params)
        kept = self._templates.get(self._kinds(params))
        if kept is None:
            return self._first(params)
        try:
            xml = kept.fill(params)
        except ValueError:
            return self._compiled(params)
        return Compiled(xml, kept.diagnostics, lambda: self.prepare(params).plan)

    def prepare(self, params: Parameters = None) -> Prepared:
        """The plan for these values. Raises ``QueryError``."""
        return self._planned(self._bound(params))

    def _kinds(self, params: Any) -> tuple[type, ...]:
        """The types of the values in the order of the keys; empty where the values are not those asked for."""
        keys = self._keys
        if keys is None or isinstance(params, (str, bytes)):  # a text has places and types too
            return ()
        try:
            if len(params) != len(keys):
                return ()
            return tuple([type(params[key]) for key in keys])
        except (KeyError, TypeError, IndexError):
            return ()

    def _first(self, params: Parameters) -> Compiled:
        """Compile in full; keep the request as a template if it can be one."""
        bound = self._bound(params)
        made = self._planned(bound)
        self._keys = tuple(dict.fromkeys(bound.asked))
        kinds = self._kinds(params)
        if kinds and kinds not in self._templates:
            self._templates[kinds] = (
                None
                if made.dated or self._is_routed(bound) or self._hangs_on_format(kinds)
                else self._template(made, bound.asked, dict(zip(self._keys, kinds, strict=True)))
            )
        return self._rendered(made)

    def _template(self, made: Prepared, asked: tuple[Key, ...], kinds: Mapping[Key, type]) -> Template | None:
        return template(made.plan.fetch, made.door, asked, kinds, self._render, made.diagnostics)

    def _is_routed(self, bound: Bound) -> bool:
        """Whether other values may send the query through another door."""
        return bound.query is not None and is_routed(bound.query, self._target)

    def _hangs_on_format(self, kinds: tuple[type, ...]) -> bool:
        """Whether values have texts that a door would not write."""
        return not self._formatting.is_usual and not {date, datetime}.isdisjoint(kinds)

    def _compiled(self, params: Parameters) -> Compiled:
        made = self.prepare(params)
        compiled = self._rendered(made)
        if not params and not made.dated:
            self._unbound = compiled
        return compiled

    def _rendered(self, made: Prepared) -> Compiled:
        return Compiled(self._render(made.plan.fetch, made.door), made.diagnostics, made.plan)

    def _render(self, fetch: Fetch | None, through: Door) -> str:
        if fetch is None:
            return ""
        check_page(through, self._page_size, self._offset)
        written = localised(fetch, self._formatting) if through.localised else fetch
        return through.render(written, page_size=self._page_size, offset=self._offset)

    def _bound(self, params: Parameters) -> Bound:
        return bind(self._select, self._catalog, self.text, params, self._setting)

    def _planned(self, bound: Bound) -> Prepared:
        found = (*self._notes, *bound.diagnostics)
        if bound.query is None or (found and any(finding.severity is Severity.ERROR for finding in found)):
            raise QueryError(_in_order(found), self.text)
        try:
            plan, through = route(bound.query, self._target)
        except QueryError as wrong:
            raise QueryError(_in_order((*found, *wrong.diagnostics)), self.text) from None
        return Prepared(
            select=self._select,
            plan=plan,
            door=through,
            diagnostics=_in_order(found),
            dated=bound.dated,
            zoned=bound.zoned,
        )

    def _with_binding(self, wrong: QuerySyntaxError) -> tuple[Diagnostic, ...]:
        """The mistakes of syntax and, where they could be mended in a copy, those that binding finds in it."""
        mended = mend(self.text)
        if mended.text is None:
            return wrong.diagnostics
        setting = replace(self._setting, checking=True)
        bound = bind(parse(mended.text), self._catalog, mended.text, None, setting)
        return _in_order((*wrong.diagnostics, *map(mended.back, bound.diagnostics)))


@lru_cache(maxsize=CACHED)
def statement(text: str, catalog: Catalog | None, target: str, setting: Setting) -> Statement:
    """The statement of a text, from the cache if it was used lately. Raises as ``Statement`` does."""
    return Statement(text, catalog=catalog, target=target, setting=setting)


def check_counts(page_size: int | None, offset: int | None = None) -> None:
    """Refuse a page or an offset that no door could have with ``ConfigError``."""
    if page_size is not None and not is_count(page_size, 1):
        raise ConfigError(f"a page holds 1 row or more, not {page_size!r}")
    if offset is not None and not is_count(offset, 0):
        raise ConfigError(f"rows are skipped from 0 on, not {offset!r}")


def check_page(through: Door, page_size: int | None, offset: int | None = None) -> None:
    """Refuse a page that the door does not have with ``ConfigError``; one that knows no pages is not asked for any."""
    most = through.abilities.most_rows
    if through.abilities.pages == "none":
        return
    if page_size is not None and page_size > most:
        raise ConfigError(f"a page of {through.function} holds 1 to {most} rows, not {page_size}")
    if offset and not through.abilities.offset:
        raise ConfigError(f"{through.function} cannot skip rows")


def _in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(found, key=lambda finding: finding.span or Span(2**31, 2**31))) if found else ()

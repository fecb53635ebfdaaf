"""A ``Query`` becomes SQL, and rows: the one way from any function to the store.

In: a ``Query`` and the company. Out: ``Found``, or record numbers and later their ``Page``; ``FunctionRefused`` for an
unknown name, a bad literal or an overflowing sum. Refuses to know: elements, envelopes, which function asks.

What no public source says, and is decided here:

- Ascending order puts NULL last, descending first, as the database behind the gateway does by default.
- Without ``orderby`` the order is undefined in reality; here it is always the newest record first, so that a client
  that relies on RECORDNO order is found out. Ties under an ``orderby`` are broken the same way.
- Every aggregate is named ``FUNC.FIELD``; only ``COUNT.RECORDNO`` is documented.
- With aggregates, ordering is possible by selected plain fields only.
- A private entity's rows (by MEGAENTITYID) are hidden from the top level without ``showprivate``, also where a function
  has no such option. A session of an entity sees the entity's rows and the shared ones. What has no MEGAENTITYID of
  its own and belongs to a document, such as its lines, is seen where the document is.
"""

import json
import sqlite3
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from intacct_ql.emulator.cells import Texts, averages, writer
from intacct_ql.emulator.conditions import Sql, joined, translate
from intacct_ql.emulator.counting import Counts
from intacct_ql.emulator.documents import BELONGS
from intacct_ql.emulator.formatting import Formatting
from intacct_ql.emulator.literals import Bound
from intacct_ql.emulator.pages import Heading, Page
from intacct_ql.emulator.query import Query, Selected
from intacct_ql.emulator.refusals import data_failure
from intacct_ql.emulator.scope import Column, Scope
from intacct_ql.emulator.store import Store, has_integer_key, quoted
from intacct_ql.emulator.tables import Cell
from intacct_ql.schema.types import NUMERIC, DataType

_ENTITY = "MEGAENTITYID"

_SQL = {
    "count": "count({})",
    "sum": "sum({})",
    "avg": "sum({0}) || '/' || count({0})",
    "min": "min({})",
    "max": "max({})",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """From where the rows are looked at: the session's entity (empty at the top) and the private entities."""

    entity: str = ""
    private: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Output:
    """A selected thing in its place."""

    selected: Selected
    column: Column

    @property
    def sql(self) -> str:
        return _SQL[self.selected.function].format(self.column.sql) if self.selected.function else self.column.sql

    @property
    def heading(self) -> Heading:
        if self.selected.function is None:
            return Heading(name=self.column.name, type=self.column.field.type)
        name = f"{self.selected.function.upper()}.{self.column.name}"
        return Heading(
            name=name, type=DataType.INTEGER if self.selected.function == "count" else self.column.field.type
        )

    def texts(self, cells: Sequence[Cell], formatting: Formatting) -> Texts:
        if self.selected.function == "avg":
            return averages(cells, self.column.field.type)
        return writer(self.heading.type, formatting)(cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page and how many rows there are in all, of which ``offset`` come before it."""

    page: Page
    total: int
    offset: int = 0

    @property
    def remaining(self) -> int:
        """How many rows come after the page."""
        return max(0, self.total - self.offset - self.page.count)


def fetch(query: Query, store: Store, counts: Counts, view: View) -> Found:
    """The page a query asks for, from its offset on."""
    with _scope(query, store) as scope:
        outputs = _outputs(query, scope)
        where = _where(query, scope, view)
        orders = [(scope.column(order.field), order.descending) for order in query.orders]
        aggregates = any(output.selected.function for output in outputs)
        groups = _groups(outputs, orders) if aggregates else ""
        columns = [output.column for output in outputs] + list(where.columns) + [column for column, _ in orders]
        matching = f"{scope.source(columns)} WHERE {where.text}{groups}"
        order = _order(orders, outputs, scope, aggregates=aggregates)
        offset = min(query.offset, 2**62)
        page = _page(
            scope, outputs, f"{matching} ORDER BY {order} LIMIT ? OFFSET ?", *where.values, query.pagesize, offset
        )
        if offset == 0 and page.count < query.pagesize:
            total = page.count
        elif aggregates and not groups:
            total = 1
        elif aggregates:
            total = counts.number(f"SELECT count(*) FROM (SELECT 1 {matching})", where.values)  # noqa: S608
        else:
            total = counts.rows(scope, query.condition, _visible(query, scope, view))
        return Found(page=page, total=total, offset=query.offset)


def numbers(query: Query, store: Store, view: View) -> "array[int]":
    """Which rows a query takes, in their order, as numbers of the store; its field list is checked too."""
    with _scope(query, store) as scope:
        _outputs(query, scope)
        where = _where(query, scope, view)
        sql = f"SELECT t._rowid_ {scope.source(list(where.columns))} WHERE {where.text} ORDER BY t._rowid_ DESC"
        with store.searching() as connection:
            return array("q", (row[0] for row in connection.execute(sql, where.values)))


def rows_of(query: Query, store: Store, taken: Sequence[int]) -> Page:
    """The rows with these numbers as they are now, newest first; those that are gone are missing."""
    with _scope(query, store) as scope:
        outputs = _outputs(query, scope)
        source = scope.source([output.column for output in outputs])
        matching = f"{source} WHERE t._rowid_ IN (SELECT value FROM json_each(?)) ORDER BY t._rowid_ DESC"  # noqa: S608
        return _page(scope, outputs, matching, json.dumps(list(taken)))


@contextmanager
def _scope(query: Query, store: Store) -> Iterator[Scope]:
    """The names of a query, with nobody else on the store and its mistakes as refusals."""
    base = store.catalog.object(query.object)
    if base is None:
        raise data_failure(f"Object definition {query.object} not found.")
    with store.reading():
        try:
            yield Scope(store=store, base=base, dialect=query.dialect)
        except sqlite3.Error as error:
            words = f"it takes longer than {store.most_seconds:g} seconds" if "interrupted" in str(error) else error
            raise data_failure(f"The query could not be run: {words}.") from error


def _page(scope: Scope, outputs: list[_Output], matching: str, *values: Bound) -> Page:
    with scope.store.searching() as connection:
        sql = f"SELECT {', '.join(output.sql for output in outputs)} {matching}"
        rows = connection.execute(sql, values).fetchall()
    cells, formatting = zip(*rows, strict=True) if rows else [() for _ in outputs], scope.dialect.formatting
    return Page(
        headings=tuple(output.heading for output in outputs),
        columns=tuple(output.texts(column, formatting) for output, column in zip(outputs, cells, strict=True)),
        count=len(rows),
    )


def _outputs(query: Query, scope: Scope) -> list[_Output]:
    if query.select:
        return [_output(selected, scope) for selected in query.select]
    return [_Output(selected=Selected(field=column.name), column=column) for column in scope.columns()]


def _output(selected: Selected, scope: Scope) -> _Output:
    column = scope.selected(selected.field)
    if selected.function in {"sum", "avg"} and column.field.type not in NUMERIC:
        raise data_failure(f"{selected.function} needs a number: {column.name} is {column.field.type}.")
    return _Output(selected=selected, column=column)


def _where(query: Query, scope: Scope, view: View) -> Sql:
    parts = [translate(query.condition, scope)] if query.condition else []
    if visible := _visible(query, scope, view):
        parts.append(visible)
    return joined(" AND ", parts) if parts else Sql(text="1")


def _groups(outputs: list[_Output], orders: list[tuple[Column, bool]]) -> str:
    """GROUP BY all plain fields; without one, the aggregates give exactly one row."""
    plain = [output.column for output in outputs if not output.selected.function]
    for column, _ in orders:
        if column not in plain:
            raise data_failure(f"Field {column.name} cannot order groups: it is not selected as a plain field.")
    return f" GROUP BY {', '.join(column.sql for column in plain)}" if plain else ""


def _order(orders: list[tuple[Column, bool]], outputs: list[_Output], scope: Scope, *, aggregates: bool) -> str:
    terms = [_term(column, scope, descending=descending) for column, descending in orders]
    if aggregates:
        terms += [f"{output.column.sql} DESC" for output in outputs if not output.selected.function]
        return ", ".join(terms) or "1"
    return ", ".join([*terms, "t._rowid_ DESC"])


def _term(column: Column, scope: Scope, *, descending: bool) -> str:
    direction = "DESC" if descending else "ASC"
    if not column.path and has_integer_key(scope.base, column.field.name.upper()):
        return f"{column.sql} {direction}"  # never NULL, and the words would cost the use of the key
    return f"{column.sql} {direction} NULLS {'FIRST' if descending else 'LAST'}"


def _visible(query: Query, scope: Scope, view: View) -> Sql | None:
    if not view.entity and (query.showprivate or not view.private):
        return None
    if _ENTITY in scope.base.fields:
        return _seen("t", view)
    link, name, number = BELONGS.get(scope.base.name, ("", "", ""))
    owner = scope.store.catalog.object(name)
    if owner is None or _ENTITY not in owner.fields:
        return None
    seen = _seen("o", view)
    hidden = f"SELECT o.{quoted(number)} FROM {scope.store.table(owner)} AS o WHERE NOT {seen.text}"  # noqa: S608
    return Sql(text=f"(t.{quoted(link)} IS NULL OR t.{quoted(link)} NOT IN ({hidden}))", values=seen.values)


def _seen(alias: str, view: View) -> Sql:
    """The condition under which a row with a MEGAENTITYID is seen."""
    entity = f"{alias}.{_ENTITY}"
    if view.entity:
        return Sql(text=f"({entity} IS NULL OR {entity} = ?)", values=(view.entity,))
    hidden = json.dumps(sorted(view.private))
    return Sql(
        text=f"({entity} IS NULL OR {entity} NOT IN (SELECT value FROM json_each(?)))",  # noqa: S608
        values=(hidden,),
    )

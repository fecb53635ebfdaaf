"""The ``query`` function: a ``Query`` becomes SQL, its rows become a ``Page``.

In: a ``Query`` and the company. Out: a ``Page``, or ``FunctionRefused``. Refuses to know: elements, envelopes.

What no public source says, and is decided here:

- Ascending order puts NULL last, descending first, as the database behind the gateway does by default.
- Without ``orderby`` the order is undefined in reality; here it is always the newest record first, so that a client
  that relies on RECORDNO order is found out. Ties under an ``orderby`` are broken the same way.
- Every aggregate is named ``FUNC.FIELD``; only ``COUNT.RECORDNO`` is documented.
- With aggregates, ordering is possible by selected plain fields only.
- A private entity's rows (by MEGAENTITYID) are hidden from the top level without ``showprivate``. A session of an
  entity sees the entity's rows and the shared ones.
"""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from intacct_ql.emulator.cells import Texts, averages, writer
from intacct_ql.emulator.conditions import Sql, joined, translate
from intacct_ql.emulator.counting import Counts
from intacct_ql.emulator.pages import Heading, Page
from intacct_ql.emulator.query_reader import Query, Selected
from intacct_ql.emulator.refusals import data_failure
from intacct_ql.emulator.scope import Column, Scope
from intacct_ql.emulator.store import Store, has_integer_key
from intacct_ql.emulator.tables import Cell
from intacct_ql.schema.model import Object
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

    def texts(self, cells: Sequence[Cell]) -> Texts:
        if self.selected.function == "avg":
            return averages(cells, self.column.field.type)
        return writer(self.heading.type)(cells)


def run_query(query: Query, store: Store, counts: Counts, view: View) -> Page:
    """The page a query asks for; ``FunctionRefused`` for an unknown name, a bad literal or an overflowing sum."""
    base = store.catalog.object(query.object)
    if base is None:
        raise data_failure(f"Object definition {query.object} not found.")
    with store.reading():
        try:
            return _run(query, Scope(store=store, base=base), counts, _visible(base, query, view))
        except sqlite3.Error as error:
            raise data_failure(f"The query could not be run: {error}.") from error


def _run(query: Query, scope: Scope, counts: Counts, visible: Sql | None) -> Page:
    outputs = [_output(selected, scope) for selected in query.select]
    parts = [visible] if visible else []
    if query.condition:
        parts.append(translate(query.condition, scope, fold=query.caseinsensitive))
    where = joined(" AND ", parts) if parts else Sql(text="1")
    orders = [(scope.column(order.field), order.descending) for order in query.orders]
    aggregates = any(output.selected.function for output in outputs)
    groups = _groups(outputs, orders) if aggregates else ""
    columns = [output.column for output in outputs] + list(where.columns) + [column for column, _ in orders]
    matching = f"{scope.source(columns)} WHERE {where.text}{groups}"
    sql = (
        f"SELECT {', '.join(output.sql for output in outputs)} {matching} "
        f"ORDER BY {_order(orders, outputs, scope, aggregates=aggregates)} LIMIT ? OFFSET ?"
    )
    offset = min(query.offset, 2**62)
    with scope.store.reading() as connection:
        rows = connection.execute(sql, (*where.values, query.pagesize, offset)).fetchall()
    if offset == 0 and len(rows) < query.pagesize:
        total = len(rows)
    elif aggregates and not groups:
        total = 1
    elif aggregates:
        total = counts.number(f"SELECT count(*) FROM (SELECT 1 {matching})", where.values)  # noqa: S608
    else:
        total = counts.rows(scope, query.condition, visible, fold=query.caseinsensitive)
    return _page(query, scope.base, outputs, rows, total)


def _page(query: Query, base: Object, outputs: list[_Output], rows: list[tuple[Cell, ...]], total: int) -> Page:
    cells = zip(*rows, strict=True) if rows else [() for _ in outputs]
    return Page(
        listtype=base.name,
        headings=tuple(output.heading for output in outputs),
        columns=tuple(output.texts(column) for output, column in zip(outputs, cells, strict=True)),
        count=len(rows),
        totalcount=total,
        offset=query.offset,
    )


def _output(selected: Selected, scope: Scope) -> _Output:
    column = scope.column(selected.field)
    if selected.function in {"sum", "avg"} and column.field.type not in NUMERIC:
        raise data_failure(f"{selected.function} needs a number: {column.name} is {column.field.type}.")
    return _Output(selected=selected, column=column)


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
    return ", ".join([*terms, "t.rowid DESC"])


def _term(column: Column, scope: Scope, *, descending: bool) -> str:
    direction = "DESC" if descending else "ASC"
    if not column.path and has_integer_key(scope.base, column.field.name.upper()):
        return f"{column.sql} {direction}"  # never NULL, and the words would cost the use of the key
    return f"{column.sql} {direction} NULLS {'FIRST' if descending else 'LAST'}"


def _visible(base: Object, query: Query, view: View) -> Sql | None:
    if _ENTITY not in base.fields:
        return None
    if view.entity:
        return Sql(text=f"(t.{_ENTITY} IS NULL OR t.{_ENTITY} = ?)", values=(view.entity,))
    if query.showprivate or not view.private:
        return None
    hidden = json.dumps(sorted(view.private))
    return Sql(
        text=f"(t.{_ENTITY} IS NULL OR t.{_ENTITY} NOT IN (SELECT value FROM json_each(?)))",  # noqa: S608
        values=(hidden,),
    )

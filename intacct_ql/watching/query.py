"""The query of a watch: that of the user, for the rows of a window, with what tells them apart.

In: a query, the object it asks, where the window begins. Out: query text. Refuses to know: rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from intacct_ql.errors import Error
from intacct_ql.result import ResultColumn
from intacct_ql.schema.model import Object
from intacct_ql.schema.types import DataType
from intacct_ql.source import Span
from intacct_ql.syntax import ast
from intacct_ql.syntax.printer import print_select

MODIFIED = "WHENMODIFIED"
CREATED = ("AUWHENCREATED", "WHENCREATED")
"""Where the moment of creation may stand. Behind the first, WHENCREATED is a day that somebody typed."""

_HIDDEN = "IQL_"
"""How the names begin of columns that the query did not ask for; they stand behind all others."""

_INSTEAD = "--compare reads all rows at each run instead"

_NOWHERE = Span(start=0, end=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A query whose rows can be told apart from run to run.

    ``fields`` are asked for beside those of the query: the key, the stamp of changes and that of creation, where there
    are such. Without ``modified`` all rows are asked for at each run.
    """

    select: ast.Select
    key: str | None
    modified: str | None
    created: str | None

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that are asked for beside those of the query."""
        return tuple(name for name in (self.key, self.modified, self.created) if name is not None)

    def text(self, since: datetime | None) -> str:
        """The query for the rows behind a moment; for all of them without one."""
        select = self.select
        if isinstance(select.items, tuple):
            hidden = (_item(name, _HIDDEN + name) for name in self.fields)
            select = replace(select, items=(*select.items, *hidden))
        if since is not None and self.modified is not None:
            window = self._window(ast.String(span=_NOWHERE, text=since.isoformat(" "), pattern=""))
            where = window if select.where is None else ast.And(span=_NOWHERE, conditions=(select.where, window))
            select = replace(select, where=where)
        return print_select(select)

    def newest(self) -> str:
        """The query for the newest stamp there is: enough to begin with where rows are to be known and not shown."""
        newest = ast.Item(
            span=_NOWHERE, operand=ast.Call(span=_NOWHERE, function="MAX", argument=_name(self.modified or ""))
        )
        return print_select(replace(self.select, items=(newest,), order_by=()))

    def shown(self, columns: Sequence[ResultColumn]) -> Sequence[ResultColumn]:
        """The columns that the query itself asks for."""
        hidden = {_HIDDEN + name for name in self.fields}
        return [column for column in columns if column.name not in hidden]  # one that is refused is in neither

    def places(self, columns: Sequence[ResultColumn]) -> Mapping[str, int]:
        """Where the fields stand in a row. Raises ``Error`` where the gateway refused one of those of this query."""
        found = {column.path.upper(): place for place, column in enumerate(columns)}
        for name in self.fields:
            if name.upper() not in found:
                raise Error(f"the gateway refuses {name}, by which changes are told; {_INSTEAD}")
        return found

    def _window(self, since: ast.Value) -> ast.Condition:
        modified, unchanged = _name(self.modified or ""), _null(self.modified or "")
        conditions: list[ast.Condition] = [_reached(modified, since)]
        if self.created is None:
            conditions.append(unchanged)
        else:
            new = ast.Or(span=_NOWHERE, conditions=(_reached(_name(self.created), since), _null(self.created)))
            conditions.append(ast.And(span=_NOWHERE, conditions=(unchanged, new)))
        return ast.Or(span=_NOWHERE, conditions=tuple(conditions))


def _name(text: str) -> ast.Name:
    return ast.Name(span=_NOWHERE, text=text)


def _item(name: str, alias: str) -> ast.Item:
    return ast.Item(span=_NOWHERE, operand=_name(name), alias=_name(alias))


def _null(name: str) -> ast.IsNull:
    return ast.IsNull(span=_NOWHERE, left=_name(name))


def _reached(name: ast.Name, since: ast.Value) -> ast.Comparison:
    return ast.Comparison(span=_NOWHERE, left=name, operator=">=", right=since)


def watched(select: ast.Select, found: Object, *, compare: bool = False) -> Watched:
    """The query to watch. Raises ``Error`` for one whose rows are no rows of the object, or tell no changes.

    With ``compare`` all rows are asked for at each run, and told by their cells alone.
    """
    _demand_rows(select)
    fields = found.fields
    modified = MODIFIED if MODIFIED in fields and not compare else None
    if modified is None and not compare:
        raise Error(f"{found.name} has no {MODIFIED}, by which changes are told; {_INSTEAD}")
    created = next((name for name in CREATED if name in fields), None)
    if created is not None and fields[created].type is not DataType.TIMESTAMP:
        created = None
    return Watched(select=select, key=found.key, modified=modified, created=created if modified else None)


def _demand_rows(select: ast.Select) -> None:
    calls = isinstance(select.items, tuple) and any(isinstance(item.operand, ast.Call) for item in select.items)
    refused = {
        "aggregates": calls,
        "DISTINCT": select.distinct,
        "GROUP BY": select.group_by,
        "HAVING": select.having is not None,
        "LIMIT": select.limit is not None,
        "OFFSET": select.offset is not None,
    }
    for words, there in refused.items():
        if there:
            raise Error(f"rows are watched one by one, and {words} would hide some or make others of them")

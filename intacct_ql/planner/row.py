"""How the rows of a plan are laid out: which expression stands where.

In: a query and its shares. Out: the row that is fetched, and the row behind a grouping done here. Refuses to know:
what the steps do with them.
"""

from collections.abc import Iterable

from intacct_ql.binder import tree
from intacct_ql.planner.division import Shares, aggregates
from intacct_ql.planner.predicates import operands
from intacct_ql.schema.types import DataType


class Row:
    """The fetched row while it is laid out: ``shown`` holds the places of the visible columns."""

    def __init__(self, columns: Iterable[tree.Column]) -> None:
        self.select: list[tree.Expression] = []
        self._places: dict[tuple[type, str], int] = {}
        self.shown = [self.place(column.expression) for column in columns]
        self.width = len(self.select)

    def place(self, expression: tree.Expression) -> int:
        """Where the expression stands; it is appended when it is new."""
        key = (type(expression), expression.path)
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = len(self.select)
            self.select.append(expression)
        return place

    @property
    def is_as_shown(self) -> bool:
        """Whether the row is what the user sees: nothing hidden, nothing twice."""
        return self.shown == list(range(len(self.select)))


def fetched_row(query: tree.Query, shares: Shares) -> Row:
    """What the door is asked for: the columns, or what they are grouped from, and what the steps here look at."""
    if shares.groups:
        row = Row(_keys(query))
        for one in aggregates(query, shares.having):
            row.place(one.argument)
    else:
        row = Row(query.columns)
        _place_clauses(row, query, shares)
    if shares.residual is not None:
        for operand in operands(shares.residual):
            row.place(operand)
    if shares.counts:
        row.place(_count(query))
    return row


def grouped_row(query: tree.Query, shares: Shares) -> Row:
    """The row behind a grouping done here: the keys, then the aggregates, whatever the order of the columns."""
    row = Row(_keys(query))
    for one in aggregates(query, shares.having):
        row.place(one)
    row.shown = [row.place(column.expression) for column in query.columns]
    return row


def _keys(query: tree.Query) -> list[tree.Column]:
    """The plain columns: what an aggregate beside them is grouped by."""
    return [column for column in query.columns if isinstance(column.expression, tree.Field)]


def _place_clauses(row: Row, query: tree.Query, shares: Shares) -> None:
    if shares.having is not None:
        for operand in operands(shares.having):
            row.place(operand)
    if shares.sorts:
        for order in ordered(query, shares):
            row.place(order.expression)


def ordered(query: tree.Query, shares: Shares) -> tuple[tree.Order, ...]:
    """The order that is made here. The key comes last, so that rows alike stand as at the doors that order by it."""
    key = query.usable_key
    grouped = query.grouped or query.distinct or any(aggregates(query, shares.having))
    if key is None or grouped or any(order.expression == key for order in query.order_by):
        return query.order_by
    return (*query.order_by, tree.Order(expression=key))


def _count(query: tree.Query) -> tree.Aggregate:
    """A count makes the server group; nobody sees it."""
    field = query.usable_key or next(c.expression for c in query.columns if isinstance(c.expression, tree.Field))
    return tree.Aggregate(function="COUNT", argument=field, type=DataType.INTEGER)

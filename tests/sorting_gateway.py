"""A gateway that sorts as it likes: empty cells first or last, labels in whatever order.

It is asked with the conditions of the planner, which are judged in plain Python.
"""

from datetime import date
from decimal import Decimal
from operator import eq, gt, lt

from hypothesis import strategies as st

from intacct_ql.binder.tree import Aggregate, And, Compare, Field, In, IsNull, Or, Order
from intacct_ql.gateway.keyset import Keyset
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.place import OrderColumn
from intacct_ql.planner.pages import behind, paged, walk
from intacct_ql.planner.steps import Fetch, Plan
from intacct_ql.schema.types import DataType

CELLS = {
    DataType.INTEGER: [1, 2, 3],
    DataType.TEXT: ["a", "B", "é"],
    DataType.ENUM: ["Draft", "Posted", "Paid"],
    DataType.BOOLEAN: [True, False],
    DataType.DATE: [date(2026, 1, 9), date(2026, 1, 10), date(2027, 1, 1)],
    DataType.CURRENCY: [Decimal(-1), Decimal("0.5"), Decimal(10)],
}
UNDOCUMENTED = {DataType.TEXT, DataType.ENUM, DataType.BOOLEAN}
SIGNS = {"=": eq, "<": lt, ">": gt}
RECORDNO = Field(path="RECORDNO", type=DataType.INTEGER)


class Sorting:
    """How a gateway sorts a field: which way, whether empty cells come first, and its cells from the least on."""

    def __init__(self, path, kind, *, descending, empties_first, ranks):
        self.field, self.descending, self.empties_first = Field(path=path, type=kind), descending, empties_first
        self.ranks = {cell: rank for rank, cell in enumerate(ranks)}

    def place(self, cell):
        rank = 0 if cell is None else self.ranks[cell]
        return (cell is None) != self.empties_first, -rank if self.descending else rank


@st.composite
def sortings(draw, path):
    kind = draw(st.sampled_from(list(CELLS)))
    ranks = draw(st.permutations(CELLS[kind])) if kind in UNDOCUMENTED else CELLS[kind]
    return Sorting(path, kind, descending=draw(st.booleans()), empties_first=draw(st.booleans()), ranks=ranks)


class Gateway:
    """Rows of some sorted fields, and of a key behind them unless they are groups.

    ``most`` is the most it gives at a time; ``bare``: only pages that have to say what is behind them do.
    """

    most = 2000
    bare = False

    def __init__(self, sortings, *, falling=False, keyed=True):
        self.sortings, self.rows, self.calls, self.falling, self.keyed = sortings, [], 0, falling, keyed
        fields = [one.field for one in sortings]
        orders = [Order(expression=one.field, descending=one.descending) for one in sortings]
        if keyed:
            orders.append(Order(expression=RECORDNO, descending=falling))
        count = Aggregate(function="COUNT", argument=RECORDNO, type=DataType.INTEGER)
        select = tuple(fields) if keyed else (*fields, count)
        fetch = Fetch(object="CUSTOMER", select=select, order_by=tuple(orders))
        self.plan = Plan(target="query", columns=(), fetch=fetch, paging="keyset", key=RECORDNO if keyed else None)
        self.fetch = paged(self.plan)
        self.walk = walk(self.fetch, self.plan)

    def pager(self, size, *limit, **settings):
        columns = [
            OrderColumn(index=one.index, descending=one.descending, discrete=one.discrete, key=one.key)
            for one in self.walk
        ]
        return Keyset(columns, size, *limit, **settings)

    def page(self, request):
        self.calls += 1
        fetch = self.fetch if request.behind is None else behind(self.fetch, self.walk, request.behind)
        rows = [row for row in self.in_order() if fetch.where is None or self.stands(fetch.where, row)]
        given = rows[request.offset :][: min(request.size, self.most)]
        left = max(0, len(rows) - request.offset - len(given))
        told = {"totalcount": len(rows), "numremaining": left} if request.counted or not self.bare else {}
        return Page(rows=given, count=len(given), offset=request.offset, **told)

    def in_order(self):
        def place(row):
            cells = zip(self.sortings, row[: len(self.sortings)], strict=True)
            return [*(one.place(cell) for one, cell in cells), -row[-1] if self.falling else row[-1]]

        return sorted(self.rows, key=place)

    def stands(self, condition, row):
        match condition:
            case And(conditions=parts):
                return all(self.stands(part, row) for part in parts)
            case Or(conditions=parts):
                return any(self.stands(part, row) for part in parts)
        cell = row[self.fetch.select.index(condition.left)]
        match condition:
            case IsNull(negated=negated):
                return (cell is None) != negated
            case In(values=values, negated=True):
                return cell is not None and cell not in [value.data for value in values]
            case Compare(operator=operator, value=value):
                return cell is not None and SIGNS[operator](*self.compared(condition.left, operator, cell, value.data))

    def compared(self, field, operator, *cells):
        if field == RECORDNO or operator == "=":
            return cells
        assert field.type not in {DataType.ENUM, DataType.BOOLEAN}
        (ranks,) = [one.ranks for one in self.sortings if one.field == field]
        return [ranks[cell] for cell in cells]

    def by_lot(self, dice, key):
        cells = [dice.choice([None, *one.ranks]) for one in self.sortings]
        return (*cells, key)

"""The third tree: what the gateway does and what is done here, as data.

In: what the planner decided. Out: frozen records. Refuses to know: how a door spells a request, and query text.

A plan is one ``Fetch`` and the local steps its rows go through, in order. The rows of a fetch hold its ``select`` in
order; local steps name their columns by index into that row.

    select distinct CUSTOMERID from ARINVOICE where TOTALDUE > TOTALPAID and STATE = 'Posted' order_by CUSTOMERID
    limit 5

        Fetch   ARINVOICE: CUSTOMERID, TOTALDUE, TOTALPAID where STATE = Posted order by CUSTOMERID
        Filter  TOTALDUE > TOTALPAID
        Distinct on CUSTOMERID
        Limit   5
        Project CUSTOMERID
"""

from dataclasses import dataclass, field
from typing import Literal as OneOf

from intacct_ql.binder import tree
from intacct_ql.record import Record
from intacct_ql.schema.types import DataType

Paging = OneOf["keyset", "offset", "resultid", "none"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Fetch(Record):
    """What the gateway is asked, before any paging.

    ``where`` has no NOT, no one-member group, no constant, no field-to-field comparison, and lists of at most as many
    values as the door takes. ``limit`` and ``offset`` are set only where the gateway may apply them. ``star`` says that
    the door may be asked for every field instead of those selected.
    """

    object: str
    select: tuple[tree.Expression, ...]
    where: tree.Predicate | None = None
    order_by: tuple[tree.Order, ...] = ()
    limit: int | None = None
    offset: int = 0
    options: tree.Options = field(default_factory=tree.Options)
    star: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Filter(Record):
    """Keep the rows for which the predicate is true; fields are found in the fetched row by ``row``."""

    predicate: tree.Predicate
    row: tuple[tree.Expression, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Key(Record):
    """One key of a local order: a column index and a direction; empty values sort as the gateway sorts them."""

    index: int
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Sort(Record):
    """Order the rows; ``most`` is how many of the first ones are wanted at all, None for all of them."""

    keys: tuple[Key, ...]
    reason: str
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Distinct(Record):
    """Drop rows whose first ``width`` columns were seen before."""

    width: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Fold(Record):
    """One aggregate of a group: COUNT counts filled cells, the others pass over empty ones.

    Of no filled cell COUNT gives 0, the others NULL. ``type`` is the column's: a SUM of INTEGER is an int, one of
    CURRENCY a Decimal.
    """

    function: str
    index: int
    type: DataType


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Group(Record):
    """Make one row of all rows alike in ``keys``: those columns, then the aggregates, in this order.

    ``keys`` and each aggregate's ``index`` are places in the fetched row. Without keys all rows become one row, even
    when there are none.
    """

    keys: tuple[int, ...]
    aggregates: tuple[Fold, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Limit(Record):
    """Skip ``offset`` rows, then give at most ``limit``."""

    limit: int | None
    offset: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Project(Record):
    """Keep these columns of the fetched row, in this order."""

    indexes: tuple[int, ...]


Step = Filter | Group | Sort | Distinct | Limit | Project


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Plan(Record):
    """A whole plan. ``fetch`` is None when nothing needs to be asked: the local steps then go over no rows.

    ``paging`` says how pages are told apart, ``paging_reason`` why. ``key`` is the field that numbers the rows,
    where it is known and rows are not grouped. ``columns`` are what the user sees.
    """

    target: str
    columns: tuple[tree.Column, ...]
    fetch: Fetch | None
    local: tuple[Step, ...] = ()
    paging: Paging = "keyset"
    paging_reason: str = ""
    key: tree.Field | None = None
    at_most_one: bool = False

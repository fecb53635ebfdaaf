"""A query as a record, whichever function it was asked through.

In: nothing. Out: the records that the readers make and ``fetch`` runs. Refuses to know: elements, SQL, rows.
"""

from dataclasses import dataclass

from intacct_ql.emulator.conditions import Condition
from intacct_ql.emulator.scope import QUERY, Dialect

PAGE_SIZE = 100
"""Rows of a page where nothing else is asked [D]; of a ``get_list`` too [?]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """One thing to select: a field, or an aggregate function of one."""

    field: str
    function: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One field to order by."""

    field: str
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is asked of one object. Without ``select`` every field of it, in the order of the catalog."""

    object: str
    select: tuple[Selected, ...] = ()
    condition: Condition | None = None
    orders: tuple[Order, ...] = ()
    dialect: Dialect = QUERY
    showprivate: bool = False
    pagesize: int = PAGE_SIZE
    offset: int = 0

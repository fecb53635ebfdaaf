"""What a door of the gateway can say.

In: nothing. Out: one frozen record a door. Refuses to know: which doors there are; each back end publishes its own
record, and whoever strings the stages together carries it here.

No door compares two fields and no door has HAVING, so there are no switches for them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal as OneOf

from intacct_ql.binder import tree
from intacct_ql.planner.steps import Fetch

Pages = OneOf["anew", "resultid", "none"]
"""How a door gives more rows than one page holds: each page is a query of its own, the gateway keeps the result and is
asked for more of it, or there is never more than one page."""

Says = Callable[[tree.Query, tree.Leaf], bool]
Keys = Callable[[tree.Query], str | None]
Obstacle = tuple[str, tree.Field | None]
"""What a door cannot do, in words that follow "the door cannot", and the field that it is about."""

Unable = Callable[[tree.Query, Fetch], Iterator[Obstacle]]

COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
"""The operators of ``tree.Compare``."""

LISTS_AND_PATTERNS = frozenset({"LIKE", "NOT LIKE", "IN", "NOT IN", "IS NULL", "IS NOT NULL"})
"""The other operators that most doors share; ``BETWEEN`` and ``NOT BETWEEN`` are the rest."""

FUNCTIONS = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX"})
"""Every aggregate of the language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Abilities:
    """What one door can say; whatever it cannot is rewritten, done here, or refused.

    ``operators`` are spelled as in the language (``NOT IN`` is an operator of its own: a door may have one without
    the other). ``most_values`` bounds a list, ``most_rows`` a page. A door with ``aggregates`` groups by all plain
    fields, so it can serve DISTINCT as well. ``star`` doors give every field of the object without naming them.

    A door with ``keys`` finds rows by one condition on a key, and by nothing else: ``keys`` names the field, None where
    the object has none.
    ``says`` has the last word on a condition whose operator the door has (None: it can say every one); ``unable`` gives
    what the door cannot do for a query and its fetch and nobody makes up for, in words that follow "the door cannot".
    """

    operators: frozenset[str]
    disjunction: bool = True
    aggregates: frozenset[str] = frozenset()
    order: bool = False
    limit: bool = False
    offset: bool = False
    related: bool = False
    case_switch: bool = False
    private_switch: bool = False
    docparid: bool = False
    star: bool = False
    keys: Keys | None = None
    pages: Pages = "anew"
    most_values: int | None = None
    most_rows: int = 1000
    says: Says | None = None
    unable: Unable | None = None


HERE = Abilities(
    operators=COMPARISONS | LISTS_AND_PATTERNS | {"BETWEEN", "NOT BETWEEN"},
    aggregates=FUNCTIONS,
    order=True,
    limit=True,
    offset=True,
    related=True,
    case_switch=True,
    private_switch=True,
    docparid=True,
)
"""What the local steps can say: every predicate, lists of any length."""

"""What a door of the gateway can say.

In: nothing. Out: one frozen record a door. Refuses to know: which doors there are; each back end publishes its own
record, and whoever strings the stages together carries it here.

No door compares two fields and no door has HAVING, so there are no switches for them.
"""

from dataclasses import dataclass

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
    fields, so it can serve DISTINCT as well.
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
    star: bool = False
    most_values: int | None = None
    most_rows: int = 1000


HERE = Abilities(
    operators=COMPARISONS | LISTS_AND_PATTERNS | {"BETWEEN", "NOT BETWEEN"},
    aggregates=frozenset(),
    order=True,
    limit=True,
    offset=True,
    related=True,
    case_switch=True,
)
"""What the local steps can say: every predicate, lists of any length."""

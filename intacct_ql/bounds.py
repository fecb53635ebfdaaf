"""Numbers that callers set bounds with.

In: whatever was given. Out: whether it is such a number. Refuses to know: what it bounds, and what to say where it is
none.
"""

from operator import index
from typing import SupportsIndex


def is_count(number: object, least: int) -> bool:
    """Whether it is a whole number, ``int`` or what counts as one, and ``least`` or more."""
    return isinstance(number, SupportsIndex) and index(number) >= least


def is_duration(number: object) -> bool:
    """Whether it is a number of seconds, 0 or more; infinity is one, NaN is not."""
    return isinstance(number, int | float) and number >= 0

"""What is set for a user of the company.

In: nothing. Out: ``User``, which accounts hold and requests are answered by. Refuses to know: passwords, rows, XML.

That a user may not read an object is asked of the object of a call alone: what a field of another one says, reached
over a relationship, is read with it ([?]).
"""

from collections.abc import Collection
from dataclasses import dataclass

from intacct_ql.emulator.formatting import USUAL, Formatting


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One user: how dates are written, and the objects that are out of reach, by name in any case."""

    formatting: Formatting = USUAL
    unreadable: Collection[str] = frozenset()

    def may_read(self, name: str) -> bool:
        """Whether the rows of an object may be read."""
        return name.upper() not in {each.upper() for each in self.unreadable}


USUAL_USER = User()
"""Whoever has no settings: the usual dates, and every object."""

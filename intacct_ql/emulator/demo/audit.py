"""The audit columns of master records, and the users they point to.

In: chance. Out: WHENCREATED, WHENMODIFIED, CREATEDBY and MODIFIEDBY of one record. Refuses to know: the record.
"""

from random import Random

from intacct_ql.emulator.demo.history import OPENING, TODAY, UPGRADED, later, stamp
from intacct_ql.emulator.tables import Cell

USERS = (1, 2, 4, 7, 8)
"""Record numbers of the users of the company."""


def marks(chance: Random) -> dict[str, Cell]:
    """Entered before the books of 2024 open; a seventh were never modified, a third last by the upgrade."""
    entered = chance.randrange(50) if chance.random() < 0.3 else chance.randrange(4_400, OPENING)
    created: dict[str, Cell] = {
        "WHENCREATED": stamp(entered, chance.randrange(512)),
        "CREATEDBY": chance.choice(USERS),
    }
    habit = chance.random()
    if habit < 0.15:
        return {**created, "WHENMODIFIED": None, "MODIFIEDBY": None}
    touched = UPGRADED if habit < 0.5 else later(chance.randrange(OPENING, TODAY), chance.randrange(512))
    return {**created, "WHENMODIFIED": touched, "MODIFIEDBY": chance.choice(USERS)}

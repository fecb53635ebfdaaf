"""The form in which a company's rows come into the emulator.

In: nothing. Out: ``Table``, which demo companies and tests write and the store reads. Refuses to know: SQL, XML.

Storage forms of a cell, by the field's data type:

=========================  ==============================================
TEXT ENUM SEQUENCE         ``str``; an ENUM holds the label
INTEGER                    ``int``
BOOLEAN                    ``0`` or ``1``
DECIMAL CURRENCY PERCENT   ``int``, the value times 10,000
DATE                       ``'YYYY-MM-DD'``
TIMESTAMP                  ``'YYYY-MM-DD HH:MM:SS'``
NULL of any type           ``None``; the empty string is never stored
=========================  ==============================================
"""

from collections.abc import Iterable
from dataclasses import dataclass

Cell = str | int | None
"""One stored value."""

Row = tuple[Cell, ...]
"""The stored values of one record, in the order of the table's columns."""

SCALE = 10_000
"""What DECIMAL, CURRENCY and PERCENT are multiplied by, so that sums are exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of one object. Columns are field names as the catalog spells them; those left out are NULL.

    ``rows`` is read once, when the object is first asked for: that may be long after the tables were listed, and in
    another order, so no table's rows may depend on another's having been read.
    """

    object: str
    columns: tuple[str, ...]
    rows: Iterable[Row]

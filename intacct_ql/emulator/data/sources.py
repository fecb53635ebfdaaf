"""The rows of one object as they were brought.

In: nothing. Out: ``Source`` and ``Brought``, which the readers of files fill. Refuses to know: files, types.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from intacct_ql.emulator.data.mistakes import Mistakes


class Brought(NamedTuple):
    """One record: where it stands (``line 7``), and its texts in the order of the columns; an empty one is NULL."""

    place: str
    texts: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The records of one object.

    ``file`` is what messages call it, ``columns`` the field names with the place of each. Reading the rows may find
    mistakes, and leaves out the rows that have them.
    """

    object: str
    file: str
    columns: dict[str, str]
    rows: Callable[[Mistakes], Iterator[Brought]]

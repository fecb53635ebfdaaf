"""What the doors spell alike: days, times, truths, lists of fields, and how many rows a page holds.

In: values and what stands beside them; a fetch and the page asked for. Out: texts and numbers. Refuses to
know: elements.

Days are MM/DD/YYYY and times MM/DD/YYYY HH:MM:SS in every XML function [D]; truths are written out in some and
by their stored letter in others.
"""

from collections.abc import Iterator
from datetime import date, datetime, time

from intacct_ql.binder import tree
from intacct_ql.planner.abilities import Obstacle
from intacct_ql.planner.steps import Fetch
from intacct_ql.schema.types import DataType
from intacct_ql.syntax.words import BARE_NAME


def truth(data: bool, _: tree.Expression) -> str:
    """``true`` or ``false``."""
    return "true" if data else "false"


def day(data: date, left: tree.Expression) -> str:
    """A day; its midnight beside a TIMESTAMP."""
    midnight = " 00:00:00" if left.type is DataType.TIMESTAMP else ""
    return f"{data.month:02}/{data.day:02}/{data.year:04}{midnight}"


def moment(data: datetime, left: tree.Expression) -> str:
    """A time by the clock; only the day of a midnight beside a DATE, because days are compared with days."""
    text = f"{data.month:02}/{data.day:02}/{data.year:04}"
    if is_midnight_of_day(data, left):
        return text
    return f"{text} {data.hour:02}:{data.minute:02}:{data.second:02}"


def is_midnight_of_day(data: datetime, left: tree.Expression) -> bool:
    """Whether a time is no more than the day beside a DATE."""
    return left.type is DataType.DATE and data.time() == time.min


def page_rows(fetch: Fetch, page_size: int | None, most: int) -> int | None:
    """The rows to ask for at once: the page asked for, else what the text says; its LIMIT as far as one page reaches.

    None leaves it to the gateway. Raises ``ValueError`` for a page that the gateway would refuse; a page size in the
    text, which knows no door, is brought within the door's bounds.
    """
    if page_size is not None and not 1 <= page_size <= most:
        raise ValueError(f"a page holds 1 to {most} rows, not {page_size}")
    written = fetch.options.page_size
    asked = page_size if page_size is not None or written is None else min(written, most)
    if fetch.limit is None:
        return asked
    return min(fetch.limit, most if asked is None else asked)


# The generic reads name their fields in one text with commas between.

_RESERVED = frozenset({"AND", "OR", "NOT", "IN", "LIKE", "IS", "NULL", "ROWNUM"})
"""Words that mean something else in a condition; ``rownum`` counts rows there [D]."""


def listed(fetch: Fetch) -> str:
    """The fields in one list, a star for all of them."""
    return "*" if fetch.star else ",".join([expression.path for expression in fetch.select])


def own_names(fetch: Fetch) -> tuple[tuple[str, ...], ...]:
    """For each selected field the element name it comes back under: its own."""
    return tuple([(expression.path,) for expression in fetch.select])


def unlistable(_: tree.Query, fetch: Fetch) -> Iterator[Obstacle]:
    """What cannot be put into such a list: a name that is more than a name would be read as several, or as more."""
    fields = [one for one in fetch.select if isinstance(one, tree.Field)]
    return ((f"name the field {one.path}", one) for one in fields if not is_word(one.path))


def is_word(path: str) -> bool:
    """Whether a name is letters, digits and underscores, dots between, and nothing that means something else."""
    return BARE_NAME.fullmatch(path) is not None and path.upper() not in _RESERVED

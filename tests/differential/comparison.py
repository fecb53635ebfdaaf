"""Whether rows are those of the reference: types, values, order where there is one, and the right number of them."""

from collections import Counter
from collections.abc import Sequence

from differential.company import Value
from differential.reference import Answer

Rows = Sequence[tuple[Value, ...]]


def difference(rows: Rows, expected: Answer) -> str:
    """What is wrong with the rows in a few words; empty where nothing is.

    Rows that the order holds equal may come in any order, and where LIMIT cuts through them any of them may come.
    """
    if len(rows) != expected.count:
        return f"{len(rows)} rows instead of {expected.count}"
    start, at = 0, 0
    for block in expected.blocks:
        first = max(0, expected.offset - start)
        wanted = min(len(block) - first, len(rows) - at)
        start += len(block)
        if wanted <= 0:
            continue
        strange = _counted(rows[at : at + wanted]) - _counted(block)
        if strange:
            return f"row {next(iter(strange))} is not one of {len(block)} such as {block[0]}, at {at} of {len(rows)}"
        at += wanted
    return ""


def _counted(rows: Rows) -> Counter[tuple[object, ...]]:
    return Counter(tuple((type(cell), cell) for cell in row) for row in rows)

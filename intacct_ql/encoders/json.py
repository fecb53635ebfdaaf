"""A JSON array of objects, written as rows come; cells as in ``jsonl``.

In: columns, pages, a stream. Out: text, one row a line, nothing held. Refuses to know: files and terminals.
"""

from collections.abc import Sequence
from typing import TextIO

from intacct_ql.encoders import Pages, Written
from intacct_ql.encoders.jsonl import objects
from intacct_ql.result import ResultColumn


def write(columns: Sequence[ResultColumn], pages: Pages, out: TextIO, /) -> Written:
    """Write the array; give the number of its rows."""
    written = 0
    found = objects(columns, pages)
    out.write("[")
    for lines in found:
        out.write(("," if written else "") + "\n" + ",\n".join(lines))
        written += len(lines)
        del lines  # the next page is read before they would be let go
    out.write("\n]\n" if written else "]\n")
    return Written(written)

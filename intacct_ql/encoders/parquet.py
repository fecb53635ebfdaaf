"""Parquet: typed columns, compressed, in groups of rows.

In: columns, pages, a stream of bytes. Out: one Parquet file; a group of rows is held. Refuses to know: how a page
becomes a batch.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO

from intacct_ql.encoders import Pages, Written
from intacct_ql.extras import extra
from intacct_ql.result import ResultColumn, arrow_batches

GROUP = 20_000
"""Rows in a group: readers skip whole groups, and a group a page would be all heads."""


def write(columns: Sequence[ResultColumn], pages: Pages, out: BinaryIO, /) -> Written:
    """Write the file; give the number of its rows."""
    schema, batches = arrow_batches(columns, pages)
    arrow, parquet = extra("pyarrow"), extra("pyarrow.parquet")
    written = 0
    with parquet.ParquetWriter(out, schema) as writer:
        for group in _groups(batches):
            writer.write_table(arrow.Table.from_batches(group, schema), row_group_size=GROUP * 2)
            written += sum(batch.num_rows for batch in group)
    return Written(written)


def _groups(batches: Iterable[Any]) -> Iterator[list[Any]]:
    held: list[Any] = []
    for batch in batches:
        held.append(batch)
        if sum(one.num_rows for one in held) >= GROUP:
            yield held
            held = []
    if held:
        yield held

"""Parquet: typed columns, compressed, in groups of rows.

In: columns, pages, a stream of bytes. Out: one Parquet file; a group of rows is held. Refuses to know: how a page
becomes a batch.
"""

from collections.abc import Sequence
from typing import Any, BinaryIO

from intacct_ql.encoders import Pages, Written
from intacct_ql.encoders.typed import Kind, write_typed
from intacct_ql.extras import extra
from intacct_ql.result import ResultColumn

GROUP = 20_000
"""Rows in a group: readers skip whole groups, and a group a page would be all heads."""


def write(columns: Sequence[ResultColumn], pages: Pages, out: BinaryIO, /) -> Written:
    """Write the file; give the number of its rows."""
    return write_typed(
        Kind(_Groups, lambda file: extra("pyarrow.parquet").ParquetFile(file).iter_batches()), columns, pages, out
    )


class _Groups:
    """A writer of batches that gathers them into groups."""

    def __init__(self, out: BinaryIO, schema: Any) -> None:
        self._arrow = extra("pyarrow")
        self._schema = schema
        self._writer = extra("pyarrow.parquet").ParquetWriter(out, schema)
        self._held: list[Any] = []

    def write_batch(self, batch: Any) -> None:
        self._held.append(batch)
        if sum(one.num_rows for one in self._held) >= GROUP:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._held:
            table = self._arrow.Table.from_batches(self._held, self._schema)
            self._held = []
            self._writer.write_table(table, row_group_size=2 * GROUP)

"""Arrow IPC: a file, which readers map and seek in, or a stream, which they read as it comes.

In: columns, pages, a stream of bytes. Out: typed columns, page by page, nothing held. Refuses to know: how a page
becomes a batch.
"""

from collections.abc import Iterable, Sequence
from typing import Any, BinaryIO

from intacct_ql.encoders import Pages, Written
from intacct_ql.encoders.typed import Kind, write_typed
from intacct_ql.extras import extra
from intacct_ql.result import ResultColumn


def _batches(file: BinaryIO) -> Iterable[Any]:
    reader: Any = extra("pyarrow.ipc").open_file(file)
    return map(reader.get_batch, range(reader.num_record_batches))


_FILE = Kind(lambda out, schema: extra("pyarrow.ipc").new_file(out, schema), _batches)
_STREAM = Kind(
    lambda out, schema: extra("pyarrow.ipc").new_stream(out, schema),
    lambda file: extra("pyarrow.ipc").open_stream(file),
)


def write_file(columns: Sequence[ResultColumn], pages: Pages, out: BinaryIO, /) -> Written:
    """Write a file; give the number of its rows."""
    return write_typed(_FILE, columns, pages, out)


def write_stream(columns: Sequence[ResultColumn], pages: Pages, out: BinaryIO, /) -> Written:
    """Write a stream; give the number of its rows."""
    return write_typed(_STREAM, columns, pages, out)

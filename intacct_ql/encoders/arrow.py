"""Arrow IPC: a file, which readers map and seek in, or a stream, which they read as it comes.

In: columns, pages, a stream of bytes. Out: typed columns, page by page, nothing held. Refuses to know: how a page
becomes a batch.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any, BinaryIO

from intacct_ql.encoders import Pages, Written
from intacct_ql.extras import extra
from intacct_ql.result import ResultColumn, arrow_batches


def _write(kind: str, columns: Sequence[ResultColumn], pages: Pages, out: BinaryIO, /) -> Written:
    schema, batches = arrow_batches(columns, pages)
    ipc: Any = extra("pyarrow.ipc")
    written = 0
    with getattr(ipc, kind)(out, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
            written += batch.num_rows
    return Written(written)


write_file = partial(_write, "new_file")
write_stream = partial(_write, "new_stream")

"""Tables of texts that a command prints.

In: names of columns, rows. Out: a table on standard output. Refuses to know: what it tells.
"""
# ruff: noqa: PLC0415 - rich costs 40 ms, and only tables need it

import sys
from collections.abc import Sequence


def print_table(names: Sequence[str], rows: Sequence[tuple[str | None, ...]]) -> None:
    """Print a table, as rows of a query are."""
    from intacct_ql.encoders.table import write
    from intacct_ql.result import ResultColumn
    from intacct_ql.schema.types import DataType

    columns = [ResultColumn(name=name, type=DataType.TEXT, path="") for name in names]
    write(columns, (rows,), sys.stdout)

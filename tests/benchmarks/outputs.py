"""A million rows into a file in each format: seconds beside the bare decode, and memory over that of the first page.

Run it by hand, on a quiet machine: ``python tests/benchmarks/outputs.py [--rows N] [FORMAT ...]``. The gateway of
canned rows answers without delay, from a process of its own; rows have 30 fields. The decode reads the very pages that
are sent, in one process, and does nothing with them: typed rows for text, columns for Arrow. ``pull`` throws the rows
away: what a format takes beside it is its own price. Ratios are of processor time, which a busy machine distorts less
than the clock. Memory is told of pulls of several lengths: up to some ten thousand rows, the pages on their way are not
all there yet, nor is a group of Parquet full; behind that it should no longer rise. Every file is counted.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from pulled import DEMO, QUERY, WARM, high_water
from pulls import served
from rows_server import MOST as PAGE
from rows_server import Rows, types

from intacct_ql.executor.asking import column
from intacct_ql.gateway.columnar import ColumnsReader
from intacct_ql.gateway.messages import RowShape
from intacct_ql.gateway.table_reader import TableReader
from intacct_ql.schema.types import DataType

FORMATS = ("pull", "csv", "tsv", "jsonl", "json", "parquet", "arrow", "sqlite", "xlsx")
USUAL = ("pull", "csv", "jsonl", "parquet")
SHORTER = (10_000, 100_000, 300_000)
"""Rows of further pulls, whose memory is told beside that of the long one."""

DECODED = 100_000


def lines(path: Path) -> int:
    with path.open("rb") as stream:
        return sum(piece.count(b"\n") for piece in iter(lambda: stream.read(2**20), b""))


def rows_in(path: Path) -> int:
    """The rows of a file, without our own readers."""
    if path.suffix == ".parquet":
        import pyarrow.parquet

        return int(pyarrow.parquet.read_metadata(path).num_rows)
    if path.suffix == ".arrow":
        import pyarrow.ipc

        with pyarrow.memory_map(str(path)) as mapped:
            return int(pyarrow.ipc.open_file(mapped).read_all().num_rows)
    if path.suffix == ".db":
        import sqlite3

        return int(sqlite3.connect(path).execute("select count(*) from out").fetchone()[0])
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book, book.open("xl/worksheets/sheet1.xml") as sheet:
            return sheet.read().count(b"<row ") - 1
    return lines(path) - {".csv": 1, ".tsv": 1, ".json": 2}.get(path.suffix, 0)


def pull(form: str, url: str) -> None:
    """In a process of its own: print what is known of a pull.

    Seconds by the clock and of the processor, rows, and the peaks of memory in kB: behind the first page, at the end.
    """
    from intacct_ql.cli import main

    os.environ.update({f"INTACCT_{name.upper()}": value for name, value in DEMO.items()})
    with tempfile.TemporaryDirectory() as folder:
        name = {"sqlite": "out.db", "pull": "out.csv"}.get(form, f"out.{form}")
        out = Path(folder) / name

        def run(text: str) -> None:
            out.unlink(missing_ok=True)
            arguments = ["--quiet", "--endpoint", url, "-o", "/dev/null" if form == "pull" else str(out)]
            try:
                main(["query", *arguments, "--output", "csv" if form == "pull" else form, text])
            except SystemExit as left:
                if left.code:
                    raise

        if form == "pull":
            print(json.dumps(thrown_away(url)))
            return
        run(WARM)
        run(f"{QUERY} limit {PAGE}")
        first, began, used = high_water(), perf_counter(), process_time()
        run(QUERY)
        seconds, used, peak = perf_counter() - began, process_time() - used, high_water()
        print(json.dumps([seconds, used, rows_in(out), first, peak, out.stat().st_size]))


def thrown_away(url: str) -> list[float]:
    """The same of a pull whose pages nobody writes."""
    import intacct_ql as iql

    with iql.connect(endpoint_url=url, **DEMO) as session:
        session.query(WARM).fetchall()
        rows = sum(map(len, session.query(f"{QUERY} limit {PAGE}").pages()))
        first, began, used = high_water(), perf_counter(), process_time()
        rows = sum(map(len, session.query(QUERY).pages()))
        return [perf_counter() - began, process_time() - used, rows, first, high_water(), 0]


def decode(reader: Callable[[RowShape], Any], rows: int) -> float:
    """Seconds that reading the pages takes, alone; reckoned from the first ones, for all are alike."""
    columns = [column((name,), DataType(kind)) for name, kind in types().items()]
    shape, gateway, taken = RowShape(columns=tuple(columns)), Rows(rows), 0.0
    some = min(rows, DECODED)
    for start in range(0, some, PAGE):
        body = gateway.page(start, rows)
        began = process_time()
        reading = reader(shape)
        reading.feed(body)
        reading.close()
        taken += process_time() - began
    return taken * rows / some


def apart(form: str, rows: int) -> list[float]:
    with served(rows, 0) as url:
        command = [sys.executable, __file__, "--pull", form, url]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: list[float] = json.loads(done.stdout.splitlines()[-1])
    if found[2] != rows:
        raise SystemExit(f"{form}: {found[2]} rows of {rows}")
    return found


def main() -> None:
    """Print one line a format."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("formats", nargs="*", help=f"of {', '.join(FORMATS)}; {', '.join(USUAL)} unless named")
    options.add_argument("--rows", type=int, default=1_000_000, help="(1,000,000)")
    options.add_argument("--pull", nargs=2, metavar=("FORMAT", "URL"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.pull:
        pull(*given.pull)
        return
    bare = {"rows": decode(TableReader, given.rows), "columns": decode(ColumnsReader, given.rows)}
    decoded = " and ".join(f"{seconds:.1f} s for {what}" for what, seconds in bare.items())
    print(f"{given.rows:,} rows x {len(types())} fields; the bare decode takes {decoded}")
    print(f"{'':9}{'took':>8}{'processor':>11}{'x decode':>10}{'rows/s':>10}{'file':>10}", end="")
    lengths = [*(rows for rows in SHORTER if rows < given.rows), given.rows]
    print(f"   MB over the first page: {', '.join(f'{rows:,}' for rows in lengths)} rows")
    for form in given.formats or USUAL:
        pulls = [apart(form, rows) for rows in lengths]
        seconds, used, _, _, _, size = pulls[-1]
        rises = [(one[4] - one[3]) / 1024 for one in pulls]
        kind = "columns" if form in ("parquet", "arrow") else "rows"
        print(
            f"{form:9}{seconds:7.1f}s{used:10.1f}s{used / bare[kind]:10.2f}{given.rows / seconds:10,.0f}"
            f"{size / 2**20:7.0f} MB{'':26}{''.join(f'{rise:8.1f}' for rise in rises)}",
            flush=True,
        )


if __name__ == "__main__":
    main()

"""Long pulls over a gateway with 300 ms delay: how near they come to the ideal, what they call, what they hold.

Run it by hand, on a quiet machine: ``python tests/benchmarks/pulls.py [pages a connection] [rows]``. Pages are 2,000
rows x 30 fields. The ideal is what nobody can beat: the larger of delay x pages / connections, and of reading all
pages, which is measured in the same run. ``sageintacctsdk``, where it is installed, makes the same pull beside ours,
unmodified but for the endpoint. Every pull is checked: each key once, or the benchmark ends. Signing in is not timed;
the first page, which is asked for alone, is. Memory is the peak of a process of its own, above its peak behind the
first page.
"""

import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter

from rows_server import OBJECT, Rows, fields

import intacct_ql as iql
from intacct_ql.gateway.messages import ColumnShape, RowShape
from intacct_ql.gateway.reader import ReplyReader
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.types import decoder

DELAY = 300
PAGE = 2_000
DEMO = dict.fromkeys(("sender_id", "sender_password", "company_id", "user_id", "user_password"), "demo")
QUERY = f"select {', '.join(fields())} from {OBJECT}"
WARM = f"select RECORDNO from {OBJECT} where RECORDNO = 1"
HERE = Path(__file__).parent


@contextmanager
def served(rows: int, delay: int) -> Iterator[str]:
    """The URL of a gateway with so many rows."""
    command = [sys.executable, str(HERE / "rows_server.py"), str(rows), str(delay)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def calls(url: str) -> dict[str, int]:
    """What the gateway was asked, by its own count."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(url + "ledger", timeout=30) as reply:
        counted: dict[str, int] = json.load(reply)
    return counted


def check(keys: int, total: int, rows: int) -> None:
    """End the benchmark where a pull is not whole."""
    if (keys, total) != (rows, rows * (rows + 1) // 2):
        raise SystemExit(f"wrong pull: {keys} rows of {rows}, and their keys add up to {total}")


# How near to the ideal.


def reading(pages: int) -> float:
    """Seconds that reading so many pages takes, alone."""
    known = BUNDLED.object(OBJECT)
    assert known is not None
    kinds = [known.fields[name].type for name in fields()]
    shape = RowShape(
        columns=tuple(
            ColumnShape(names=(name,), decode=decoder(kind), kind=kind)
            for name, kind in zip(fields(), kinds, strict=True)
        )
    )
    body = Rows(PAGE).answer(
        b"<request><operation><content><function><query><pagesize>2000</pagesize></query></function></content>"
        b"</operation></request>",
        "",
    )
    taken = []
    for _ in range(9):
        start = perf_counter()
        reader = ReplyReader(shape)
        reader.feed(body)
        reader.close()
        taken.append(perf_counter() - start)
    return median(taken) * pages


def blocking(url: str, connections: int, *, ordered: bool) -> tuple[float, int, int]:
    """Seconds, rows, and the sum of their keys."""
    with iql.connect(endpoint_url=url, connections=connections, **DEMO) as session:
        session.query(WARM).fetchall()
        start, count, total = perf_counter(), 0, 0
        for page in session.query(QUERY, ordered=ordered).pages():
            count += len(page)
            total += sum(row[0] for row in page)  # type: ignore[misc]
        return perf_counter() - start, count, total


async def in_tasks(url: str, connections: int) -> tuple[float, int, int]:
    """The same for async callers, in order."""
    async with iql.connect_async(endpoint_url=url, connections=connections, **DEMO) as session:
        await session.query(WARM).fetchall()
        start, count, total = perf_counter(), 0, 0
        async for page in session.query(QUERY).pages():
            count += len(page)
            total += sum(row[0] for row in page)  # type: ignore[misc]
        return perf_counter() - start, count, total


def efficiency(pages_each: int) -> None:
    """One line a number of connections and way of asking."""
    print(f"\nof the ideal, {DELAY} ms a page (goal 0.95 with 1, 2 and 4 connections, 0.87 with 8)")
    print(
        f"{'connections':>12}{'pages':>7}{'ideal s':>9}{'reading s':>11}{'in order':>10}{'any order':>14}{'async':>8}"
    )
    for connections in (1, 2, 4, 8):
        pages = pages_each * connections
        rows, decode = pages * PAGE, reading(pages)
        ideal = max(DELAY / 1000 * pages / connections, decode)
        found = []
        with served(rows, DELAY) as url:
            for seconds, count, total in (
                blocking(url, connections, ordered=True),
                blocking(url, connections, ordered=False),
                asyncio.run(in_tasks(url, connections)),
            ):
                check(count, total, rows)
                found.append(ideal / seconds)
        print(
            f"{connections:12}{pages:7}{ideal:9.1f}{decode:11.1f}{found[0]:10.3f}{found[1]:14.3f}{found[2]:8.3f}",
            flush=True,
        )


# In a process of its own.


def high_water() -> int:
    """The peak of this process in kB. Not ru_maxrss: that begins with the peak of the parent."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def report(seconds: float, count: int, total: int, before: int) -> None:
    """What a process of its own says at its end."""
    print(json.dumps([seconds, count, total, high_water() - before]))


def ours(url: str, connections: str, way: str) -> None:
    """Pull every row as tuples or as Arrow batches."""
    with iql.connect(endpoint_url=url, connections=int(connections), **DEMO) as session:
        session.query(WARM).fetchall()
        start, count, total, before = perf_counter(), 0, 0, 0
        result = session.query(QUERY)
        if way == "arrow":
            import pyarrow as pa
            import pyarrow.compute as pc

            for batch in pa.RecordBatchReader.from_stream(result):
                before = before or high_water()
                count, total = count + batch.num_rows, total + pc.sum(batch.column(0)).as_py()
        else:
            for row in result:
                count, total = count + 1, total + row[0]  # type: ignore[operator]
                before = before or high_water()
        report(perf_counter() - start, count, total, before)


def command(url: str, connections: str, _way: str) -> None:
    """Pull every row to a CSV file by the command."""
    from intacct_ql.cli import main

    os.environ.update({f"INTACCT_{name.upper()}": value for name, value in DEMO.items()})
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out.csv")
        arguments = ["query", "--quiet", "--endpoint", url, "--connections", connections, "-o", out]
        start = perf_counter()
        for text in (QUERY + " limit 2000", QUERY):
            before = high_water()
            with_exit(main, [*arguments, text])
        seconds, count, total = perf_counter() - start, 0, 0
        with Path(out).open(encoding="utf-8") as lines:
            next(lines)
            for line in lines:
                count, total = count + 1, total + int(line.partition(",")[0])
    report(seconds, count, total, before)


def with_exit(main, arguments: list[str]) -> None:
    """Run the command as the shell does, which it leaves by an exit."""
    try:
        main(arguments)
    except SystemExit as left:
        if left.code:
            raise


def sdk(url: str, _connections: str, way: str) -> None:
    """Pull every row by sageintacctsdk, all at once or by its generator."""
    from sageintacctsdk.apis import GLDetail

    api = GLDetail()
    api._ApiBase__api_url = url
    api.set_sender_id("demo")
    api.set_sender_password("demo")
    api.set_show_private(False)
    api.get_session_id("demo", "demo", "demo")
    start, count, total, before = perf_counter(), 0, 0, 0
    pages = api.get_all_generator(fields=fields()) if way == "generator" else [api.get_all(fields=fields())]
    for page in pages:
        before = before or high_water()
        count, total = count + len(page), total + sum(int(row["RECORDNO"]) for row in page)
    report(perf_counter() - start, count, total, before if way == "generator" else 0)


def apart(pull: str, url: str, connections: int, way: str, rows: int) -> tuple[float, float]:
    """Seconds and MB of a pull in a process of its own."""
    code = f"import sys, pulls; pulls.{pull}(*sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", code, url, str(connections), way], cwd=HERE, check=True, capture_output=True, text=True
    )
    seconds, count, total, rise = json.loads(done.stdout.splitlines()[-1])
    check(count, total, rows)
    return seconds, rise / 1024


def memory(most: int) -> None:
    """MB above the first page, for few rows and for many."""
    print("\nMB above the first page, no delay, 2 connections (goal: at most 8, and flat)")
    counts = (10_000, most)
    print(f"{'':16}" + "".join(f"{count:>12,} rows" for count in counts))
    for name, pull, way in (
        ("tuples", "ours", "rows"),
        ("Arrow batches", "ours", "arrow"),
        ("CSV file", "command", ""),
    ):
        found = []
        for rows in counts:
            with served(rows, 0) as url:
                found.append(apart(pull, url, 2, way, rows))
        print(
            f"{name:16}" + "".join(f"{rise:17.1f}" for _, rise in found),
            f"   {most / found[-1][0]:,.0f} rows/s",
            flush=True,
        )


def beside(pages: int) -> None:
    """The same pull by us and by sageintacctsdk."""
    rows = pages * PAGE
    print(f"\n{rows:,} rows over {DELAY} ms a page")
    print(f"{'':44}{'seconds':>9}{'rows/s':>9}{'calls':>7}{'for 100,000':>13}")
    ways = [("ours, 1 connection", "ours", 1, "rows"), ("ours, 2 connections", "ours", 2, "rows")]
    ways += [("ours, 4 connections", "ours", 4, "rows")]
    if importlib.util.find_spec("sageintacctsdk"):
        ways += [
            ("sageintacctsdk, get_all", "sdk", 1, "all"),
            ("sageintacctsdk, get_all_generator", "sdk", 1, "generator"),
        ]
    for name, pull, connections, way in ways:
        with served(rows, DELAY) as url:
            seconds, _ = apart(pull, url, connections, way, rows)
            counted = calls(url)
        asked = counted["query"] - (pull == "ours")  # ours asks for one row before, to sign in untimed
        print(f"{name:44}{seconds:9.1f}{rows / seconds:9,.0f}{asked:7}{asked / rows * 100_000:13.1f}", flush=True)
    if len(ways) == 3:
        print("sageintacctsdk is not installed: make bench installs it")


def main(pages_each: int = 48, most: int = 1_000_000) -> None:
    """Everything, one table after the other."""
    efficiency(pages_each)
    beside(50)
    memory(most)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

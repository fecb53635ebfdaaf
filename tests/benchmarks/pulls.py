"""Long pulls over a gateway with 300 ms delay: how near they come to the ideal, what they call, what they hold.

Run it by hand, on a quiet machine: ``python tests/benchmarks/pulls.py [--help]``. Pages are 2,000 rows x 30 fields. The
ideal is what nobody can beat: the larger of delay x pages / connections, and of reading all pages, which is measured
right before and right behind each pull, for the speed of a shared machine changes from minute to minute. No pull can
reach it, for its first page is asked for alone, and its last is read when nothing is under way any more: so the rest
behind the first page is held to its own ideal, too. ``sageintacctsdk``, where it is installed, makes the same pull
beside ours, unmodified but for the endpoint. Every pull is checked: each key once, or the benchmark ends. Calls are by
the gateway's own count; signing in is neither timed nor counted, but told.
"""

import argparse
import asyncio
import importlib.util
import json
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from pulled import DEMO, QUERY, WARM
from rows_server import MOST as PAGE
from rows_server import Rows, types

import intacct_ql as iql
from intacct_ql.executor.asking import column
from intacct_ql.gateway.messages import RowShape
from intacct_ql.gateway.table_reader import TableReader
from intacct_ql.schema.types import DataType

DELAY = 300
GOALS = {1: 0.95, 2: 0.95, 4: 0.95, 8: 0.87}
HERE = Path(__file__).parent


@contextmanager
def served(rows: int, delay: int, packing: str = "") -> Iterator[str]:
    """The URL of a gateway with so many rows."""
    command = [sys.executable, str(HERE / "rows_server.py"), str(rows), str(delay), packing]
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


def check(rows: int, keys: int, wanted: int) -> None:
    """End the benchmark where a pull is not whole."""
    if (rows, keys) != (wanted, wanted * (wanted + 1) // 2):
        raise SystemExit(f"wrong pull: {rows} rows of {wanted}, and their keys add up to {keys}")


# How near to the ideal.


@dataclass(slots=True)
class Timed:
    """What a pull took: seconds of the call before it, which signs in, of its first page, and of the whole."""

    sign_in: float
    first: float = 0.0
    whole: float = 0.0
    rows: int = 0
    keys: int = 0

    def add(self, page: list[tuple[object, ...]], began: float) -> None:
        self.first = self.first or perf_counter() - began
        self.rows += len(page)
        self.keys += sum(row[0] for row in page)  # type: ignore[misc]


def blocking(url: str, connections: int, *, ordered: bool) -> Timed:
    """A pull by a blocking session."""
    with iql.connect(endpoint_url=url, connections=connections, **DEMO) as session:
        began = perf_counter()
        session.query(WARM).fetchall()
        timed, began = Timed(perf_counter() - began), perf_counter()
        for page in session.query(QUERY, ordered=ordered).pages():
            timed.add(page, began)
        timed.whole = perf_counter() - began
    return timed


def in_tasks(url: str, connections: int, *, ordered: bool) -> Timed:
    """The same by an async session."""

    async def pull() -> Timed:
        async with iql.connect_async(endpoint_url=url, connections=connections, **DEMO) as session:
            began = perf_counter()
            await session.query(WARM).fetchall()
            timed, began = Timed(perf_counter() - began), perf_counter()
            async for page in session.query(QUERY, ordered=ordered).pages():
                timed.add(page, began)
            timed.whole = perf_counter() - began
        return timed

    return asyncio.run(pull())


WAYS: dict[str, tuple[Callable[..., Timed], bool]] = {
    "in order": (blocking, True),
    "any order": (blocking, False),
    "async, in order": (in_tasks, True),
    "async, any order": (in_tasks, False),
}


def reading(pages: int = 40) -> float:
    """Seconds that reading a page takes, alone."""
    columns = [column((name,), DataType(kind)) for name, kind in types().items()]
    shape, rows, taken = RowShape(columns=tuple(columns)), Rows(pages * PAGE), 0.0
    for number in range(pages):
        body = rows.page(number * PAGE, pages * PAGE)
        start = perf_counter()
        reader = TableReader(shape)
        reader.feed(body)
        reader.close()
        taken += perf_counter() - start
    return taken / pages


def efficiency(pages_each: int, most: int, packing: str, delay: int) -> None:
    """One line a number of connections and way of asking."""
    print(f"\npages of {PAGE:,} rows x {len(types())} fields, {len(Rows(PAGE).page(0, PAGE)):,} bytes, {delay} ms each")
    print(
        f"{'connections':>11} {'':17}{'calls':>6}{'pages':>6}{'ideal':>8}{'reading':>8}{'took':>8}{'sign-in':>8}"
        f"{'1st page':>9}{'of ideal':>10}{'behind the 1st':>16}{'goal':>6}"
    )
    for connections, goal in GOALS.items():
        pages = min(pages_each * connections, most)
        for name, (pull, ordered) in WAYS.items():
            before = reading()
            with served(pages * PAGE, delay, packing) as url:
                timed = pull(url, connections, ordered=ordered)
                asked = calls(url)["query"] - 1  # the one that signs in
            check(timed.rows, timed.keys, pages * PAGE)
            read = (before + reading()) / 2
            page = max(delay / 1000 / connections, read)
            ideal, rest = page * pages, page * (pages - 1)
            print(
                f"{connections:11} {name:17}{asked:6}{pages:6}{ideal:7.2f}s{read * 1000:6.0f}ms{timed.whole:7.2f}s"
                f"{timed.sign_in:7.2f}s{timed.first:8.2f}s{ideal / timed.whole:10.3f}"
                f"{rest / (timed.whole - timed.first):16.3f}{goal:6.2f}",
                flush=True,
            )


# In processes of their own.


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a process of its own told of its pull; memory in MB."""

    seconds: float
    imported: float
    first: float
    peak: float


def apart(pull: str, url: str, connections: int, way: str, wanted: int) -> Pulled:
    """A pull in a process of its own."""
    command = [sys.executable, str(HERE / "pulled.py"), pull, url, str(connections), way]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds, rows, keys, *peaks = json.loads(done.stdout.splitlines()[-1])
    check(rows, keys, wanted)
    return Pulled(seconds, *[peak / 1024 for peak in peaks])


def memory(most: int) -> None:
    """MB above the first page, for few rows and for many."""
    print("\npeak in MB above that behind the first page, no delay, 2 connections; goal: at most 8, and flat")
    print(f"{'':20}{'imported':>9}{'1st page':>9}" + "".join(f"{count:>15,} rows" for count in (10_000, most)))
    for name, pull in (("tuples", "tuples"), ("Arrow batches", "arrow"), ("CSV by the command", "command")):
        found = []
        for rows in (10_000, most):
            with served(rows, 0) as url:
                found.append(apart(pull, url, 2, "", rows))
        rises = "".join(f"{one.peak - one.first:20.1f}" for one in found)
        last = found[-1]
        print(f"{name:20}{last.imported:9.1f}{last.first:9.1f}{rises}{most / last.seconds:12,.0f} rows/s", flush=True)


def beside(pages: int) -> None:
    """The same pull by us and by sageintacctsdk."""
    rows = pages * PAGE
    print(f"\n{rows:,} rows over {DELAY} ms a page; goal: {pages} calls, {100_000 // PAGE} for 100,000 rows")
    print(
        f"{'':36}{'took':>8}{'rows/s':>9}{'calls':>7}{'for 100,000':>13}{'sign-ins':>10}{'peak':>11}"
        f"{'over imports':>15}"
    )
    ways = [(f"ours, connections: {number}", "tuples", number, "") for number in (1, 2, 4, 8)]
    if importlib.util.find_spec("sageintacctsdk"):
        ways += [(f"sageintacctsdk, get_{way}", "sdk", 1, way.removeprefix("all_")) for way in ("all", "all_generator")]
    for name, pull, connections, way in ways:
        with served(rows, DELAY) as url:
            found = apart(pull, url, connections, way, rows)
            counted = calls(url)
        asked = counted["query"] - (pull != "sdk")  # ours asks for one row before, to sign in untimed
        print(
            f"{name:36}{found.seconds:7.1f}s{rows / found.seconds:9,.0f}{asked:7}{asked / rows * 100_000:13.1f}"
            f"{counted['getAPISession']:10}{found.peak:8.1f} MB{found.peak - found.imported:12.1f} MB",
            flush=True,
        )
    if not importlib.util.find_spec("sageintacctsdk"):
        print("sageintacctsdk is not installed: make bench installs it")


def main() -> None:
    """The tables that were asked for, one after the other."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("tables", nargs="*", help="efficiency, beside, memory; all of them unless named")
    options.add_argument("--pages", type=int, default=100, help="pages a connection, for efficiency (100)")
    options.add_argument("--most-pages", type=int, default=400, help="of them at the most (400)")
    options.add_argument("--beside", type=int, default=50, metavar="PAGES", help="pages beside sageintacctsdk (50)")
    options.add_argument("--delay", type=int, default=DELAY, help="of a page in ms, for efficiency (300)")
    options.add_argument("--rows", type=int, default=1_000_000, help="for memory (1,000,000)")
    options.add_argument("--gzip", action="store_true", help="let the gateway pack its replies, for efficiency")
    given = options.parse_args()
    tables: dict[str, Callable[[], None]] = {
        "efficiency": lambda: efficiency(given.pages, given.most_pages, "gzip" if given.gzip else "", given.delay),
        "beside": lambda: beside(given.beside),
        "memory": lambda: memory(given.rows),
    }
    for name in given.tables or tables:
        tables[name]()


if __name__ == "__main__":
    main()

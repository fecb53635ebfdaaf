"""The emulator under load: many clients at once, a start for each test, and a large company.

Run it by hand, on a quiet machine: ``python tests/benchmarks/gateway.py [clients] [fixture] [scale] [--help]``. The
gateway is the command in a process of its own; the clients are tasks of this process, on the same cores: each signs in
once, then asks without a pause for pages, reads, lookups and kept results in turn. A reply that is not a success ends
the run.
Times are of whole replies, as a client sees them.
"""

import argparse
import asyncio
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import monotonic, perf_counter

import httpx

LOGIN = "<login><userid>demo</userid><companyid>demo</companyid><password>demo</password></login>"
XML = {"Content-Type": "application/xml"}
LARGEST_KEY = 1 << 40


@contextmanager
def emulated(*options: str) -> Iterator[str]:
    """The URL of the command's gateway."""
    command = [sys.executable, "-m", "intacct_ql", "emulate", "--seed", "1", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().split()[0]
        finally:
            process.kill()


def document(function: str, authentication: str) -> bytes:
    """A request with one function."""
    return (
        "<request><control><senderid>demo</senderid><password>demo</password><controlid>c</controlid>"
        "<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion><includewhitespace>false</includewhitespace></control>"
        f"<operation><authentication>{authentication}</authentication>"
        f'<content><function controlid="f">{function}</function></content></operation></request>'
    ).encode()


def query(name: str, fields: str, rest: str) -> str:
    """A ``query`` element."""
    select = "".join(f"<field>{field}</field>" for field in fields.split())
    return f"<query><object>{name}</object><select>{select}</select>{rest}</query>"


def range_of(low: int, high: int) -> str:
    """A filter by record number, in its order."""
    return (
        f"<filter><and><greaterthan><field>RECORDNO</field><value>{low}</value></greaterthan>"
        f"<lessthanorequalto><field>RECORDNO</field><value>{high}</value></lessthanorequalto></and></filter>"
        "<orderby><order><field>RECORDNO</field><ascending/></order></orderby>"
    )


def _page(dice: random.Random) -> str:
    fields = "RECORDNO RECORDID CUSTOMERNAME TOTALDUE WHENDUE"
    return query("ARINVOICE", fields, f"<pagesize>100</pagesize><offset>{dice.randrange(300)}</offset>")


def _filtered(dice: random.Random) -> str:
    low = dice.randrange(70_000, 75_000)
    return query(
        "GLDETAIL", "RECORDNO BATCH_DATE ACCOUNTNO AMOUNT", range_of(low, low + 200) + "<pagesize>100</pagesize>"
    )


def _read(dice: random.Random) -> str:
    return f"<read><object>CUSTOMER</object><keys>{dice.randrange(1, 60)}</keys><fields>*</fields></read>"


def _kept(dice: random.Random) -> str:
    letter = dice.choice("ABCDEFGH")
    return (
        "<readByQuery><object>VENDOR</object><fields>RECORDNO,VENDORID,NAME</fields>"
        f"<query>NAME like '%{letter}%'</query><pagesize>50</pagesize></readByQuery>"
    )


FUNCTIONS: dict[str, Callable[[random.Random], str]] = {
    "query, a page": _page,
    "query, a range": _filtered,
    "read": _read,
    "readByQuery": _kept,
    "lookup": lambda _: "<lookup><object>DEPARTMENT</object></lookup>",
}


# Many clients.


async def _ask(client: httpx.AsyncClient, url: str, function: str, authentication: str) -> str:
    reply = await client.post(url, content=document(function, authentication), headers=XML)
    if reply.status_code != 200 or "<status>failure" in reply.text:
        raise SystemExit(f"not asked for: HTTP {reply.status_code}\n{reply.text[:1000]}")
    return reply.text


async def _client(url: str, number: int, ends: float, times: dict[str, list[float]]) -> None:
    dice = random.Random(number)
    async with httpx.AsyncClient(timeout=120, trust_env=False) as client:
        opened = await _ask(client, url, "<getAPISession/>", LOGIN)
        session = re.search("<sessionid>.*?</sessionid>", opened)
        assert session is not None
        while monotonic() < ends:
            name = dice.choice(list(FUNCTIONS))
            began = perf_counter()
            await _ask(client, url, FUNCTIONS[name](dice), session[0])
            times[name].append(perf_counter() - began)


async def _all(url: str, count: int, seconds: float) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in FUNCTIONS}
    async with httpx.AsyncClient(timeout=120, trust_env=False) as client:
        for name, function in FUNCTIONS.items():  # tables are made when they are first asked for
            await _ask(client, url, function(random.Random(0)), LOGIN)
            times[name].clear()
    ends = monotonic() + seconds
    await asyncio.gather(*(_client(url, number, ends, times) for number in range(count)))
    return times


def clients(count: int, seconds: float) -> None:
    """One line a function: how many, and how long they took."""
    with emulated() as url:
        began = perf_counter()
        times = asyncio.run(_all(url, count, seconds))
        took = perf_counter() - began
        direct = httpx.get(httpx.URL(url).join("/ledger"), trust_env=False).json()
    everything = [one for each in times.values() for one in each]
    print(f"\n{count} clients at once for {seconds:.0f} s: {len(everything) / took:,.0f} requests/s, no error")
    print(f"faults the gateway counts: {dict(Counter(direct['faults']))}; sign-ins: {direct['sign_ins']}")
    print(f"{'':16}{'requests':>10}{'p50':>10}{'p99':>10}{'longest':>10}")
    for name, each in [*times.items(), ("all", everything)]:
        if len(each) > 1:
            p99 = quantiles(each, n=100)[98]
            print(f"{name:16}{len(each):10,}{median(each):9.3f}s{p99:9.3f}s{max(each):9.3f}s")


# Tests of other people.


def fixture(times: int) -> None:
    """Milliseconds until a gateway answers as the fixture for tests begins it, and until a changed company is back."""
    from intacct_ql.emulator import Running, demo

    began = perf_counter()
    with Running(demo()):
        first = perf_counter() - began
    started, restored = [], []
    for _ in range(times):
        began = perf_counter()
        with Running(demo()):
            started.append(perf_counter() - began)
    store = demo().store
    store.load()
    before = store.snapshot()
    for _ in range(times):
        store.delete("CUSTOMER", *range(1, 100))
        began = perf_counter()
        store.restore(before)
        restored.append(perf_counter() - began)
    print(
        f"\na gateway for a test: {first * 1000:,.0f} ms the first, with imports, then {median(started) * 1000:,.1f} ms"
    )
    print(f"the demo company back as it was, all rows read: {median(restored) * 1000:,.1f} ms")


# A large company.


def large(
    scale: int, keep: str, fields: str = "RECORDNO BATCH_DATE ACCOUNTNO ACCOUNTTITLE AMOUNT TRX_AMOUNT WHENMODIFIED"
) -> None:
    """Milliseconds of pages of 2,000 details, and of ranges of keys; the rows are made first, and then opened."""
    began = perf_counter()
    with emulated("--scale", str(scale), "--keep", keep):
        print(f"\nscale {scale}: made in {perf_counter() - began:.0f} s, {Path(keep).stat().st_size / 1e6:,.0f} MB")
    began = perf_counter()
    with (
        emulated("--scale", str(scale), "--keep", keep) as url,
        httpx.Client(timeout=600, trust_env=False) as client,
    ):
        ready = perf_counter() - began

        def ask(rest: str) -> tuple[float, str]:
            began = perf_counter()
            function = query("GLDETAIL", fields, f"{rest}<pagesize>2000</pagesize>")
            reply = client.post(url, content=document(function, LOGIN), headers=XML)
            taken = perf_counter() - began
            if "<status>failure" in reply.text:
                raise SystemExit(reply.text[:1000])
            return taken, reply.text

        first, text = ask("")
        total = re.search(r'totalcount="(\d+)"', text)
        assert total is not None
        rows, dice = int(total[1]), random.Random(1)
        again = [ask("")[0] for _ in range(9)]
        ranges = [ask(range_of(low, low + 2000))[0] for low in (70_000 + dice.randrange(rows) for _ in range(25))]
        opened = [ask(range_of(low, LARGEST_KEY))[0] for low in (70_000 + dice.randrange(rows) for _ in range(25))]
        log = client.get(httpx.URL(url).join("/ledger")).json()["log"]
    inside = [each["seconds"] * 1000 for each in log]
    print(f"{rows:,} rows of GLDETAIL; ready after {ready:.2f} s, pages of 2,000 rows x 7 fields")
    print(f"{'':24}{'as a client sees it':>24}{'in the gateway':>24}{'goal':>10}")
    start = 0
    for name, times, goal in (
        ("page", [first, *again], 1000),
        ("range of 2,000 keys", ranges, 50),
        ("all behind a key", opened, 50),
    ):
        columns = ([each * 1000 for each in times], inside[start : start + len(times)])
        start += len(times)
        told = [f"{once:,.0f} ms, then {median(rest):,.0f}" for once, *rest in columns]
        print(f"{name:24}{told[0]:>24}{told[1]:>24}{goal:>7,} ms")


def _large(scale: int) -> None:
    with TemporaryDirectory() as folder:
        large(scale, str(Path(folder, "company.db")))


def main() -> None:
    """The tables that were asked for, one after the other."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("tables", nargs="*", help="clients, fixture, scale; all of them unless named")
    options.add_argument("--clients", type=int, default=200, help="at once (200)")
    options.add_argument("--seconds", type=float, default=60, help="of load (60)")
    options.add_argument("--scale", type=int, default=100, help="of the large company (100)")
    given = options.parse_args()
    tables: dict[str, Callable[[], None]] = {
        "clients": lambda: clients(given.clients, given.seconds),
        "fixture": lambda: fixture(20),
        "scale": lambda: _large(given.scale),
    }
    for name in given.tables or tables:
        tables[name]()


if __name__ == "__main__":
    main()

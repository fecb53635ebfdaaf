"""Decode a page of 2,000 rows x 30 fields in every way there is, as a multiple of expat without handlers.

Run it by hand, on a quiet machine: ``python tests/benchmarks/decode.py [rounds]``. Runs are interleaved; trust the
ratios. Beside them stands how far each way, in a process of its own, rose above the page it was given.
"""

import csv
import io
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from xml.parsers import expat
from xml.sax.saxutils import escape

import xmltodict
from cells import cells

from intacct_ql.executor.asking import column
from intacct_ql.gateway.bare import BareReader
from intacct_ql.gateway.columnar import ColumnsReader
from intacct_ql.gateway.columns import Columns
from intacct_ql.gateway.messages import Reader, RowShape
from intacct_ql.gateway.reader import ReplyReader
from intacct_ql.gateway.table_reader import TableReader
from intacct_ql.schema.types import DataType

ROWS = 2000
PIECE = 65_536  # as a transport gives it
KINDS = (
    ["TEXT"] * 12 + ["INTEGER"] * 3 + ["CURRENCY"] * 6 + ["DATE"] * 4 + ["TIMESTAMP"] * 2 + ["BOOLEAN"] * 2 + ["ENUM"]
)


@dataclass(frozen=True, kw_only=True)
class Page:
    """The same rows in three formats: about 2 MB of XML, every seventh cell empty."""

    kinds: list[str]
    xml: bytes
    json: bytes
    csv: bytes

    @property
    def shape(self) -> RowShape:
        return RowShape(
            columns=tuple(
                column((name,), DataType(kind)) for name, kind in zip(names(self.kinds), self.kinds, strict=True)
            )
        )


def names(kinds: list[str]) -> list[str]:
    return [f"FIELDNAME{number}" for number in range(len(kinds))]


def page(rows: int = ROWS, seed: int = 1) -> Page:
    dice = random.Random(seed)
    drawn = cells(dice)
    kinds = dice.sample(KINDS, len(KINDS))
    table = [["" if dice.random() < 1 / 7 else drawn[kind]() for kind in kinds] for _ in range(rows)]
    return Page(kinds=kinds, xml=as_xml(kinds, table), json=as_json(kinds, table), csv=as_csv(kinds, table))


def as_xml(kinds: list[str], table: list[list[str]]) -> bytes:
    row = "<APBILL>" + "".join(f"<{name}>%s</{name}>" for name in names(kinds)) + "</APBILL>"
    rows = "".join(row % tuple(map(escape, cells)) for cells in table)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<response><control><status>success</status></control><operation>'
        f'<result><status>success</status><data listtype="APBILL" count="{len(table)}" numremaining="0">{rows}</data>'
        "</result></operation></response>"
    ).encode()


def as_json(kinds: list[str], table: list[list[str]]) -> bytes:
    records = [dict(zip(names(kinds), cells, strict=True)) for cells in table]
    return json.dumps(records, separators=(",", ":")).encode()


def as_csv(kinds: list[str], table: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([names(kinds), *table])
    return text.getvalue().encode()


def read(reader: Reader, body: bytes) -> object:
    for start in range(0, len(body), PIECE):
        reader.feed(body[start : start + PIECE])
    return reader.close().results[0].page.rows


def batch(reader: ColumnsReader, body: bytes) -> object:
    rows = read(reader, body)
    assert isinstance(rows, Columns)
    return rows.batch


WAYS: dict[str, Callable[[Page], object]] = {
    "expat without handlers": lambda page: expat.ParserCreate().Parse(page.xml, True),
    "typed rows from XML": lambda page: read(TableReader(page.shape), page.xml),
    "the same, element by element": lambda page: read(ReplyReader(page.shape), page.xml),
    "typed rows from JSON": lambda page: read(BareReader(page.shape, "json"), page.json),
    "typed rows from CSV": lambda page: read(BareReader(page.shape, "csv"), page.csv),
    "Arrow from XML": lambda page: batch(ColumnsReader(page.shape), page.xml),
    "Arrow from CSV": lambda page: batch(ColumnsReader(page.shape, "csv"), page.csv),
    "xmltodict, untyped": lambda page: xmltodict.parse(page.xml),
    "xmltodict and a JSON round trip": lambda page: json.loads(json.dumps(xmltodict.parse(page.xml))),
}


def times(whole: Page, rounds: int) -> dict[str, float]:
    """The median seconds of each way."""
    taken: dict[str, list[float]] = {name: [] for name in WAYS}
    for _ in range(rounds):
        for name, run in WAYS.items():
            start = perf_counter()
            run(whole)
            taken[name].append(perf_counter() - start)
    return {name: median(each) for name, each in taken.items()}


def rise(way: str, folder: str) -> None:
    """In a fresh process: print how many kB the peak rises while a page is decoded, whose bytes are there already."""
    kinds = page(rows=2)
    WAYS[way](kinds)  # what is loaded at first use is not the page's
    bodies = {form: (Path(folder) / form).read_bytes() for form in ("xml", "json", "csv")}
    whole = Page(kinds=kinds.kinds, **bodies)
    before = high_water()
    WAYS[way](whole)
    print(high_water() - before)


def high_water() -> int:
    """The peak of this process in kB. Not ru_maxrss: that begins with the peak of the parent."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def peaks(whole: Page) -> dict[str, float]:
    """MB that each way rises above the page."""
    code = "import sys, decode; decode.rise(*sys.argv[1:])"
    with tempfile.TemporaryDirectory() as folder:
        for form in ("xml", "json", "csv"):
            (Path(folder) / form).write_bytes(getattr(whole, form))
        found = {
            way: subprocess.run(
                [sys.executable, "-c", code, way, folder],
                cwd=Path(__file__).parent,
                check=True,
                capture_output=True,
                text=True,
            )
            for way in WAYS
        }
    return {way: int(done.stdout) / 1024 for way, done in found.items()}


def main(rounds: int = 15) -> None:
    """Print one line a way."""
    whole = page()
    found, peak = times(whole, rounds), peaks(whole)
    bare = found["expat without handlers"]
    print(f"{len(whole.xml):,} bytes of XML, {len(whole.json):,} of JSON, {len(whole.csv):,} of CSV")
    print(f"{'':34}{'x expat':>8}{'rows/s':>12}{'MB':>8}")
    for name in WAYS:
        print(f"{name:34}{found[name] / bare:8.2f}{ROWS / found[name]:12,.0f}{peak[name]:8.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

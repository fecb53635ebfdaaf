"""Decode a page of 2,000 rows x 30 fields to typed rows, as a multiple of expat without handlers.

Run it by hand, on a quiet machine: ``python tests/benchmarks/decode.py``. Runs are interleaved; trust the ratio.
"""

import random
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter
from xml.parsers import expat

from intacct_ql.gateway.messages import ColumnShape, RowShape
from intacct_ql.gateway.reader import ReplyReader
from intacct_ql.schema.types import DataType, decoder

ROWS = 2000
KINDS = (
    ["TEXT"] * 12 + ["INTEGER"] * 3 + ["CURRENCY"] * 6 + ["DATE"] * 4 + ["TIMESTAMP"] * 2 + ["BOOLEAN"] * 2 + ["ENUM"]
)


def page(seed: int = 1) -> tuple[bytes, RowShape]:
    """A reply of about 2 MB, every seventh cell empty, and its shape."""
    dice = random.Random(seed)

    def day() -> str:
        return f"{dice.randint(1, 12):02}/{dice.randint(1, 28):02}/20{dice.randint(18, 26)}"

    cells: dict[str, Callable[[], str]] = {
        "TEXT": lambda: dice.choice(["Acme &amp; Sons", "ZAB001", "Some longer description of it", "x"]),
        "INTEGER": lambda: str(dice.randint(1, 10**6)),
        "CURRENCY": lambda: f"{dice.random() * 1e5:.2f}",
        "DATE": day,
        "TIMESTAMP": lambda: f"{day()} {dice.randint(0, 23):02}:{dice.randint(0, 59):02}:{dice.randint(0, 59):02}",
        "BOOLEAN": lambda: dice.choice(["true", "false"]),
        "ENUM": lambda: dice.choice(["Posted", "Paid"]),
    }
    kinds = dice.sample(KINDS, len(KINDS))
    names = [f"FIELDNAME{number}" for number in range(len(kinds))]
    rows = "".join(
        "<APBILL>"
        + "".join(
            f"<{n}>{'' if dice.random() < 1 / 7 else cells[k]()}</{n}>" for n, k in zip(names, kinds, strict=True)
        )
        + "</APBILL>"
        for _ in range(ROWS)
    )
    reply = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<response><control><status>success</status></control><operation>'
        f'<result><status>success</status><data listtype="APBILL" count="{ROWS}" numremaining="0">{rows}</data>'
        "</result></operation></response>"
    )
    decoders = [decoder(DataType(kind)) for kind in kinds]
    columns = (ColumnShape(names=(name,), decode=decode) for name, decode in zip(names, decoders, strict=True))
    return reply.encode(), RowShape(columns=tuple(columns))


def main(rounds: int = 25) -> None:
    """Print the ratio, medians and minima."""
    reply, shape = page()

    def bare() -> None:
        expat.ParserCreate().Parse(reply, True)

    def typed() -> None:
        reader = ReplyReader(shape)
        reader.feed(reply)
        assert len(reader.close().results[0].page.rows) == ROWS

    times: dict[Callable[[], None], list[float]] = {bare: [], typed: []}
    for _ in range(rounds):
        for run, taken in times.items():
            start = perf_counter()
            run()
            taken.append(perf_counter() - start)
    print(f"{len(reply):,} bytes, {ROWS / median(times[typed]):,.0f} typed rows/s")
    for measure in (median, min):
        print(f"{measure.__name__}: {measure(times[typed]) / measure(times[bare]):.2f} x expat")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

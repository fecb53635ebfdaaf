"""Sort, distinct and group 1,000,000 rows x 10 columns with at most 256 MB, beside what Python does with all in memory.

Run it by hand: ``python tests/benchmarks/local.py [rows]``. Every measurement has a process of its own, because its
peak of memory counts; they run by turns, and the best of the rounds stands. Times are those of the processor, so that
other work on the machine counts little. Rows come as a stream, as they do from the gateway. Ratios are told twice: for
the whole (rows made, worked on, read out), and for the work alone, which is the whole less making and reading the rows.

"In memory" is ``list.sort`` with ``itemgetter``, a set of what was seen, and a dict of what was added up.
"""

import json
import random
import resource
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from operator import itemgetter
from time import process_time
from typing import Any

from intacct_ql.executor.local import Pipeline
from intacct_ql.planner.steps import Distinct, Fold, Group, Key, Sort, Step
from intacct_ql.schema.types import DataType

Row = tuple[Any, ...]

ROUNDS = 3
PAGE = 2_000
MEGABYTE = 1024 * 1024
DAYS = [date(2018, 1, 1) + timedelta(days=number) for number in range(3_000)]
FIRST = datetime(2018, 1, 1)
TOTALDUE, CUSTOMERID = 4, 1


def rows(count: int) -> Iterator[Row]:
    """Invoices: a number, text that repeats much or little, money, days, times, truths, every tenth cell of some empty.

    Groups are of one customer; there are half as many customers as rows. Distinct rows are nearly all of them.
    """
    dice = random.Random(1)
    for number in range(count):
        some = dice.getrandbits(60)
        yield (
            f"{some % (count // 2):07}",
            f"C{some % (count // 2):07}",
            f"Some longer description of it {some % 9973}",
            number,
            Decimal(some % 10**8).scaleb(-2),
            Decimal(some % 10**6).scaleb(-2) if number % 10 else None,
            DAYS[some % 3_000],
            FIRST + timedelta(seconds=some % 10**8),
            "Posted" if some % 3 else "Paid",
            some % 2 == 0,
        )


def plain_rows(count: int) -> Iterator[Row]:
    """Likewise, of text, whole numbers and truths only."""
    dice = random.Random(1)
    for number in range(count):
        some = dice.getrandbits(60)
        yield (
            f"{some % (count // 2):07}",
            f"C{some % (count // 2):07}",
            f"Some longer description of it {some % 9973}",
            number,
            some % 10**8,
            some % 10**6 if number % 10 else None,
            f"{some % 12 + 1:02}/{some % 28 + 1:02}/2024",
            some % 10**5,
            "Posted" if some % 3 else "Paid",
            some % 2 == 0,
        )


KINDS: dict[str, Callable[[int], Iterator[Row]]] = {
    "text, numbers, two of money, a day, a time": rows,
    "text and whole numbers": plain_rows,
}


def pages(stream: Iterator[Row]) -> Iterator[list[Row]]:
    while page := list(islice(stream, PAGE)):
        yield page


def drained(stream: Iterable[Row]) -> int:
    return sum(1 for _ in stream)


Work = Callable[[Iterator[Row]], int]


def through(step: Step) -> Work:
    """The step as a run uses it: page after page, then what was held back."""

    def work(stream: Iterator[Row]) -> int:
        pipeline = Pipeline([step])
        given = sum(drained(pipeline.push(page)) for page in pages(stream))
        return given + drained(pipeline.finish())

    return work


def collected(stream: Iterator[Row]) -> list[Row]:
    kept: list[Row] = []
    for page in pages(stream):
        kept += page
    return kept


def sorted_in_memory(*indexes: int) -> Work:
    def work(stream: Iterator[Row]) -> int:
        kept = collected(stream)
        for index in reversed(indexes):
            kept.sort(key=itemgetter(index))
        return drained(kept)

    return work


def distinct_in_memory(stream: Iterator[Row]) -> int:
    seen = set()
    for page in pages(stream):
        for row in page:
            seen.add(row[:3])
    return len(seen)


def grouped_in_memory(stream: Iterator[Row]) -> int:
    sums: dict[str, list[Any]] = {}
    for page in pages(stream):
        for row in page:
            state = sums.setdefault(row[CUSTOMERID], [0, 0])
            state[0] += 1
            state[1] += row[TOTALDUE]
    return len(sums)


def nothing(stream: Iterator[Row]) -> int:
    return sum(drained(page) for page in pages(stream))


def _sort(*indexes: int) -> Step:
    return Sort(keys=tuple(Key(index=index) for index in indexes), reason="")


FOLDS = (
    Fold(function="COUNT", index=3, type=DataType.INTEGER),
    Fold(function="SUM", index=TOTALDUE, type=DataType.CURRENCY),
)
WORKS: dict[str, tuple[Work, Work]] = {
    "sort by an amount": (sorted_in_memory(TOTALDUE), through(_sort(TOTALDUE))),
    "sort by a text": (sorted_in_memory(CUSTOMERID), through(_sort(CUSTOMERID))),
    "sort by a day and a text": (sorted_in_memory(6, CUSTOMERID), through(_sort(6, CUSTOMERID))),
    "distinct of 3 columns": (distinct_in_memory, through(Distinct(width=3, reason=""))),
    "group": (grouped_in_memory, through(Group(keys=(CUSTOMERID,), aggregates=FOLDS, reason=""))),
}


def measured(name: str, side: int, kind: str, count: int) -> tuple[float, float, int]:
    """Seconds, megabytes at the peak over those of the start, and rows given, of one process."""
    asked = [sys.executable, __file__, "--one", name, str(side), kind, str(count)]
    done = subprocess.run(asked, check=True, capture_output=True, text=True)
    seconds, peak, given = json.loads(done.stdout)
    return seconds, peak, given


def one(name: str, side: str, kind: str, count: str) -> None:
    work, made = nothing if name == "nothing" else WORKS[name][int(side)], KINDS[kind]
    work(made(PAGE))
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, process_time()
    given = work(made(int(count)))
    seconds = process_time() - start
    print(json.dumps([seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 / MEGABYTE, given]))


def line(what: str, *figures: str) -> None:
    print(f"{what:<26}" + "".join(f"{figure:>16}" for figure in figures))


def main(count: int = 1_000_000) -> None:
    """Print for each step seconds, ratios and peaks of memory."""
    print(f"{count:,} rows of ten columns; goals: 1.3 x sorting in memory, 256 MB")
    for kind in KINDS:
        making = min(measured("nothing", 0, kind, count)[0] for _ in range(ROUNDS))
        print(f"\n{kind}; making and reading them takes {making:.1f} s")
        line("", "in memory", "here", "whole", "work alone", "peak in memory", "peak here")
        for name in WORKS:
            compare(name, kind, count, making)


def compare(name: str, kind: str, count: int, making: float) -> None:
    both = [[measured(name, side, kind, count) for side in (0, 1)] for _ in range(ROUNDS)]
    times = [min(turn[side][0] for turn in both) for side in (0, 1)]
    peaks = [max(turn[side][1] for turn in both) for side in (0, 1)]
    assert len({turn[side][2] for turn in both for side in (0, 1)}) == 1, "both give the same number of rows"
    whole, alone = times[1] / times[0], (times[1] - making) / (times[0] - making)
    seconds = [f"{taken:.1f} s" for taken in times]
    line(name, *seconds, f"{whole:.2f} x", f"{alone:.2f} x", *[f"{peak:,.0f} MB" for peak in peaks])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        sys.exit(one(*sys.argv[2:]))
    sys.exit(main(*map(int, sys.argv[1:])))

"""Text to XML, beside sqlglot, in one run: ``python tests/benchmarks/text_to_xml.py``.

Prints the figures and the goals they are held against; asserts nothing. Each figure is the best of interleaved rounds,
so that a busy machine slows both sides alike.
"""

import math
import os
import subprocess
import sys
import tempfile
import timeit
import venv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import sqlglot

import intacct_ql as iql

ROUNDS = 9

TEXTS = {
    "42 characters": "select NAME from CUSTOMER where NAME = 'abc'",
    "152 characters": "select RECORDNO, CUSTOMERID, NAME, TOTALDUE from CUSTOMER where STATUS = 'active' "
    "and TOTALDUE > 1000.50 and NAME like 'A%' order by NAME desc limit 100",
    "359 characters": "select RECORDNO, RECORDID, CUSTOMERID, CUSTOMERNAME, WHENCREATED, WHENDUE, WHENPAID, "
    "TOTALENTERED, TOTALPAID, TOTALDUE, CURRENCY, STATE from ARINVOICE where (STATE = 'Posted' or STATE = "
    "'Partially Paid') and WHENDUE < '2026-01-01' and TOTALDUE > 0 and CUSTOMERID in ('A1', 'A2', 'A3', 'A4') "
    "and not (CURRENCY = 'USD') order by WHENDUE desc, RECORDNO limit 500",
    "IN of 1,000": f"select NAME from CUSTOMER where CUSTOMERID in ({', '.join(repr(f'C{i}') for i in range(1000))})",
    "200 conditions": f"select NAME from CUSTOMER where {' or '.join(f'NAME = {i!r}' for i in map(str, range(200)))}",
}

BOUND = {
    "42 characters": ("select NAME from CUSTOMER where NAME = :name", {"name": "abc"}),
    "152 characters": (
        TEXTS["152 characters"].replace("1000.50", ":due").replace("like 'A%'", "!= :name"),
        {"due": Decimal("1000.50"), "name": "abc"},
    ),
}


def best(*functions: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Microseconds of each, the best of interleaved rounds."""
    numbers = [
        max(1, int(0.02 / max(min(timeit.repeat(function, number=1, repeat=5)), 1e-7))) for function in functions
    ]
    times = [math.inf] * len(functions)
    for _ in range(rounds):
        for index, (function, number) in enumerate(zip(functions, numbers, strict=True)):
            times[index] = min(times[index], timeit.timeit(function, number=number) / number * 1e6)
    return times


def first_compile(text: str) -> str:
    return iql.prepare(text).compile().xml


def exponent(make: Callable[[int], str], small: int, large: int) -> float:
    """The power of the size that the time grows with."""
    fast, slow = best(lambda: first_compile(make(small)), lambda: first_compile(make(large)))
    made_fast, made_slow = best(lambda: make(small), lambda: make(large))
    return math.log((slow - made_slow) / (fast - made_fast)) / math.log(large / small)


def in_list(size: int) -> str:
    return f"select NAME from CUSTOMER where CUSTOMERID in ({', '.join(f'C{i}' for i in range(size))})"


def conditions(size: int) -> str:
    return f"select NAME from CUSTOMER where {' or '.join(f'RECORDNO = {i}' for i in range(size))}"


def cold_start() -> tuple[float, float]:
    """Milliseconds of a bare interpreter and of ``intacct-ql compile``, installed as a user has it."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True, system_site_packages=False)
        python = Path(folder) / "bin" / "python"
        root = Path(__file__).parents[2]
        install = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-c",
            root / "constraints.txt",
        ]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        subprocess.run([*install, root], check=True, capture_output=True, env=environment)
        command = [Path(folder) / "bin" / "intacct-ql", "compile", TEXTS["42 characters"]]

        def run(*words: object) -> Callable[[], object]:
            return lambda: subprocess.run(words, check=True, capture_output=True, cwd=folder, env=environment)

        times = best(run(python, "-c", "pass"), run(*command), rounds=3 * ROUNDS)
    return times[0] / 1000, times[1] / 1000


def line(what: str, figure: str, goal: str) -> None:
    print(f"{what:<46} {figure:>24}   {goal}")


def main() -> None:
    line("what", "measured", "goal")
    for name, text in TEXTS.items():
        peer, ours = best(lambda text=text: sqlglot.parse_one(text), lambda text=text: first_compile(text))
        line(f"first compile, {name}", f"{ours:,.0f} us, {ours / peer:.2f} of sqlglot", "at most 0.6")
    for name, (text, params) in BOUND.items():
        prepared = iql.prepare(text)
        peer, ours, cached = best(
            lambda text=text: sqlglot.parse_one(text),
            lambda prepared=prepared, params=params: prepared.compile(params).xml,
            lambda text=text, params=params: iql.compile(text, params).xml,
        )
        line(f"prepared, bound anew, {name}", f"{ours:.1f} us, {ours / peer:.3f} of sqlglot", "at most 0.03")
        line(f"from the statement cache, {name}", f"{cached:.1f} us, {cached / peer:.3f} of sqlglot", "at most 0.03")
    line("growth, IN of 1,000 to 100,000 values", f"{exponent(in_list, 1_000, 100_000):.3f}", "at most 1.05")
    line("growth, 10 to 5,000 conditions", f"{exponent(conditions, 10, 5_000):.3f}", "at most 1.05")
    bare, command = cold_start()
    line(
        "cold start of compile over a bare interpreter",
        f"{command - bare:.0f} ms ({command:.0f} - {bare:.0f})",
        "at most 90 ms",
    )


if __name__ == "__main__":
    sys.exit(main())

"""What query shows on a real terminal, as a person sees it: aligned, cut, harmless."""

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pyte
import pytest

from intacct_ql.emulator import Gateway, Running, Store, Table

COMMAND = str(Path(sys.executable).parent / "intacct-ql")
NAMES = ["plain", "会社", "e\u0301te\u0301", "\x9b2Jgone\x7f", "\u202egnp.exe", "long " * 80, None]
COLUMNS = ("RECORDNO", "CUSTOMERID", "NAME", "TOTALDUE")

Screen = Callable[..., list[str]]


@pytest.fixture(scope="module")
def gateway() -> Iterator[Running]:
    rows = [(number, f"C{number}", name, number * 15_000) for number, name in enumerate(NAMES, 1)]
    many = [(number, f"E{number}", 10_000) for number in range(1, 3_001)]
    store = Store(
        [
            Table(object="CUSTOMER", columns=COLUMNS, rows=rows),
            Table(object="GLENTRY", columns=("RECORDNO", "ACCOUNTNO", "AMOUNT"), rows=many),
        ]
    )
    with Running(Gateway(store)) as running:
        yield running


@pytest.fixture
def screen(gateway: Running, tmp_path: Path) -> Screen:
    """The lines of a terminal when the command has ended."""

    def screen(*arguments: str, width: int = 80, height: int = 60) -> list[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INTACCT_")}
        for name in ("COLUMNS", "LINES", "NO_COLOR"):
            kept.pop(name, None)
        ours = {"TERM": "xterm-256color", "HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
        child = pexpect.spawn(
            COMMAND,
            ["query", "--endpoint", gateway.url, *arguments],
            dimensions=(height, width),
            env=kept | ours,
            encoding="utf-8",
            timeout=60,
        )
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        display = pyte.Screen(width, height)
        pyte.Stream(display).feed(child.before or "")
        return [line.rstrip() for line in display.display if line.strip()]

    return screen


def test_a_table_is_aligned_whatever_is_in_it(screen: Screen) -> None:
    text = "select RECORDNO, NAME, TOTALDUE from CUSTOMER where RECORDNO < 6 order_by RECORDNO"
    assert screen("--quiet", text, width=60) == [
        "RECORDNO   NAME             TOTALDUE",
        "────────────────────────────────────",
        "       1   plain                1.50",
        "       2   会社                 3.00",  # a wide character takes two columns of the screen
        "       3   été                  4.50",
        r"       4   \x9b2Jgone\x7f       6.00",
        r"       5   \u202egnp.exe        7.50",
    ]


def test_a_long_cell_is_cut_and_null_is_seen(screen: Screen) -> None:
    shown = screen("--quiet", "select CUSTOMERID, NAME from CUSTOMER where RECORDNO > 5 order_by RECORDNO", width=100)
    assert sum(line.count("long") for line in shown) == 48
    assert any("…" in line for line in shown)
    assert shown[-1] == "C7           NULL"


def test_a_narrow_terminal_gets_a_field_a_line(screen: Screen) -> None:
    assert screen("--quiet", "select RECORDNO, NAME, TOTALDUE from CUSTOMER where RECORDNO = 1", width=24) == [
        "─── 1 ───",
        "RECORDNO  1",
        "NAME      plain",
        "TOTALDUE  1.50",
    ]


@pytest.mark.parametrize("form", ["csv", "tsv", "markdown", "vertical"])
def test_no_cell_moves_the_terminal(screen: Screen, form: str) -> None:
    shown = "\n".join(screen("--output", form, "select NAME from CUSTOMER where RECORDNO in (4, 5)"))
    assert re.search(r"\\x9b2Jgone\\+x7f", shown)
    assert re.search(r"\\u202egnp", shown)


def test_rows_beyond_the_screen_are_in_a_file_whose_name_is_there(screen: Screen) -> None:
    shown = screen("select RECORDNO from GLENTRY", width=200, height=8)
    found = re.search(r"these are the first 1,000 rows, and 2,000 are in (\S+); there are more", "\n".join(shown))
    assert found is not None
    lines = Path(found[1]).read_text("utf-8").splitlines()
    assert lines == ["RECORDNO", *map(str, range(1, 2_001))]


def test_bytes_are_not_for_a_screen(gateway: Running, tmp_path: Path) -> None:
    child = pexpect.spawn(
        COMMAND, ["query", "--demo", "--output", "parquet", "select NAME from CUSTOMER"], encoding="utf-8"
    )
    child.expect("parquet is nothing to look at")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 2

"""The table: plain outside a terminal, safe and readable on one."""

import io
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from rich.cells import cell_len

from intacct_ql.encoders import table
from intacct_ql.encoders.table import MOST, WIDEST, write
from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.types import DataType

COLUMNS = (
    ResultColumn(name="RECORDNO", type=DataType.INTEGER, path="RECORDNO"),
    ResultColumn(name="NAME", type=DataType.TEXT, path="NAME"),
    ResultColumn(name="TOTALDUE", type=DataType.CURRENCY, path="TOTALDUE"),
)
ROWS: list[Row] = [(1, "会社", Decimal("10.50")), (24, "[/bad]", None), (300, None, Decimal("7.00"))]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(out: io.StringIO) -> list[str]:
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


def test_plain_text_outside_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    out = io.StringIO()
    assert write(COLUMNS, (ROWS,), out).rows == 3
    assert lines(out) == [
        "RECORDNO   NAME     TOTALDUE",
        "────────────────────────────",
        "       1   会社        10.50",
        "      24   [/bad]",
        "     300                7.00",
    ]


def test_nothing_is_cut_or_folded_outside_a_terminal() -> None:
    out = io.StringIO()
    write(COLUMNS, ([(1, "x" * 3_000, None)],), out)
    assert "x" * 3_000 in out.getvalue()


def test_a_wide_table_outside_a_terminal_does_without_what_draws_on_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_Console", None)  # with it 1,000 rows of 80 columns took 14 seconds
    columns = [ResultColumn(name=f"C{place}", type=DataType.TEXT, path="") for place in range(80)]
    out = io.StringIO()
    assert write(columns, ([("x",) * 80] * MOST,), out).rows == MOST
    assert {len(line) for line in lines(out)[2:]} == {len(lines(out)[0]) - 2}


def test_an_empty_table_outside_a_terminal_has_its_head() -> None:
    out = io.StringIO()
    assert write(COLUMNS, (), out).rows == 0
    assert lines(out) == ["RECORDNO   NAME   TOTALDUE", "─" * 26]
    assert write(COLUMNS, (), out := io.StringIO(), header=False).rows == 0
    assert out.getvalue() == ""


def test_control_characters_are_shown_and_not_obeyed() -> None:
    out = io.StringIO()
    write(COLUMNS, ([(1, "a\nb\tc\x9b31m\u202ed", None)],), out)
    assert r"a\nb\tc\x9b31m\u202ed" in out.getvalue()


def test_it_stops_reading_at_its_limit() -> None:
    def pages() -> Iterator[list[Row]]:
        yield from ([(number, "x", None)] for number in range(MOST))
        raise AssertionError("a page too many was read")

    assert write(COLUMNS, pages(), io.StringIO()).rows == MOST


def test_a_terminal_gets_colour_and_null(terminal: Terminal) -> None:
    write(COLUMNS, (ROWS,), terminal)
    assert "\x1b[1m" in terminal.getvalue()
    assert "NULL" in terminal.getvalue()


def test_long_cells_fold_on_a_terminal(terminal: Terminal) -> None:
    write(COLUMNS, ([(1, "x" * 100, None)],), terminal)
    assert terminal.getvalue().count("x") == 100
    assert max(map(len, lines(terminal)[2:])) < 80


def test_more_columns_than_fit_become_blocks(terminal: Terminal) -> None:
    columns = tuple(ResultColumn(name=f"FIELD{n}", type=DataType.TEXT, path=f"FIELD{n}") for n in range(20))
    write(columns, ([("a",) * 20, ("b",) * 20],), terminal)
    assert lines(terminal)[:3] == ["─── 1 ───", "FIELD0   a", "FIELD1   a"]
    assert lines(terminal)[21] == "─── 2 ───"


def test_very_long_cells_are_cut_on_a_terminal_and_say_so(terminal: Terminal) -> None:
    write(COLUMNS, ([(1, "会" * 3_000, None)],), terminal)
    assert terminal.getvalue().count("会") == (WIDEST - 1) // 2
    assert "…" in terminal.getvalue()


@pytest.mark.parametrize("width", [20, 40, 60, 200])
def test_numbers_end_in_one_column_whatever_stands_before_them(terminal: Terminal, monkeypatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    texts = ["plain", "会社", "e\u0301te\u0301", "\u0e01\u0e33", "ｗｉｄｅ", "\U0001f600", "a\u200bb"]
    write(COLUMNS, ([(number, text, Decimal("1.50")) for number, text in enumerate(texts)],), terminal)
    drawn = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()
    ends = {cell_len(line.rstrip()) for line in drawn if line.rstrip().endswith("1.50")}
    assert len(ends) == 1 or "─── 1 ───" in drawn
    assert max(map(cell_len, drawn)) <= max(width, 40)


def test_without_a_header_and_with_a_word_for_null() -> None:
    out = io.StringIO()
    write(COLUMNS, (ROWS,), out, header=False, null="-")
    assert lines(out) == ["  1   会社     10.50", " 24   [/bad]       -", "300   -         7.00"]

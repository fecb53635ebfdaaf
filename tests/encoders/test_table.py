"""The table: plain outside a terminal, safe and readable on one."""

import io
from collections.abc import Iterator
from decimal import Decimal

import pytest

from intacct_ql.encoders.table import MOST, write
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
    assert write(COLUMNS, ROWS, out) == 3
    assert lines(out) == [
        "RECORDNO   NAME     TOTALDUE",
        "────────────────────────────",
        "       1   会社        10.50",
        "      24   [/bad]",
        "     300                7.00",
    ]


def test_nothing_is_cut_or_folded_outside_a_terminal() -> None:
    out = io.StringIO()
    write(COLUMNS, [(1, "x" * 3_000, None)], out)
    assert "x" * 3_000 in out.getvalue()


def test_control_characters_are_shown_and_not_obeyed() -> None:
    out = io.StringIO()
    write(COLUMNS, [(1, "a\nb\tc\x9b31m\u202ed", None)], out)
    assert r"a\nb\tc\x9b31m\u202ed" in out.getvalue()


def test_it_stops_reading_at_its_limit() -> None:
    def rows() -> Iterator[Row]:
        yield from ((number, "x", None) for number in range(MOST))
        raise AssertionError("a row too many was read")

    assert write(COLUMNS, rows(), io.StringIO()) == MOST


def test_a_terminal_gets_colour_and_null(terminal: Terminal) -> None:
    write(COLUMNS, ROWS, terminal)
    assert "\x1b[1m" in terminal.getvalue()
    assert "NULL" in terminal.getvalue()


def test_long_cells_fold_on_a_terminal(terminal: Terminal) -> None:
    write(COLUMNS, [(1, "x" * 100, None)], terminal)
    assert terminal.getvalue().count("x") == 100
    assert max(map(len, lines(terminal)[2:])) < 80


def test_more_columns_than_fit_become_blocks(terminal: Terminal) -> None:
    columns = tuple(ResultColumn(name=f"FIELD{n}", type=DataType.TEXT, path=f"FIELD{n}") for n in range(20))
    write(columns, [("a",) * 20, ("b",) * 20], terminal)
    assert lines(terminal)[:3] == ["─── 1 ───", "FIELD0   a", "FIELD1   a"]
    assert lines(terminal)[21] == "─── 2 ───"

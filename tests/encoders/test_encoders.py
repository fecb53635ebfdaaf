"""Rows written down in every format."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from intacct_ql.encoders import ENCODERS, EXTENSIONS
from intacct_ql.errors import Error
from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.types import DataType

COLUMNS = tuple(
    ResultColumn(name=name, type=kind, path=name)
    for name, kind in [
        ("RECORDNO", DataType.INTEGER),
        ("TOTALDUE", DataType.CURRENCY),
        ("NAME", DataType.TEXT),
        ("ONHOLD", DataType.BOOLEAN),
        ("WHENDUE", DataType.DATE),
        ("WHENMODIFIED", DataType.TIMESTAMP),
    ]
)
ROWS: list[Row] = [
    (1, Decimal("10.50"), 'Bell, "B" & Co', True, date(2026, 1, 31), datetime.fromisoformat("2026-01-31T09:05")),
    (24, Decimal("0E-10"), "[/bad] 会社\nline two", False, None, None),
    (None, None, None, None, None, None),
]


def written(name: str, rows: list[Row] = ROWS, columns: tuple[ResultColumn, ...] = COLUMNS) -> str:
    out = io.StringIO()
    assert ENCODERS[name]()(columns, iter(rows), out) == len(rows)
    return out.getvalue()


def broken() -> Iterator[Row]:
    yield ROWS[0]
    raise Error("the line broke")


def test_csv_is_rfc_4180() -> None:
    assert written("csv") == (
        "RECORDNO,TOTALDUE,NAME,ONHOLD,WHENDUE,WHENMODIFIED\r\n"
        '1,10.50,"Bell, ""B"" & Co",true,2026-01-31,2026-01-31 09:05:00\r\n'
        '24,0.0000000000,"[/bad] 会社\nline two",false,,\r\n'
        ",,,,,\r\n"
    )


def test_csv_reads_back_as_it_was() -> None:
    cells = list(csv.reader(io.StringIO(written("csv"), newline="")))
    assert cells[2][2] == ROWS[1][2]


def test_jsonl_keeps_every_digit() -> None:
    assert (
        written("jsonl")
        == """\
{"RECORDNO": 1, "TOTALDUE": 10.50, "NAME": "Bell, \\"B\\" & Co", "ONHOLD": true, \
"WHENDUE": "2026-01-31", "WHENMODIFIED": "2026-01-31T09:05:00"}
{"RECORDNO": 24, "TOTALDUE": 0.0000000000, "NAME": "[/bad] 会社\\nline two", "ONHOLD": false, \
"WHENDUE": null, "WHENMODIFIED": null}
{"RECORDNO": null, "TOTALDUE": null, "NAME": null, "ONHOLD": null, "WHENDUE": null, "WHENMODIFIED": null}
"""
    )


def test_json_is_one_array_of_the_same_objects() -> None:
    rows = json.loads(written("json"), parse_float=Decimal)
    assert rows == [json.loads(line, parse_float=Decimal) for line in written("jsonl").splitlines()]
    assert rows[0]["TOTALDUE"] == Decimal("10.50")
    assert json.loads(written("json", [])) == []


def test_a_cut_array_does_not_pass_for_a_whole_one() -> None:
    out = io.StringIO()
    with pytest.raises(Error):
        ENCODERS["json"]()(COLUMNS, broken(), out)
    assert '"RECORDNO": 1,' in out.getvalue()
    assert "]" not in out.getvalue()


@pytest.mark.parametrize("name", ["csv", "json", "jsonl"])
def test_rows_before_a_failure_are_written(name: str) -> None:
    out = io.StringIO()
    with pytest.raises(Error):
        ENCODERS[name]()(COLUMNS, broken(), out)
    assert "10.50" in out.getvalue()


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_objects_refuse_two_columns_of_one_name(name: str) -> None:
    out = io.StringIO()
    with pytest.raises(Error, match="give one of them another name with AS"):
        ENCODERS[name]()(COLUMNS[:1] * 2, iter(()), out)
    assert out.getvalue() == ""


def test_a_percent_sign_in_a_name_is_only_a_name() -> None:
    column = ResultColumn(name="100%s", type=DataType.TEXT, path="NAME")
    assert written("jsonl", [("a",)], (column,)) == '{"100%s": "a"}\n'


def test_cells_the_gateway_garbled_stay_text() -> None:
    rows: list[Row] = [("n/a", "1.2.3", "x", "perhaps", "soon", "later"), (1, Decimal("NaN"), "y", None, None, None)]
    assert written("csv", rows).splitlines()[1] == "n/a,1.2.3,x,perhaps,soon,later"
    assert json.loads(written("json", rows))[1]["TOTALDUE"] == "NaN"


def test_an_absurd_exponent_is_not_written_out() -> None:
    column = ResultColumn(name="RATE", type=DataType.DECIMAL, path="RATE")
    assert written("csv", [(Decimal("1E+999999"),)], (column,)) == "RATE\r\n1E+999999\r\n"


@pytest.mark.parametrize(("extension", "name"), EXTENSIONS.items())
def test_every_extension_names_a_format(extension: str, name: str) -> None:
    assert name in ENCODERS

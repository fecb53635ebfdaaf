"""Rows written down in every format."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

import pytest

from intacct_ql.encoders import EXTENSIONS, FORMATS
from intacct_ql.errors import Error
from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.types import DataType, Value

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


def written(name: str, rows: list[Row] = ROWS, columns: tuple[ResultColumn, ...] = COLUMNS, **options: object) -> str:
    """The text of a format that takes the rows in pages of two."""
    out = io.StringIO()
    pages = [rows[start : start + 2] for start in range(0, len(rows), 2)]
    assert FORMATS[name].load()(columns, iter(pages), out, **options).rows == len(rows)
    return out.getvalue()


def broken() -> Iterator[list[Row]]:
    yield ROWS[:1]
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
        FORMATS["json"].load()(COLUMNS, broken(), out)
    assert '"RECORDNO": 1,' in out.getvalue()
    assert "]" not in out.getvalue()


@pytest.mark.parametrize("name", ["csv", "tsv", "json", "jsonl", "vertical", "markdown"])
def test_rows_before_a_failure_are_written(name: str) -> None:
    out = io.StringIO()
    with pytest.raises(Error):
        FORMATS[name].load()(COLUMNS, broken(), out)
    assert "10.50" in out.getvalue()


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_objects_refuse_two_columns_of_one_name(name: str) -> None:
    out = io.StringIO()
    with pytest.raises(Error, match="give one of them another name with AS"):
        FORMATS[name].load()(COLUMNS[:1] * 2, iter(()), out)
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
    assert name in FORMATS


def test_every_format_can_be_loaded_and_is_documented() -> None:
    for name, one in FORMATS.items():
        write = one.load()
        assert callable(write), name
        assert (one.behind is None) or one.between is not None, name


def test_tsv_is_a_line_a_row_with_the_quotes_of_csv() -> None:
    rows: list[Row] = [(1, Decimal("1.50"), 'tab\there "and" there', None, None, None)]
    assert written("tsv", rows).split("\n")[1] == '1\t1.50\t"tab\there ""and"" there"\t\t\t'
    assert "\r" not in written("tsv")


@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_without_a_header_and_with_a_word_for_null(name: str) -> None:
    lines = written(name, header=False, null="\\N").splitlines()
    assert lines[0].startswith("1")
    assert lines[-1].replace("\t", ",") == ",".join(["\\N"] * 6)


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("＝1+1", "'＝1+1"),
        ("-5", "-5"),
        ("+49.50", "+49.50"),
        ("a=1", "a=1"),
        (Decimal("-5.50"), "-5.50"),
        (-7, "-7"),
    ],
)
@pytest.mark.parametrize("name", ["csv", "tsv"])
def test_what_a_spreadsheet_would_run_is_defused_on_request(name: str, cell: Value, safe: str) -> None:
    column = ResultColumn(name="=A", type=DataType.TEXT, path="A")
    delimiter = {"csv": ",", "tsv": "\t"}[name]
    text = written(name, [(cell,)], (column,), spreadsheet_safe=True)
    assert list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)) == [["'=A"], [safe]]
    plain = written(name, [(cell,)], (column,))
    assert list(csv.reader(io.StringIO(plain, newline=""), delimiter=delimiter))[1] == [str(cell)]


def test_vertical_is_a_field_a_line() -> None:
    assert written("vertical", ROWS[:1]) == (
        "─── 1 ───\n"
        "RECORDNO      1\n"
        "TOTALDUE      10.50\n"
        'NAME          Bell, "B" & Co\n'
        "ONHOLD        true\n"
        "WHENDUE       2026-01-31\n"
        "WHENMODIFIED  2026-01-31 09:05:00\n"
    )
    assert "TOTALDUE      0.0000000000\nNAME          [/bad] 会社\\nline two\n" in written("vertical")


def test_markdown_shows_hostile_text_and_obeys_none_of_it() -> None:
    rows: list[Row] = [(1, None, "a|b <b>*x*</b>\n[y](javascript:z) \x1b[31m", True, None, None)]
    assert written("markdown", rows).splitlines() == [
        "| RECORDNO | TOTALDUE | NAME | ONHOLD | WHENDUE | WHENMODIFIED |",
        "| ---: | ---: | --- | --- | --- | --- |",
        r"| 1 |  | a\|b \<b\>\*x\*\</b\><br>\[y\](javascript:z) \\x1b\[31m | true |  |  |",
    ]

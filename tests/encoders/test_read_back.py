"""Every format, read back by a reader that is not ours, gives the typed rows that were written."""

import csv
import io
import json
import re
import sqlite3
import zipfile
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from intacct_ql.encoders import FORMATS, Written
from intacct_ql.errors import Error
from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.types import DataType, Value

KINDS = {
    "N": DataType.INTEGER,
    "MONEY": DataType.CURRENCY,
    "RATE": DataType.DECIMAL,
    "T": DataType.TEXT,
    "STATE": DataType.ENUM,
    "FLAG": DataType.BOOLEAN,
    "DAY": DataType.DATE,
    "MOMENT": DataType.TIMESTAMP,
}
COLUMNS = tuple(ResultColumn(name=name, type=kind, path=name) for name, kind in KINDS.items())

HOSTILE = [
    'a "b", c',
    "line\nline",
    "cr\rlf\r\n",
    "\x00\x01\x1b[31m\x7f\x9b",
    "_x0041_ _x005F_",
    "=1+1",
    "<r><t>not rich</t></r>",
    "<r></t></is></c><evil/></r>",
    "http://x.y/",
    " space ",
    "007",
    "\u202egnp.exe",
    "\u2028 \x85",
    "会社 \U0001f600",
    "NULL",
    "\\N",
    "\\",
    "",
]
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(HOSTILE)
money = st.decimals(-(10**12), 10**12, places=2, allow_nan=False) | st.sampled_from(
    [Decimal("0E-10"), Decimal("-0.00"), Decimal("1E+3"), Decimal("1234567890123.45")]
)
moments = st.datetimes(datetime(1901, 1, 1), datetime(2199, 12, 31)).map(lambda one: one.replace(microsecond=0))
days = st.dates(date(1901, 1, 1), date(2199, 12, 31))


def rows(moment: Any = moments) -> st.SearchStrategy[list[Row]]:
    cells = (st.integers(-(10**15) + 1, 10**15 - 1), money, money, texts, texts, st.booleans(), days, moment)
    return st.lists(st.tuples(*(st.none() | cell for cell in cells)), max_size=7)


def write(
    name: str, found: Sequence[Row], out: Any, columns: Sequence[ResultColumn] = COLUMNS, **options: Any
) -> Written:
    """Write in pages of three."""
    pages = [list(found[start : start + 3]) for start in range(0, len(found), 3)]
    written = FORMATS[name].load()(columns, iter(pages), out, **options)
    assert written.rows == len(found)
    return written


def text(name: str, found: Sequence[Row], **options: Any) -> str:
    out = io.StringIO()
    write(name, found, out, **options)
    return out.getvalue()


def octets(name: str, found: Sequence[Row], **options: Any) -> bytes:
    out = io.BytesIO()
    write(name, found, out, **options)
    return out.getvalue()


# Separated values.

READ: dict[DataType, Callable[[str], Value]] = {
    DataType.INTEGER: int,
    DataType.CURRENCY: Decimal,
    DataType.DECIMAL: Decimal,
    DataType.BOOLEAN: {"true": True, "false": False}.__getitem__,
    DataType.DATE: date.fromisoformat,
    DataType.TIMESTAMP: datetime.fromisoformat,
}


@pytest.mark.parametrize(("name", "delimiter"), [("csv", ","), ("tsv", "\t")])
@given(found=rows())
def test_separated_values(name: str, delimiter: str, found: list[Row]) -> None:
    null = "<nothing>"
    head, *lines = csv.reader(io.StringIO(text(name, found, null=null), newline=""), delimiter=delimiter)
    assert head == list(KINDS)
    read = [
        tuple(
            None if cell == null else READ.get(kind, str)(cell) for kind, cell in zip(KINDS.values(), line, strict=True)
        )
        for line in lines
    ]
    assert read == found
    amounts = [(str(cell[1]), row[1]) for cell, row in zip(read, found, strict=True)]
    assert all("E" in str(amount) or shown == str(amount) for shown, amount in amounts)  # 1.50 is not 1.5


# JSON.


def as_json(row: Row) -> list[Any]:
    return [cell.isoformat() if isinstance(cell, date) else cell for cell in row]


@given(found=rows(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5, minutes=-30))]))))
def test_json(found: list[Row]) -> None:
    whole = json.loads(text("json", found), parse_float=Decimal)
    lines = [json.loads(line, parse_float=Decimal) for line in text("jsonl", found).split("\n")[:-1]]
    assert whole == lines
    assert [list(one.values()) for one in whole] == [as_json(row) for row in found]
    assert all(list(one) == list(KINDS) for one in whole)


# Arrow and Parquet.

ARROW: dict[str, Callable[[bytes], Any]] = {
    "parquet": lambda body: pa.parquet.read_table(pa.BufferReader(body)),
    "arrow": lambda body: pa.ipc.open_file(body).read_all(),
    "arrow-stream": lambda body: pa.ipc.open_stream(body).read_all(),
}


@pytest.mark.parametrize("name", ARROW)
@given(found=rows())
def test_arrow(name: str, found: list[Row]) -> None:
    table = ARROW[name](octets(name, found))
    assert table.column_names == list(KINDS)
    assert list(zip(*table.to_pydict().values(), strict=True)) == found
    if found and all(row[0] is not None for row in found):
        assert table.schema.field("N").type == pa.int64()
    assert pa.types.is_decimal(table.schema.field("MONEY").type)


def paged(name: str, *pages: list[Row], columns: Sequence[ResultColumn]) -> tuple[Any, Written]:
    out = io.BytesIO()
    written = FORMATS[name].load()(columns, iter(pages), out)
    return ARROW[name](out.getvalue()), written


@pytest.mark.parametrize("name", ARROW)
def test_types_grow_where_a_later_cell_does_not_fit(name: str) -> None:
    columns = [COLUMNS[0], COLUMNS[1], COLUMNS[5], COLUMNS[6]]
    first: list[Row] = [(1, Decimal("1.50"), True, date(2026, 1, 31)), (None, None, None, None)]
    second: list[Row] = [(Decimal("2.5"), Decimal("0.12345678901234567890"), False, None)]
    third: list[Row] = [(3, Decimal(7), "perhaps", "soon")]
    fourth: list[Row] = [(4, None, True, date(2026, 2, 1))]
    table, written = paged(name, first, second, third, fourth, columns=columns)
    assert table.to_pydict() == {
        "N": [1, None, Decimal("2.5"), 3, 4],
        "MONEY": [Decimal("1.50"), None, Decimal("0.12345678901234567890"), 7, None],
        "FLAG": ["true", None, "false", "perhaps", "true"],
        "DAY": ["2026-01-31", None, None, "soon", "2026-02-01"],
    }
    assert written.notes == (
        "column N became decimal128(38, 1): a later cell did not fit int64",
        "column MONEY became decimal128(38, 20): a later cell did not fit decimal128(38, 10)",
        "column FLAG became string: a later cell did not fit bool",
        "column DAY became string: a later cell did not fit date32[day]",
    )


@given(st.lists(rows(), min_size=2, max_size=4), st.sampled_from([*ARROW]))
def test_pages_that_fit_no_type_together_are_texts_of_the_same_numbers(found: list[list[Row]], name: str) -> None:
    def mixed(number: int, page: list[Row]) -> list[Row]:
        return [((Decimal(f"1e{20 * number}"), *row[1:]) if number else row) for row in page]

    pages = [mixed(number, page) for number, page in enumerate(found) if page]
    table, _ = paged(name, *pages, columns=COLUMNS)
    wanted = [row[0] for page in pages for row in page]
    read = [None if cell is None else Decimal(cell) for cell in table.column("N").to_pylist()]
    assert read == wanted
    assert table.column("T").to_pylist() == [row[3] for page in pages for row in page]


def test_a_pipe_takes_no_other_types() -> None:
    class Pipe(io.RawIOBase):
        def writable(self) -> bool:
            return True

        def write(self, part: Any) -> int:
            return len(part)

    pages: list[list[Row]] = [[(1,)], [(Decimal("2.5"),)]]
    with pytest.raises(Error, match="give -o FILE"):
        FORMATS["arrow-stream"].load()(COLUMNS[:1], iter(pages), Pipe())


# SQLite.


def stored(row: Row) -> tuple[Any, ...]:
    """What Python's reader gives for it, by what the module promises."""
    found = []
    for cell in row:
        if isinstance(cell, datetime):
            found.append(cell.isoformat(" "))
        elif isinstance(cell, date):
            found.append(cell.isoformat())
        else:
            found.append(cell)
    return tuple(found)


def read_sqlite(path: Path, table: str = "out") -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as base:
        return [
            tuple(Decimal(str(cell)) if isinstance(cell, float) else cell for cell in row)
            for row in base.execute(f'select * from "{table}"')
        ]


@given(found=rows(moments | st.datetimes(timezones=st.just(UTC))))
def test_sqlite(tmp_path_factory: pytest.TempPathFactory, found: list[Row]) -> None:
    path = tmp_path_factory.mktemp("sqlite") / "out.db"
    assert write("sqlite", found, path).notes == ()
    assert read_sqlite(path) == [stored(row) for row in found]


def test_money_in_sqlite_compares_orders_and_adds_up_as_numbers(tmp_path: Path) -> None:
    amounts = [Decimal("9.50"), Decimal("1000.00"), Decimal("-20.25"), None]
    write("sqlite", [(amount,) for amount in amounts], tmp_path / "a.db", COLUMNS[1:2])
    with closing(sqlite3.connect(tmp_path / "a.db")) as base:
        assert base.execute("select count(*) from a where MONEY > 10").fetchall() == [(1,)]
        assert base.execute("select sum(MONEY) from a").fetchall() == [(989.25,)]
        assert base.execute("select MONEY from a order by MONEY desc limit 1").fetchall() == [(1000,)]


def test_digits_that_sqlite_does_not_keep_are_told_of(tmp_path: Path) -> None:
    found: list[Row] = [(10**30, Decimal("1234567890123456.78")), (1, Decimal(f"1.{'0' * 28}1")), (2, Decimal("1.5"))]
    assert write("sqlite", found, tmp_path / "a.db", COLUMNS[:2]).notes == (
        "N holds 1 numbers of more than 15 digits, which SQLite keeps rounded",
        "MONEY holds 2 numbers of more than 15 digits, which SQLite keeps rounded",
    )


def test_numbers_beyond_a_double_are_told_of(tmp_path: Path) -> None:
    found: list[Row] = [(10**400, Decimal("1E+309")), (1, Decimal("-1E-999999999")), (2, Decimal("0E-400"))]
    assert write("sqlite", found, tmp_path / "a.db", COLUMNS[:2]).notes == (
        "N holds 1 numbers beyond 1E+307 or 1E-307, which SQLite keeps as infinite or as 0",
        "MONEY holds 2 numbers beyond 1E+307 or 1E-307, which SQLite keeps as infinite or as 0",
    )
    with closing(sqlite3.connect(tmp_path / "a.db")) as base:
        assert base.execute("select MONEY from a").fetchall() == [(float("inf"),), (0,), (0,)]


# Excel.

FACE = "\U0001f600"
_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def read_xlsx(body: bytes) -> list[list[list[Any]]]:
    """The sheets of a workbook: text, numbers as Decimal, flags; dates by the style of their cell."""
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        assert not [name for name in book.namelist() if "external" in name.lower() or name.endswith(".bin")]
        styles = etree.fromstring(book.read("xl/styles.xml"))
        formats = {one.get("numFmtId"): one.get("formatCode") for one in styles.iter(f"{_NS}numFmt")}
        looks = [formats.get(one.get("numFmtId"), "") for one in styles.find(f"{_NS}cellXfs")]
        sheets = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        return [_sheet(etree.fromstring(book.read(name)), looks) for name in sheets]


def _sheet(root: Any, looks: list[str]) -> list[list[Any]]:
    assert root.find(f".//{_NS}f") is None, "a formula"
    assert root.find(f".//{_NS}hyperlink") is None, "a link"
    found: list[list[Any]] = []
    for row in root.iter(f"{_NS}row"):
        found += [[None] * 8] * (int(row.get("r")) - 1 - len(found))  # rows of nothing are not in the file
        cells: dict[str, Any] = {cell.get("r").rstrip("0123456789"): _cell(cell, looks) for cell in row}
        found.append([cells.get(letter) for letter in "ABCDEFGH"])
    return found


def _cell(cell: Any, looks: list[str]) -> Any:
    if cell.get("t") == "inlineStr":
        return _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), "".join(cell.itertext()))
    value = cell.findtext(f"{_NS}v")
    if cell.get("t") == "b":
        return value == "1"
    look = looks[int(cell.get("s", 0))]
    if "yyyy" in look and value is not None:
        moment = datetime(1899, 12, 30) + timedelta(seconds=round(float(value) * 86_400))
        return moment if "hh" in look else moment.date()
    return None if value is None else Decimal(value)


@given(found=rows())
@example(found=[(None, None, None, one, "", None, None, None) for one in HOSTILE])
@example(found=[(None,) * 8, (1, *(None,) * 7)])
def test_xlsx(found: list[Row]) -> None:
    [[head, *lines]] = read_xlsx(octets("xlsx", found))
    assert head == list(KINDS)
    wanted = list(map(list, found))
    assert lines + [[None] * 8] * (len(found) - len(lines)) == wanted  # nor those at the end


def test_xlsx_says_what_excel_cannot_hold() -> None:
    found: list[Row] = [
        (10**20 + 1, Decimal("12345678901234.567"), None, "x" * 40_000, None, None, date(1850, 1, 2), None),
        (1, None, None, None, None, None, None, datetime(2026, 1, 31, 9, 5, tzinfo=timezone(timedelta(hours=5)))),
    ]
    out = io.BytesIO()
    written = write("xlsx", found, out)
    [[_, first, second]] = read_xlsx(out.getvalue())
    assert first == [str(10**20 + 1), "12345678901234.567", None, "x" * 32_767, None, None, "1850-01-02", None]
    assert second[7] == datetime(2026, 1, 31, 9, 5)
    assert written.notes == (
        "2 numbers of more than 15 digits are text, because Excel would round them",
        "1 cells were cut: Excel holds 32,767 characters in one",
        "1 dates before March 1900 are text, because Excel has none",
        "1 moments have lost their zone, because Excel knows none",
    )


def test_numbers_beyond_a_double_are_text_in_excel() -> None:
    found: list[Row] = [(number, Decimal(number), *[None] * 6) for number in (10**400, -(10**308), 10**307)]
    found += [(None, Decimal(text), *[None] * 6) for text in ("1E-999999999", "-1E+999999999", "0E-400", "1E-307")]
    out = io.BytesIO()
    written = write("xlsx", found, out)
    [[_, *lines]] = read_xlsx(out.getvalue())
    assert [line[:2] for line in lines[:3]] == [
        [str(10**400), str(10**400)],
        [str(-(10**308)), str(-(10**308))],
        [Decimal(10**307), Decimal(10**307)],
    ]
    assert [line[1] for line in lines[3:]] == ["1E-999999999", "-1E+999999999", 0, Decimal("1E-307")]
    assert written.notes == ("6 numbers are text, because they are too large or too small for Excel",)


def test_excel_counts_the_halves_of_characters() -> None:
    found: list[Row] = [(None, None, None, text, *[None] * 4) for text in ("x" + FACE * 16_383, "x" + FACE * 16_384)]
    out = io.BytesIO()
    written = write("xlsx", found, out)
    [[_, *lines]] = read_xlsx(out.getvalue())
    assert [line[3] for line in lines] == ["x" + FACE * 16_383] * 2
    assert written.notes == ("1 cells were cut: Excel holds 32,767 characters in one",)


def test_rows_beyond_a_sheet_go_to_the_next_one() -> None:
    found: list[Row] = [(number, *[None] * 7) for number in range(25)]
    out = io.BytesIO()
    written = write("xlsx", found, out, sheet_rows=11)
    sheets = read_xlsx(out.getvalue())
    assert [len(sheet) for sheet in sheets] == [11, 11, 6]
    assert [row[0] for sheet in sheets for row in sheet[1:]] == list(range(25))
    assert written.notes == ("a sheet of Excel ends at 1,048,576 rows; the rest is on 2 more",)

"""A result: an iterator that loses no row, whatever happens to its source."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal

import pytest

from intacct_ql.errors import ConfigError, Error
from intacct_ql.result import AsyncResult, Result, ResultColumn, Row, Stats
from intacct_ql.schema.types import DataType

COLUMNS = (
    ResultColumn(name="RECORDNO", type=DataType.INTEGER, path="RECORDNO"),
    ResultColumn(name="NAME", type=DataType.TEXT, path="NAME"),
)
ROWS: list[Row] = [(1, "Abacus"), (2, "Bell"), (3, None)]


class Unsteady:
    """A source that fails once before its third row, and then goes on."""

    def __init__(self) -> None:
        self.left: list[Row | Exception] = [*ROWS[:2], Error("the line broke"), ROWS[2]]

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        if not self.left:
            raise StopIteration
        item = self.left.pop(0)
        if isinstance(item, Exception):
            raise item
        return item


def dying() -> Iterator[Row]:
    yield from ROWS[:2]
    raise Error("the line broke")


def result(rows: Iterator[Row] | None = None, **known: int) -> Result:
    return Result(COLUMNS, iter(ROWS) if rows is None else rows, Stats(**known))


def test_it_iterates_as_plain_tuples_and_ends() -> None:
    rows = result()
    assert list(rows) == ROWS
    assert list(rows) == []


def test_rows_as_dictionaries() -> None:
    assert list(result().dicts()) == [
        {"RECORDNO": 1, "NAME": "Abacus"},
        {"RECORDNO": 2, "NAME": "Bell"},
        {"RECORDNO": 3, "NAME": None},
    ]


def test_dictionaries_refuse_two_columns_of_one_name() -> None:
    with pytest.raises(Error, match="two columns are named NAME"):
        Result(COLUMNS[1:] * 2, iter(()), Stats()).dicts()


def test_fetching_in_batches() -> None:
    rows = result()
    assert [rows.fetchmany(2), rows.fetchmany(2), rows.fetchmany(2)] == [ROWS[:2], ROWS[2:], []]


def test_one_row() -> None:
    assert result(iter(ROWS[:1])).one() == (1, "Abacus")


@pytest.mark.parametrize(
    ("rows", "total", "words"),
    [([], None, "gives none"), (ROWS, None, "gives at least two"), (ROWS, 3, "gives at least two")],
)
def test_one_row_says_how_many_there_are(rows: list[Row], total: int | None, words: str) -> None:
    with pytest.raises(Error, match=words):
        Result(COLUMNS, iter(rows), Stats(total=total)).one()


def test_one_row_reads_no_further_than_two() -> None:
    source = iter(ROWS)
    with pytest.raises(Error):
        result(source).one()
    assert list(source) == ROWS[2:]


def test_closing_ends_the_iteration_and_its_source() -> None:
    ended: list[str] = []

    def source() -> Iterator[Row]:
        try:
            yield from ROWS
        finally:
            ended.append("source")

    with Result(COLUMNS, source(), Stats(), close=lambda: ended.append("close")) as rows:
        assert next(rows) == ROWS[0]
    assert ended == ["source", "close"]
    assert list(rows) == []
    rows.close()
    assert ended == ["source", "close"]


def test_reading_to_the_end_closes() -> None:
    ended: list[str] = []
    Result(COLUMNS, iter(ROWS), Stats(), close=lambda: ended.append("close")).fetchall()
    assert ended == ["close"]


def test_a_failed_fetch_does_not_end_it() -> None:
    rows = result(Unsteady())
    with pytest.raises(Error, match="the line broke"):
        rows.fetchall()
    assert rows.fetchall() == ROWS


def test_a_batch_gives_its_rows_before_the_failure() -> None:
    rows = result(dying())
    assert rows.fetchmany(10) == ROWS[:2]
    with pytest.raises(Error, match="the line broke"):
        rows.fetchmany(10)


def test_a_source_that_died_never_looks_complete() -> None:
    rows = result(dying())
    for _ in range(3):
        with pytest.raises(Error, match="the line broke"):
            rows.fetchall()
    assert [next(rows), next(rows)] == ROWS[:2]
    with pytest.raises(Error, match="the line broke"):
        next(rows)


def test_stats_as_json_types() -> None:
    assert Stats(calls=2, rows=3, total=3).to_dict() == {
        "calls": 2, "sign_ins": 0,
        "settings": 0, "rows": 3, "pages": 0, "retries": 0, "renewals": 0, "bytes": 0, "seconds": 0.0,
        "waited": 0.0, "drifts": 0, "total": 3, "wanted": None,
    }  # fmt: skip


def test_arrow_names_the_extra_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ConfigError, match=r"intacct-ql\[arrow\]"):
        result().to_arrow()


def async_result(fail: bool = False) -> AsyncResult:
    async def source() -> AsyncIterator[Row]:
        for row in ROWS:
            if fail and row == ROWS[2]:
                raise Error("the line broke")
            yield row

    return AsyncResult(COLUMNS, source(), Stats())


def test_async_rows_in_every_way() -> None:
    async def run() -> None:
        assert [row async for row in async_result()] == ROWS
        assert await async_result().fetchall() == ROWS
        assert [row async for row in async_result().dicts()][1] == {"RECORDNO": 2, "NAME": "Bell"}
        async with async_result() as rows:
            assert await rows.fetchmany(2) == ROWS[:2]
        assert await rows.fetchmany(2) == []
        with pytest.raises(Error, match="at least two"):
            await async_result().one()

    asyncio.run(run())


def test_async_rows_survive_a_failure() -> None:
    async def run() -> None:
        rows = async_result(fail=True)
        with pytest.raises(Error, match="the line broke"):
            await rows.fetchall()
        assert await rows.fetchmany(2) == ROWS[:2]
        with pytest.raises(Error, match="the line broke"):
            await anext(rows)

    asyncio.run(run())


def test_decimals_keep_every_digit_in_arrow() -> None:
    arrow = pytest.importorskip("pyarrow")
    columns = (ResultColumn(name="TOTALDUE", type=DataType.CURRENCY, path="TOTALDUE"),)
    rows: list[Row] = [(Decimal("1.5"),), (Decimal(100),), (None,), (Decimal("0.123456789012345"),)]
    table = Result(columns, iter(rows), Stats()).to_arrow()
    assert table.schema.field(0).type == arrow.decimal128(38, 15)
    assert table.column(0).to_pylist() == [row[0] for row in rows]


def test_a_cell_that_does_not_fit_its_type_makes_the_column_text() -> None:
    arrow = pytest.importorskip("pyarrow")
    table = Result(COLUMNS, iter([(1, "a"), ("n/a", "b")]), Stats()).to_arrow()
    assert table.schema.field(0).type == arrow.string()
    assert table.column(0).to_pylist() == ["1", "n/a"]


@pytest.mark.parametrize("late", [Decimal("1.5"), "n/a", 2**70, Decimal("1E+9999999"), Decimal("-1E+100")])
def test_a_stream_never_bends_a_late_cell(late: object) -> None:
    arrow = pytest.importorskip("pyarrow")
    rows = [(number, None) for number in range(2_000)] + [(late, None)]
    with pytest.raises(arrow.ArrowInvalid, match="RECORDNO"):
        arrow.table(result(iter(rows)))  # type: ignore[arg-type]


@pytest.mark.parametrize("count", [0, 1, 3_000])
def test_a_stream_that_is_asked_for_its_schema_alone_takes_no_row(count: int) -> None:
    """As DuckDB does: one stream for the schema, which is let go, and another one for the rows."""
    arrow = pytest.importorskip("pyarrow")
    made = result(iter([(number, str(number)) for number in range(count)]))
    schema = arrow.RecordBatchReader.from_stream(made).schema
    read = arrow.RecordBatchReader.from_stream(made)
    assert (read.schema, read.read_all().column(0).to_pylist()) == (schema, list(range(count)))
    with pytest.raises(Error, match="have been read; run the query again"):
        arrow.RecordBatchReader.from_stream(made)


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("behind", [0, 1, 2_500])
def test_rows_behind_a_schema_are_those_that_were_there(before: int, behind: int) -> None:
    arrow = pytest.importorskip("pyarrow")
    rows: list[Row] = [(number, str(number)) for number in range(3_000)]
    made = result(iter(rows))
    found = [next(made) for _ in range(before)]
    assert arrow.RecordBatchReader.from_stream(made).schema.names == ["RECORDNO", "NAME"]
    found += [next(made) for _ in range(behind)]
    assert arrow.RecordBatchReader.from_stream(made).schema.names == ["RECORDNO", "NAME"]
    assert found + made.fetchmany(10) + [row for page in made.pages() for row in page] == rows


def test_a_stream_of_two_batches() -> None:
    arrow = pytest.importorskip("pyarrow")
    table = arrow.table(result(iter([(number, str(number)) for number in range(3_000)])))
    assert table.num_rows == 3_000
    assert table.column("RECORDNO").to_pylist() == list(range(3_000))

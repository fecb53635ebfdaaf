"""Sort, distinct and group give the same rows in the same order, whatever memory they have, and leave no file."""

import errno
import gc
import io
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import islice, pairwise
from pathlib import Path

import pytest
from files import open_files
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.emulator.cells import averages, writer
from intacct_ql.errors import Error
from intacct_ql.executor import sorter, spill
from intacct_ql.executor.blocks import dump, load
from intacct_ql.executor.local import Pipeline, Row, run
from intacct_ql.executor.order import Order, rank
from intacct_ql.executor.sorter import Sorter
from intacct_ql.executor.spill import Scratch, Storage
from intacct_ql.planner.steps import Distinct, Fold, Group, Key, Limit, Sort, Step
from intacct_ql.schema.types import DataType, decoder

MEMORIES = st.sampled_from([1, 2_000, 20_000, 2**28])
"""From one row a run, over a few runs, to no run at all."""

DAYS = st.dates(date(2020, 1, 1), date(2020, 1, 4))
UNZONED = st.datetimes().map(lambda time: time.replace(fold=0))  # without a zone there is nothing to fold
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2020, 1, 2)).map(lambda time: time.replace(fold=0))
NUMBERS = st.integers(-3, 3) | st.decimals(-3, 3, places=1)
CELLS = st.none() | NUMBERS | st.booleans() | st.text("aB1", max_size=2) | DAYS | TIMES
ANY_ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=80)
KEYS = st.builds(
    Key, index=st.integers(0, 1), descending=st.booleans(), nulls_first=st.none() | st.booleans()
)  # fmt: skip


def through(rows: list[Row], *steps: Step, memory: int, pages: int = 7) -> list[Row]:
    """The rows after the steps, pushed in pages; their folder is empty behind them."""
    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(steps, storage=Storage(memory=memory, folder=folder))
        given: list[Row] = []
        for start in range(0, len(rows), pages):
            given += pipeline.push(rows[start : start + pages])
        given += pipeline.finish()
        assert os.listdir(folder) == []
        assert open_files(folder) == 0
    return given


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three runs are merged into one, so that few rows make several levels of them."""
    monkeypatch.setattr(sorter, "RUNS", 3)


# Sort.


def slowly_sorted(rows: list[Row], keys: tuple[Key, ...]) -> list[Row]:
    """Insertion sort, by the rules as they are told."""

    def before(one: Row, other: Row) -> bool:
        for key in keys:
            left, right = one[key.index], other[key.index]
            if (left is None) is not (right is None):
                first = key.descending if key.nulls_first is None else key.nulls_first
                return (left is None) is first
            if left is not None and rank(left) != rank(right):
                return (rank(left) < rank(right)) is not key.descending
        return False

    ordered: list[Row] = []
    for row in rows:
        place = len(ordered)
        while place and before(row, ordered[place - 1]):
            place -= 1
        ordered.insert(place, row)
    return ordered


@given(rows=ANY_ROWS, keys=st.lists(KEYS, min_size=1, max_size=3).map(tuple), memory=MEMORIES)
def test_sort(rows: list[Row], keys: tuple[Key, ...], memory: int):
    numbered = [(*row, number) for number, row in enumerate(rows)]
    assert through(numbered, Sort(keys=keys, reason=""), memory=memory) == slowly_sorted(numbered, keys)


@given(rows=ANY_ROWS, keys=st.lists(KEYS, min_size=1, max_size=2).map(tuple), most=st.integers(0, 90), memory=MEMORIES)
def test_sort_for_the_first_rows_only(rows: list[Row], keys: tuple[Key, ...], most: int, memory: int):
    numbered = [(*row, number) for number, row in enumerate(rows)]
    step = Sort(keys=keys, most=most, reason="")
    assert through(numbered, step, memory=memory) == slowly_sorted(numbered, keys)[:most]


@given(rows=ANY_ROWS, keys=st.lists(KEYS, min_size=1, max_size=3).map(tuple))
def test_places_and_order_agree(rows: list[Row], keys: tuple[Key, ...]):
    order = Order(keys)
    places = [order.place(row) for row in order.arranged(rows)]
    assert all(not later < earlier for earlier, later in pairwise(places))


def test_the_first_rows_of_many_are_kept_in_memory(tmp_path: Path):
    made = Sorter(Order((Key(index=0),)), 2**20, Scratch(tmp_path), most=10)
    for start in range(0, 200_000, 2_000):
        made.push([(-number, "x" * 50) for number in range(start, start + 2_000)])
        assert len(made._waiting) < 3_000
        assert open_files(tmp_path) == 0
    assert made.rows == 200_000
    assert [row[0] for row in made.finish()] == list(range(-199_999, -199_989))


def test_few_files_are_open_however_many_runs_there_are(tmp_path: Path):
    made = Sorter(Order((Key(index=0),)), 1, Scratch(tmp_path))
    most = 0
    for number in range(300):
        made.push([(number * 7 % 300,)])
        most = max(most, open_files(tmp_path))
    assert 3 < most <= 3 * 6  # three runs a level
    assert [row[0] for row in made.finish()] == list(range(300))


# Distinct.


@given(rows=ANY_ROWS, width=st.integers(1, 2), memory=MEMORIES)
def test_distinct(rows: list[Row], width: int, memory: int):
    numbered = [(*row, number) for number, row in enumerate(rows)]
    firsts: list[Row] = []
    for row in numbered:
        if not any(row[:width] == known[:width] for known in firsts):
            firsts.append(row)
    assert through(numbered, Distinct(width=width, reason=""), memory=memory) == firsts


def test_distinct_gives_what_it_can_at_once_and_says_what_it_holds():
    pipeline = Pipeline([Distinct(width=1, reason="")], storage=Storage(memory=4_000))
    assert list(pipeline.push([(1,), (2,), (1,)])) == [(1,), (2,)]
    list(pipeline.push([(number,) for number in range(100)]))
    assert pipeline.held == 0
    assert list(pipeline.push([(5,), (100,), (101,), (100,)])) == []
    assert pipeline.held == 3
    assert list(pipeline.finish()) == [(100,), (101,)]


def test_values_of_one_hash_are_told_apart():
    rows: list[Row] = [(value,) for value in (7, -1, -2, -1, 2**61 - 2, -2, 7 + 2**61 - 1)]
    assert hash(-1) == hash(-2)
    step = Distinct(width=1, reason="")
    assert through(rows, step, memory=1, pages=1) == [(7,), (-1,), (-2,), (2**61 - 2,), (7 + 2**61 - 1,)]


# Group.

CENTS = st.integers(-(10**9), 10**9)
SALES = st.lists(
    st.tuples(
        st.none() | st.sampled_from(["a", "B", "ab"]),
        st.none() | st.integers(0, 2),
        st.none() | st.integers(-50, 50),
        st.none() | CENTS,
        st.none() | st.dates(date(2020, 1, 1), date(2020, 3, 1)),
    ),
    max_size=60,
)
COLUMNS = (DataType.TEXT, DataType.INTEGER, DataType.INTEGER, DataType.CURRENCY, DataType.DATE)
FOLDS = [
    Fold(function=function, index=index, type=COLUMNS[index])
    for index in range(5)
    for function in (("COUNT", "SUM", "AVG", "MIN", "MAX") if index in (1, 2, 3) else ("COUNT", "MIN", "MAX"))
]
KEY_COLUMNS = st.sampled_from([(), (0,), (1,), (0, 1), (4, 0)])
SQL = {"AVG": "sum({0}) || '/' || count({0})"}


def stored(cell: object) -> object:
    return cell.isoformat() if isinstance(cell, date) else cell


def fetched(texts: list[str], fold: Fold) -> list[object]:
    """Cells as the client reads them."""
    kinds = {"COUNT": DataType.INTEGER, "AVG": DataType.DECIMAL}
    return [decoder(kinds.get(fold.function, fold.type))(text) for text in texts]


@given(
    sales=SALES, keys=st.sampled_from([(), (0,), (1,), (0, 1), (4, 0)]), folds=st.permutations(FOLDS), memory=MEMORIES
)
def test_a_group_is_what_the_gateway_makes_of_it(
    sales: list[Row], keys: tuple[int, ...], folds: list[Fold], memory: int
):
    """SQLite adds up, the emulator writes, the client reads: cell for cell the same, to the last zero."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE sales (c0 TEXT, c1 INTEGER, c2 INTEGER, c3 INTEGER, c4 TEXT)")
    scaled = [(*row[:3], None if row[3] is None else row[3] * 100, stored(row[4])) for row in sales]
    database.executemany("INSERT INTO sales VALUES (?, ?, ?, ?, ?)", scaled)
    chosen = folds[:4]
    columns = [f"c{key}" for key in keys]
    asked = columns + [SQL.get(one.function, f"{one.function}({{0}})").format(f"c{one.index}") for one in chosen]
    by = f"GROUP BY {', '.join(columns)}" if columns else ""
    found = list(zip(*database.execute(f"SELECT {', '.join(asked)} FROM sales {by}").fetchall(), strict=True))
    database.close()
    there = [[decoder(COLUMNS[key])(t) for t in writer(COLUMNS[key])(c)] for key, c in zip(keys, found, strict=False)]
    for fold, cells in zip(chosen, found[len(keys) :], strict=False):
        kind = DataType.INTEGER if fold.function == "COUNT" else fold.type
        write = averages if fold.function == "AVG" else lambda cells, kind: writer(kind)(cells)
        there.append(fetched(write(cells, kind), fold))
    rows = [(*row[:3], None if row[3] is None else Decimal(row[3]).scaleb(-2), row[4]) for row in sales]
    here = through(rows, Group(keys=keys, aggregates=tuple(chosen), reason=""), memory=memory)
    assert sorted(map(repr, here)) == sorted(map(repr, zip(*there, strict=True)))


@given(rows=ANY_ROWS, memory=MEMORIES)
def test_any_cells_are_grouped_in_the_order_they_came(rows: list[Row], memory: int):
    folds = tuple(Fold(function=name, index=1, type=DataType.TEXT) for name in ("COUNT", "MIN", "MAX"))
    groups: list[tuple[object, list[object]]] = []
    for key, cell in rows:
        cells = next((cells for known, cells in groups if known == key), None)
        if cells is None:
            groups.append((key, cells := []))
        if cell is not None:
            cells.append(cell)
    expected = [
        (key, len(cells), min(cells, key=rank, default=None), max(cells, key=rank, default=None))
        for key, cells in groups
    ]
    assert through(rows, Group(keys=(0,), aggregates=folds, reason=""), memory=memory) == expected


def aggregate(function: str, kind: DataType, *cells: object) -> object:
    step = Group(keys=(), aggregates=(Fold(function=function, index=0, type=kind),), reason="")
    [row] = run([(cell,) for cell in cells], [step])
    return row[0]


@pytest.mark.parametrize(
    ("function", "kind", "cells", "value"),
    [
        ("SUM", DataType.INTEGER, [1, None, 2], "3"),
        ("SUM", DataType.INTEGER, [1, Decimal("0.5")], "Decimal('1.5')"),
        ("SUM", DataType.INTEGER, [Decimal("0.5"), Decimal("1.50")], "2"),
        ("SUM", DataType.CURRENCY, [Decimal("1.5"), 1], "Decimal('2.50')"),
        ("SUM", DataType.CURRENCY, [Decimal("1.2550"), Decimal("1.2450")], "Decimal('2.50')"),
        ("SUM", DataType.CURRENCY, [Decimal("0.001")], "Decimal('0.001')"),
        ("SUM", DataType.CURRENCY, [Decimal(-1), Decimal(1)], "Decimal('0.00')"),
        ("SUM", DataType.DECIMAL, [Decimal("1.50"), Decimal("98.50")], "Decimal('100')"),
        ("SUM", DataType.DECIMAL, [Decimal("1E+30"), Decimal("1E-30")], f"Decimal('1{'0' * 30}.{'0' * 29}1')"),
        ("SUM", DataType.TEXT, ["1.5", "2"], "Decimal('3.5')"),
        ("AVG", DataType.INTEGER, [1, 2], "Decimal('1.5')"),
        ("AVG", DataType.INTEGER, [100, 200, 300], "Decimal('200')"),
        ("AVG", DataType.CURRENCY, [Decimal(1), Decimal(1), Decimal(0)], "Decimal('0.6666666667')"),
        ("AVG", DataType.CURRENCY, [Decimal(-1), Decimal(0), Decimal(0)], "Decimal('-0.3333333333')"),
        ("AVG", DataType.DECIMAL, [Decimal("1E-10"), Decimal(0)], "Decimal('1E-10')"),
        ("AVG", DataType.DECIMAL, [Decimal("-1E-11")], "Decimal('0')"),
        ("MIN", DataType.INTEGER, ["x", Decimal("9.5"), 10, None], "Decimal('9.5')"),
        ("MAX", DataType.INTEGER, [3, "x", 10], "'x'"),
        ("MAX", DataType.DECIMAL, [Decimal("NaN"), 5], "Decimal('NaN')"),
        ("MIN", DataType.DATE, [date(2020, 1, 2), datetime(2020, 1, 1)], "datetime.datetime(2020, 1, 1, 0, 0)"),
        ("COUNT", DataType.TEXT, ["", None, "a"], "2"),
        *[(name, DataType.INTEGER, [None], "None") for name in ("SUM", "AVG", "MIN", "MAX")],
        *[(name, DataType.INTEGER, [], "None") for name in ("SUM", "AVG", "MIN", "MAX")],
        ("COUNT", DataType.TEXT, [], "0"),
    ],
)
def test_aggregates(function: str, kind: DataType, cells: list[object], value: str):
    assert repr(aggregate(function, kind, *cells)) == value


@pytest.mark.parametrize("function", ["SUM", "AVG"])
@pytest.mark.parametrize("cell", ["n/a", True, date(2020, 1, 1), "NaN", "x" * 10_000])
def test_what_is_no_number_is_not_left_out_of_a_total(function: str, cell: object):
    with pytest.raises(Error, match=r"a cell holds .*leave such rows out") as caught:
        aggregate(function, DataType.CURRENCY, Decimal(1), cell)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("function", "cells"),
    [
        ("SUM", [Decimal("1E+99999"), Decimal(1)]),
        ("AVG", [Decimal("1E+99999"), Decimal(1)]),
        ("SUM", [Decimal("1E+999999999")]),
        ("SUM", [10**4_200]),
        ("SUM", [6 * 10**3_999, 6 * 10**3_999]),
    ],
)
def test_numbers_that_no_memory_could_add(function: str, cells: list[object]):
    with pytest.raises(Error, match="more than 4,000 digits"):
        aggregate(function, DataType.INTEGER, *cells)


def test_an_average_that_no_page_could_show():
    assert len(str(aggregate("AVG", DataType.DECIMAL, Decimal("7E+999999999"), None))) < 100


@given(st.lists(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12)))
def test_a_sum_does_not_round(cells: list[Decimal]):
    exact = sum(int(cell * 10_000) for cell in cells)
    value = aggregate("SUM", DataType.DECIMAL, *cells)
    assert value == (Decimal(exact).scaleb(-4) if cells else None)


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=7))
def test_an_average_is_rounded_once(cells: list[int]):
    with localcontext() as context:
        context.prec = 200
        mean = (Decimal(sum(cells)) / len(cells)).quantize(Decimal("1E-10"), ROUND_HALF_UP)
    assert aggregate("AVG", DataType.INTEGER, *cells) == mean


# Several steps, and what is left behind.

STEPS: list[Step] = [
    Group(keys=(0, 1), aggregates=(Fold(function="COUNT", index=0, type=DataType.TEXT),), reason=""),
    Distinct(width=2, reason=""),
    Sort(keys=(Key(index=2, descending=True), Key(index=0)), reason=""),
    Limit(limit=20, offset=1, reason=""),
]


@given(rows=ANY_ROWS, memory=MEMORIES)
def test_steps_one_after_another(rows: list[Row], memory: int):
    assert through(rows, *STEPS, memory=memory) == through(rows, *STEPS, memory=2**40, pages=1000)


MANY: list[Row] = [(number * 7919 % 1_000, f"text {number}") for number in range(1_000)]
HOLDING = [
    Sort(keys=(Key(index=0),), reason=""),
    Distinct(width=2, reason=""),
    Group(keys=(1,), aggregates=(Fold(function="SUM", index=0, type=DataType.INTEGER),), reason=""),
]
holding = pytest.mark.parametrize("step", HOLDING, ids=lambda step: type(step).__name__)


@holding
@pytest.mark.parametrize("end", ["close", "forget", "break off", "read all"])
def test_no_file_is_left(step: Step, end: str, tmp_path: Path):
    pipeline = Pipeline([step], storage=Storage(memory=20_000, folder=tmp_path))
    for start in range(0, 1_000, 100):
        list(pipeline.push(MANY[start : start + 100]))
    assert open_files(tmp_path) > 0
    if end != "close":
        rows = pipeline.finish()
        assert len(list(islice(rows, 5))) == 5
    if end == "read all":
        assert len(list(rows)) + 5 <= 1_000
    if end in ("break off", "close"):
        pipeline.close()
    if end == "forget":
        del pipeline, rows
        gc.collect()
    assert open_files(tmp_path) == 0
    assert list(tmp_path.iterdir()) == []


def test_files_are_the_owners_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    modes: list[int] = []
    make = spill.TemporaryFile

    def made(**where: object) -> io.BufferedRandom:
        file = make(**where)
        modes.append(os.fstat(file.fileno()).st_mode & 0o777)
        return file

    monkeypatch.setattr(spill, "TemporaryFile", made)
    assert len(list(run(MANY, HOLDING[:1], storage=Storage(memory=20_000, folder=tmp_path)))) == 1_000
    assert set(modes) == {0o600}


class Full(io.BytesIO):
    """A file on a disk that is full after so many bytes."""

    left = 3_000

    def write(self, data: bytes) -> int:  # type: ignore[override]
        Full.left -= len(data)
        if Full.left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(data)

    def close(self) -> None:
        if not self.closed:
            super().close()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@holding
@pytest.mark.parametrize("left", [0, 3_000, 30_000])
def test_a_full_disk(step: Step, left: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(spill, "TemporaryFile", lambda **_: Full())
    monkeypatch.setattr(Full, "left", left)
    with pytest.raises(Error, match="No space left on device; make room there, choose another folder") as caught:
        list(run(MANY, [step], storage=Storage(memory=10_000, folder=tmp_path)))
    assert str(tmp_path) in str(caught.value)


def test_a_folder_that_is_not_there(tmp_path: Path):
    with pytest.raises(Error, match=r"cannot be kept in .*nowhere: No such file or directory"):
        list(run(MANY, HOLDING[:1], storage=Storage(memory=1, folder=tmp_path / "nowhere")))


def test_a_file_that_was_cut_off(tmp_path: Path):
    spool = Scratch(tmp_path).spool()
    spool.write([(1,), (2,)])
    spool._file.truncate(12)
    with pytest.raises(Error, match="was cut off"):
        list(spool.blocks())


# Blocks.

HOUR = st.datetimes(timezones=st.just(timezone(timedelta(hours=1)))).map(lambda time: time.replace(fold=0))
ZONED = st.datetimes(timezones=st.sampled_from([None, timezone(timedelta(hours=1)), UTC])).map(
    lambda time: time.replace(fold=0)
)
STRANGE = CELLS | ZONED | st.decimals(allow_nan=False) | st.integers() | st.text() | UNZONED | st.dates()
KINDS = [st.integers(), st.text(), st.booleans(), st.decimals(allow_nan=False), st.dates(), UNZONED, HOUR, ZONED]


@given(
    st.one_of(
        st.lists(st.tuples(STRANGE, STRANGE), min_size=1, max_size=10),
        st.lists(st.tuples(*[st.none() | kind for kind in KINDS]), min_size=1, max_size=10),
        st.lists(st.tuples(*KINDS), min_size=1, max_size=10),
    )
)
def test_a_block_is_read_as_it_was_written(rows: list[Row]):
    assert repr(load(dump(rows))) == repr(rows)


def test_nothing_is_settled_for_a_full_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sorter.Sorter, "finish", lambda _: pytest.fail("the deferred rows were sorted"))
    steps = [Distinct(width=1, reason=""), Limit(limit=5, offset=0, reason="")]
    pipeline = Pipeline(steps, storage=Storage(memory=4_000))
    assert len(list(pipeline.push(MANY))) == 5
    list(pipeline.push([("new", number) for number in range(3)]))
    assert pipeline.full
    assert list(pipeline.finish()) == []


def test_rows_come_while_they_are_read() -> None:
    """A pipeline that was fed gives its first row before it has read the others back."""
    pipeline = Pipeline([HOLDING[0]], storage=Storage(memory=20_000))
    list(pipeline.push(MANY))
    rows: Iterator[Row] = pipeline.finish()
    assert next(rows)[0] == 0
    assert pipeline.held == 1_000
    pipeline.close()

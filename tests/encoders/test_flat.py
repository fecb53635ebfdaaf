"""However many pages come, no format that streams holds more of them."""

import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from intacct_ql.encoders import FORMATS, Medium, parquet
from intacct_ql.result import ResultColumn, Row
from intacct_ql.schema.types import DataType

KINDS = (DataType.INTEGER, DataType.CURRENCY, DataType.TEXT, DataType.DATE, DataType.TIMESTAMP)
COLUMNS = tuple(ResultColumn(name=kind.name, type=kind, path=kind.name) for kind in KINDS)
PAGES = 40
ROWS = 100
STREAMING = [name for name, one in FORMATS.items() if one.most is None and one.medium is not Medium.DATABASE]


def pages(weigh: Callable[[], int], weights: list[int]) -> Iterator[list[Row]]:
    """Pages of new cells; before each one what is held is weighed."""
    day, moment = date(2026, 1, 31), datetime(2026, 1, 31, 9, 5)
    for page in range(PAGES):
        weights.append(weigh())
        keys = range(page * ROWS, (page + 1) * ROWS)
        yield [(key, Decimal(key) / 100, f"no. {key}", day, moment.replace(minute=key % 60)) for key in keys]


def traced() -> int:
    return tracemalloc.get_traced_memory()[0]


@pytest.mark.parametrize("name", STREAMING)
def test_no_more_is_held_of_many_pages(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 5 * ROWS)
    weights: list[int] = []
    binary = FORMATS[name].medium is Medium.BYTES
    write = FORMATS[name].load()
    weigh = pa.total_allocated_bytes if FORMATS[name].by_column else traced
    tracemalloc.start()
    try:
        with (tmp_path / "out").open("wb" if binary else "w") as out:
            assert write(COLUMNS, pages(weigh, weights), out).rows == PAGES * ROWS
    finally:
        tracemalloc.stop()
    half = PAGES // 2  # by then every cache, and a group of rows, has been full once
    assert max(weights[half:]) < max(weights[:half]) * 1.1 + 50_000, weights

"""Rows from a CSV file.

In: a file in UTF-8 with field names in its first line. Out: its ``Source``. Refuses to know: types, objects.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from intacct_ql.emulator.data.mistakes import DataError, Mistakes, not_utf_8, shown
from intacct_ql.emulator.data.sources import Brought, Source


class _Reader(Protocol):
    """What is looked at of the reader of the standard library."""

    @property
    def line_num(self) -> int: ...


def read_csv(path: Path, name: str) -> Source:
    """The rows of a file; they are read when they are asked for."""
    header = next(_records(path), None)
    if header is None:
        raise DataError(f"{path}: the file is empty; its first line holds the names of the fields, divided by commas")
    columns: dict[str, str] = {}
    for at, column in enumerate(header.texts, 1):
        upper, place = column.strip().upper(), f"{path} line 1, column {at}"
        if not upper:
            raise DataError(f"{place}: the name of a field is missing")
        if upper in columns:
            raise DataError(f"{place}: the field {upper} stands here for the second time")
        if len(header.texts) == 1 and (";" in upper or "\t" in upper):
            raise DataError(f"{place}: {shown(column)} is no field; columns are divided by commas")
        columns[upper] = place
    return Source(object=name, file=str(path), columns=columns, rows=lambda mistakes: _rows(path, columns, mistakes))


def _rows(path: Path, columns: dict[str, str], mistakes: Mistakes) -> Iterator[Brought]:
    records = _records(path)
    next(records)
    for record in records:
        if len(record.texts) == len(columns):
            yield record
        elif record.texts:  # an empty line is no record
            words = f"{len(record.texts)} cells, but the first line names {len(columns)} fields"
            mistakes.add(f"{path} {record.place}", words)


def _records(path: Path) -> Iterator[Brought]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        ended = 0
        with _readable(path, reader):
            for texts in reader:
                yield Brought(f"line {ended + 1}", texts)
                ended = reader.line_num


@contextmanager
def _readable(path: Path, reader: _Reader) -> Iterator[None]:
    try:
        yield
    except UnicodeDecodeError:
        raise not_utf_8(path) from None
    except csv.Error as wrong:
        raise DataError(f"{path} line {reader.line_num}: this is no CSV: {wrong}") from None

"""Rows written down: one record a format, and one call for all of them.

In: columns, typed rows a page at a time, and what to write on: text, bytes, or a file that other things stand in too.
Out: the rows in that format, and how many they were. Refuses to know: where rows come from, and the command line.

``write(columns, pages, out, **options)`` writes pages as they come and holds one at the most, or a screenful
(``table``). If the pages end in an exception, everything before it is on a stream of text; a JSON array is then left
open, so that a cut answer does not pass for a whole one. Whatever a format has of its own stands in its record, so that
whoever writes files needs to know no format by name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from itertools import islice
from typing import Any, NamedTuple, Protocol, cast

from intacct_ql.errors import BudgetExceeded
from intacct_ql.result import Result, ResultColumn, Row, unique_names

Page = Sequence[Row]
Pages = Iterable[Page]


class Written(NamedTuple):
    """How many rows were written, and what whoever reads them should be told."""

    rows: int
    notes: tuple[str, ...] = ()


class Write(Protocol):
    """The call of every format."""

    def __call__(self, columns: Sequence[ResultColumn], pages: Pages, out: Any, /, **options: Any) -> Written:
        """Write pages as they come; give the number of their rows."""


class Medium(StrEnum):
    """What a format is written on."""

    TEXT = "text"
    BYTES = "bytes"
    DATABASE = "database"
    """The path of a file that holds other things too, and is changed within a transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """What there is to know about a format before it is used.

    ``place`` is the module and the name of its ``write``, ``takes`` the options that it takes. ``behind`` are those
    that add rows behind others, None where that cannot be. ``between`` stands between two answers on one stream, None
    where they cannot share one. ``most`` bounds the rows that are read. ``draws``: it is made for terminals, and safe
    on them. ``by_column``: it takes pages by column, read faster. ``by_name``: whoever reads it finds a column by its
    name, so that no two may have one. ``needs`` is a module that an extra brings.
    """

    place: str
    extensions: tuple[str, ...] = ()
    medium: Medium = Medium.TEXT
    takes: frozenset[str] = frozenset()
    behind: Mapping[str, object] | None = None
    between: str | None = None
    most: int | None = None
    draws: bool = False
    by_column: bool = False
    by_name: bool = False
    needs: str | None = None

    def load(self) -> Write:
        """Its ``write``; the module is imported when the format is wanted."""
        module, name = self.place.split(":")
        return cast("Write", getattr(import_module(f"intacct_ql.encoders.{module}"), name))

    def begin(self, result: Result, stopped: list[BudgetExceeded]) -> Iterator[Page]:
        """The pages of a result, read as the format takes it; the first one is here already.

        With the first page the columns are final, and a run that fails at once has written no header; a database says
        no before anything is asked, and so has none. A budget that stops the rows ends them, and is put into
        ``stopped``. Raises ``Error``, and asks for nothing, where columns would share a name and must not.
        """
        if self.by_name:
            unique_names(result.columns)
        if self.by_column:
            result.read_by_column()
        pages = _until_stopped(result, stopped)
        return pages if self.medium is Medium.DATABASE else first_here(pages)


def first_here(pages: Iterator[Page]) -> Iterator[Page]:
    """The same pages; the first one is asked for now. None is kept once it has been taken."""
    given = _given(pages)
    next(given)
    return given


def _given(pages: Iterator[Page]) -> Iterator[Page]:
    first = list(islice(pages, 1))
    yield ()
    while first:
        yield first.pop()
    yield from pages


def _until_stopped(result: Result, stopped: list[BudgetExceeded]) -> Iterator[Page]:
    try:
        yield from result.pages()
    except BudgetExceeded as stop:
        stopped.append(stop)


_SEPARATED = frozenset({"header", "null", "spreadsheet_safe"})
_BYTES, _DATABASE = Medium.BYTES, Medium.DATABASE
_ARROW: Mapping[str, Any] = {"medium": _BYTES, "by_column": True, "by_name": True, "needs": "pyarrow"}

FORMATS: Mapping[str, Format] = {
    "table": Format(
        place="table:write",
        extensions=(".txt",),
        takes=frozenset({"header", "null"}),
        between="\n",
        most=1_000,
        draws=True,
    ),
    "vertical": Format(place="vertical:write", takes=frozenset({"null"}), between="\n", draws=True),
    "csv": Format(place="csv:write", extensions=(".csv",), takes=_SEPARATED, behind={"header": False}, between="\n"),
    "tsv": Format(
        place="csv:write_tsv", extensions=(".tsv", ".tab"), takes=_SEPARATED, behind={"header": False}, between="\n"
    ),
    "json": Format(place="json:write", extensions=(".json",), by_name=True),
    "jsonl": Format(place="jsonl:write", extensions=(".jsonl", ".ndjson"), behind={}, between="", by_name=True),
    "markdown": Format(place="markdown:write", extensions=(".md",), takes=frozenset({"null"}), between="\n"),
    "parquet": Format(place="parquet:write", extensions=(".parquet",), **_ARROW),
    "arrow": Format(place="arrow:write_file", extensions=(".arrow", ".feather"), **_ARROW),
    "arrow-stream": Format(place="arrow:write_stream", extensions=(".arrows",), **_ARROW),
    "sqlite": Format(
        place="sqlite:write",
        extensions=(".db", ".sqlite", ".sqlite3"),
        medium=_DATABASE,
        by_name=True,
        takes=frozenset({"table", "if_exists"}),
    ),
    "xlsx": Format(place="xlsx:write", extensions=(".xlsx",), medium=_BYTES, needs="xlsxwriter"),
}
"""Every format by its name."""

EXTENSIONS = {extension: name for name, one in FORMATS.items() for extension in one.extensions}
"""The format that a file name asks for."""

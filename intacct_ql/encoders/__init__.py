"""Rows written down: one module a format, all with the same call.

In: columns, an iterable of typed rows, a text stream. Out: the text, and how many rows were written.
Refuses to know: where rows come from, files, and the command line.

``write(columns, rows, out)`` writes rows as they come and holds at most a screenful (``table``) of them. If the rows
end in an exception, everything before it is on the stream; a JSON array is then left open, so that a cut answer does
not pass for a whole one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import TextIO, cast

from intacct_ql.result import ResultColumn, Row

Write = Callable[[Sequence[ResultColumn], Iterable[Row], TextIO], int]


def _load(name: str, call: str = "write") -> Write:
    return cast("Write", getattr(import_module(f"intacct_ql.encoders.{name}"), call))


ENCODERS: Mapping[str, Callable[[], Write]] = {name: partial(_load, name) for name in ("table", "csv", "json", "jsonl")}
"""Every format with the loader of its ``write``; a module is imported when its format is wanted."""

APPENDERS: Mapping[str, Callable[[], Write]] = {name: partial(_load, name, "append") for name in ("csv", "jsonl")}
"""The formats that rows can be added to later, with the loader of their ``append``: no header, no end."""

EXTENSIONS = {".txt": "table", ".csv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl"}
"""The format that a file name asks for."""

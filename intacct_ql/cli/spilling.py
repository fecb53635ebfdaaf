"""Rows that the screen does not hold, in a file beside it.

In: columns and pages. Out: the path of a CSV file in the user's cache, and how many rows it has. Refuses to know: what
was shown, and whether there are more rows.

What is in such a file is as secret as the company's books: only its owner can read it, and it is removed after a week,
or earlier where all of them take more than a gigabyte.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from time import time
from typing import TYPE_CHECKING, Any

from platformdirs import user_cache_path

if TYPE_CHECKING:
    from collections.abc import Sequence

    from intacct_ql.encoders import Pages
    from intacct_ql.result import ResultColumn

DAYS = 7
BYTES = 2**30


def folder() -> Path:
    """Where the files are."""
    return user_cache_path("intacct-ql", appauthor=False) / "results"


def spilled(columns: "Sequence[ResultColumn]", pages: "Pages") -> str:
    """Write all pages; give words on where they are, or why they are not."""
    try:
        path, rows = spill(columns, pages)
    except OSError as refused:
        return f"no file could be written with the others ({refused})"
    return f"{rows:,} are in {path}"


def spill(columns: "Sequence[ResultColumn]", pages: "Pages") -> tuple[Path, int]:
    """Write all pages; give the file and its rows. Raises ``OSError`` where no file can be, and leaves none."""
    from intacct_ql.encoders import FORMATS  # noqa: PLC0415 - cold start

    place = folder()
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    _clear(place)
    path = place / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{os.urandom(3).hex()}.csv"
    try:
        with open(path, "x", encoding="utf-8", newline="", opener=_private) as stream:
            written = FORMATS["csv"].load()(columns, pages, stream)
    except BaseException:  # nobody is told of a file that is not whole
        path.unlink(missing_ok=True)
        raise
    return path, written.rows


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _clear(place: Path) -> None:
    """Remove what is old, and the oldest of what is too much."""
    held = 0
    for state, path in sorted(_files(place), key=lambda found: -found[0].st_mtime):
        held += state.st_size
        if held > BYTES or state.st_mtime < time() - DAYS * 86_400:
            with suppress(OSError):
                path.unlink()


def _files(place: Path) -> "Iterator[tuple[Any, Path]]":
    for path in place.glob("*.csv"):
        with suppress(OSError):  # another process removes it
            yield path.stat(), path

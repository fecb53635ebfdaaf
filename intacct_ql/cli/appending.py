"""A file that one run alone adds rows to, and records that are kept whole.

In: a path, and how much of the file holds. Out: the file, cut off behind that, to be written on; how much holds then.
Refuses to know: what is written.

Until there is something to write the file stays as it is: a run that brings nothing changes nothing.
"""

import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TextIO

from intacct_ql.cli.held import Extent, check_handle
from intacct_ql.cli.locking import alone, is_at, lock
from intacct_ql.cli.places import Stream, led_to, naming, place_of, unwritable
from intacct_ql.errors import ConfigError


@contextmanager
def adding_to(name: str) -> Iterator["Rows"]:
    """The file of rows of this name, for this run alone.

    Raises ``UnwritableError`` where rows cannot be added to it, and ``ConfigError`` where another run writes it.
    """
    place = place_of(name)
    if isinstance(place, Stream):
        raise unwritable(name, "it is no file that rows can be added to")
    rows = Rows(place.target)
    try:
        with naming(place.target):
            rows.check()
            yield rows
    finally:
        rows.close()


class Rows:
    """The file at ``path``. It is made when it is to be written, and locked from then on; until then its name is."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = ExitStack()
        self._stream: TextIO | None = None
        self._before: int | None = None

    def check(self) -> None:
        """Raise as ``adding_to`` does."""
        folder = self._path.parent
        if not folder.is_dir():
            raise unwritable(str(self._path), f"there is no folder {folder}")
        if not self._path.exists():
            self._name.enter_context(alone(self._path))
        if self._path.exists():  # another run may have made it since
            self._opened()

    def behind(self, extent: Extent | None) -> TextIO:
        """The file, cut off behind what holds, to be written on; None where nothing does.

        Raises ``ConfigError`` where it is not as it was left: not empty where nothing holds.
        """
        stream = self._opened()
        if not is_at(stream.fileno(), self._path):
            raise ConfigError(f"{self._path} was removed or replaced while a run was adding rows to it; run it again")
        check_handle(stream.fileno(), self._path, extent)
        self._before = 0 if extent is None else extent.size
        stream.truncate(self._before)
        return stream

    def force(self) -> Extent:
        """Force what was written to the disk; how much holds with it."""
        stream = self._opened()
        stream.flush()
        os.fsync(stream.fileno())
        self._before = None
        return Extent.of(stream.fileno())

    def undo(self) -> None:
        """Take back what was written and not forced."""
        if self._before is not None:
            self._opened().truncate(self._before)

    def close(self) -> None:
        """Write what is left, and let others have the file."""
        with self._name:
            if self._stream is not None:
                with naming(self._path), self._stream:
                    pass

    def _opened(self) -> TextIO:
        if self._stream is not None:
            return self._stream
        try:
            stream = open(self._path, "a", encoding="utf-8", newline="", opener=_readable)  # noqa: SIM115 - it stays open
        except OSError as refused:
            raise unwritable(str(self._path), refused.strerror) from None
        try:
            lock(stream.fileno(), self._path)
        except BaseException:
            stream.close()
            raise
        self._stream = stream
        self._name.close()
        return stream


def _readable(name: str, flags: int) -> int:
    """Open a file to add to it, and to read what it ends with."""
    return os.open(name, flags & ~os.O_WRONLY | os.O_RDWR, 0o666)


def keep(path: Path, record: object) -> None:
    """Keep plain types as JSON, whole or not at all, and only for the eyes of their owner."""
    path = led_to(path)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with open(part, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as stream:
        json.dump(record, stream)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)

"""Temporary files for rows that do not fit into memory.

In: rows, a block at a time. Out: the same rows, once, in the same order. Refuses to know: why they are kept.

A file has no name where the system allows it, and else loses it when it is closed; only its owner may read it. Every
file is closed when its rows have been read, when the run ends or is given up, and at the latest when nobody holds the
``Scratch`` any more.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from sys import getsizeof
from tempfile import TemporaryFile, gettempdir
from typing import IO

from intacct_ql.errors import Error
from intacct_ql.executor.blocks import dump, load
from intacct_ql.executor.conditions import Row

MEMORY = 256 * 1024 * 1024

_SAMPLED = 64
"""Of so many rows the size of one is looked at."""

_LENGTH = 8
"""Bytes that hold the length of a block."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Where the rows of one run may be kept.

    ``memory`` is in bytes and for all local steps of the run together; those that hold rows share it equally. It is
    kept by estimate, from the size of one row of sixty-four. ``folder`` is for temporary files; None is the system's.
    """

    memory: int = MEMORY
    folder: str | os.PathLike[str] | None = None


class Scratch:
    """The temporary files of one run."""

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self._folder = folder
        self._files: set[IO[bytes]] = set()

    def spool(self) -> "Spool":
        """A new empty file of rows. Raises ``Error`` where none can be made."""
        return Spool(self, self.file())

    def file(self) -> IO[bytes]:
        """A new empty file. Raises ``Error`` where none can be made."""
        with self.guarded():
            file = TemporaryFile(dir=self._folder)  # noqa: SIM115 - closed by discard
        self._files.add(file)
        return file

    def discard(self, file: IO[bytes]) -> None:
        """Close a file, which removes it."""
        self._files.discard(file)
        with suppress(OSError):  # a full disk refuses what was still to be written, too
            file.close()

    def close(self) -> None:
        """Close all files. Closing twice is harmless."""
        while self._files:
            self.discard(next(iter(self._files)))

    __del__ = close

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Says of what the system refuses where it happened and what helps."""
        try:
            yield
        except OSError as refused:
            folder = os.fspath(self._folder if self._folder is not None else gettempdir())
            raise Error(
                f"rows that do not fit into memory cannot be kept in {folder}: {refused.strerror or refused}; "
                "make room there, choose another folder for temporary files, or allow more memory"
            ) from refused


class Spool:
    """Rows in a file: written, then read once from the beginning."""

    def __init__(self, scratch: Scratch, file: IO[bytes]) -> None:
        self._scratch = scratch
        self._file = file

    def write(self, rows: Sequence[Row]) -> None:
        """Append a block of at least one row. Raises ``Error`` where the disk refuses."""
        data = dump(rows)
        with self._scratch.guarded():
            self._file.write(len(data).to_bytes(_LENGTH, "little"))
            self._file.write(data)

    def blocks(self) -> Iterator[list[Row]]:
        """The blocks as they were written; the file is gone behind the last. Raises ``Error`` as ``write``."""
        with self._scratch.guarded():
            self._file.seek(0)
        while data := self._block():
            yield load(data)
        self._scratch.discard(self._file)

    def _block(self) -> bytes:
        with self._scratch.guarded():
            length = int.from_bytes(self._file.read(_LENGTH), "little")
            data = self._file.read(length)
            if len(data) < length:
                raise OSError("a temporary file was cut off")
            return data


class Meter:
    """How much memory rows take, estimated from a sample."""

    def __init__(self) -> None:
        self._rows = self._sampled = self._bytes = 0

    def add(self, rows: Sequence[Row]) -> None:
        """Count rows in."""
        sample = rows[::_SAMPLED]
        self._rows += len(rows)
        self._sampled += len(sample)
        self._bytes += sum(map(_size, sample))

    def keep(self, rows: int) -> None:
        """Only so many are left."""
        self._rows = rows

    @property
    def bytes(self) -> int:
        """What the rows take."""
        return self._rows * self.each

    @property
    def each(self) -> int:
        """What one row takes, on the average of all that were ever seen; at least one byte."""
        return self._bytes // self._sampled + 1 if self._sampled else 1


def _size(row: Row) -> int:
    """A row, its cells, and its place in a list."""
    return getsizeof(row) + sum(map(getsizeof, row)) + 8

"""What the name of a file leads to: a file, or a stream that is open or a device.

In: a name. Out: a ``File``, which appears whole or not at all, or a ``Stream``, which is written to as it stands; what
to write on there. Refuses to know: rows, and signals.
"""

import errno
import io
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from intacct_ql.errors import Error

_DESCRIPTOR = re.compile(r"(/dev/fd|/proc/([0-9]+)(?:/task/[0-9]+)?/fd)/([0-9]{1,9})")
_LINKS = 40
"""Links that lead to one another; systems follow no more."""


class UnwritableError(click.UsageError, Error):
    """What was named cannot be written: a mistake in an option, and in the shell a failure like others."""


def unwritable(name: str, why: str | None) -> UnwritableError:
    """The one sentence about it."""
    return UnwritableError(f"{name} cannot be written: {why}.")


@dataclass(frozen=True, slots=True)
class File:
    """A file that is replaced when all of it is there; ``name`` is what it was called."""

    name: str
    target: Path

    def check(self, medium: str) -> None:
        """Raises ``UnwritableError`` where nothing could be written; nothing is left of the attempt."""
        part = self._part()
        self._begun(part, medium).close()
        part.unlink()

    @contextmanager
    def opened(self, medium: str) -> Iterator[Any]:
        """A stream whose text or bytes are moved into place at the end, or removed; or the path of a database.

        A database looks after itself. Raises ``UnwritableError``.
        """
        if medium == "database":
            self.check(medium)
            yield self.target
            return
        part = self._part()
        stream = self._begun(part, medium)
        try:
            with naming(self.target), stream:
                yield stream
            if self.target.exists():
                part.chmod(self.target.stat().st_mode)
            part.replace(self.target)
        except BaseException:
            part.unlink(missing_ok=True)
            raise

    def _as_closed(self, name: str, flags: int) -> int:
        """Open a file that nobody may read who may not read the one it is to replace."""
        mode = stat.S_IMODE(self.target.stat().st_mode) if self.target.exists() else 0o666
        return os.open(name, flags, mode | stat.S_IRUSR | stat.S_IWUSR)

    def _part(self) -> Path:
        return self.target.with_name(f".intacct-ql-{os.urandom(6).hex()}.part")

    def _begun(self, part: Path, medium: str) -> IO[Any]:
        try:
            if medium == "text":
                return open(part, "x+", encoding="utf-8", newline="", opener=self._as_closed)
            return open(part, "x+b", opener=self._as_closed)
        except FileNotFoundError:
            raise unwritable(self.name, f"there is no folder {part.parent}") from None
        except OSError as refused:
            raise unwritable(self.name, refused.strerror) from None


@dataclass(frozen=True, slots=True)
class Stream:
    """A device, a pipe, or an open descriptor at ``path``: written to from where it stands, never replaced."""

    name: str
    path: str

    def check(self, medium: str) -> None:
        """Raises ``UnwritableError`` where nothing could be written. No pipe is opened: its reader would see that."""
        if not os.path.lexists(self.path):
            raise self._refused(os.strerror(errno.EBADF))
        if os.path.isdir(self.path):
            raise self._refused(os.strerror(errno.EISDIR))
        if medium == "database":
            raise self._refused("a database is a file, and no stream")
        if self._own() is not None:  # who may open anew what another user made says nothing of it
            os.close(self._handle())
        elif not os.access(self.path, os.W_OK):
            raise self._refused(os.strerror(errno.EACCES))

    @contextmanager
    def opened(self, medium: str) -> Iterator[Any]:
        """A stream of text or bytes. Raises ``UnwritableError``, for a database always."""
        self.check(medium)
        for ours in filter(None, (sys.stdout, sys.stderr)):  # what was printed before stands before
            ours.flush()
        handle = self._handle()
        forward = io.BufferedWriter(_Forward(handle, "w"))
        stream = io.TextIOWrapper(forward, encoding="utf-8", newline="") if medium == "text" else forward
        with naming(Path(self.name)), stream:
            yield stream

    def _handle(self) -> int:
        own = self._own()
        try:
            if own is not None:
                return _doubled(own)
            others = _DESCRIPTOR.fullmatch(self.path)  # opened anew it would begin at the start
            return os.open(self.path, os.O_WRONLY | (os.O_APPEND if others else 0))
        except OSError as refused:
            raise self._refused(refused.strerror) from None

    def _own(self) -> int | None:
        """The number of the descriptor of this process that it is; None for all else."""
        found = _DESCRIPTOR.fullmatch(self.path)
        return int(found[3]) if found is not None and found[2] in (None, str(os.getpid())) else None

    def _refused(self, why: str | None) -> UnwritableError:
        return unwritable(self.name, why)


def _doubled(own: int) -> int:
    """Another handle for a descriptor. Raises ``OSError`` where it is closed, or for reading."""
    handle = os.dup(own)
    try:
        os.write(handle, b"")
    except OSError:
        os.close(handle)
        raise
    return handle


class _Forward(io.FileIO):
    """Bytes that go one way, even where a file is behind: what others wrote there is not gone back over."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation("seek")

    def tell(self) -> int:
        raise io.UnsupportedOperation("tell")

    def truncate(self, *_: object) -> int:
        raise io.UnsupportedOperation("truncate")


def place_of(name: str) -> File | Stream:
    """What a name leads to, by way of links. Raises as ``led_to`` does."""
    path = _descriptor(name)
    if path is not None:
        return Stream(name, path)
    target = led_to(name)
    return Stream(name, str(target)) if target.exists() and not target.is_file() else File(name, target)


def led_to(name: str | Path) -> Path:
    """The file at the end of links. Raises ``UnwritableError`` where they have none."""
    target = os.path.realpath(name)
    if os.path.islink(target):
        raise unwritable(str(name), "its links lead back to themselves")
    return Path(target)


def _descriptor(name: str) -> str | None:
    """The path of the open descriptor that a name leads to; None where it leads to none.

    The last links are followed one by one: the system would go on to the file that a descriptor is open on.
    """
    path = name
    for _ in range(_LINKS):
        folder, last = os.path.split(path)
        folder = os.path.realpath(folder)
        path = os.path.join(folder, last)
        if _DESCRIPTOR.fullmatch(path):
            return path
        if not os.path.islink(path):
            return None
        path = os.path.join(folder, os.readlink(path))
    return None


@contextmanager
def naming(target: Path) -> Iterator[None]:
    """Let a failure to write say where; what the system says of a full disk names no file."""
    try:
        yield
    except OSError as refused:
        if refused.filename is None:
            refused.filename = target.name
        raise

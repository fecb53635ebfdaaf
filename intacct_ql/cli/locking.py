"""One run at a time with a file.

In: the path of a file, or a file that is open. Out: it is this run's alone until the end of a block, or of the process.
Refuses to know: what is in the file.

The locks are the system's, so that they are gone with their process, even where that was killed. A file that is
replaced as a whole is another one to the system each time: for such a one a file beside it is locked, with a dot before
its name. It is removed in the end; only a run that was killed leaves it there, and the next one takes it over.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from intacct_ql.cli.places import led_to, unwritable
from intacct_ql.errors import ConfigError

_TRIES = 100
"""Runs that each remove their lock between two steps of this one: more is another reason."""

if sys.platform == "win32":
    import msvcrt

    _FAR = 2**40
    """No byte of a file stands there: what is locked cannot be read on this system."""

    def _is_taken(handle: int) -> bool:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return True
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return False

else:
    import fcntl

    def _is_taken(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


class UnlockableError(ConfigError):
    """The system locks no file there, for nobody."""

    def __init__(self, path: Path, why: str | None) -> None:
        super().__init__(f"{path} cannot be locked: {why}; another run might write it too: take another folder")


def lock(handle: int, path: Path) -> None:
    """Lock an open file until it is closed.

    Raises ``ConfigError`` where another run has it, and ``UnlockableError`` where it cannot be locked.
    """
    try:
        taken = _is_taken(handle)
    except OSError as refused:
        raise UnlockableError(path, refused.strerror) from None
    if taken:
        raise ConfigError(f"another run writes {path}: wait until it has ended, or name another file")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep a file for this run, which may be there or not, and may be replaced meanwhile.

    Raises as ``lock`` does, and ``UnwritableError`` where nothing can be written in its folder.
    """
    real = led_to(path)
    beside = real.with_name(f".{real.name}.lock")
    try:
        handle = _taken_over(beside, path)
    except UnlockableError:
        with suppress(OSError):
            beside.unlink()
        raise
    try:
        yield
    finally:
        if sys.platform == "win32":  # an open file cannot be removed there
            os.close(handle)
            with suppress(OSError):
                beside.unlink()
        else:
            beside.unlink(missing_ok=True)
            os.close(handle)


def _taken_over(beside: Path, path: Path) -> int:
    """The lock, however many runs have removed it meanwhile. Raises as ``alone`` does."""
    for _ in range(_TRIES):
        if (handle := _held(beside, path)) is not None:
            return handle
    raise UnlockableError(path, f"{beside.name} is another file at each look")


def _held(beside: Path, path: Path) -> int | None:
    """The lock; None where the run that had it has just removed it."""
    try:
        handle = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as refused:
        raise unwritable(str(path), _why(refused, beside)) from None
    try:
        lock(handle, path)
        if is_at(handle, beside):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _why(refused: OSError, beside: Path) -> str | None:
    if not os.path.lexists(beside):
        return refused.strerror
    words = f"{beside}, which keeps it for one run at a time, cannot be opened: {refused.strerror}"
    return f"{words}; remove it if no run goes on"


def is_at(handle: int, path: Path) -> bool:
    """Whether an open file is the one at this path."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False

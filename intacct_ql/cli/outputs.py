"""Where rows go, and what is seen meanwhile.

In: the name of a file. Out: a stream to write to, and a line that tells how far a pull is. Refuses to know: rows.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from intacct_ql.result import Stats


@contextmanager
def destination(out: str | None) -> Iterator[TextIO]:
    """Standard output, or a file that appears whole when all went well and not at all otherwise."""
    if out in (None, "-"):
        if sys.stdout is None:
            raise click.UsageError("Standard output is closed.")
        yield sys.stdout
        return
    target = Path(out or "").resolve()
    special = target.exists() and not target.is_file()  # a device or a pipe is written to, never replaced
    part = target if special else target.with_name(f".intacct-ql-{os.urandom(6).hex()}.part")
    try:
        stream = part.open("w" if special else "x", encoding="utf-8", newline="")
    except OSError as refused:
        raise click.UsageError(f"{out} cannot be written: {refused.strerror}.") from None
    with _terminated_softly(), stream if special else _whole(stream, part, target):
        yield stream


@contextmanager
def _whole(stream: TextIO, part: Path, target: Path) -> Iterator[None]:
    """Move the part into place at the end, or remove it."""
    try:
        with stream:
            yield
        if target.exists():
            part.chmod(target.stat().st_mode)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def _terminated_softly() -> Iterator[None]:
    """Let SIGTERM unwind, so that no part of a file is left behind."""

    def leave(*_: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def progress(quiet: bool, stream: TextIO) -> "Iterator[Callable[[Stats], None] | None]":
    """A line on a terminal that tells of long pulls, and is gone at the end; none where rows scroll past."""
    if quiet or stream.isatty() or not (sys.stderr and sys.stderr.isatty()):
        yield None
        return
    began = monotonic()

    def show(stats: "Stats") -> None:
        seconds = monotonic() - began
        if seconds > 1:
            of = f" of {stats.total:,}" if stats.total is not None else ""
            sys.stderr.write(f"\r\x1b[2K{stats.rows:,}{of} rows, {stats.rows / seconds:,.0f} a second")
            sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write("\r\x1b[2K")
        sys.stderr.flush()

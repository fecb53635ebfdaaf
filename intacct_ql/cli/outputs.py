"""Where rows go, and what is seen meanwhile.

In: the name of a file. Out: what to write it on, and a line that tells how far a pull is. Refuses to know: rows.
"""

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TextIO

import click

if TYPE_CHECKING:
    from intacct_ql.result import Result


@contextmanager
def destination(out: str | None, medium: str = "text", *, draws: bool = True) -> Iterator[Any]:
    """Standard output, or a file that appears whole when all went well and not at all otherwise.

    ``medium`` is that of a format: a stream of text or bytes, or the path of a database, which looks after itself.
    What ``draws`` for a terminal is safe there; all else is made so.
    """
    if out in (None, "-"):
        yield _standard(medium, draws=draws)
        return
    target = Path(out or "").resolve()
    if medium == "database":
        if not target.parent.is_dir():
            raise click.UsageError(f"{out} cannot be written: there is no folder {target.parent}.")
        with _terminated_softly():
            yield target
        return
    special = target.exists() and not target.is_file()  # a device or a pipe is written to, never replaced
    part = target if special else target.with_name(f".intacct-ql-{os.urandom(6).hex()}.part")
    way: dict[str, Any] = {} if medium == "bytes" else {"encoding": "utf-8", "newline": ""}
    try:
        stream = part.open(("w" if special else "x+") + ("b" if medium == "bytes" else ""), **way)
    except OSError as refused:
        raise click.UsageError(f"{out} cannot be written: {refused.strerror}.") from None
    with _terminated_softly(), stream if special else _whole(stream, part, target):
        yield stream


def _standard(medium: str, *, draws: bool) -> Any:
    if sys.stdout is None:
        raise click.UsageError("Standard output is closed.")
    if medium == "bytes":
        return sys.stdout.buffer
    return sys.stdout if draws or not sys.stdout.isatty() else Guarded(sys.stdout)


class Guarded:
    """A terminal that obeys nothing: what a cell might move or hide on it is spelled out instead."""

    def __init__(self, terminal: TextIO) -> None:
        self._terminal = terminal

    def write(self, text: str) -> int:
        """Write text that may be hostile; its lines and tabs stay."""
        from intacct_ql.encoders.cells import visible  # noqa: PLC0415 - cold start

        self._terminal.write("\t".join(visible(part, lines=True) for part in text.replace("\r\n", "\n").split("\t")))
        return len(text)

    def writelines(self, texts: Iterable[str]) -> None:
        """Write one after the other."""
        for text in texts:
            self.write(text)

    def flush(self) -> None:
        """Let the terminal show it."""
        self._terminal.flush()

    def isatty(self) -> bool:
        """It is a terminal."""
        return True


@contextmanager
def _whole(stream: IO[Any], part: Path, target: Path) -> Iterator[None]:
    """Move the part into place at the end, or remove it."""
    try:
        with naming(target), stream:
            yield
        if target.exists():
            part.chmod(target.stat().st_mode)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


@contextmanager
def naming(target: Path) -> Iterator[None]:
    """Let a failure to write say where; what the system says of a full disk names no file."""
    try:
        yield
    except OSError as refused:
        if refused.filename is None:
            refused.filename = target.name
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
def stopped_softly(result: "Result") -> Iterator[None]:
    """Let the first interrupt stop the run and keep its rows, once there are some; the next one ends it at once."""
    before = signal.getsignal(signal.SIGINT)

    def stop(*_: object) -> None:
        signal.signal(signal.SIGINT, before)
        if not result.stats.rows:
            raise KeyboardInterrupt
        result.stop()

    try:
        if callable(before):  # else interrupts are ignored, as in a job in the background
            signal.signal(signal.SIGINT, stop)
        yield
    finally:
        if callable(before):
            signal.signal(signal.SIGINT, before)


@contextmanager
def progress(quiet: bool, stream: Any) -> Iterator[dict[str, Any]]:
    """A bar on a terminal that tells of long pulls, and is gone at the end; none where rows scroll past.

    Rows go to ``stream``, None or a path for a file. What is given are the settings of a run that move it: total, rate,
    time left, and what is waited for.
    """
    if quiet or (hasattr(stream, "isatty") and stream.isatty()) or not (sys.stderr and sys.stderr.isatty()):
        yield {}
        return
    from intacct_ql.cli.bar import Bar  # noqa: PLC0415 - rich costs 40 ms, and only a terminal needs it

    with Bar() as bar:
        yield {"on_page": bar.page, "on_retry": bar.retry}


@contextmanager
def logged(file: str | None) -> Iterator[None]:
    """Add every record of the calls to a file, a JSON object a line; - is standard error."""
    if file is None:
        yield
        return
    from intacct_ql.cli.records import handler  # noqa: PLC0415 - logging costs time where nobody logs
    from intacct_ql.executor.log import LOGGER  # noqa: PLC0415 - as above

    try:
        writes = handler(file)
    except OSError as refused:
        raise click.UsageError(f"{file} cannot be written: {refused.strerror}.") from None
    LOGGER.addHandler(writes)
    level = LOGGER.level
    LOGGER.setLevel(writes.level)
    try:
        yield
    finally:
        LOGGER.removeHandler(writes)
        LOGGER.setLevel(level)
        writes.close()

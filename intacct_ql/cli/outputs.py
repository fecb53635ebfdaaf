"""Where rows go, and what is seen meanwhile.

In: the name of a file. Out: what to write it on, and a line that tells how far a pull is. Refuses to know: rows.
"""

import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import click

from intacct_ql.cli.places import UnwritableError, place_of
from intacct_ql.cli.program import say
from intacct_ql.cli.waits import Waits

if TYPE_CHECKING:
    from intacct_ql.result import Result


@contextmanager
def destination(out: str | None, medium: str = "text", *, draws: bool = True, trying: bool = False) -> Iterator[Any]:
    """Standard output, a stream that was named, or a file that appears whole when all went well and else not at all.

    ``medium`` is that of a format: a stream of text or bytes, or the path of a database, which looks after itself.
    What ``draws`` for a terminal is safe there; all else is made so. ``trying`` leaves everything as it is, and gives
    nothing to write on. Raises ``UnwritableError``, a usage error, where nothing can be written.
    """
    if out in (None, "-"):
        yield _standard(medium, draws=draws)
        return
    place = place_of(out or "")
    if trying:
        place.check(medium)
        yield None
        return
    with terminated_softly(), place.opened(medium) as stream:
        yield _shown(stream, draws=draws) if medium == "text" else stream


def _standard(medium: str, *, draws: bool) -> Any:
    if sys.stdout is None:
        raise UnwritableError("Standard output is closed.")
    return sys.stdout.buffer if medium == "bytes" else _shown(sys.stdout, draws=draws)


def _shown(stream: Any, *, draws: bool) -> Any:
    """A stream of text, made safe where it is a terminal and what is written is not made for one."""
    return stream if draws or not stream.isatty() else Guarded(stream)


def put(text: str) -> None:
    """Put a text on standard output. Others may have made it: nothing of it is obeyed where that is a terminal."""
    with destination(None, draws=False) as stream:
        stream.write(f"{text}\n")


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
def terminated_softly() -> Iterator[None]:
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
    """A bar on a terminal that tells of long pulls, and is gone at the end; where rows scroll past words for waits.

    Rows go to ``stream``, None or a path for a file. What is given are the settings of a run that move it: total, rate,
    time left, and what is waited for.
    """
    if quiet:
        yield {}
        return
    if (hasattr(stream, "isatty") and stream.isatty()) or not (sys.stderr and sys.stderr.isatty()):
        waits = Waits(say)
        yield {"on_retry": waits.retry, "on_wait": waits.wait}
        return
    from intacct_ql.cli.bar import Bar  # noqa: PLC0415 - rich costs 40 ms, and only a terminal needs it

    with Bar() as bar:
        yield {"on_page": bar.page, "on_retry": bar.retry, "on_wait": bar.wait}


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
        if writes.failure is not None:
            say(f"warning: records are missing in {file}: {getattr(writes.failure, 'strerror', '') or writes.failure}")

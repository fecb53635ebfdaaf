"""How far a pull is, drawn on a terminal.

In: the counters of a run after each page, and its pauses. Out: a line that moves, and is gone at the end. Refuses to
know: rows.
"""

from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

if TYPE_CHECKING:
    from intacct_ql.gateway.messages import Pause
    from intacct_ql.result import Stats

_PATIENCE = 1.0
"""Seconds after which a pull is long enough to tell of it."""


class _Left(ProgressColumn):
    """The end of the line: why nothing comes, as long as that is so."""

    max_refresh = None

    def render(self, task: Task) -> Text:
        """The words of the moment."""
        seconds = task.fields["until"] - monotonic()
        pace = f"(the pace of calls: {seconds:.0f} s until the next)" if seconds > 0 else ""
        return Text(f"left {task.fields['note'] or pace}")


class Bar:
    """Rows read of rows announced, rate, and time left; with what is waited for, where the gateway makes one wait."""

    def __init__(self) -> None:
        self._progress = Progress(
            BarColumn(),
            TaskProgressColumn(),
            MofNCompleteColumn(),
            TextColumn("rows, {task.fields[rate]:,.0f} a second,"),
            TimeRemainingColumn(),
            _Left(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task("", total=None, rate=0.0, note="", until=0.0)
        self._began = monotonic()
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            self._progress.stop()

    def page(self, stats: "Stats") -> None:
        """A page has come."""
        seconds = monotonic() - self._began
        if seconds >= _PATIENCE:
            self._show()
            total = None if stats.wanted is None else max(stats.wanted, stats.rows)
            rate = stats.rows / seconds
            self._progress.update(self._task, completed=stats.rows, total=total, rate=rate, note="")

    def retry(self, pause: "Pause") -> None:
        """The run waits before it asks again."""
        self._show()
        why = "throttled" if pause.throttled else "a failure"
        self._progress.update(self._task, note=f"({why}: {pause.seconds:.0f} s until try {pause.tries + 1})")

    def wait(self, seconds: float) -> None:
        """No call is made for so long, because of the limit of calls a minute."""
        if seconds < _PATIENCE:
            return
        now = monotonic()
        before = self._progress.tasks[0].fields["until"]
        until = now + seconds if before <= now else min(before, now + seconds)
        self._progress.update(self._task, until=until)
        self._show()

    def _show(self) -> None:
        if not self._shown:
            self._shown = True
            self._progress.start()

"""The runs of a watch, one after the other.

In: a watched query, a form, and what is known. Out: rows where they belong, and a line for each run. Refuses to know:
how changes are told, and what is kept of them.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from time import monotonic, sleep
from typing import Any, NamedTuple

from intacct_ql import errors
from intacct_ql.cli.appending import Rows
from intacct_ql.cli.forms import Form
from intacct_ql.cli.held import Extent
from intacct_ql.cli.outputs import destination, progress
from intacct_ql.cli.program import counted, say
from intacct_ql.cli.watch_state import Kept
from intacct_ql.gateway.patience import rule_for
from intacct_ql.result import Result, Row
from intacct_ql.sessions import Session
from intacct_ql.watching import Look, Memory, Watched, beginning


class Watch(NamedTuple):
    """One watch: what is asked, where the rows go, and what is known; ``rows`` is None for standard output."""

    session: Session
    query: Watched
    params: Any
    form: Form
    rows: Rows | None
    kept: Kept
    look_back: timedelta
    quiet: bool
    settings: dict[str, Any]

    def run(self, every: timedelta, times: int | None) -> None:
        """Run on schedule. What passes is said, and left to the next run; the last one fails with it."""
        began, step = monotonic(), max(0.001, every.total_seconds())
        for number in count(1):
            try:
                self._once()
            except errors.Error as failure:
                if number == times or not _passes(failure):
                    raise
                say(f"warning: {_now()} {failure}; the next run makes up for it")
            if number == times:
                return
            sleep(step - (monotonic() - began) % step)

    def _once(self) -> None:
        now = datetime.now(UTC)
        memory, calls = self._begin(now)
        look = Look(self.query, memory, self.look_back, now)
        text = self.query.text(memory.since)
        with (
            self._stream() as stream,
            progress(self.quiet, stream) as show,
            self.session.query(text, self.params, **self.settings, **show) as result,
        ):
            with self._undone():
                rows = self._write(look, result, stream)
            self.kept.keep(look.end(), rows, self._forced(stream, rows))
            calls += result.stats.metered
        if not self.quiet:
            gone = f", {look.gone:,} gone" if look.gone else ""
            say(f"{_now()} {counted(rows, 'row')}{gone}, {counted(calls, 'call')}")

    def _begin(self, now: datetime) -> tuple[Memory, int]:
        """What is known, and the calls that this took: not all rows are read where nobody is to see them."""
        if not self.kept.silent or self.query.modified is None:
            return self.kept.memory, 0
        with self.session.query(self.query.newest(), self.params, **self.settings) as result:
            newest = result.one()[0]
            return beginning(newest, self.look_back, now), result.stats.metered

    def _write(self, look: Look, result: Result, stream: Any) -> int:
        """Write the news, page by page; give how many there are."""
        found = 0

        def news() -> Iterator[Sequence[Row]]:
            nonlocal found
            for page in result.pages():
                rows = look.news(result.columns, page)
                found += len(rows)
                if rows and not self.kept.silent:
                    yield rows

        pages = news()
        first = next(pages, None)
        if first is None:
            return 0
        shown, behind = self.query.shown(result.columns), self.form.format.behind
        goes_on = self.kept.goes_on([column.name for column in shown], named=behind == {})
        write = self.form.write_behind if goes_on and behind is not None else self.form.write
        if self.rows is not None:
            stream = self.rows.behind(self.kept.held.extent)
            self.kept.begin()
        written = write(shown, chain((first,), pages), stream)
        for _ in pages:  # a table ends before its pages do, which are to be remembered all the same
            pass
        if written.rows < found:
            say(f"note: these are the first {written.rows:,} of {found:,} rows; csv, jsonl and other formats give all")
        return found

    @contextmanager
    def _stream(self) -> Iterator[Any]:
        """Standard output; None for a file, which is opened when there are rows for it."""
        if self.rows is not None:
            yield None
            return
        with destination(None, self.form.format.medium, draws=self.form.format.draws) as stream:
            yield stream
            stream.flush()

    def _forced(self, stream: Any, rows: int) -> Extent | None:
        """How much of the file holds, once what this run wrote is on the disk."""
        if self.rows is None:
            stream.flush()
            return None
        return self.rows.force() if rows and not self.kept.silent else self.kept.held.extent

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """A run that fails while it writes leaves a file as it was; behind that the state may know the rows already."""
        try:
            yield
        except BaseException:
            if self.rows is not None:
                self.rows.undo()
            raise


def _passes(failure: errors.Error) -> bool:
    """Whether a later run may fare better: the network failed, or the gateway is busy or under maintenance."""
    return isinstance(failure, errors.TransportError) or rule_for(failure) is not None


def _now() -> str:
    return f"{datetime.now().astimezone():%H:%M:%S}"

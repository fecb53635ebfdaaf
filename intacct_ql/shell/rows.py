"""A query run, and its rows where they are wanted.

In: the state of the shell, and a query. Out: rows on the screen, in the pager, on standard output or in a file; what
the run took. Refuses to know: how queries are typed, and any format by name but the one for people.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from intacct_ql.errors import BudgetExceeded, Diagnostic, Error, draw_all
from intacct_ql.shell.interrupts import stopping
from intacct_ql.shell.putting import form_of, using_up_output
from intacct_ql.shell.state import TABLE, Shell

if TYPE_CHECKING:
    from intacct_ql.encoders import Format
    from intacct_ql.result import Result


Ask = Callable[[Mapping[str, Any]], "Result"]
"""Gives a result, by which settings tell of how far it is."""


class Target(NamedTuple):
    """A format, and the file that rows go to; None is standard output."""

    name: str
    format: "Format"
    out: str | None


def run_query(shell: Shell, text: str, *, paged: bool = True) -> None:
    """Run a query and give its rows. Raises whatever stops it; rows that came before are given."""
    shell.last = text
    params = shell.bound(text)

    def ask(show: Mapping[str, Any]) -> "Result":
        return shell.company.session.query(text, params, **show)

    with using_up_output(shell):
        _give(shell, ask, _target(shell), text, paged=paged)


def give_rows(shell: Shell, names: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
    """Give rows of texts as those of a query are given."""
    from intacct_ql.result import Result, ResultColumn, Stats  # noqa: PLC0415 - cold start
    from intacct_ql.schema.types import DataType  # noqa: PLC0415 - cold start

    columns = [ResultColumn(name=name, type=DataType.TEXT, path="") for name in names]
    result = Result(columns, iter([tuple(row) for row in rows]), Stats())
    with using_up_output(shell):
        _give(shell, lambda _: result, _target(shell), "", paged=True)


def _target(shell: Shell) -> Target:
    from intacct_ql.encoders import FORMATS, Medium  # noqa: PLC0415 - cold start
    from intacct_ql.extras import extra  # noqa: PLC0415 - cold start

    name = form_of(shell.mode, shell.out)
    found = FORMATS[name]
    if shell.out is None and found.medium is not Medium.TEXT and (shell.interactive or found.medium is Medium.DATABASE):
        raise Error(f"{name} is a file: .output FILE says which")
    if shell.out is None and shell.answers and not shell.interactive and found.between is None:
        raise Error(f"{name} holds one answer only: .output FILE puts the next one elsewhere")
    if found.needs is not None:
        extra(found.needs)
    return Target(name, found, shell.out)


def _give(shell: Shell, ask: "Ask", target: Target, text: str, *, paged: bool) -> None:
    if shell.interactive and shell.pager and paged and target.name == TABLE and target.out is None:
        from intacct_ql.shell.looking import look  # noqa: PLC0415 - only at a terminal

        look(shell, ask({}), text)
        return
    began = monotonic()
    stopped: list[BudgetExceeded] = []
    form = target.format
    with (
        shell.outside.destination(target.out, form.medium, draws=form.draws) as stream,
        shell.outside.progress(target.out is None or not shell.interactive, target.out) as show,
        ask(show) as result,
        stopping(result, shell.outside.stopped_softly, stopped) if text else nullcontext(),
    ):
        remark(shell, told := result.diagnostics, text)
        if target.out is None and shell.answers and form.between and not shell.interactive:
            stream.write(form.between)
        written = _write(result, form, stream, stopped)
        remark(shell, [one for one in result.diagnostics if one not in told], text)
        if hasattr(stream, "flush"):
            stream.flush()
    shell.answers += target.out is None
    for note in written.notes:
        shell.say(f"note: {note}")
    if form.most is not None and written.rows >= form.most:
        shell.say(f"note: these are the first {written.rows:,} rows, and a table has no more: other formats give all")
    if target.out is not None and shell.interactive:
        shell.say(f"{written.rows:,} rows are in {target.out}")
    tell(shell, written.rows, result, monotonic() - began, text)
    if stopped:
        raise stopped[0]


def _write(result: "Result", form: "Format", stream: Any, stopped: list[BudgetExceeded]) -> Any:
    """Write the rows; what stops them ends them well, and is put into ``stopped``."""
    pages = form.begin(result, stopped)
    return form.load()(result.columns, pages, stream)


def remark(shell: Shell, found: Sequence[Diagnostic], text: str) -> None:
    """Say the warnings and notes about a query."""
    if found:
        shell.say(draw_all(found, text))


def tell(shell: Shell, rows: int, result: "Result", seconds: float, text: str) -> None:
    """Say what a query took, where that is wanted."""
    if shell.timing and text:
        shell.say(shell.outside.summary(rows, result.stats, seconds))


def explained(shell: Shell, query: str) -> "Mapping[str, Any]":
    """The explanation of a query as plain types."""
    record: Mapping[str, Any] = explain(shell, query).to_dict()
    return record


def explain(shell: Shell, query: str) -> Any:
    """What a query would do; nothing is sent, and nobody is signed in."""
    from intacct_ql import api  # noqa: PLC0415 - cold start

    text = shell.wanted(query)
    company = shell.company
    return api.explain(text, shell.bound(text), catalog=company.catalog, formatting=company.formatting)

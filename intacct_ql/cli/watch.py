"""``watch``: a query on a schedule, of whose rows only those are written that are new or changed.

In: query text, a company, a schedule, and a file that keeps what was seen. Out: rows, run after run. Refuses to know:
how changes are told.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from intacct_ql import errors
from intacct_ql.cli import company, forms, inputs, known
from intacct_ql.cli.apart import check_apart
from intacct_ql.cli.outputs import logged, terminated_softly
from intacct_ql.cli.sections import Sectioned

if TYPE_CHECKING:
    from intacct_ql.cli.appending import Rows
    from intacct_ql.sessions import Session
    from intacct_ql.watching import Watched

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "": 1}

_LONGEST = timedelta(days=36_500)
"""A look back of many more would end before the year 1."""


class _Duration(click.ParamType[timedelta]):
    """90s, 5m, 2h, 1d; a number alone is seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """The length of time that a text says."""
        if isinstance(value, timedelta):
            return value
        said = re.fullmatch(r"(\d{1,6}(?:\.\d+)?)([smhd]?)", str(value).strip())
        if said is None:
            self.fail(f"{value!r} is no length of time: 90s, 5m, 2h, 1d", param, ctx)
        length = timedelta(seconds=float(said[1]) * _UNITS[said[2]])
        if length > _LONGEST:
            self.fail(f"{value} is longer than {_LONGEST.days:,} days", param, ctx)
        return length


_DURATION = _Duration()


@click.command(
    cls=Sectioned,
    epilog="""\b
Examples:
  intacct-ql watch --demo --every 5m --times 1 "select CUSTOMERID, TOTALDUE from CUSTOMER where TOTALDUE > 15000"
  intacct-ql watch --demo --once --state seen.json -o changes.csv "select * from VENDOR"

\b
What cannot be seen: rows that were deleted (query AUDITHISTORY for those; --compare counts them), or that do not meet
the query's condition any more (ask without one), what a row was between two runs, and rows that come later than
--look-back allows. """,
)
@inputs.text
@click.option("--every", type=_DURATION, metavar="TIME", help="How long from run to run: 90s, 5m, 2h.")
@click.option("--times", type=inputs.COUNT, metavar="N", help="Stop after so many runs.")
@click.option("--once", is_flag=True, help="One run, for a scheduler of your own; needs --state.")
@click.option(
    "--look-back",
    type=_DURATION,
    default="2h",
    metavar="TIME",
    show_default=True,
    help="How late a row may come, behind the newest change seen.",
)
@click.option("--state", metavar="FILE", type=click.Path(dir_okay=False), help="Keep here what was seen.")
@click.option("--changes-only", is_flag=True, help="Know the rows of the first run, and do not write them.")
@click.option("--compare", is_flag=True, help="Read all rows at each run, for objects without WHENMODIFIED.")
@forms.output
@click.option(
    "-o",
    "out",
    metavar="FILE",
    type=click.Path(dir_okay=False, readable=False),
    help="Add the rows to this file, a new one or that of --state: with it each once, however a run ends.",
)
@forms.look
@company.access
@known.options
@company.pace
@inputs.retries
@inputs.page("query")
@inputs.param
@inputs.strict
@inputs.validate
@inputs.log
@inputs.quiet
def watch(
    text: str | None,
    file: str | None,
    every: timedelta | None,
    times: int | None,
    once: bool,
    look_back: timedelta,
    state: str | None,
    changes_only: bool,
    compare: bool,
    output: str | None,
    out: str | None,
    params: Any,
    log: str | None,
    quiet: bool,
    validate: bool,
    **given: Any,
) -> None:
    """Run a query on a schedule, and print the rows that are new or have changed since the run before.

    The first run prints every row. Changes are told by WHENMODIFIED; each run asks again for what lies within
    --look-back behind the newest change, so that rows which come late are not missed, and prints of those what it has
    not seen. Rows without WHENMODIFIED go by when they were created, or are compared. A run that fails in a way that
    passes is made up for by the next one.

    Into a file each row goes once, even where the program is killed; a terminal or a pipe may see those of a killed run
    again.
    """
    from intacct_ql.cli.watch_runs import Watch
    from intacct_ql.cli.watch_state import Kept

    files = {"-f": file, "--catalog": given["catalog"], "--rate-file": given["rate_file"], "--log": log}
    check_apart({**files, "--state": state, "-o": out})
    source = inputs.read(text, file)
    times = _times(every, times, once, state)
    access, pace, names = (
        company.Access.taken_from(given),
        company.Pace.taken_from(given),
        known.Known.taken_from(given),
    )
    form = _form(given, output, out)
    path = None if state is None else Path(state)
    with (
        _own(path, form) as rows,
        logged(log),
        company.session(access, quiet=quiet, validate=validate, pace=pace, known=names) as session,
    ):
        query = _watched(session, source.text, params, compare=compare, **given)
        kept = Kept.read(path, query, params, form, whose=repr(session), silent=changes_only)
        Watch(session, query, params, form, rows, kept, look_back, quiet, given).run(every or timedelta(), times)


@contextmanager
def _own(state: Path | None, form: forms.Form) -> "Iterator[Rows | None]":
    """The state for this watch alone, and the file of rows, where there is one."""
    from intacct_ql.cli.appending import adding_to
    from intacct_ql.cli.locking import alone

    with ExitStack() as held:
        held.enter_context(terminated_softly())
        if state is not None:
            held.enter_context(alone(state))
        yield None if form.out is None else held.enter_context(adding_to(form.out))


def _times(every: timedelta | None, times: int | None, once: bool, state: str | None) -> int | None:
    if once:
        if every or times:
            raise click.UsageError("--once is one run: no --every and no --times.")
        if state is None:
            raise click.UsageError("--once needs --state FILE: without it nothing is known of the run before.")
        return 1
    if every is None:
        raise click.UsageError("Give --every TIME, or --once.")
    return times


def _form(given: dict[str, Any], output: str | None, out: str | None) -> forms.Form:
    form = forms.Form.taken_from(given, output, out)
    if form.out is not None and form.format.behind is None:
        raise click.UsageError(f"Rows can be added to {forms.appendable()}, and not to {form.name}.")
    if form.format.between is None:
        raise click.UsageError(f"{form.name} is one whole; rows that come one after the other need another format.")
    return form


def _watched(session: "Session", text: str, params: Any, *, compare: bool, **settings: Any) -> "Watched":
    """The query; its mistakes are told at their places in the text as it was given."""
    from intacct_ql.syntax.parser import parse
    from intacct_ql.watching import watched

    session.query(text, params, **settings).close()
    select = parse(text)
    name = select.source.object.text
    found = session.catalog.find(name)
    if found is None:
        raise errors.Error(f"there is no object {name} in the catalog: nothing tells what it has to be watched by")
    return watched(select, found, compare=compare)

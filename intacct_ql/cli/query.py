"""``query``: run a query and write its rows.

In: query text, a company, a format. Out: rows on standard output or in a file. Refuses to know: pages and XML.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from intacct_ql import errors
from intacct_ql.cli import company, forms, inputs, known, scripts
from intacct_ql.cli.apart import check_apart
from intacct_ql.cli.outputs import destination, logged, progress, stopped_softly, terminated_softly
from intacct_ql.cli.program import counted, say
from intacct_ql.cli.sections import Sectioned
from intacct_ql.cli.writing import write

if TYPE_CHECKING:
    from intacct_ql.encoders import Written
    from intacct_ql.result import Stats
    from intacct_ql.sessions import Session


@click.command(
    cls=Sectioned,
    epilog="""\b
Examples:
  intacct-ql query --demo "select CUSTOMERID, NAME from CUSTOMER order by NAME limit 5"
  intacct-ql query --demo -o vendors.csv "select VENDORID, NAME from VENDOR"
  intacct-ql query --demo -o books.db --table vendors --if-exists replace "select VENDORID, NAME from VENDOR" """,
)
@inputs.text
@forms.output
@click.option(
    "-o",
    "out",
    metavar="FILE",
    type=click.Path(dir_okay=False, readable=False),
    help="Write here: all of it, or nothing; what was read where a budget stops.",
)
@click.option(
    "--resume",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Keep here how far the rows in -o FILE have come; a run that was stopped goes on from there.",
)
@forms.look
@forms.into
@click.option("--spill", is_flag=True, help="Read every row; those that a table does not show go to a file beside it.")
@company.access
@company.reach
@known.options
@click.option("--max-calls", type=click.IntRange(min=0), metavar="N", help="Stop after this many calls.")
@click.option("--max-rows", type=click.IntRange(min=0), metavar="N", help="Stop after this many rows.")
@click.option("--max-bytes", type=click.IntRange(min=0), metavar="N", help="Stop after this many bytes of replies.")
@click.option("--max-seconds", type=click.FloatRange(min=0), metavar="N", help="Stop after this many seconds.")
@company.pace
@inputs.retries
@click.option("--unordered", is_flag=True, help="Give rows as they come, where the query names no order.")
@click.option("--wire", type=click.Choice(["xml", "json", "csv"]), default="xml", help="The format of pages.")
@click.option(
    "--memory", type=click.IntRange(min=1), metavar="MB", help="For rows sorted or grouped here.  [default: 256]"
)
@inputs.page("query", "readByQuery", "get_list")
@inputs.param
@inputs.aim
@inputs.strict
@inputs.validate
@inputs.log
@inputs.quiet
def query(
    text: str | None,
    file: str | None,
    output: str | None,
    out: str | None,
    resume: str | None,
    spill: bool,
    params: Any,
    log: str | None,
    quiet: bool,
    validate: bool,
    memory: int | None,
    unordered: bool,
    **given: Any,
) -> None:
    """Run a query and print its rows; those of a script file one after the other.

    Passwords are never options: they come from the environment (INTACCT_SENDER_PASSWORD, INTACCT_USER_PASSWORD and the
    rest) or from ~/.intacct/credentials.ini. With neither, the demo company answers.
    """
    if given["target"] == "rest":
        raise click.UsageError("Requests of rest are written and never sent: use compile.")
    files = {"-f": file, "--catalog": given["catalog"], "--rate-file": given["rate_file"], "--log": log}
    check_apart({**files, "--resume": resume, "-o": out})
    source = inputs.read(text, file)
    form = forms.Form.taken_from(given, output, out)
    access, pace = company.Access.taken_from(given), company.Pace.taken_from(given)
    names = known.Known.taken_from(given)
    asked = scripts.each(source, params, lambda query, own: (query, own))
    if len(asked) > 1 and form.out is not None:
        raise click.UsageError(
            f"{source.name} holds {len(asked)} queries, and -o FILE is for the rows of one: leave it out, or give each "
            "query a file of its own."
        )
    if len(asked) > 1 and form.format.between is None:
        raise click.UsageError(
            f"{source.name} holds {len(asked)} queries, and {form.name} holds the rows of one: take another --output, "
            "such as csv, jsonl or table."
        )
    if resume is not None:
        from intacct_ql.cli.resuming import check_resume

        check_resume(form, queries=len(asked), all_entities=given["all_entities"])
    if spill and form.format.most is None:
        raise click.UsageError(f"--spill is for a table; {form.name} gives every row.")
    given |= {"memory": None if memory is None else memory * 2**20, "ordered": not unordered}
    way = _Way(form, quiet, spill, given)
    with logged(log), company.session(access, quiet=quiet, validate=validate, pace=pace, known=names) as session:
        if source.script:  # nothing is asked before every query of the script is known to be right
            checked = {key: given[key] for key in ("target", "strict")}
            scripts.each(source, params, lambda query, own: session.explain(query, own, **checked))
        for place, (entry, (query, own)) in enumerate(asked):
            remark = partial(scripts.remark, entry=entry, source=source, quiet=quiet)
            if resume is not None:
                _go_on(session, query, own, way, remark, Path(resume))
                return
            if place and form.format.between:
                click.echo(form.format.between, nl=False)
            began = monotonic()
            _spend(way.settings, _run(session, query, own, way, remark), monotonic() - began)


def _spend(settings: dict[str, Any], stats: "Stats", seconds: float) -> None:
    """Take what a query used off the budgets, and the time that it took: they are those of the whole run."""
    spent = {"max_calls": stats.pages, "max_rows": stats.rows, "max_bytes": stats.bytes, "max_seconds": seconds}
    for name, used in spent.items():
        if settings[name] is not None:
            settings[name] = max(0, settings[name] - used)


class _Way(NamedTuple):
    """Where rows go and how, and the settings of each run."""

    form: forms.Form
    quiet: bool
    spill: bool
    settings: dict[str, Any]


def _run(session: "Session", text: str, params: Any, way: _Way, remark: "Callable[..., None]") -> "Stats":
    """Write the rows of one query, and say what it took."""
    stopped: list[errors.BudgetExceeded] = []
    began = monotonic()
    with destination(way.form.out, way.form.format.medium, draws=way.form.format.draws) as stream:
        with (
            progress(way.quiet, stream) as show,
            session.query(text, params, **way.settings, **show) as result,
            stopped_softly(result),
        ):
            remark(told := result.diagnostics)
            written = write(result, way.form, stream, stopped, spill=way.spill)
            remark([one for one in result.diagnostics if one not in told])
        if hasattr(stream, "flush"):
            stream.flush()
    _tell(written, result.stats, way, monotonic() - began)
    if stopped:
        raise stopped[0]
    return result.stats


def _tell(written: "Written", stats: "Stats", way: _Way, seconds: float) -> None:
    """Say what a run took, and what may be wrong with its rows."""
    for note in written.notes:
        say(f"note: {note}")
    if not way.quiet:
        say(summary(written.rows, stats, seconds))
    if stats.drifts:
        say("warning: rows came or went between pages that are told apart by counting; some may be missing or doubled")


def _go_on(session: "Session", text: str, params: Any, way: _Way, remark: "Callable[..., None]", path: Path) -> None:
    """Write the rows of one query from where the last run stopped, or from the first one."""
    from intacct_ql.cli import resume_state, resuming
    from intacct_ql.cli.appending import adding_to
    from intacct_ql.cli.locking import alone

    began, out = monotonic(), Path(way.form.out or "").resolve()
    with terminated_softly(), alone(path), adding_to(way.form.out or "") as rows:
        fresh, plan = resume_state.beginning(session, text, params, out, way.form, way.settings)
        begun = resume_state.read_state(path, fresh)
        if begun is not None and begun.token is None:
            say(f"{out.name} has all {begun.rows:,} rows; remove it and {path} to read them anew")
            return
        token = None if begun is None else begun.token
        with (
            progress(way.quiet, None) as show,
            session.query(text, params, resume=token, **way.settings, **show) as result,
            stopped_softly(result),
        ):
            resuming.check_goes_on(result, plan, begun, way.form)
            remark(told := result.diagnostics)
            written = resuming.write(result, rows, path, fresh, begun, way.form)
            remark([one for one in result.diagnostics if one not in told])
    _tell(written, result.stats, way, monotonic() - began)


def summary(rows: int, stats: "Stats", seconds: float) -> str:
    """What a run took; signing in is told apart, because only calls are metered. What did not happen is left out."""
    counts = [(rows, "row"), (stats.metered, "call"), (stats.sign_ins, "sign-in")]
    counts += [(count, word) for count, word in ((stats.retries, "retry"), (stats.renewals, "renewal")) if count]
    counts += [(stats.settings, "call for settings")] * (stats.settings > 0)
    words = [counted(count, word) for count, word in counts]
    if stats.waited >= 0.1:
        words.append(f"{min(stats.waited, seconds):.1f} s waited")  # of several connections it is the sum
    return ", ".join([*words, f"{seconds:.2f} s"])

"""``query``: run a query and write its rows.

In: query text, a company, a format. Out: rows on standard output or in a file. Refuses to know: pages and XML.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO

import click

from intacct_ql import errors
from intacct_ql.cli import company, inputs, scripts
from intacct_ql.cli.outputs import destination, progress
from intacct_ql.cli.program import say

if TYPE_CHECKING:
    from intacct_ql.api import Session
    from intacct_ql.result import Result, Row, Stats

FORMATS = ("table", "csv", "json", "jsonl")


@click.command(
    epilog="""\b
Examples:
  intacct-ql query --demo "select CUSTOMERID, NAME from CUSTOMER order by NAME limit 5"
  intacct-ql query --demo -o vendors.csv "select VENDORID, NAME from VENDOR" """
)
@inputs.text
@click.option("--output", type=click.Choice(FORMATS), help="The format.  [default: by the name of FILE, else table]")
@click.option(
    "-o",
    "out",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help="Write here: all of it, or nothing; what was read where a budget stops.",
)
@company.access
@click.option("--max-calls", type=click.IntRange(min=0), metavar="N", help="Stop after this many calls.")
@click.option("--max-rows", type=click.IntRange(min=0), metavar="N", help="Stop after this many rows.")
@click.option(
    "--memory", type=click.IntRange(min=1), metavar="MB", help="For rows sorted or grouped here.  [default: 256]"
)
@inputs.page
@inputs.param
@inputs.aim
@inputs.strict
@inputs.validate
@inputs.quiet
def query(
    text: str | None,
    file: str | None,
    output: str | None,
    out: str | None,
    params: Any,
    quiet: bool,
    validate: bool,
    memory: int | None,
    **given: Any,
) -> None:
    """Run a query and print its rows; those of a script file one after the other.

    Passwords are never options: they come from the environment (INTACCT_SENDER_PASSWORD, INTACCT_USER_PASSWORD and the
    rest) or from ~/.intacct/credentials.ini. With neither, the demo company answers.
    """
    if given["target"] == "rest":
        raise click.UsageError("Requests of rest are written and never sent: use compile.")
    source = inputs.read(text, file)
    form = _format(output, out)
    access = company.Access.taken_from(given)
    asked = scripts.each(source, params, lambda query, own: (query, own))
    if len(asked) > 1 and (form == "json" or out not in (None, "-")):
        raise click.UsageError(
            f"{source.name} holds {len(asked)} queries: no -o FILE and no --output json for several."
        )
    given["memory"] = None if memory is None else memory * 2**20
    way = _Way(form, out, quiet, given)
    with company.session(access, quiet=quiet, validate=validate) as session:
        if source.script:  # nothing is asked before every query of the script is known to be right
            checked = {key: given[key] for key in ("target", "strict")}
            scripts.each(source, params, lambda query, own: session.explain(query, own, **checked))
        for place, (entry, (query, own)) in enumerate(asked):
            if place and form in ("table", "csv"):
                click.echo()
            stats = _run(session, query, own, way, partial(scripts.remark, entry=entry, source=source, quiet=quiet))
            _spend(way.settings, stats)


def _spend(settings: dict[str, Any], stats: "Stats") -> None:
    """Take what a query used off the budgets: they are those of the whole run."""
    for name, used in (("max_calls", stats.pages), ("max_rows", stats.rows)):
        if settings[name] is not None:
            settings[name] = max(0, settings[name] - used)


class _Way(NamedTuple):
    """Where rows go and how, and the settings of each run."""

    form: str
    out: str | None
    quiet: bool
    settings: dict[str, Any]


def _run(session: "Session", text: str, params: Any, way: _Way, remark: "Callable[..., None]") -> "Stats":
    """Write the rows of one query, and say what it took."""
    stopped: list[errors.BudgetExceeded] = []
    began = monotonic()
    with destination(way.out) as stream:
        with (
            progress(way.quiet, stream) as on_page,
            session.query(text, params, **way.settings, on_page=on_page) as result,
        ):
            remark(result.diagnostics)
            written = _write(result, way.form, stream, stopped)
        stream.flush()
    if not way.quiet:
        say(_summary(written, result.stats, monotonic() - began))
    if result.stats.drifts:
        say("warning: rows came or went between pages that are told apart by counting; some may be missing or doubled")
    if stopped:
        raise stopped[0]
    return result.stats


def _summary(rows: int, stats: "Stats", seconds: float) -> str:
    """What a run took; signing in is told apart, because only calls are metered."""
    counts = [(rows, "row"), (stats.calls - stats.sign_ins, "call"), (stats.sign_ins, "sign-in")]
    words = [f"{count:,} {word if count == 1 else word + 's'}" for count, word in counts]
    return ", ".join([*words, f"{seconds:.2f} s"])


def _format(output: str | None, out: str | None) -> str:
    from intacct_ql.encoders import EXTENSIONS

    if output is not None:
        return output
    if out in (None, "-"):
        return "table"
    form = EXTENSIONS.get(Path(out or "").suffix.lower())
    if form is None:
        raise click.UsageError(f"The name of {out} tells no format ({', '.join(EXTENSIONS)}); give --output.")
    return form


def _write(result: "Result", form: str, stream: TextIO, stopped: list[errors.BudgetExceeded]) -> int:
    """Write the rows; a budget that stops them ends them well, and is put into ``stopped``."""
    from intacct_ql.encoders import ENCODERS

    def read() -> "Iterator[Row]":
        try:
            yield from result
        except errors.BudgetExceeded as stop:
            stopped.append(stop)

    rows = read()
    first = list(zip(range(1), rows, strict=False))  # a run that fails at once writes no header
    written = ENCODERS[form]()(result.columns, chain((row for _, row in first), rows), stream)
    if form == "table" and next(rows, None) is not None:
        total = result.stats.total
        counted = f" (the gateway counts {total:,})" if total is not None else ""
        say(f"note: these are the first {written:,} rows, and there are more{counted}; csv, json and jsonl give all")
    return written

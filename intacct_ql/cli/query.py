"""``query``: run a query and write its rows.

In: query text, a company, a format. Out: rows on standard output or in a file. Refuses to know: pages and XML.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

from collections.abc import Collection, Iterator
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO

import click

from intacct_ql import errors
from intacct_ql.cli import inputs
from intacct_ql.cli.outputs import destination, progress
from intacct_ql.cli.program import NO_CREDENTIALS, say

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
@click.option("-o", "out", metavar="FILE", type=click.Path(dir_okay=False), help="Write here: all of it, or nothing.")
@click.option("--endpoint", metavar="URL", help="Where the gateway is.")
@click.option("--profile", metavar="P", help="A section of ~/.intacct/credentials.ini.")
@click.option("--demo", is_flag=True, help="Ask the demo company.")
@click.option("--entity", metavar="ID", help="The entity to sign in to.")
@click.option("--trust-host", multiple=True, metavar="HOST", help="Let credentials go to a host outside intacct.com.")
@click.option("--max-calls", type=click.IntRange(min=0), metavar="N", help="Stop after this many calls.")
@click.option("--max-rows", type=click.IntRange(min=0), metavar="N", help="Stop after this many rows.")
@inputs.page
@inputs.param
@inputs.aim
@inputs.strict
@inputs.quiet
def query(
    text: str | None, file: str | None, output: str | None, out: str | None, params: Any, quiet: bool, **given: Any
) -> None:
    """Run a query and print its rows.

    Passwords are never options: they come from the environment (INTACCT_SENDER_PASSWORD, INTACCT_USER_PASSWORD and the
    rest) or from ~/.intacct/credentials.ini. With neither, the demo company answers.
    """
    source = inputs.read(text, file)
    form = _format(output, out)
    access = {key: given.pop(key) for key in ("endpoint", "profile", "demo", "entity", "trust_host")}
    stopped: list[errors.BudgetExceeded] = []
    began = monotonic()
    with destination(out) as stream, _session(**access, quiet=quiet) as session:
        with (
            progress(quiet, stream) as on_page,
            session.query(source.text, params, **given, on_page=on_page) as result,
        ):
            inputs.remark(result.diagnostics, source, quiet=quiet)
            written = _write(result, form, stream, stopped)
        stream.flush()
    if not quiet:
        say(_summary(written, result.stats, monotonic() - began))
    if result.stats.drifts:
        say("warning: rows came or went between pages that are told apart by counting; some may be missing or doubled")
    if stopped:
        raise stopped[0]


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


def _session(
    *,
    endpoint: str | None,
    profile: str | None,
    demo: bool,
    entity: str | None,
    trust_host: Collection[str],
    quiet: bool,
) -> "Session":
    """The company to ask: the demo one when it is wanted or nothing is configured."""
    from intacct_ql import api
    from intacct_ql.profiles import load

    if demo and (endpoint or profile):
        raise click.UsageError("--demo stands alone: it needs no --endpoint and no --profile.")
    settings = None if demo else load(profile, {"endpoint_url": endpoint, "entity_id": entity})
    if settings is None and entity:
        raise click.UsageError("--entity needs a profile or credentials; the demo company answers for all entities.")
    if settings is None:
        if not demo and not quiet:
            say(f"{NO_CREDENTIALS}; the demo company answers")
        return api.demo()
    if not quiet:
        say(f"note: company {settings.company_id}, user {settings.user_id} ({settings.source})")
    keys = ("sender_id", "sender_password", "company_id", "user_id", "user_password", "entity_id", "endpoint_url")
    return api.connect(trusted_hosts=trust_host, **{key: getattr(settings, key) for key in keys})


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

"""``explain``: what a query would do and cost.

In: query text, a tier, perhaps a company to count rows in. Out: a drawing on a terminal, plain text elsewhere, JSON for
tools. Refuses to know: how an explanation is made.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import click

from intacct_ql import errors
from intacct_ql.cli import company, inputs, known, scripts
from intacct_ql.cli.outputs import put
from intacct_ql.cli.program import NO_CREDENTIALS, Source, json_text, on_terminal, say

if TYPE_CHECKING:
    from intacct_ql.planner.explain import Explanation
    from intacct_ql.planner.tiers import Tier


@click.command(
    epilog="""\b
Examples:
  intacct-ql explain "select NAME from CUSTOMER where TOTALDUE > 1000 order by NAME limit 10"
  intacct-ql explain --count --runs-per-month 720 "select * from GLENTRY" """
)
@inputs.text
@inputs.text_or_json
@click.option("--count", is_flag=True, help="Ask the company for the number of rows: one metered call a query.")
@click.option("--tier", metavar="NAME", help="The performance tier to reckon with.  [default: 1]")
@click.option("--tiers", type=inputs.FILE, metavar="FILE", help="A JSON file with tiers and prices of your own.")
@click.option("--runs-per-month", type=inputs.COUNT, metavar="N", help="Reckon the price of N runs a month too.")
@company.access
@known.options
@inputs.param
@inputs.aim
@inputs.page(*inputs.MOST_ROWS)
@inputs.strict
@inputs.quiet
def explain(
    text: str | None, file: str | None, output: str, params: Any, count: bool, quiet: bool, **given: Any
) -> None:
    """Say what a query, or each query of a script file, would do and what it would cost.

    Nothing is sent, unless --count asks for the number of rows: of the company that is configured, else of the demo
    company.
    """
    access, names = company.Access.taken_from(given), known.Known.taken_from(given)
    source = inputs.read(text, file)
    given["tier"] = _tier(given["tier"], given.pop("tiers"))
    if count:
        told = _counted(source, params, access, names, given, quiet)
    else:
        told = _told(source, params, access, names, given, quiet)
    if output == "json":
        records = [one.to_dict() for one in told]
        put(json_text(records if len(records) > 1 else records[0]))
    elif on_terminal():
        from intacct_ql.cli.drawing import draw

        draw(told, sys.stdout)
    else:
        put("\n\n".join(map(str, told)))


def _told(
    source: Source, params: Any, access: company.Access, names: known.Known, given: Mapping[str, Any], quiet: bool
) -> "list[Explanation]":
    """The explanations; nobody is asked."""
    from intacct_ql import api

    given = {**given, "catalog": names.of(access), "formatting": names.of_user(access).formatting}
    told = scripts.each(source, params, lambda query, own: api.explain(query, own, **given))
    with suppress(errors.ConfigError):  # half-made settings matter when something is sent
        if not quiet and not access.demo and access.settings(secrets=False) is None:
            say(f"{NO_CREDENTIALS}; this is for the demo company")
    return [one for _, one in told]


def _counted(
    source: Source, params: Any, access: company.Access, names: known.Known, given: Mapping[str, Any], quiet: bool
) -> "list[Explanation]":
    """The explanations with rows counted by the company."""
    with company.session(access, quiet=quiet, known=names) as session:
        # nothing is asked before every query of a script is known to be right
        scripts.each(source, params, lambda query, own: session.explain(query, own, **given))
        if not quiet:
            free = ", free of charge at the demo company" if access.settings() is None else ""
            say(f"note: --count is one metered call a query{free}")
        told = scripts.each(source, params, lambda query, own: session.explain(query, own, count=True, **given))
        return [one for _, one in told]


def _tier(name: str | None, file: str | None) -> "Tier":
    from intacct_ql.planner.tiers import tier

    try:
        return tier(name, file)
    except errors.ConfigError as wrong:
        raise click.UsageError(f"{wrong}.") from None

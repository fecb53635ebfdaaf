"""The stages that need no gateway: ``compile``, ``check``, ``format``, ``explain``.

In: query text. Out: XML, findings, text, a plan in words. Refuses to know: HTTP, XML readers, tables.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

from contextlib import suppress
from typing import Any

import click

from intacct_ql import errors
from intacct_ql.cli import codes, inputs
from intacct_ql.cli.program import NO_CREDENTIALS, Exit, json_text, say


@click.command(
    "compile",
    epilog="""\b
Example:
  intacct-ql compile "select NAME from CUSTOMER where CUSTOMERID = :id" --param id=ZAB001""",
)
@inputs.text
@inputs.param
@inputs.aim
@click.option("--offset", type=click.IntRange(min=0), metavar="N", help="Rows to skip.")
@inputs.page
@click.option("--docparid", metavar="X", help="The document type that custom fields are read for.")
@click.option("--case-insensitive", is_flag=True, help="Compare text without regard to case.")
@click.option("--show-private", is_flag=True, help="Include rows of private entities.")
@inputs.no_catalog
@inputs.strict
def compile_query(text: str | None, file: str | None, params: Any, no_catalog: bool, **settings: Any) -> None:
    """Print the Intacct XML that a query becomes."""
    from intacct_ql import api
    from intacct_ql.schema.catalog import BUNDLED

    source = inputs.read(text, file)
    catalog = None if no_catalog else BUNDLED
    compiled = api.compile(source.text, params, catalog=catalog, **settings)
    inputs.remark(compiled.diagnostics, source)
    if compiled.xml:
        click.echo(compiled.xml)
    else:
        say("note: nothing needs to be asked")


@click.command(
    epilog="""\b
Examples:
  intacct-ql check "select NAME from CUSTOMER where STATUS = active"
  intacct-ql check --explain IQL210"""
)
@inputs.text
@inputs.text_or_json
@inputs.aim
@inputs.no_catalog
@inputs.strict
@click.option("--explain", "page", callback=codes.page, metavar="CODE", help="Print what a code means, and no more.")
def check(
    text: str | None, file: str | None, output: str, target: str, no_catalog: bool, strict: bool, page: str | None
) -> None:
    """Print what is wrong with a query; parameters need no values. Exit status 1 when there are errors."""
    from intacct_ql import api
    from intacct_ql.schema.catalog import BUNDLED

    if page is not None:
        if text is not None or file is not None:
            raise click.UsageError("--explain stands alone: it needs no query.")
        click.echo(page, nl=False)
        return
    source = inputs.read(text, file)
    found = api.check(source.text, catalog=None if no_catalog else BUNDLED, strict=strict, target=target)
    if output == "json":
        click.echo(json_text([one.to_dict(source.text) for one in found]))
    elif found:
        click.echo(errors.draw_all(found, source.text, source.name))
    else:
        say("note: nothing to remark")
    if any(one.severity is errors.Severity.ERROR for one in found):
        click.get_current_context().exit(Exit.QUERY)


@click.command(
    "format",
    epilog="""\b
Example:
  intacct-ql format "Select Customerid,Name from CUSTOMER order by Name" """,
)
@inputs.text
def format_query(text: str | None, file: str | None) -> None:
    """Print a query in canonical spelling."""
    from intacct_ql import api

    click.echo(api.format(inputs.read(text, file).text))


@click.command(
    epilog="""\b
Example:
  intacct-ql explain "select NAME from CUSTOMER where TOTALDUE > 1000 order by NAME limit 10" """
)
@inputs.text
@inputs.text_or_json
@inputs.param
@inputs.aim
@inputs.page
@inputs.strict
@inputs.quiet
def explain(text: str | None, file: str | None, output: str, params: Any, quiet: bool, **settings: Any) -> None:
    """Say what a query would do and what it would cost; nothing is sent."""
    from intacct_ql import api
    from intacct_ql.profiles import load

    source = inputs.read(text, file)
    told = api.explain(source.text, params, **settings)
    with suppress(errors.ConfigError):  # half-made settings matter when something is sent
        if not quiet and load(None, {}) is None:
            say(f"{NO_CREDENTIALS}; this is for the demo company")
    click.echo(json_text(told.to_dict()) if output == "json" else str(told))

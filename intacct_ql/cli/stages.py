"""The stages that need no gateway: ``compile``, ``check``, ``format``.

In: query text. Out: XML, findings, text. Refuses to know: HTTP, XML readers, tables.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

from typing import TYPE_CHECKING, Any

import click

from intacct_ql import errors
from intacct_ql.cli import codes, company, inputs, known, scripts
from intacct_ql.cli.outputs import destination, put
from intacct_ql.cli.program import Exit, json_text, say

if TYPE_CHECKING:
    from intacct_ql.planner.steps import Plan
    from intacct_ql.schema.catalog import Catalog


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
@inputs.page(*inputs.MOST_ROWS)
@click.option("--docparid", metavar="X", help="The document type that custom fields are read for.")
@click.option("--case-insensitive", is_flag=True, help="Compare text without regard to case.")
@click.option("--show-private", is_flag=True, help="Include rows of private entities.")
@company.whose
@known.options
@inputs.no_catalog
@inputs.strict
@inputs.validate
def compile_query(
    text: str | None, file: str | None, params: Any, no_catalog: bool, validate: bool, **settings: Any
) -> None:
    """Print the Intacct XML that a query becomes; for a script file, that of each query."""
    from intacct_ql import api

    source = inputs.read(text, file)
    catalog, user = _known(settings, no_catalog=no_catalog)
    settings["formatting"] = user.formatting
    if validate and settings["target"] == "rest":
        raise click.UsageError("--validate is for requests in XML, and those of rest are not.")
    try:
        made = scripts.each(source, params, lambda query, own: api.compile(query, own, catalog=catalog, **settings))
    except errors.ConfigError as no_such_page:
        raise click.UsageError(f"{no_such_page}.") from None
    user.remark(compiled.plan for _, compiled in made)
    for entry, compiled in made:
        scripts.remark(compiled.diagnostics, entry, source)
        if compiled.xml:
            put(compiled.xml)
            _say_the_rest(compiled.plan)
            if validate:
                from intacct_ql.gateway.validate import demand_valid

                demand_valid(compiled.xml)
        else:
            say("note: nothing needs to be asked")


def _known(given: dict[str, Any], *, no_catalog: bool) -> "tuple[Catalog | None, known.User]":
    """What names are checked by, and who would ask; takes the options that say so out of those that are given."""
    access, names = company.Access.taken_from(given), known.Known.taken_from(given)
    if no_catalog and names.catalog is not None:
        raise click.UsageError("--no-catalog and --catalog exclude each other.")
    return None if no_catalog else names.of(access), names.of_user(access)


def _say_the_rest(plan: "Plan") -> None:
    """What the request does not say, because further pages bring it or it is done with the rows that arrive."""
    from intacct_ql.backends.doors import door

    most = door(plan.target).abilities.most_rows
    if plan.fetch is not None and (plan.fetch.limit or 0) > most:
        say(f"note: a page holds {most:,} rows: further requests bring the others of {plan.fetch.limit:,}")
    if not plan.local:
        return
    from intacct_ql.planner.parts import done

    parts = [f"{part.what} {part.how}" for part in done(plan) if part.why]  # showing some columns changes nothing
    if parts:
        say(f"note: not in this request, but done with its rows: {'; '.join(parts)} (explain says why)")


@click.command(
    epilog="""\b
Examples:
  intacct-ql check "select NAME from CUSTOMER where STATUS = active"
  intacct-ql check --explain IQL210"""
)
@inputs.text
@inputs.text_or_json
@inputs.aim
@company.whose
@known.options
@inputs.no_catalog
@inputs.strict
@click.option(
    "--explain",
    "page",
    callback=codes.page,
    shell_complete=codes.complete,
    metavar="CODE",
    help="Print what a code means, and no more.",
)
def check(text: str | None, file: str | None, output: str, no_catalog: bool, page: str | None, **settings: Any) -> None:
    """Print what is wrong with a query, or with all queries of a script file; parameters need no values.

    Exit status 1 when there are errors.
    """
    from intacct_ql import api

    if page is not None:
        if text is not None or file is not None:
            raise click.UsageError("--explain stands alone: it needs no query.")
        click.echo(page, nl=False)
        return
    source = inputs.read(text, file)
    look = api.check_script if source.script else api.check
    catalog, user = _known(settings, no_catalog=no_catalog)
    found = look(source.text, catalog=catalog, formatting=user.formatting, **settings)
    if output == "json":
        put(json_text([one.to_dict(source.text) for one in found]))
    elif found:
        put(errors.draw_all(found, source.text, source.name))
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
@click.option("--check", "checking", is_flag=True, help="Print nothing; exit status 1 and a diff if it would change.")
@click.option("-i", "--in-place", is_flag=True, help="Write FILE anew: all of it, or nothing.")
def format_query(text: str | None, file: str | None, checking: bool, in_place: bool) -> None:
    """Print a query, or the queries of a script file, in canonical spelling and layout. Comments are kept."""
    from intacct_ql import api

    if in_place and (checking or file in (None, "-")):
        raise click.UsageError("--in-place needs -f FILE, and no --check.")
    source = inputs.read(text, file)
    formatted = api.format_script(source.text) if source.script else api.format(source.text)
    changed = source.text.removesuffix("\n") != formatted
    if checking and changed:
        say(_difference(source.name, source.text.split("\n"), formatted.split("\n")))
        click.get_current_context().exit(Exit.QUERY)
    elif in_place and changed:
        with destination(file) as stream:
            stream.write(f"{formatted}\n")
    elif not checking and not in_place:
        put(formatted)


SHOWN = 12
"""Lines of each side of a diff."""


def _difference(name: str, before: list[str], after: list[str]) -> str:
    """The lines between what is the same at the start and at the end."""
    start = next((place for place, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), None)
    if start is None:
        start = min(len(before), len(after))
    lines = [f"{name}:{start + 1}: format would change this"]
    same = 0
    while same < min(len(before), len(after)) - start and before[-1 - same] == after[-1 - same]:
        same += 1
    for sign, side in (("-", before), ("+", after)):
        changed = side[start : len(side) - same]
        lines += [f"{sign} {line}".rstrip() for line in changed[:SHOWN]]
        lines += [f"{sign} ... {len(changed) - SHOWN} more lines"] if len(changed) > SHOWN else []
    return "\n".join(lines)

"""``schema``: what objects and fields there are, and where that is known from.

In: the name of an object or a path from one, a text to search for. Out: tables or JSON. Refuses to know: queries.
Nobody is asked; the commands in ``refreshing`` do that.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

from typing import TYPE_CHECKING, Any

import click

from intacct_ql import errors
from intacct_ql.cli import company, completing, known, refreshing
from intacct_ql.cli.outputs import put
from intacct_ql.cli.program import json_text, say

if TYPE_CHECKING:
    from intacct_ql.schema.catalog import Catalog
    from intacct_ql.schema.model import Object
    from intacct_ql.schema.paths import Walk


class _Words(click.Group):
    """A group whose first argument may be an object: what is no command of its own belongs to ``show``.

    Commands are in small letters. An object that is called as one of them is shown in capitals, as any may be.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put ``show`` before what is not a command."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = ["show", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options of ``show``, and then the commands."""
        with click.Context(show, parent=ctx) as inner:
            click.Command.format_options(show, inner, formatter)
        self.format_commands(ctx, formatter)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """What stands behind the name."""
        return ["[OBJECT[.PATH]]", "[OPTIONS]"]


@click.group(
    cls=_Words,
    epilog="""\b
Examples:
  intacct-ql schema --search due
  intacct-ql schema CUSTOMER --search due
  intacct-ql schema APBILL.VENDOR.TERM""",
)
def schema() -> None:
    """List the objects, or the fields and relationships of one, or where a path of relationships leads.

    They are those of the company of the profile, as it was asked last (schema refresh), and those that ship with this
    program for what it was never asked.
    """


schema.add_command(refreshing.refresh)
schema.add_command(refreshing.export)


@schema.command(hidden=True, epilog="\b\nExample:\n  intacct-ql schema show CUSTOMER")
@click.argument("name", metavar="[OBJECT[.PATH]]", required=False, shell_complete=completing.paths)
@click.option("--search", metavar="TEXT", default="", help="Only what holds this text in name, label or description.")
@click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="For people or for tools.",
)
@company.whose
@known.options
def show(name: str | None, search: str, output: str, **given: Any) -> None:
    """List the objects, or describe one."""
    from intacct_ql.cli import described, listed

    access, names = company.Access.taken_from(given), known.Known.taken_from(given)
    catalog = names.of(access)
    if name is not None:
        walked = _walked(name, catalog)
        if output == "json":
            put(json_text(described.walk_record(walked, search)))
        else:
            described.print_walk(walked, search, catalog)
    elif search:
        found = listed.search(catalog, search)
        if output == "json":
            put(json_text(found.to_dict()))
        else:
            found.print()
    elif output == "json":
        put(json_text(listed.object_records(catalog)))
    else:
        listed.print_objects(catalog)


def _walked(name: str, catalog: "Catalog") -> "Walk":
    """Where a name leads: an object, or the end of a path. Raises ``Error`` where it leads nowhere."""
    from intacct_ql.schema.paths import walk
    from intacct_ql.suggest import nearest

    first, _, path = name.partition(".")
    walked = walk(_object(first, catalog), path, catalog)
    if walked.why:
        raise errors.Error(walked.why)
    if walked.rest:
        here = walked.end
        head = walked.rest.partition(".")[0]
        near = nearest(walked.rest, here.fields) or nearest(head, [*here.relationships, *here.fields])
        hint = f"{' or '.join(near)} might be meant" if near else f"intacct-ql schema {here.name} lists both"
        raise errors.Error(f"{here.name} has no field and no relationship {walked.rest}\n  hint: {hint}")
    return walked


def _object(name: str, catalog: "Catalog") -> "Object":
    from intacct_ql.suggest import nearest

    found = catalog.object(name)
    if found is None and (alias := catalog.alias(name)) is not None:
        say(f"note: {name} is another name of {alias.object}")
        found = catalog.object(alias.object)
    if found is None:
        for barred, words in catalog.barred().items():
            if barred.upper() == name.upper():
                raise errors.Error(f"{barred} may not be looked up, the gateway says: {words}")
        near = nearest(name, catalog.names())
        hint = f"{' or '.join(near)} might be meant" if near else f"intacct-ql schema refresh {name} asks the company"
        if name in schema.commands:
            hint = f"write intacct-ql schema {name} first, and options behind it"
        raise errors.Error(f"there is no object {name}\n  hint: {hint}")
    return found

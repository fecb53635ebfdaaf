"""``profile``: the companies one can ask, by name.

In: names. Out: tables, records, what a sign-in said; a profile less. Refuses to know: how a profile is written down.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from intacct_ql import errors
from intacct_ql.cli.profile_add import add, asks, file_name, name_of
from intacct_ql.cli.program import json_text, say

if TYPE_CHECKING:
    from intacct_ql.profiles.book import Entry

_output = click.option(
    "--output",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="For people or for tools.",
)


@click.group(
    epilog="""\b
Examples:
  intacct-ql profile list
  intacct-ql profile test acme"""
)
def profile() -> None:
    """Keep the credentials of companies under names, for --profile.

    Profiles are sections of ~/.intacct/credentials.ini, the file of Sage's own SDKs. Their passwords are kept in the
    system's keyring where there is one.
    """


profile.add_command(add)


@profile.command(
    "list",
    epilog="""\b
Examples:
  intacct-ql profile list
  intacct-ql profile list --output json""",
)
@_output
def list_profiles(output: str) -> None:
    """List the profiles, and where the passwords of each are: in the keyring, in the file, or missing.

    The one with the star is taken where none is named.
    """
    from intacct_ql.profiles import book

    told = book.entries()
    if output == "json":
        click.echo(json_text([one.to_dict() for one in told]))
        return
    if told:
        from intacct_ql.cli.tables import print_table

        print_table(("", "NAME", "COMPANY", "USER", "ENTITY", "SENDER", "PASSWORDS", "HOST"), list(map(_row, told)))
    else:
        say(f"note: there is no profile in {file_name()}; intacct-ql profile add NAME makes one")
    _warn(told)


def _row(one: "Entry") -> tuple[str, ...]:
    from intacct_ql.gateway.endpoint import host_of

    star = "*" if one.default else ""
    passwords = one.sender_password
    if one.user_password != passwords:
        passwords = f"{one.sender_password}, user's {one.user_password}"
    host = host_of(one.endpoint_url)
    return (star, one.name, one.company_id, one.user_id, one.entity_id, one.sender_id, passwords, host)


def _warn(told: "Sequence[Entry]") -> None:
    """What stands before the profiles, and who else may read them."""
    from intacct_ql.profiles import book, file

    if hiding := book.in_the_way():
        say(f"note: {', '.join(hiding)} set: the environment comes before every profile")
    if file.is_open(file.locate()) and any("file" in (one.sender_password, one.user_password) for one in told):
        say(f"warning: others may read the passwords in {file_name()}; chmod 600 {file_name()} keeps them out")


@profile.command(
    epilog="""\b
Examples:
  intacct-ql profile show acme
  intacct-ql profile show acme --output json"""
)
@name_of
@_output
def show(name: str, output: str) -> None:
    """Show one profile, without its secrets."""
    from intacct_ql.profiles import book

    one = book.entry(name)
    if output == "json":
        click.echo(json_text(one.to_dict()))
        return
    record = {**one.to_dict(), "default": "yes" if one.default else "no", "file": file_name()}
    width = max(map(len, record))
    for key, value in record.items():
        click.echo(f"{key:{width}}  {value}".rstrip())
    _warn([one])


@profile.command(
    epilog="""\b
Example:
  intacct-ql profile test acme"""
)
@name_of
@click.option("--trust-host", multiple=True, metavar="HOST", help="Let credentials go to a host outside intacct.com.")
def test(name: str, trust_host: tuple[str, ...]) -> None:
    """Sign in with a profile, and say who one is. The environment plays no part, but for passwords that are not kept.

    Exit status 3 where the sign-in fails; intacct-ql doctor --profile NAME says more.
    """
    from intacct_ql.diagnosing.case import Case
    from intacct_ql.profiles import book
    from intacct_ql.profiles.settings import PASSWORDS, Settings, load, variable
    from intacct_ql.transport.http import HttpTransport

    told = book.entry(name)
    missing = [variable(key) for key in PASSWORDS if getattr(told, key) == "missing"]
    own = {place: os.environ[place] for place in missing if place in os.environ}

    def find() -> Settings:
        found = load(name, {}, own)
        if found is None:  # the file has gone since it was read
            raise errors.ConfigError(f"there is no profile {name}")
        return found

    case = Case(find=find, transport=HttpTransport, trusted_hosts=trust_host)
    try:
        case.settings = given = find()
        case.sign_in()
    except errors.Error:
        say(f"profile {name} does not work; intacct-ql doctor --profile {name} looks at it step by step")
        raise
    finally:
        case.close()
    entity = f", entity {given.entity_id}" if given.entity_id else ", at the top level"
    click.echo(f"profile {name} works: user {given.user_id} of company {given.company_id}{entity}")


@profile.command(
    epilog="""\b
Example:
  intacct-ql profile remove acme --yes"""
)
@name_of
@click.option("--yes", is_flag=True, help="Ask no question.")
def remove(name: str, yes: bool) -> None:
    """Take a profile out of the file, and its passwords out of the keyring."""
    from intacct_ql.profiles import book

    book.entry(name)
    if not yes:
        if not asks():
            raise click.UsageError(f"Profile {name} and its passwords would be gone; --yes says so.")
        click.confirm(f"Remove profile {name} and its passwords?", abort=True, err=True)
    forgotten = book.remove(name)
    say(f"profile {name} is gone{', its passwords too' if forgotten else ''}")

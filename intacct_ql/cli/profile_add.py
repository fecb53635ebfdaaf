"""``profile add``: what a profile holds is given, read, or asked for.

In: options, standard input, the environment, answers. Out: the profile file and the keyring changed. Refuses to know:
how either is written.

Passwords come from a question that shows nothing, from standard input or from the environment, never from the command
line, where every process sees them.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from intacct_ql import errors
from intacct_ql.cli import completing
from intacct_ql.cli.program import say

if TYPE_CHECKING:
    from intacct_ql.profiles.book import Store

_ASKED = {
    "sender_id": "Sender id (Web Services)",
    "sender_password": "Sender password",
    "company_id": "Company id",
    "user_id": "User id",
    "user_password": "User password",
}
"""What is asked for where it is not given, in this order."""

_UNKEPT = "its passwords are not kept: set INTACCT_SENDER_PASSWORD and INTACCT_USER_PASSWORD where they are needed"

name_of = click.argument("name", metavar="NAME", shell_complete=completing.profiles)


@click.command(
    epilog="""\b
Examples:
  intacct-ql profile add acme
  intacct-ql profile add acme --entity 100 --store file
  intacct-ql profile add acme --sender-id ourapp --company-id acme --user-id xml --password-stdin < passwords.txt"""
)
@name_of
@click.option("--sender-id", metavar="ID", help="The sender of your Web Services licence.")
@click.option("--company-id", metavar="ID", help="The company.")
@click.option("--user-id", metavar="ID", help="The Web Services user of the company.")
@click.option("--entity", "entity_id", metavar="ID", help="The entity to sign in to.  [default: the top level]")
@click.option("--endpoint", "endpoint_url", metavar="URL", help="Where the gateway is.  [default: api.intacct.com]")
@click.option("--password-stdin", is_flag=True, help="Read the sender's password and the user's, a line each.")
@click.option(
    "--store",
    type=click.Choice(["keyring", "file", "none"]),
    help="Where passwords go; none leaves them to the environment.  [default: keyring, or a question]",
)
@click.option("--replace", is_flag=True, help="Change a profile that is there, and ask no question about it.")
def add(name: str, password_stdin: bool, store: str | None, replace: bool, **given: str | None) -> None:
    """Add a profile, or change one. What is not given is asked for, or taken from INTACCT_SENDER_ID and its fellows.

    Passwords are never options: they are asked for without being shown, read by --password-stdin, or taken from
    INTACCT_SENDER_PASSWORD and INTACCT_USER_PASSWORD. They are kept in the system's keyring; --store file writes them
    into the profile file, where Sage's own SDKs keep them, for you alone to read.
    """
    from intacct_ql.profiles import book
    from intacct_ql.profiles.settings import PASSWORDS

    book.check_name(name)
    before = _before(name, replace=replace)
    kept_in = _store(store)
    values = _values(given, before, _lines() if password_stdin else {}, secrets=kept_in is not book.Store.NONE)
    _check_endpoint(values["endpoint_url"])
    passwords = {key: values.pop(key, "") for key in PASSWORDS}
    book.add(name, values, passwords, kept_in, None)
    say(f"profile {name} is kept in {file_name()}; {_where(kept_in)}")
    if hiding := book.in_the_way():
        say(f"note: {', '.join(hiding)} set: the environment comes before every profile")
    used = "" if name == "default" else f" --profile {name}"
    say(f"try it: intacct-ql profile test {name}; then intacct-ql query{used} ...")


def _before(name: str, *, replace: bool) -> Mapping[str, str]:
    """What the profile that has the name already holds, once it may be changed; nothing where there is none."""
    from intacct_ql.profiles import file

    sections = file.read(file.locate()) or {}
    before = sections.get(name, {})
    if name not in sections or replace:
        return before
    if not asks():
        raise click.UsageError(f"Profile {name} is there already; --replace changes it.")
    click.confirm(f"Profile {name} is there already. Change it?", abort=True, err=True)
    return before


def _values(
    given: Mapping[str, str | None], before: Mapping[str, str], read: Mapping[str, str], *, secrets: bool
) -> dict[str, str]:
    """Everything a profile holds: what is given, else read, else the environment's, else what is answered.

    What a profile held before is suggested as an answer, and taken where nobody can be asked; but for passwords.
    """
    from intacct_ql.profiles.settings import PASSWORDS, variable

    wanted = [key for key in _ASKED if secrets or key not in PASSWORDS]
    known = os.environ
    values = {key: given.get(key) or read.get(key) or known.get(variable(key), "") for key in wanted}
    own = {key: value for key, value in before.items() if key not in PASSWORDS}
    if not asks():
        values = {key: value or own.get(key, "") for key, value in values.items()}
    missing = [key for key in wanted if not values[key]]
    if missing and not asks():
        ways = {key: "--password-stdin" if key in PASSWORDS else f"--{key.replace('_', '-')}" for key in missing}
        told = "\n".join(f"  {_ASKED[key]}: {way}, or {variable(key)}" for key, way in ways.items())
        raise click.UsageError(f"This is no terminal, so nothing can be asked for. Missing are:\n{told}")
    for key in missing:
        values[key] = click.prompt(_ASKED[key], hide_input=key in PASSWORDS, default=own.get(key) or None, err=True)
    for key in ("entity_id", "endpoint_url"):
        wish = given[key]  # an empty one takes a value away
        values[key] = known.get(variable(key)) or own.get(key, "") if wish is None else wish
    return values


def _lines() -> dict[str, str]:
    """Both passwords from standard input: the sender's line, and the user's."""
    lines = [line.rstrip("\r\n") for line in sys.stdin or ()]
    if len(lines) != 2 or not all(lines):
        raise click.UsageError("--password-stdin reads two lines: the sender's password, and the user's.")
    return {"sender_password": lines[0], "user_password": lines[1]}


def _store(wish: str | None) -> "Store":
    """Where passwords go: as wished, else into the keyring, else as answered."""
    from intacct_ql.profiles import keyrings
    from intacct_ql.profiles.book import Store

    if wish not in (None, "keyring"):
        return Store(wish)
    found = keyrings.find()
    if found.keyring is not None:
        return Store.KEYRING
    ways = "--store file writes passwords into the profile file, --store none leaves them to the environment"
    if wish == "keyring" or not asks():
        raise click.UsageError(f"Passwords cannot go into a keyring: {found.why}.\n{ways}.")
    say(f"note: passwords cannot go into a keyring: {found.why}")
    question = f"Write them into {file_name()}, as plain text that you alone may read?"
    if click.confirm(question, default=False, err=True):
        return Store.FILE
    return Store.NONE


def _where(store: "Store") -> str:
    from intacct_ql.profiles import keyrings
    from intacct_ql.profiles.book import Store

    if store is Store.KEYRING:
        return f"its passwords are in the system keyring ({keyrings.find().name})"
    return "its passwords are in it as plain text" if store is Store.FILE else _UNKEPT


def _check_endpoint(url: str | None) -> None:
    """Refuse an address that no credentials may go to; tell of one that has to be trusted each time."""
    from intacct_ql.gateway.endpoint import check_endpoint, host_of

    if not url:
        return
    try:
        check_endpoint(url, (host_of(url),))
    except errors.ConfigError as wrong:
        raise click.BadParameter(f"{wrong}.", param_hint="--endpoint") from None
    try:
        check_endpoint(url)
    except errors.ConfigError:
        say(f"note: {host_of(url)} is not under intacct.com: commands need --trust-host {host_of(url)}")


def asks() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin is not None and sys.stdin.isatty()


def file_name() -> str:
    """The profile file, as people may look for it."""
    from intacct_ql.profiles import file

    return str(file.locate())

"""``doctor``: why a company cannot be asked.

In: a company. Out: a line a step, or JSON. Refuses to know: how a step looks.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import sys
from typing import TYPE_CHECKING, Any

import click

from intacct_ql.cli import company, completing, inputs
from intacct_ql.cli.outputs import put
from intacct_ql.cli.program import Exit, json_text, on_terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from intacct_ql.diagnosing.case import Case
    from intacct_ql.diagnosing.finding import Finding


@click.command(
    epilog="""\b
Examples:
  intacct-ql doctor --demo
  intacct-ql doctor --profile acme --object SODOCUMENT --object PROJECT
  intacct-ql doctor --demo --output json"""
)
@company.access
@click.option(
    "--object",
    "objects",
    multiple=True,
    metavar="OBJECT",
    shell_complete=completing.objects,
    help="An object that has to be readable.  [default: some of each application are tried]",
)
@click.option("--timeout", type=click.FloatRange(min=0.1), metavar="S", help="Seconds to wait.  [default: 30]")
@inputs.text_or_json
def doctor(objects: tuple[str, ...], timeout: float | None, output: str, **given: Any) -> None:
    """Try step by step whether a company can be asked, and say what to do where it cannot.

    It looks at the settings, the network and the gateway, says which of the two pairs of credentials is wrong, whether
    Web Services is there for the company and the sender, which zone and formats the user has, and what can be read. It
    signs in once, asks for a row of some objects (about 18 metered calls in all) and changes nothing.

    Exit status 3 when a step fails up to the sign-in, 4 when an object that was named cannot be read.
    """
    from intacct_ql.diagnosing.course import examine

    access = company.Access.taken_from(given)
    findings = examine(_case(access, objects, timeout))
    made = _print(findings) if output == "text" else list(findings)
    failed = [one for one in made if one.state == "failed"]
    if output == "json":
        put(json_text({"ok": not failed, "steps": [one.to_dict() for one in made]}))
    if failed:
        click.get_current_context().exit(Exit.REFUSED if failed[0].refused else Exit.ACCESS)


def _case(access: company.Access, objects: tuple[str, ...], timeout: float | None) -> "Case":
    from intacct_ql import connecting
    from intacct_ql.diagnosing.case import TIMEOUT, Case
    from intacct_ql.profiles import Settings
    from intacct_ql.transport.base import Transport
    from intacct_ql.transport.http import HttpTransport

    seconds = timeout or TIMEOUT

    def find() -> Settings:
        found = access.settings()
        if found is not None:
            return found
        case.embedded = True
        nothing = "there is no profile and there are no credentials; intacct-ql profile add NAME makes a profile"
        return Settings(
            **connecting.DEMO,
            endpoint_url=connecting.DEMO_ENDPOINT,
            source="the demo company",
            warning="" if access.demo else nothing,
        )

    def transport() -> Transport:
        return connecting.demo_transport() if case.embedded else HttpTransport(timeout=seconds)

    case = Case(find=find, transport=transport, trusted_hosts=access.trust_host, timeout=seconds, wanted=objects)
    return case


_MARKS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failed": ("✗", "red"), "skipped": ("–", "dim")}
_WIDTH = 13
"""Columns of the longest step."""

_ASCII = str.maketrans({"✓": "+", "✗": "x", "–": "-", "→": "->"})
"""What stands for the signs where a terminal has none."""


def _print(findings: "Iterable[Finding]") -> "list[Finding]":
    """Each finding as it is made, what to do beneath it."""
    from intacct_ql.encoders.cells import visible

    show = _drawn if on_terminal() else _plain
    made = []
    for one in findings:
        made.append(one)
        show(one, visible("\n".join([one.words, *(f"→ {advice}" for advice in one.advice)]), lines=True))
    return made


def _plain(one: "Finding", text: str) -> None:
    head = f"{_MARKS[one.state][0]} {one.step:{_WIDTH}} "
    click.echo(head + text.replace("\n", "\n" + " " * len(head)))


def _drawn(one: "Finding", text: str) -> None:
    """In colour, words that are too long on their own side."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    row = Table.grid(padding=(0, 1, 0, 0))
    row.add_column(no_wrap=True)
    row.add_column(no_wrap=True, min_width=_WIDTH)
    row.add_column(overflow="fold")
    mark, style = _MARKS[one.state]
    if not (sys.stdout.encoding or "").lower().startswith("utf"):
        mark, text = mark.translate(_ASCII), text.translate(_ASCII)
    row.add_row(Text(mark, style), Text(one.step, "bold"), Text(text))
    Console(file=sys.stdout, highlight=False).print(row)

"""``emulate``: the emulator on a port.

In: an address, a company, faults. Out: one line on standard output when it answers, a line a request on standard error.
Refuses to know: what it answers.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import click

from intacct_ql import errors
from intacct_ql.cli.inputs import COUNT
from intacct_ql.cli.program import say

if TYPE_CHECKING:
    from intacct_ql.emulator import Gateway
    from intacct_ql.emulator.ledger import Arrival

_LONGEST = 60
_LARGE = 10
"""From this scale on rows are made before anybody asks: that takes longer than a client waits for its first page."""


@click.command(
    epilog="""\b
Faults, each with :2% (a chance), @call=7, @call=7+ (from the seventh on) or @30s (once):
  429 500 502 503 504 524   that HTTP status, 429 with Retry-After
  html doctype              a firewall's page; XML with an entity
  busy offline later dl     every function fails, and would not a little later
  expire                    every session ends
  short miscount            a page of half the rows; a page that lacks a row it counts
  cut drop                  half a reply; none
  dribble hang              a reply in small pieces; none after a long silence
Settings:
  slow=300ms retry-after=3s dribble=1s hang=5s
  at-most=4                 more requests at a time are answered 429
  per-minute=60             more requests in a minute are answered 429
  seed=7                    of the chances

\b
The company in PATH, a folder or a SQLite database:
  CUSTOMER.csv              an object; its first line names the fields
  CUSTOMER.json             the same as a list of objects
  CUSTOMER.lookup.xml       a saved lookup reply: custom objects and fields
Cells are written as the gateway writes them, or dates as 2026-10-31; an empty
one is null. In a database each table is an object; its lookup replies lie
beside it.

\b
A browser finds the faults, the counts and a reset under /control.

\b
Example:
  intacct-ql emulate --port 8000 --faults "429:2%,expire@30s,per-minute=60,seed=7"
  intacct-ql emulate --data company/ --log"""
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, show_default=True, help="0 takes a free port.")
@click.option("--scale", type=COUNT, help="Multiplies the demo company's transactions.  [default: 1]")
@click.option("--seed", type=int, help="Repeats one run's data and ids.")
@click.option("--strict", is_flag=True, help="Refuse whatever the schema refuses, habits of real clients too.")
@click.option("--faults", metavar="SPEC", help="Faults to play, such as 503@call=7; listed below.")
@click.option("--data", type=click.Path(exists=True), metavar="PATH", help="The company to be; described below.")
@click.option("--extend", is_flag=True, help="Put --data on top of the demo company; no key may be in both.")
@click.option(
    "--load/--no-load",
    default=None,
    help=f"Make all rows first, not an object's when it is first asked for.  [default: from --scale {_LARGE} on]",
)
@click.option(
    "--keep",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Make the demo company in this file once, and open it from there: a large one is ready at once.",
)
@click.option("--log/--no-log", default=None, help="A line for each request.  [default: on a terminal]")
def emulate(
    host: str,
    port: int,
    scale: int | None,
    seed: int | None,
    faults: str | None,
    data: str | None,
    extend: bool,
    strict: bool,
    load: bool | None,
    keep: str | None,
    log: bool | None,
) -> None:
    """Answer as an Intacct gateway, until Ctrl-C: with the demo company or yours. Prints one line when ready."""
    from intacct_ql.emulator import serve

    if extend and data is None:
        raise click.UsageError("--extend needs --data: what to put on top of the demo company.")
    if scale is not None and data is not None and not extend:
        raise click.UsageError("--scale multiplies the demo company: with --data it needs --extend.")
    if keep is not None and (data is not None or load is not None):
        raise click.UsageError(
            "--keep is for the demo company alone, and has all rows: no --data, --load or --no-load."
        )
    if data is None:
        gateway = _demo(scale or 1, seed, strict=strict, keep=keep)
    else:
        gateway = _company(data, extend=extend, scale=scale or 1, seed=seed, strict=strict)
    try:
        gateway.faults = faults
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--faults") from None
    if load or (load is None and keep is None and (scale or 1) >= _LARGE):
        say("making the rows ...")
        gateway.store.load()
    if log or (log is None and _on_terminal()):
        gateway.ledger.on_answer = _say

    def ready(url: str) -> None:
        click.echo(f"{url}  (sender, company, user and both passwords: demo)")
        if _on_terminal():  # not on standard output: tools read one line there
            say(f"Faults, counts and reset: {urljoin(url, '/control')}")

    try:
        serve(gateway, host=host, port=port, on_ready=ready)
    except OSError as refused:
        raise errors.TransportError(f"cannot listen on {host} port {port}: {refused.strerror or refused}") from None
    except KeyboardInterrupt:
        return


def _on_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _demo(scale: int, seed: int | None, *, strict: bool, keep: str | None) -> "Gateway":
    from intacct_ql.emulator import demo

    if keep is None:
        return demo(scale=scale, seed=seed, strict=strict)

    def tell(name: str) -> None:
        if _on_terminal():
            say(f"making {name} ...")

    if not Path(keep).exists():
        say(f"making the demo company of scale {scale} in {keep}, once ...")
    try:
        return demo(scale=scale, seed=seed, strict=strict, keep=keep, on_object=tell)
    except ValueError as wrong:
        raise click.BadParameter(f"{wrong}.", param_hint="--keep") from None
    except OSError as refused:
        words = f"{refused.filename or keep}: {refused.strerror or refused}."
        raise click.BadParameter(words, param_hint="--keep") from None


def _company(data: str, *, extend: bool, scale: int, seed: int | None, strict: bool) -> "Gateway":
    from intacct_ql.emulator import company

    try:
        return company(data, extend=extend, scale=scale, seed=seed, strict=strict)
    except ValueError as wrong:
        from intacct_ql.encoders.cells import visible

        raise click.BadParameter(f"\n{visible(str(wrong), lines=True)}", param_hint="--data") from None
    except OSError as unreadable:
        words = f"{unreadable.filename or data} cannot be read: {unreadable.strerror or unreadable}."
        raise click.BadParameter(words, param_hint="--data") from None


def _say(arrival: "Arrival") -> None:
    with suppress(OSError, ValueError):  # nobody reads it any more: that is no reason to answer nobody
        say(_line(arrival))


def _line(arrival: "Arrival") -> str:
    """One request: when, what and how many more, the rows or the refusal, what came of it, how long it took."""
    from intacct_ql.encoders.cells import visible

    asked = visible(" ".join(filter(None, (arrival.function or "-", arrival.object)))[:_LONGEST])
    more = f" +{arrival.functions - 1:,}" if arrival.functions > 1 else ""
    refused = f"refused {visible(arrival.error[:_LONGEST])}" if arrival.error else ""
    rows = "" if refused and not arrival.rows else f"{arrival.rows:,} rows"
    given = ", ".join(filter(None, (rows, refused)))
    end = " ".join(dict.fromkeys(filter(None, (str(arrival.status), arrival.fault))))
    clock = datetime.fromtimestamp(arrival.at).astimezone().strftime("%H:%M:%S")
    return f"{clock}  {asked}{more}  {given}  {end}  {arrival.seconds * 1000:,.0f} ms"

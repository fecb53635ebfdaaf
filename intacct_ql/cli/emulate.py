"""``emulate``: the emulator on a port.

In: an address, a size, faults. Out: one line on standard output when it answers. Refuses to know: what it answers.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import click

from intacct_ql import errors
from intacct_ql.cli.inputs import COUNT


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
Example:
  intacct-ql emulate --port 8000 --faults "429:2%,expire@30s,per-minute=60,seed=7" """
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, show_default=True, help="0 takes a free port.")
@click.option("--scale", type=COUNT, default=1, show_default=True, help="Multiplies the company's transactions.")
@click.option("--seed", type=int, help="Repeats one run's data and ids.")
@click.option("--strict", is_flag=True, help="Refuse whatever the schema refuses, habits of real clients too.")
@click.option("--faults", metavar="SPEC", help="Faults to play, such as 503@call=7; listed below.")
def emulate(host: str, port: int, scale: int, seed: int | None, strict: bool, faults: str | None) -> None:
    """Answer as an Intacct gateway with the demo company, until Ctrl-C. Prints one line when ready."""
    from intacct_ql.emulator import demo, serve

    try:
        gateway = demo(scale=scale, seed=seed, faults=faults, strict=strict)
    except ValueError as wrong:
        raise click.BadParameter(str(wrong), param_hint="--faults") from None

    def ready(url: str) -> None:
        click.echo(f"{url}  (sender, company, user and both passwords: demo)")

    try:
        serve(gateway, host=host, port=port, on_ready=ready)
    except OSError as refused:
        raise errors.TransportError(f"cannot listen on {host} port {port}: {refused.strerror or refused}") from None
    except KeyboardInterrupt:
        return

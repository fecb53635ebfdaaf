"""``emulate``: the emulator on a port.

In: an address, a size, faults. Out: one line on standard output when it answers. Refuses to know: what it answers.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import click

from intacct_ql import errors
from intacct_ql.cli.inputs import COUNT


@click.command(
    epilog="""\b
Example:
  intacct-ql emulate --port 8000 --faults "429:2%,expire@30s" """
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, show_default=True, help="0 takes a free port.")
@click.option("--scale", type=COUNT, default=1, show_default=True, help="Multiplies the company's transactions.")
@click.option("--seed", type=int, help="Repeats one run's data and ids.")
@click.option("--faults", metavar="SPEC", help="Faults to play, such as 503@call=7 or slow=300ms.")
def emulate(host: str, port: int, scale: int, seed: int | None, faults: str | None) -> None:
    """Answer as an Intacct gateway with the demo company, until Ctrl-C. Prints one line when ready."""
    from intacct_ql.emulator import demo, serve

    try:
        gateway = demo(scale=scale, seed=seed, faults=faults)
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

"""``shell``: queries typed at a prompt, or piped in.

In: options, and whatever is typed or piped. Out: rows on standard output, everything else on standard error. Refuses to
know: how the shell works; it gives it a company and ways to speak and write.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from intacct_ql.cli import company, forms, inputs, known
from intacct_ql.cli.program import TRACEBACK, Source, say, status, words

if TYPE_CHECKING:
    from intacct_ql.shell.outside import Company, Outside
    from intacct_ql.shell.state import Shell

DEMO = "demo"


@click.command(
    epilog="""\b
Examples:
  intacct-ql shell --demo
  echo "select CUSTOMERID, NAME from CUSTOMER limit 5;" | intacct-ql shell --demo --output csv"""
)
@click.option(
    "--output", type=click.Choice(forms.FORMATS), default="table", help="The format of rows.", show_default=True
)
@click.option("--keep-going", is_flag=True, help="In a script, go on behind what fails; the exit status tells of it.")
@company.access
@known.options
@inputs.param
@inputs.quiet
def shell(output: str, keep_going: bool, params: Any, quiet: bool, **given: Any) -> None:
    """Ask query after query: typed, with completion, or piped in.

    A query ends with a semicolon. Commands begin with a dot: .help lists them. Where standard input is no terminal, it
    is read as a script, which ends at the first failure.
    """
    from intacct_ql.shell.state import Shell

    access, names = company.Access.taken_from(given), known.Known.taken_from(given)
    interactive = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
    outside = _outside(access, names, quiet=quiet or interactive)
    made = Shell(
        outside=outside,
        company=outside.company(None),
        interactive=interactive,
        keep_going=keep_going,
        mode=output,
        timing=interactive and not quiet,
        params=dict(params if isinstance(params, dict) else {str(at): one for at, one in enumerate(params or (), 1)}),
    )
    try:
        if interactive:
            _talk(made, quiet)
        else:
            from intacct_ql.shell.script import run_script, standard_input

            run_script(made, standard_input(), "standard input")
    finally:
        made.company.close()
    if made.first_failure is not None and not interactive:
        click.get_current_context().exit(status(made.first_failure))


def _talk(shell: "Shell", quiet: bool) -> None:
    from intacct_ql.shell.early import early_prompt
    from intacct_ql.shell.wrapping import wrapped

    if not quiet:
        say(wrapped(f"{shell.company.told}. Queries end with ;  .help helps, Ctrl-D leaves.", shell.width))
    with early_prompt(shell.prompt):
        from intacct_ql.shell.terminal import prompting, run_terminal

        session = prompting(shell)
    run_terminal(shell, session)


def _outside(access: company.Access, names: known.Known, *, quiet: bool) -> "Outside":
    from intacct_ql.cli.outputs import destination, progress, stopped_softly
    from intacct_ql.shell.outside import Outside

    def summary(rows: int, stats: Any, seconds: float) -> str:
        from intacct_ql.cli.query import summary as summed

        return summed(rows, stats, seconds)

    return Outside(
        company=partial(_company, access, names, quiet),
        profiles=_profiles,
        say=say,
        words=lambda failure, name: words(failure, Source(text="", name=name)),
        destination=destination,
        progress=progress,
        stopped_softly=stopped_softly,
        summary=summary,
        tracebacks=bool(os.environ.get(TRACEBACK)),
    )


def _company(access: company.Access, names: known.Known, quiet: bool, profile: str | None) -> "Company":
    """The company of a profile; without one, that of the options."""
    from intacct_ql.shell.outside import Company

    if profile is not None:
        demo = profile == DEMO and profile not in _profiles()
        access = access._replace(profile=None if demo else profile, demo=demo, endpoint=None, entity=None)
    settings = access.settings(secrets=False)
    name, told = DEMO, "The demo company answers"
    if settings is not None:
        name = f"{settings.company_id}/{settings.entity_id}" if settings.entity_id else settings.company_id
        told = f"Company {name}, user {settings.user_id} ({settings.source})"
    # one request at a time: no page is asked for before somebody wants to see it
    pace = company.Pace(connections=1, calls_per_minute=None, rate_file=None)
    return Company(
        name,
        told,
        catalog=partial(names.of, access),
        formatting=lambda: names.of_user(access).formatting,
        opening=partial(company.session, access, quiet=quiet, pace=pace, known=names),
        embedded=settings is None,
    )


def _profiles() -> tuple[str, ...]:
    """The names of the profiles; none where the file cannot be read."""
    from intacct_ql.errors import ConfigError
    from intacct_ql.profiles import file

    try:
        return tuple(file.read(file.locate()) or {})
    except ConfigError:
        return ()

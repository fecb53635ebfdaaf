"""How a command ends: words on standard error and an exit status.

In: whatever a command raises. Out: a message without a traceback, and a status. Refuses to know: the commands.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from enum import IntEnum
from importlib import import_module
from io import TextIOWrapper
from typing import Any, NamedTuple

import click

from intacct_ql import errors

TRACEBACK = "INTACCT_QL_TRACEBACK"
"""The environment variable that shows tracebacks, for those who mend this program."""

NAME = "intacct-ql"
"""What the program is called."""

COMPLETE = "_INTACCT_QL_COMPLETE"
"""The variable by which a shell asks what may be completed, by whatever name the program is run."""

SOURCE = "intacct_ql.source"
"""Where a command's context keeps the query it was given."""

NO_CREDENTIALS = "note: there is no profile and there are no credentials"


class Exit(IntEnum):
    """The exit statuses."""

    OK = 0
    QUERY = 1
    USAGE = 2
    ACCESS = 3
    REFUSED = 4
    BUDGET = 5
    FAILED = 70
    INTERRUPTED = 130


_EXITS: tuple[tuple[type[BaseException], Exit], ...] = (  # the first that fits
    (errors.SignInError, Exit.ACCESS),
    (errors.TransportError, Exit.ACCESS),
    (errors.ConfigError, Exit.ACCESS),
    (errors.GatewayError, Exit.REFUSED),
    (errors.Stopped, Exit.INTERRUPTED),
    (errors.BudgetExceeded, Exit.BUDGET),
    (errors.RequestError, Exit.FAILED),
    (errors.Error, Exit.QUERY),
    (KeyboardInterrupt, Exit.INTERRUPTED),
    (BaseException, Exit.FAILED),
)


class Source(NamedTuple):
    """Query text and what to call it in a message; a script may hold several queries."""

    text: str
    name: str
    script: bool = False


ALLOCATOR = {"MIMALLOC_PURGE_DELAY": "10"}
"""Settings that pyarrow's allocator reads when it is loaded. What is freed goes back to the system after as many
milliseconds: by its own measure a long pull into Parquet holds half as much again."""


class Program(click.Group):
    """The group of commands: imports the one that is named, turns every failure into a message and an exit status."""

    def __init__(self, *, places: Mapping[str, str], **settings: Any) -> None:
        super().__init__(**settings)
        self._places = places

    def main(self, *given: Any, **settings: Any) -> Any:
        """Run the program, or tell a shell what may be completed."""
        for name, setting in ALLOCATOR.items():
            os.environ.setdefault(name, setting)
        if COMPLETE in os.environ:
            from intacct_ql.cli.shells import register

            register()
        return super().main(*given, **{"complete_var": COMPLETE, **settings})

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        """The names, in the order of the table."""
        return list(self._places)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """The command of a name; None where there is none."""
        place = self._places.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command: click.Command = getattr(import_module(f"intacct_ql.cli.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that was named; where there is none of the name, words on which might be meant."""
        name = args[0]
        if name[:1].isalpha() and not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            from intacct_ql.suggest import nearest

            if name.split()[0].lower() == "select":
                ctx.fail(f'A query follows a command: {NAME} query "select ...".')
            near = [f" Did you mean '{one}'?" for one in nearest(name, self._places, 1)]
            ctx.fail(f"No such command {name!r}.{''.join(near)}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        _speak_utf8()
        try:
            done = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            _leave_the_pipe()
            ctx.exit(Exit.OK)
        except (Exception, KeyboardInterrupt) as failure:
            if os.environ.get(TRACEBACK):
                raise
            say(words(failure, ctx.meta.get(SOURCE)))
            ctx.exit(status(failure))
        return done


def _speak_utf8() -> None:
    """Data is UTF-8 with its own line ends, whatever the system's taste; a terminal gets what it can show.

    What is no text, in the name of a file or in an argument, is spelled out.
    """
    if isinstance(sys.stdout, TextIOWrapper):
        if sys.stdout.isatty():
            sys.stdout.reconfigure(errors="backslashreplace")
        else:
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")


def on_terminal() -> bool:
    """Whether somebody looks at standard output."""
    return sys.stdout is not None and sys.stdout.isatty()


def status(failure: BaseException) -> Exit:
    """The exit status that a failure asks for."""
    return next(status for kind, status in _EXITS if isinstance(failure, kind))


def words(failure: BaseException, source: Source | None) -> str:
    """What is said about a failure."""
    if isinstance(failure, errors.QueryError):
        return errors.draw_all(failure.diagnostics, failure.text, source.name if source else "query")
    if isinstance(failure, errors.BudgetExceeded):
        by = f"stopped by --{failure.limit.replace('_', '-')} {failure.allowed:g}"
        if isinstance(failure, errors.Stopped):
            by = "interrupted"
        kept = "what was read is kept"
        if failure.held:
            kept = f"{failure.held:,} of them are not shown, because grouping or ordering them here needs every row"
        return f"{by} after {failure.rows:,} rows; {kept}"
    if isinstance(failure, errors.Error):
        return f"error: {failure}"
    if isinstance(failure, KeyboardInterrupt):
        return "interrupted"
    if isinstance(failure, OSError):
        named = "" if failure.filename is None else f"{failure.filename}: "
        return f"error: {named}{failure.strerror or failure}"
    place = failure.__traceback__  # the message itself might quote a secret
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = "an unknown place"
    if place is not None:
        where = f"{os.path.basename(place.tb_frame.f_code.co_filename)} line {place.tb_lineno}"
    return f"internal error: {type(failure).__name__} in {where}; {TRACEBACK}=1 shows more"


def _leave_the_pipe() -> None:
    """Nobody reads any more; the interpreter must not find out again when it flushes at the end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(words: str) -> None:
    """Put words on standard error."""
    from intacct_ql.encoders.cells import visible

    with suppress(OSError):  # nobody listens, or what listens is full: that is no reason to fail
        click.echo(visible(words, lines=True), err=True)


_PLURALS = {"retry": "retries", "call for settings": "calls for settings"}


def counted(count: int, word: str) -> str:
    """So many of something."""
    return f"{count:,} {word if count == 1 else _PLURALS.get(word, word + 's')}"


def json_text(record: object) -> str:
    """Plain types as JSON for tools."""
    import json

    return json.dumps(record, indent=2, ensure_ascii=False, default=str)

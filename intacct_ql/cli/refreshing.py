"""``schema refresh`` and ``schema export``: a company is asked what it has, and what it said goes into a file.

In: names of objects. Out: what changed, as a diff or JSON; the exported catalog. Refuses to know: what is asked
and how.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from intacct_ql import errors
from intacct_ql.cli import company, inputs
from intacct_ql.cli.outputs import put
from intacct_ql.cli.program import Exit, json_text, say

if TYPE_CHECKING:
    from intacct_ql.discovery.refresh import OnProgress, Refreshed


@click.command(
    epilog="""\b
Examples:
  intacct-ql schema refresh
  intacct-ql schema refresh --profile acme CUSTOMER rental_property"""
)
@click.argument("objects", nargs=-1, metavar="[OBJECT]...")
@inputs.text_or_json
@company.access
@company.pace
@inputs.quiet
def refresh(objects: tuple[str, ...], output: str, quiet: bool, **given: Any) -> None:
    """Ask the company what it has, keep that, and print what changed.

    All objects, or some: each is one call. Added is +, removed -, changed ~. Whoever may not look an object up is told
    so; the others are looked up all the same.
    """
    access, pace = company.Access.taken_from(given), company.Pace.taken_from(given)
    if access.settings(secrets=False) is None:
        raise errors.ConfigError(
            "the demo company is the one that ships with this program: there is nothing to refresh"
            "\n  hint: name a company by --profile or --endpoint"
        )
    with company.session(access, quiet=quiet, pace=pace) as session:
        damaged = session.snapshot is not None and session.snapshot.is_damaged()
        if damaged and session.snapshot is not None:
            say(f"note: the snapshot {session.snapshot.file} is damaged, and is made anew")
        try:
            with _progress(quiet=quiet) as on_progress:
                found = session.refresh(*objects, on_progress=on_progress)
        except KeyboardInterrupt:
            say("note: what was looked up until now is kept")
            raise
    if output == "json":
        put(json_text(found.to_dict()))
    else:
        for change in found.changes:
            put(_visible(str(change)))
        for name, words in found.refused.items():
            say(f"note: {name} may not be looked up: {words}")
    if not quiet:
        say(_summary(found))
    if objects and not found.objects:
        click.get_current_context().exit(Exit.REFUSED)


@click.command(
    epilog="""\b
Example:
  intacct-ql schema export --profile acme acme.json"""
)
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(dir_okay=False, allow_dash=True))
@company.whose
def export(file: str | None, **given: Any) -> None:
    """Write what the company said into a file that --catalog takes; to standard output without FILE.

    The file is JSON, an object a line, without times and secrets: fit to be kept under version control.
    """
    from intacct_ql.cli.outputs import destination
    from intacct_ql.discovery.kept import snapshot_of
    from intacct_ql.discovery.shelf import exported

    settings = company.Access.taken_from(given).settings(secrets=False)
    kept = None if settings is None else snapshot_of(settings)
    if kept is None or not kept.entries():
        raise errors.ConfigError(
            "no company was looked up: there is nothing to export\n  hint: intacct-ql schema refresh"
        )
    text = exported(kept)
    with destination(None if file == "-" else file) as stream:
        stream.write(text)


@contextmanager
def _progress(*, quiet: bool) -> "Iterator[OnProgress | None]":
    """A line that tells how far it is, on a terminal."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("objects looked up, {task.fields[calls]} calls"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, calls=0)
        yield lambda now: bar.update(task, completed=now.done, total=now.total, calls=now.calls)


def _summary(found: "Refreshed") -> str:
    counts = (
        (len(found.objects), "object", "objects", "looked up"),
        (len(found.new), "of them for the first time", "of them for the first time", ""),
        (len(found.changes), "change", "changes", ""),
        (len(found.refused), "object refused", "objects refused", ""),
        (found.calls, "call", "calls", ""),
    )
    words = [f"{count:,} {one if count == 1 else many} {rest}".rstrip() for count, one, many, rest in counts if count]
    return ", ".join(words)


def _visible(words: str) -> str:
    from intacct_ql.encoders.cells import visible

    return visible(words)

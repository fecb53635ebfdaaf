"""A file of rows that a run can be stopped over, and gone on with: ``--resume``.

In: a result's pages, the file they go to, and the file that says how far it has come. Out: both, in step at every page.
Refuses to know: how a run goes on; it keeps the token.

After each page the rows are forced to the disk, and only then does the state say so: how many bytes of the file hold,
and the token behind them. Whatever the file has beyond that, when a run begins again, was written by one that died: it
is cut off. So a run may be killed at any moment, and the file has every row once in the end.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TextIO

import click

from intacct_ql.cli.forms import Form
from intacct_ql.cli.outputs import naming
from intacct_ql.encoders import Written, first_here
from intacct_ql.errors import BudgetExceeded, ConfigError
from intacct_ql.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far a run has come: ``size`` bytes of the file at ``out`` hold ``rows`` rows, and ``token`` goes on.

    No token: it has come to its end.
    """

    out: str
    form: str
    size: int
    rows: int
    token: str | None


def read_state(path: Path, out: Path, form: str) -> State | None:
    """The state of the run that wrote ``out``; None where there is none yet. Raises ``ConfigError`` for another's."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        state = State(**record)
        size, rows = int(state.size), int(state.rows)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        raise ConfigError(f"{path} is not the state of a run; name another file, or remove it") from None
    if (state.out, state.form) != (str(out), form):
        raise ConfigError(f"{path} belongs to a run that writes {state.form} to {state.out}")
    if size > (out.stat().st_size if out.exists() else 0):
        raise ConfigError(f"{out} has lost rows that {path} tells of ({rows:,}); remove {path} to begin again")
    return state


def write_state(path: Path, state: State) -> None:
    """Keep the state, whole or not at all."""
    keep(path, asdict(state))


def keep(path: Path, record: object) -> None:
    """Keep plain types as JSON, whole or not at all, and only for the eyes of their owner."""
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    with open(part, "x", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600)) as stream:
        json.dump(record, stream)
        force(stream)
    part.replace(path)


@contextmanager
def opened(result: Result, out: Path, state: State | None) -> Iterator[TextIO]:
    """The file of rows, cut off behind those that count, to be written on.

    Raises ``ConfigError`` where the result could not be gone on with: its state would look like that of a whole one.
    """
    if result.resume is None:
        raise ConfigError(
            "this query cannot be gone on with, because its rows are sorted or grouped here, come in one page, or are "
            "kept by the gateway: run it without --resume"
        )
    with at_end(out, None if state is None else state.size) as stream:
        yield stream


@contextmanager
def at_end(out: Path, size: int | None) -> Iterator[TextIO]:
    """A file cut off behind its first ``size`` bytes, to be written on; None makes it anew."""
    try:
        stream = out.open("r+" if size is not None else "w", encoding="utf-8", newline="")
    except OSError as refused:
        raise click.UsageError(f"{out} cannot be written: {refused.strerror}.") from None
    with naming(out), stream:
        if size is not None:
            stream.truncate(size)
            stream.seek(0, os.SEEK_END)
        yield stream


def write(result: Result, stream: TextIO, path: Path, begun: State | None, *, out: Path, form: Form) -> Written:
    """Write what is left of a run, page by page, with its state; give how many rows were written now.

    Raises what the run raises; a budget that stops it leaves a state to go on from.
    """
    written = 0
    before = 0 if begun is None else begun.rows

    def keep(token: str | None) -> None:
        size = force(stream)
        write_state(path, State(out=str(out), form=form.name, size=size, rows=before + written, token=token))

    try:
        try:
            pages = first_here(result.pages())  # the columns are final with it
        finally:
            if begun is None:
                form.write(result.columns, (), stream)
        for page in pages:
            written += form.write_behind(result.columns, (page,), stream).rows
            del page  # the next one is read before it would be let go
            keep(result.resume)
    except BudgetExceeded as stopped:
        keep(stopped.resume)
        raise
    keep(None)
    return Written(written)


def force(stream: TextIO) -> int:
    """Force what was written to the disk; the size of the file."""
    stream.flush()
    os.fsync(stream.fileno())
    return os.fstat(stream.fileno()).st_size

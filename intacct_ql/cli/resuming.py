"""A file of rows that a run can be stopped over, and gone on with: ``--resume``.

In: a result's pages, the file they go to, and the state that says how far it has come. Out: both, in step at every
page. Refuses to know: how a run goes on; it keeps the token.

After each page the rows are forced to the disk, and only then does the state say so: how many bytes of the file hold,
and the token behind them. Whatever the file has beyond that, when a run begins again, was written by one that died: it
is cut off. Before there is anything in the file a state says so, and that the file is this run's. So a run may be
killed at any moment, and the file has every row once in the end; a file that no state tells of is left alone.

A state of columns without a token says that the file has all rows, and nothing but the end of the rows makes one:
where a run stops and nobody knows how to go on, the state stays what it was.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from intacct_ql.cli.appending import Rows
from intacct_ql.cli.forms import Form, appendable
from intacct_ql.cli.held import Extent, check_left
from intacct_ql.cli.resume_state import State, write_state
from intacct_ql.encoders import Written, first_here
from intacct_ql.errors import BudgetExceeded, ConfigError
from intacct_ql.executor.resume import check_resumable, is_blind
from intacct_ql.planner.steps import Plan
from intacct_ql.result import Result, ResultColumn, unique_names


def check_resume(form: Form, *, queries: int, all_entities: bool) -> None:
    """Raise ``UsageError`` where ``--resume`` cannot be given."""
    if form.out is None or form.format.behind is None:
        raise click.UsageError(f"--resume needs -o FILE, in {appendable()}: rows are added to it.")
    if queries > 1:
        raise click.UsageError("--resume is for one query.")
    if all_entities:
        raise click.UsageError("--resume is for one entity: not with --all-entities.")


def check_goes_on(result: Result, plan: Plan, begun: State | None, form: Form) -> None:
    """Raise ``ConfigError`` where a result could not be gone on with, or its rows cannot stand behind those before.

    Columns may be left out when the gateway is asked, and be added never. Raises ``Error`` where two share a name and
    must not.
    """
    if form.format.by_name:
        unique_names(result.columns)
    try:
        check_resumable(plan)
    except ConfigError:
        raise ConfigError(
            "this query cannot be gone on with, because its rows are sorted or grouped here, come in one page, or are "
            "kept by the gateway: run it without --resume"
        ) from None
    if is_blind(plan):
        raise ConfigError(
            "this query cannot be gone on with, because its OFFSET passes over rows in an order that is not the key's: "
            "leave OFFSET out, or run it without --resume"
        )
    names = iter(_names(result.columns))
    if begun is not None and not all(name in names for name in begun.columns):
        raise begun.of_other_columns(_names(result.columns))


def write(result: Result, rows: Rows, path: Path, fresh: State, begun: State | None, form: Form) -> Written:
    """Write what is left of a run, page by page, with its state; give how many rows were written now.

    Raises what the run raises; a budget that stops it leaves a state to go on from, and one that stops it before the
    first page leaves everything as it was. Raises ``ConfigError`` before anything is asked where a run that begins
    finds a file that no state tells of.
    """
    came = 0
    state = fresh if begun is None else begun
    held = _held(path, begun)
    check_left(Path(fresh.out or ""), held)

    def kept(token: str | None) -> None:
        names = _names(result.columns)
        write_state(path, state.reaching(rows.force(), columns=names, rows=state.rows + came, token=token))

    def begin() -> Any:
        if begun is not None and _names(result.columns) != [*begun.columns]:
            raise begun.of_other_columns(_names(result.columns))
        stream = rows.behind(held)
        if begun is None:
            write_state(path, fresh.reaching(Extent()))
            form.write(result.columns, (), stream)
        return stream

    stream = None
    try:
        pages = first_here(result.pages())  # the columns are final with it
        stream = begin()
        for page in pages:
            came += form.write_behind(result.columns, (page,), stream).rows
            del page  # the next one is read before it would be let go
            if result.resume is not None:
                kept(result.resume)
    except BudgetExceeded as stopped:
        if stopped.resume is not None and result.stats.pages:
            stream = stream or begin()  # pages whose rows were all left out here
            kept(stopped.resume)
        raise
    kept(None)
    return Written(came)


def _names(columns: Sequence[ResultColumn]) -> list[str]:
    return [column.name for column in columns]


def _held(path: Path, begun: State | None) -> Extent | None:
    """How much of the file holds; nothing where a run that left a state had come to nothing, None without a state."""
    if begun is not None:
        return begun.extent
    return Extent() if path.exists() else None

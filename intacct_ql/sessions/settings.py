"""How a query is run, as the caller says it.

In: settings by their names. Out: the executor's ``Settings``, checked. Refuses to know: queries.
"""
# ruff: noqa: PLC0415 - a session that only checks imports nothing that runs

from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

from intacct_ql.bounds import is_count, is_duration
from intacct_ql.errors import ConfigError
from intacct_ql.prepared import check_counts
from intacct_ql.suggest import nearest

if TYPE_CHECKING:
    from intacct_ql.executor.settings import Settings, Wire
    from intacct_ql.gateway.messages import Pause
    from intacct_ql.result import Stats


class RunSettings(TypedDict, total=False):
    """How a query is run.

    ``max_calls``, ``max_rows``, ``max_bytes`` and ``max_seconds`` stop it: what was read is given, and then
    ``BudgetExceeded`` raised, which has a token to go on with. ``memory`` bounds, in bytes, what is sorted, grouped or
    made distinct here; 256 MB unless given. Beyond it rows wait in temporary files. ``ordered`` False gives rows as
    they come, where the query names no order. ``wire`` is the format of pages: xml, or json and csv, which are
    shorter and faster read; the first and the last come in xml all the same, which says how many rows are left.
    ``retries`` bounds how often a failure that passes is followed by another try; each kind has its own number.
    ``on_page`` is told of each page, ``on_retry`` of each pause, ``on_wait`` of each wait for the limit of calls a
    minute, in seconds; perhaps by another thread.
    """

    page_size: int | None
    max_calls: int | None
    max_rows: int | None
    max_bytes: int | None
    max_seconds: float | None
    memory: int | None
    ordered: bool
    wire: "Wire"
    retries: int | None
    on_page: "Callable[[Stats], None] | None"
    on_retry: "Callable[[Pause], None] | None"
    on_wait: "Callable[[float], None] | None"


def run_settings(
    *,
    page_size: int | None = None,
    max_calls: int | None = None,
    max_rows: int | None = None,
    max_bytes: int | None = None,
    max_seconds: float | None = None,
    memory: int | None = None,
    ordered: bool = True,
    wire: "Wire" = "xml",
    retries: int | None = None,
    on_page: "Callable[[Stats], None] | None" = None,
    on_retry: "Callable[[Pause], None] | None" = None,
    on_wait: "Callable[[float], None] | None" = None,
    **unknown: object,
) -> "Settings":
    """The settings of a run. Raises ``ConfigError`` for what cannot be, ``TypeError`` for names that are none."""
    from intacct_ql.executor.settings import Budget, Settings
    from intacct_ql.executor.spill import Storage
    from intacct_ql.gateway.patience import Patience

    for name in unknown:
        raise TypeError(f"a query has no setting {name}; {_might_be(name)}")
    check_counts(page_size)
    counts = {"max_calls": max_calls, "max_rows": max_rows, "max_bytes": max_bytes, "retries": retries}
    for name, count in counts.items():
        if count is not None and not is_count(count, 0):
            raise ConfigError(f"{name} is a whole number from 0 on, not {count!r}")
    if max_seconds is not None and not is_duration(max_seconds):
        raise ConfigError(f"max_seconds is a number of seconds, 0 or more, not {max_seconds!r}")
    if memory is not None and not is_count(memory, 1):
        raise ConfigError(f"memory for rows is a number of bytes, not {memory!r}")
    if wire not in ("xml", "json", "csv"):
        raise ConfigError(f"pages come in xml, json or csv, not in {wire}")
    return Settings(
        page_size=page_size,
        budget=Budget(calls=max_calls, rows=max_rows, bytes=max_bytes, seconds=max_seconds),
        storage=Storage() if memory is None else Storage(memory=memory),
        patience=Patience(tries=retries),
        ordered=ordered,
        wire=wire,
        on_page=on_page,
        on_retry=on_retry,
        on_wait=on_wait,
    )


def _might_be(name: str) -> str:
    near = nearest(name, RunSettings.__annotations__, most=1)
    return f"{near[0]} might be meant" if near else f"there are {', '.join(RunSettings.__annotations__)}"

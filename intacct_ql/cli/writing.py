"""The rows of a run, written in a form from the first to the last.

In: a result, a form, and what to write on. Out: the rows, and words on those that are not shown. Refuses to know: which
company was asked, and how a run goes on.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from intacct_ql import errors
from intacct_ql.cli.forms import Form

if TYPE_CHECKING:
    from intacct_ql.encoders import Page, Written
    from intacct_ql.result import Result, Stats


def write(result: "Result", form: Form, stream: Any, stopped: list[errors.BudgetExceeded], *, spill: bool) -> "Written":
    """Write the rows; a budget that stops them ends them well, and is put into ``stopped``.

    Raises what the run raises, and for a file the budget that stops it before there is a row. With ``spill`` rows that
    are not shown are read all the same.
    """
    pages = form.format.begin(result, stopped)
    if form.out is not None:
        pages = _some(pages, stopped)
    if form.format.most is None:
        return form.write(result.columns, pages, stream)
    held: list[Page] = []
    while sum(map(len, held)) <= form.format.most and (page := next(pages, None)) is not None:
        held.append(page)
    written = form.write(result.columns, held, stream)
    if sum(map(len, held)) <= form.format.most:
        return written
    if spill or (stream.isatty() and form.out is None):
        from intacct_ql.cli.spilling import spilled

        total = result.stats.total
        here = spill or (total is not None and result.stats.rows >= total)
        kept = spilled(result.columns, chain(held, pages if here else ()))
        return written._replace(notes=(_cut_short(written, result.stats, kept, whole=here and not stopped),))
    return written._replace(notes=(_cut_short(written, result.stats),))


def _some(pages: "Iterator[Page]", stopped: list[errors.BudgetExceeded]) -> "Iterator[Page]":
    """The same pages. Raises what stopped them before the first one: a file that is there is worth more than none."""
    first = list(islice(pages, 1))
    if stopped and not first:
        raise stopped[0]
    while first:
        yield first.pop()
    yield from pages


def _cut_short(written: "Written", stats: "Stats", kept: str = "", *, whole: bool = False) -> str:
    """What is said where a table does not show every row; ``kept`` says which file has more of them."""
    shown = f"these are the first {written.rows:,} rows{kept and f', and {kept}'}"
    if whole:
        return shown
    counted = f" (the gateway counts {stats.total:,})" if stats.total is not None else ""
    return f"{shown}; there are more{counted}: --spill, csv, jsonl and other formats give all"

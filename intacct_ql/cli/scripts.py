"""The queries a command is given: the one of a text argument, or those of a script in a file.

In: a ``Source`` and the values of its parameters. Out: what a stage makes of each query; mistakes and remarks at their
places in the whole source. Refuses to know: what a stage does with a query.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

import click

from intacct_ql import errors
from intacct_ql.cli import inputs
from intacct_ql.cli.program import Source

if TYPE_CHECKING:
    from intacct_ql.syntax.script import Entry

Made = TypeVar("Made")


def each(source: Source, params: Any, work: "Callable[[str, Any], Made]") -> "list[tuple[Entry | None, Made]]":
    """Every query with what ``work`` makes of it and of its share of the parameters.

    The mistakes of all queries of a script come together. The query of a text argument is no entry of a script.
    """
    if not source.script:
        return [(None, work(source.text, params))]
    from intacct_ql.syntax.script import each_query

    shares = iter(_shares(source, params))
    return [*each_query(source.text, lambda text: work(text, next(shares)))]


def remark(found: Sequence[errors.Diagnostic], entry: "Entry | None", source: Source, *, quiet: bool = False) -> None:
    """Say the warnings and notes about one query."""
    if found and entry is not None:
        from intacct_ql.syntax.script import placed

        found = placed(found, entry)
    inputs.remark(found, source, quiet=quiet)


def _shares(source: Source, params: Any) -> list[Any]:
    """The parameters of each query: named ones wherever they are named, the values of the ? marks in order."""
    from intacct_ql.syntax.parser import parse
    from intacct_ql.syntax.pieces import parameters
    from intacct_ql.syntax.script import entries

    texts = [entry.text for entry in entries(source.text)]
    if not params or len(texts) < 2:
        return [params] * max(1, len(texts))
    try:
        named = [parameters(text) for text in texts if parse(text)]
    except errors.QuerySyntaxError:  # which will be said
        return [params] * len(texts)
    if isinstance(params, Mapping):
        idle = set(params).difference(*named)
        if idle:
            raise click.UsageError(f"No query of {source.name} has a parameter :{min(idle)}.")
        return [{name: value for name, value in params.items() if name in here} or None for here in named]
    values = iter(params)
    shares = [list(islice(values, here.count("?"))) or None for here in named]
    if next(values, None) is not None:
        raise click.UsageError(f"The queries of {source.name} have fewer ? marks than values.")
    return shares

"""Requests with holes for values.

In: a fetch, the parameters that were asked for and the types of their values. Out: a ``Template``, where values of
those types go into the request and change nothing else. Refuses to know: query text, and which values.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from intacct_ql.backends.door import Door
from intacct_ql.binder import tree
from intacct_ql.binder.literals import number_text
from intacct_ql.errors import Diagnostic
from intacct_ql.planner.steps import Fetch
from intacct_ql.schema.types import DataType

_HOLE = re.compile("\ue000([0-9]+)\ue001")

Key = str | int
"""A parameter by name, or by number counted from 0."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Template:
    """A request with holes: ``pieces`` of text and, between them, which value goes in and how it is written."""

    pieces: tuple[str, ...]
    holes: tuple[tuple[Key, Callable[[Any], str]], ...]
    diagnostics: tuple[Diagnostic, ...]

    def fill(self, values: Any) -> str:
        """The request with these values. Raises ``ValueError`` for a value that XML cannot carry."""
        parts = list(self.pieces)
        for place, (key, write) in enumerate(self.holes):
            parts[2 * place + 1] = write(values[key])
        return "".join(parts)


def template(
    fetch: Fetch | None,
    through: Door,
    asked: tuple[Key, ...],
    kinds: Mapping[Key, type],
    render: Callable[[Fetch, Door], str],
    diagnostics: tuple[Diagnostic, ...] = (),
) -> Template | None:
    """The request with a hole for each value of these types, or None where one has shaped more than its own place."""
    if fetch is None or fetch.where is None or "\ue000" in render(fetch, through):
        return None
    holes: list[tuple[Key, Callable[[Any], str]]] = []
    holed = _with_holes(fetch.where, holes, kinds, through)
    if holed is None or sorted(map(str, asked)) != sorted(str(key) for key, _ in holes):
        return None
    pieces = _HOLE.split(render(replace(fetch, where=holed), through))
    order = [int(number) for number in pieces[1::2]]
    return Template(pieces=tuple(pieces), holes=tuple(holes[number] for number in order), diagnostics=diagnostics)


def _with_holes(
    predicate: tree.Predicate,
    holes: list[tuple[Key, Callable[[Any], str]]],
    kinds: Mapping[Key, type],
    through: Door,
) -> tree.Predicate | None:
    if isinstance(predicate, tree.And | tree.Or):
        parts = [_with_holes(part, holes, kinds, through) for part in predicate.conditions]
        return None if None in parts else replace(predicate, conditions=tuple(parts))  # type: ignore[arg-type]
    if not isinstance(predicate, tree.Compare) or predicate.value.slot is None:
        return predicate
    write = _writer(predicate.left, kinds[predicate.value.slot], through)
    if write is None:
        return None
    mark = f"\ue000{len(holes)}\ue001"
    holes.append((predicate.value.slot, write))
    return replace(predicate, value=tree.Value(data=mark, text=mark))


def _writer(left: tree.Expression, kind: type, through: Door) -> Callable[[Any], str] | None:
    """How a value of this type is written beside a field; None where its text needs more than writing."""
    literal = through.literal
    if literal is None or not isinstance(left, tree.Field) or not left.known or kind not in _OWN.get(left.type, ()):
        return None
    if kind is str:
        return None if left.values else through.escape
    if kind is int or kind is Decimal:
        return number_text
    if kind is datetime:
        return lambda value: literal(tree.Value(data=_whole_second(value), text=""), left)
    return lambda value: literal(tree.Value(data=value, text=""), left)


_OWN: Mapping[DataType, tuple[type, ...]] = {
    DataType.TEXT: (str,),
    DataType.INTEGER: (int,),
    DataType.DECIMAL: (Decimal,),
    DataType.CURRENCY: (Decimal,),
    DataType.PERCENT: (Decimal,),
    DataType.BOOLEAN: (bool,),
    DataType.DATE: (date,),
    DataType.TIMESTAMP: (datetime,),
}
"""The Python types whose values need no reading beside a field of the type."""


def _whole_second(value: datetime) -> datetime:
    if value.microsecond or value.tzinfo is not None:
        raise ValueError
    return value

"""A plan in words and as plain data: what is asked, what is done here and why, and what it costs.

In: a plan, the normalised text and the XML that others made of it. Out: an ``Explanation``. Refuses to know: how XML
is rendered and whether anything was ever sent.

    Query     SELECT CUSTOMERID FROM ARINVOICE WHERE TOTALDUE > TOTALPAID AND STATE = 'Posted' LIMIT 5
    Asked of  ARINVOICE, by query
    Columns   CUSTOMERID (TEXT)
    Gateway   fetch  CUSTOMERID; hidden: TOTALDUE, TOTALPAID, RECORDNO
              filter STATE = 'Posted'
              order  by RECORDNO
    Here      1. filter TOTALDUE > TOTALPAID
                 because the gateway compares a field with a value only, never with a field
              2. limit 5
                 because rows are counted after the steps before
              3. show CUSTOMERID
    Paging    keyset: each page asks for the rows behind the last RECORDNO
              2000 rows a page
    Calls     ceil(rows / 2000), at least 1, perhaps fewer, and one sign-in

What the gateway does is told with what paging adds to it: the hidden key and the order.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from intacct_ql.binder import tree
from intacct_ql.errors import Diagnostic, draw
from intacct_ql.planner.pages import is_grouped, paged
from intacct_ql.planner.predicates import operator
from intacct_ql.planner.steps import Distinct, Fetch, Filter, Key, Limit, Plan, Project, Sort, Step

_SHOWN = 8
"""Values of a list and columns of a row that are written out; of more, the rest is counted."""

_USUAL_PAGE = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that is done: ``what`` in one word, ``how``, and ``why`` where it could have been otherwise."""

    what: str
    how: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that can be said about a query before it runs. ``str()`` for people, ``to_dict()`` for programs."""

    source: str
    text: str
    target: str
    object: str | None
    columns: tuple[tuple[str, str], ...]
    gateway: tuple[Part, ...]
    local: tuple[Part, ...]
    paging: str
    paging_reason: str
    page_size: int
    calls: str
    xml: str | None
    diagnostics: tuple[Diagnostic, ...] = ()

    def __str__(self) -> str:
        return "\n".join(_page(self)).rstrip() + "\n"

    def to_dict(self) -> dict[str, Any]:
        """The record as plain JSON types; the XML as it is sent, without added line breaks."""
        return {
            "source": self.source,
            "query": self.text,
            "target": self.target,
            "object": self.object,
            "columns": [{"name": name, "type": kind} for name, kind in self.columns],
            "gateway": [_part(part) for part in self.gateway],
            "local": [_part(part) for part in self.local],
            "paging": {"method": self.paging, "reason": self.paging_reason, "page_size": self.page_size},
            "calls": self.calls,
            "xml": self.xml,
            "diagnostics": [found.to_dict() for found in self.diagnostics],
        }


def explain(
    plan: Plan,
    *,
    source: str,
    text: str,
    xml: str | None,
    diagnostics: Sequence[Diagnostic] = (),
    page_size: int | None = None,
) -> Explanation:
    """The explanation of a plan; ``source`` is the query as written, ``text`` the normalised one,
    ``xml`` the first request, if there is one.

    ``page_size`` is the caller's; it goes before that of the text, and that before the usual 2000.
    """
    asked = plan.fetch.options.page_size if plan.fetch is not None else None
    size = page_size or asked or _USUAL_PAGE
    return Explanation(
        source=source,
        text=text,
        target=plan.target,
        object=None if plan.fetch is None else plan.fetch.object,
        columns=tuple((column.name, column.expression.type.value) for column in plan.columns),
        gateway=() if plan.fetch is None else tuple(_asked(plan, paged(plan))),
        local=tuple(_done(step, plan) for step in plan.local),
        paging=plan.paging,
        paging_reason=plan.paging_reason,
        page_size=size,
        calls=_calls(plan, size),
        xml=xml or None,
        diagnostics=tuple(diagnostics),
    )


def describe(predicate: tree.Predicate) -> str:
    """A predicate as the language writes it; of a long list only the beginning."""
    if isinstance(predicate, tree.And | tree.Or):
        parts = []
        for condition in predicate.conditions:
            text = describe(condition)
            parts.append(f"({text})" if isinstance(condition, tree.And | tree.Or) else text)
        return (" AND " if isinstance(predicate, tree.And) else " OR ").join(parts)
    if isinstance(predicate, tree.Not):
        return f"NOT ({describe(predicate.condition)})"
    if isinstance(predicate, tree.Constant):
        return "always" if predicate.truth else "never"
    return f"{_name(predicate.left)} {operator(predicate)}{_right(predicate)}"


# What is done.


def _asked(plan: Plan, fetch: Fetch) -> Iterator[Part]:
    shown = {column.expression.path for column in plan.columns}
    seen = [_name(one) for one in fetch.select if one.path in shown]
    hidden = [_name(one) for one in fetch.select if one.path not in shown]
    yield Part(what="fetch", how=_few(seen) + (f"; hidden: {', '.join(hidden)}" if hidden else ""))
    if fetch.where is not None:
        yield Part(what="filter", how=describe(fetch.where))
    if is_grouped(fetch):
        plain = [one.path for one in fetch.select if isinstance(one, tree.Field)]
        yield Part(what="group", how=f"by {_few(plain)}" if plain else "all rows into one")
    if fetch.order_by:
        yield Part(what="order", how="by " + ", ".join(_ordered(by.expression, by) for by in fetch.order_by))
    if fetch.limit is not None or fetch.offset:
        yield Part(what="limit", how=_limited(fetch.limit, fetch.offset))


def _done(step: Step, plan: Plan) -> Part:
    row = () if plan.fetch is None else plan.fetch.select
    if isinstance(step, Filter):
        return Part(what="filter", how=describe(step.predicate), why=step.reason)
    if isinstance(step, Distinct):
        return Part(what="distinct", how=_few([_name(one) for one in row[: step.width]]), why=step.reason)
    if isinstance(step, Sort):
        keys = [_ordered(row[key.index], key) for key in step.keys] if row else []
        return Part(what="sort", how="by " + ", ".join(keys), why=step.reason)
    if isinstance(step, Limit):
        return Part(what="limit", how=_limited(step.limit, step.offset), why=step.reason)
    assert isinstance(step, Project)  # noqa: S101 - for the type checker; there is no other step
    return Part(what="show", how=_few([column.name for column in plan.columns]))


def _calls(plan: Plan, page_size: int) -> str:
    if plan.fetch is None:
        return "0"
    limit = plan.fetch.limit
    if plan.paging == "none" or (limit is not None and limit <= page_size):
        return "1, and one sign-in"
    rows = "rows" if limit is None else f"min(rows, {limit})"
    kinds = [type(step) for step in plan.local]
    stops = Limit in kinds and Sort not in kinds
    return f"ceil({rows} / {page_size}), at least 1{', perhaps fewer' if stops else ''}, and one sign-in"


# Words.


def _right(leaf: tree.Compare | tree.CompareFields | tree.Like | tree.In | tree.Between | tree.IsNull) -> str:
    match leaf:
        case tree.Compare():
            return f" {_value(leaf.value)}"
        case tree.CompareFields():
            return f" {_name(leaf.right)}"
        case tree.Like():
            return f" {_quoted(leaf.pattern)}"
        case tree.Between():
            return f" {_value(leaf.low)} AND {_value(leaf.high)}"
        case tree.In():
            return f" ({_few([_value(value) for value in leaf.values[: _SHOWN + 1]], len(leaf.values))})"
        case tree.IsNull():
            return ""


def _few(words: Sequence[str], count: int | None = None) -> str:
    """The first of the words, and how many more there are."""
    more = (len(words) if count is None else count) - _SHOWN
    return ", ".join(words[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _value(value: tree.Value) -> str:
    return _quoted(value.text) if isinstance(value.data, str) else value.text


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _name(expression: tree.Expression) -> str:
    if isinstance(expression, tree.Aggregate):
        return f"{expression.function}({expression.argument.path})"
    return expression.path


def _ordered(expression: tree.Expression, by: tree.Order | Key) -> str:
    nulls = {None: "", True: " NULLS FIRST", False: " NULLS LAST"}[by.nulls_first]
    return _name(expression) + (" DESC" if by.descending else "") + nulls


def _limited(limit: int | None, offset: int) -> str:
    return " ".join(
        filter(None, ("all" if limit is None else str(limit), f"after the first {offset}" if offset else ""))
    )


def _part(part: Part) -> dict[str, str]:
    record = {"what": part.what, "how": part.how}
    return {**record, "why": part.why} if part.why else record


# The page for people.


def _page(told: Explanation) -> Iterator[str]:
    yield from _section("Query", told.text.split("\n"))
    yield from _section("Asked of", [f"{told.object}, by {told.target}"] if told.object else ["nobody"])
    yield from _section("Columns", [_few([f"{name} ({kind})" for name, kind in told.columns])])
    yield from _section("Gateway", [f"{part.what:<6} {part.how}" for part in told.gateway])
    yield from _section("Here", _numbered(told.local))
    yield from _section("Paging", _paging(told))
    yield from _section("Calls", [told.calls])
    if told.diagnostics:
        yield from ("", *(draw(found, told.source) for found in told.diagnostics))
    if told.xml:
        yield from ("", pretty(told.xml))


def _section(title: str, lines: Sequence[str]) -> Iterator[str]:
    for number, line in enumerate(lines):
        yield f"{title if number == 0 else '':<9} {line}".rstrip()


def _numbered(parts: Sequence[Part]) -> list[str]:
    lines = []
    for number, part in enumerate(parts, start=1):
        lines.append(f"{number}. {part.what} {part.how}")
        if part.why:
            lines.append(f"{'':<{len(str(number)) + 2}}because {part.why}")
    return lines


def _paging(told: Explanation) -> list[str]:
    method = f"{told.paging}: {told.paging_reason}" if told.paging_reason else told.paging
    return [method] if told.paging == "none" else [method, f"{told.page_size} rows a page"]


_TOKENS = re.compile(r"<[^>]*>|[^<]+")


def pretty(xml: str) -> str:
    """The XML with a line for each element and nesting shown; nothing is added beside text."""
    lines: list[str] = []
    depth, leaf = 0, False
    for token in _TOKENS.findall(xml):
        if not token.startswith("<"):
            lines[-1] += token
        elif token.startswith("</"):
            depth -= 1
            if leaf:
                lines[-1] += token
            else:
                lines.append("  " * depth + token)
            leaf = False
        else:
            lines.append("  " * depth + token)
            leaf = not token.endswith("/>")
            depth += leaf
    return "\n".join(lines)

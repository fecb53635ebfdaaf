"""OPTION: switches of the whole query.

In: the options of the text and those of the caller. Out: ``tree.Options``, both together, and diagnostics.
Refuses to know: what the gateway does with them.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from intacct_ql.binder import tree
from intacct_ql.binder.parameters import MISSING, Bindings
from intacct_ql.errors import Diagnostic, error
from intacct_ql.source import Span, forbidden
from intacct_ql.suggest import nearest
from intacct_ql.syntax import ast
from intacct_ql.syntax.words import MOST_ROWS

MAX_PAGE = 2000
"""Rows the gateway gives a page at the most."""


def bind_options(
    options: tuple[ast.Option, ...], given: tree.Options, bindings: Bindings, found: list[Diagnostic]
) -> tree.Options:
    """The caller's options with those of the text over them."""
    settings: dict[str, Any] = {}
    for option in options:
        text = _text(option.value, bindings)
        known = _OPTIONS.get(option.name)
        if known is None:
            near = nearest(option.name, _OPTIONS)
            found.append(
                error(
                    "IQL230", option.span, f"unknown option {option.name}", f"options are {', '.join(_OPTIONS)}", *near
                )
            )
            continue
        name, reader = known
        value, problem = (None, "") if text is MISSING else reader(text)
        if problem:
            found.append(error("IQL231", option.span, f"{option.name} {problem}"))
        elif name in settings:
            found.append(error("IQL231", option.span, f"{option.name} is set twice"))
        settings[name] = value
        _refuse_forbidden(value, option.span, found)
    _refuse_forbidden(given.docparid, None, found)
    return replace(given, **settings) if settings else given


def _refuse_forbidden(value: object, span: Span | None, found: list[Diagnostic]) -> None:
    unsendable = forbidden(value) if isinstance(value, str) else None
    if unsendable is not None:
        found.append(error("IQL111", span, unsendable[1], "remove it"))


def _text(value: ast.Value | None, bindings: Bindings) -> Any:
    """What is set, as text; None for a name alone, ``MISSING`` for a value that nobody knows (yet)."""
    if value is None:
        return None
    if isinstance(value, ast.Parameter):
        return _bound_text(bindings.value(value))
    return value.name.text if isinstance(value, ast.FieldValue) else value.text


def _bound_text(bound: object) -> object:
    """A bound value as text; what no option takes is read as nothing, so that the option says what it wants."""
    if bound is MISSING or isinstance(bound, str):
        return bound
    return str(bound) if isinstance(bound, int) and 0 <= bound < MOST_ROWS else ""


Read = Callable[[str | None], tuple[object, str]]


def _switch(text: str | None) -> tuple[object, str]:
    truth = {None: True, "true": True, "false": False}.get(text.lower() if text else text)
    return truth, "" if truth is not None else "is true or false"


def _name(text: str | None) -> tuple[object, str]:
    return text, "" if text else "needs a value: docparid = 'Sales Invoice'"


def _page(text: str | None) -> tuple[object, str]:
    if text and re.fullmatch("[0-9]{1,9}", text) and 1 <= int(text) <= MAX_PAGE:
        return int(text), ""
    return None, f"is a number from 1 to {MAX_PAGE}"


_OPTIONS: dict[str, tuple[str, Read]] = {
    "caseinsensitive": ("case_insensitive", _switch),
    "showprivate": ("show_private", _switch),
    "docparid": ("docparid", _name),
    "single": ("single", _switch),
    "allow_scan": ("allow_scan", _switch),
    "pagesize": ("page_size", _page),
}

"""OPTION: switches of the whole query.

In: the options of the text and those of the caller. Out: ``tree.Options``, both together, and diagnostics.
Refuses to know: what the gateway does with them.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from intacct_ql.binder import tree
from intacct_ql.binder.parameters import MISSING, Bindings
from intacct_ql.errors import Diagnostic, error
from intacct_ql.suggest import nearest
from intacct_ql.syntax import ast

MAX_PAGE = 2000
"""Rows the gateway gives a page at the most."""


def bind_options(
    options: tuple[ast.Option, ...], given: tree.Options, bindings: Bindings, found: list[Diagnostic]
) -> tree.Options:
    """The caller's options with those of the text over them."""
    settings: dict[str, Any] = {}
    for option in options:
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
        value, problem = reader(_text(option.value, bindings))
        if problem:
            found.append(error("IQL231", option.span, f"{option.name} {problem}"))
        elif name in settings:
            found.append(error("IQL231", option.span, f"{option.name} is set twice"))
        settings[name] = value
    return replace(given, **settings) if settings else given


def _text(value: ast.Value | None, bindings: Bindings) -> str | None:
    if value is None:
        return None
    if isinstance(value, ast.Parameter):
        bound = bindings.value(value)
        return "" if bound is MISSING else str(bound)
    return value.name.text if isinstance(value, ast.FieldValue) else value.text


Read = Callable[[str | None], tuple[object, str]]


def _switch(text: str | None) -> tuple[object, str]:
    truth = {None: True, "true": True, "false": False}.get(text.lower() if text else text)
    return truth, "" if truth is not None else "is true or false"


def _name(text: str | None) -> tuple[object, str]:
    return text, "" if text else "needs a value: docparid = 'Sales Invoice'"


def _page(text: str | None) -> tuple[object, str]:
    if text and text.isdecimal() and 1 <= int(text) <= MAX_PAGE:
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

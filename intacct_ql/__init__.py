"""SQL for Sage Intacct: SELECT text in, checked Intacct XML out, typed rows back.

import intacct_ql as iql

for row in iql.demo().query("select CUSTOMERID, NAME from CUSTOMER order_by NAME limit 5"):
    print(row)
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intacct_ql.api import (
        check,
        check_script,
        compile,  # noqa: A004 - the published name
        explain,
        format,  # noqa: A004 - the published name
        format_script,
        parse_script,
        prepare,
    )
    from intacct_ql.connecting import Credentials, catalog, connect, connect_async, demo
    from intacct_ql.errors import (
        BudgetExceeded,
        ConfigError,
        Diagnostic,
        Error,
        Fix,
        GatewayError,
        QueryError,
        QuerySyntaxError,
        RequestError,
        Severity,
        SignInError,
        Stopped,
        TransportError,
    )
    from intacct_ql.prepared import Compiled, Statement
    from intacct_ql.schema.catalog import BUNDLED, Catalog
    from intacct_ql.sessions import AsyncSession, Session
    from intacct_ql.syntax.parser import parse

__version__ = "0.1.0"

__all__ = [
    "BUNDLED",
    "AsyncSession",
    "BudgetExceeded",
    "Catalog",
    "Compiled",
    "ConfigError",
    "Credentials",
    "Diagnostic",
    "Error",
    "Fix",
    "GatewayError",
    "QueryError",
    "QuerySyntaxError",
    "RequestError",
    "Session",
    "Severity",
    "SignInError",
    "Statement",
    "Stopped",
    "TransportError",
    "catalog",
    "check",
    "check_script",
    "compile",
    "connect",
    "connect_async",
    "demo",
    "explain",
    "format",
    "format_script",
    "parse",
    "parse_script",
    "prepare",
]

_HOMES = {
    "api": (
        *("check", "check_script", "compile", "explain", "format", "format_script"),
        *("parse_script", "prepare"),
    ),
    "connecting": ("Credentials", "catalog", "connect", "connect_async", "demo"),
    "errors": (
        *("BudgetExceeded", "ConfigError", "Diagnostic", "Error", "Fix", "GatewayError", "QueryError"),
        *("QuerySyntaxError", "RequestError", "Severity", "SignInError", "Stopped", "TransportError"),
    ),
    "prepared": ("Compiled", "Statement"),
    "schema.catalog": ("BUNDLED", "Catalog"),
    "sessions": ("AsyncSession", "Session"),
    "syntax.parser": ("parse",),
}
_ROOMS = {name: room for room, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """What the package offers is imported when it is first used: who lists objects needs no planner."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

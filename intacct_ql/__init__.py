"""SQL for Sage Intacct: SELECT text in, checked Intacct XML out, typed rows back.

import intacct_ql as iql

for row in iql.demo().query("select CUSTOMERID, NAME from CUSTOMER order_by NAME limit 5"):
    print(row)
"""

from intacct_ql.api import (
    AsyncSession,
    Session,
    check,
    check_script,
    compile,  # noqa: A004 - the published name
    explain,
    format,  # noqa: A004 - the published name
    format_script,
    parse_script,
    prepare,
)
from intacct_ql.connecting import catalog, connect, connect_async, demo
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
from intacct_ql.syntax.parser import parse

__version__ = "0.1.0"

__all__ = [
    "BUNDLED",
    "AsyncSession",
    "BudgetExceeded",
    "Catalog",
    "Compiled",
    "ConfigError",
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

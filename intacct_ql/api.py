"""The stages strung together: text in, XML or rows out.

In: query text, parameters, settings. Out: the trees, ``Compiled``, ``Explanation``. Refuses to know: how any stage
works, and companies: nothing here touches a network, or imports one.
"""

import os
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from intacct_ql.backends.localised import bound_with
from intacct_ql.binder import tree
from intacct_ql.binder.parameters import Parameters
from intacct_ql.binder.setting import Setting
from intacct_ql.errors import Diagnostic, QueryError
from intacct_ql.formatting import USUAL, Formatting
from intacct_ql.prepared import CACHED, Compiled, Statement, check_counts, statement
from intacct_ql.schema.catalog import BUNDLED, Catalog

if TYPE_CHECKING:
    from intacct_ql.planner.explain import Explanation
    from intacct_ql.planner.tiers import Tier
    from intacct_ql.syntax import ast

Clock = Callable[[], datetime]


def format(text: str) -> str:  # noqa: A001 - the published name
    """The query in canonical layout, comments kept; a short one is one line. Raises ``QuerySyntaxError``."""
    from intacct_ql.syntax.layout import formatted

    return formatted(text)


def format_script(text: str) -> str:
    """Every query of a script likewise, a semicolon and a new line between them. Raises as ``parse_script``."""
    from intacct_ql.syntax.script import formatted_script

    return formatted_script(text)


def parse_script(text: str) -> "tuple[ast.Select, ...]":
    """The trees of a script's queries; places in a tree count from the start of its own query.

    Raises one ``QuerySyntaxError`` with the mistakes of all queries, their places those in the whole script.
    """
    from intacct_ql.syntax.script import parse_script as parse_all

    return parse_all(text)


def check(
    text: str,
    *,
    catalog: Catalog | None = BUNDLED,
    strict: bool = False,
    target: str = "query",
    formatting: Formatting | None = None,
) -> list[Diagnostic]:
    """Every finding about a query, in the order of the text. Raises no ``QueryError``.

    Parameters need no values, and times with an offset no zone. ``formatting`` is as for ``compile``.
    """
    return findings(text, catalog, target, bound_with(target, formatting, strict=strict, checking=True))


def findings(text: str, catalog: Catalog | None, target: str, setting: Setting) -> list[Diagnostic]:
    """The findings of ``check`` about a query that is bound in this setting."""
    try:
        made = statement(text, catalog, target, setting).prepare()
    except QueryError as wrong:
        return list(wrong.diagnostics)
    return list(made.diagnostics)


def check_script(
    text: str,
    *,
    catalog: Catalog | None = BUNDLED,
    strict: bool = False,
    target: str = "query",
    formatting: Formatting | None = None,
) -> list[Diagnostic]:
    """The same for every query of a script, one after the other; places are those in the whole script."""
    from intacct_ql.syntax.script import each_query, placed

    look = partial(check, catalog=catalog, strict=strict, target=target, formatting=formatting)
    found = each_query(text, look)
    return [one for entry, findings in found for one in placed(findings, entry)]


def compile(  # noqa: A001 - the published name
    text: str,
    params: Parameters = None,
    *,
    target: str = "query",
    catalog: Catalog | None = BUNDLED,
    page_size: int | None = None,
    offset: int | None = None,
    docparid: str | None = None,
    case_insensitive: bool = False,
    show_private: bool = False,
    strict: bool = False,
    clock: Clock = datetime.now,
    formatting: Formatting | None = None,
) -> Compiled:
    """The request a query becomes: exactly what the text says, no page or hidden field unless asked for.

    ``formatting`` is how the user who sends it has days and times: MM/DD/YYYY, 24 hours and no zone unless given.
    Raises ``QueryError`` with every mistake, ``ConfigError`` for an unknown target.
    """
    settings = (target, catalog, page_size, offset, docparid, case_insensitive, show_private, strict, clock, formatting)
    return _statement(text, *settings).compile(params)


@lru_cache(maxsize=CACHED)
def _statement(
    text: str,
    target: str,
    catalog: Catalog | None,
    page_size: int | None,
    offset: int | None,
    docparid: str | None,
    case_insensitive: bool,
    show_private: bool,
    strict: bool,
    clock: Clock,
    formatting: Formatting | None,
) -> Statement:
    """The statement of a text that was compiled lately; keyed by plain values, because they hash fast."""
    check_counts(page_size, offset)
    options = tree.Options(
        case_insensitive=case_insensitive, show_private=show_private, docparid=docparid, page_size=page_size
    )
    setting = bound_with(target, formatting or USUAL, strict=strict, options=options, clock=clock)
    return Statement(
        text,
        catalog=catalog,
        target=target,
        setting=setting,
        page_size=page_size,
        offset=offset,
        formatting=formatting or USUAL,
    )


def prepare(
    text: str,
    *,
    target: str = "query",
    catalog: Catalog | None = BUNDLED,
    page_size: int | None = None,
    strict: bool = False,
    clock: Clock = datetime.now,
    formatting: Formatting | None = None,
) -> Statement:
    """A query read once, to be compiled with many values: ``.compile(params)``. Raises ``QuerySyntaxError``."""
    check_counts(page_size)
    known = formatting or USUAL
    setting = bound_with(target, known, strict=strict, clock=clock)
    return Statement(text, catalog=catalog, target=target, setting=setting, page_size=page_size, formatting=known)


def explain(
    text: str,
    params: Parameters = None,
    *,
    target: str = "query",
    catalog: Catalog | None = BUNDLED,
    page_size: int | None = None,
    strict: bool = False,
    clock: Clock = datetime.now,
    tier: "str | Tier | None" = None,
    tiers: str | os.PathLike[str] | None = None,
    runs_per_month: int | None = None,
    formatting: Formatting | None = None,
) -> "Explanation":
    """What a query would do and cost: ``str()`` for people, ``.to_dict()`` for tools. Asks nobody.

    ``tier`` is the performance tier to reckon with, 1 unless another is named; ``tiers`` is a JSON file with other
    tiers than the bundled ones. ``runs_per_month`` adds the price of a month. ``formatting`` is as for ``compile``.
    Raises as that does, and ``ConfigError`` for a tier that does not exist.
    """
    from intacct_ql.explained import telling

    return telling(
        text,
        params,
        target=target,
        catalog=catalog,
        page_size=page_size,
        strict=strict,
        clock=clock,
        tier=tier,
        tiers=tiers,
        runs_per_month=runs_per_month,
        formatting=formatting,
    ).tell()

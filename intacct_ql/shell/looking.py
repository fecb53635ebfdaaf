"""Rows at a terminal: as a table where they fit the screen, in the pager where they do not.

In: a result. Out: what is seen, and what it took. Refuses to know: keys.
"""

import shutil
from contextlib import nullcontext
from time import monotonic

from intacct_ql.encoders import FORMATS
from intacct_ql.result import Result
from intacct_ql.shell.interrupts import stopping
from intacct_ql.shell.rows import remark, tell
from intacct_ql.shell.sheet import Sheet
from intacct_ql.shell.state import TABLE, Shell
from intacct_ql.syntax.parser import parse

AROUND = 5
"""Lines of the screen that a table needs beside its rows: names, a rule, the prompt and what the query took."""


def look(shell: Shell, result: Result, text: str) -> None:
    """Show the rows. Raises what stopped them; those that came before it are shown."""
    began = monotonic()
    sheet = Sheet(result, pulled=bool(text), most=_limit(text) if text else None)
    size = shutil.get_terminal_size()
    most = size.lines - AROUND
    remark(shell, told := result.diagnostics, text)
    failure = _read(shell, sheet, most, pulled=bool(text))
    seconds = monotonic() - began
    remark(shell, [one for one in result.diagnostics if one not in told], text)
    if (sheet.ended or failure) and len(sheet.rows) <= most and sheet.width <= size.columns:
        with result, shell.outside.destination(None, "text", draws=True) as stream:
            FORMATS[TABLE].load()(result.columns, [sheet.raw], stream, null=None if text else "")
    else:
        _page(shell, sheet)
    tell(shell, len(sheet.rows), result, seconds, text)
    if failure is not None:
        raise failure
    if sheet.stopped:
        raise sheet.stopped[0]


def _limit(text: str) -> int | None:
    """The LIMIT of a query that is right, where it is a number."""
    limit = parse(text).limit
    return limit.value if limit is not None and isinstance(limit.value, int) else None


def _read(shell: Shell, sheet: Sheet, most: int, *, pulled: bool) -> Exception | None:
    """Read what the first screen shows; give what kept the rest from coming. Raises it where no row came before it."""
    result = sheet.result
    try:
        with stopping(result, shell.outside.stopped_softly, sheet.stopped) if pulled else nullcontext():
            while not sheet.ended and len(sheet.rows) <= most:
                sheet.read()
    except BaseException as failure:
        if sheet.rows and isinstance(failure, Exception):
            return failure
        result.close()
        raise
    return None


def _page(shell: Shell, sheet: Sheet) -> None:
    """Show rows in the pager. Raises what kept further ones from coming."""
    from intacct_ql.shell.pager import Pager  # noqa: PLC0415 - only where rows are many

    pager = Pager(sheet, lambda failure: shell.outside.words(failure, ""))
    pager.run()
    if pager.failure is not None:
        raise pager.failure
    if not sheet.ended:
        shell.say(f"{len(sheet.rows):,} rows were read; there are more")

"""A piece of what came in, done: its commands and queries, and what is said where one fails.

In: the state of the shell, and a piece. Out: whether all went well. Refuses to know: where pieces come from.
"""

from collections.abc import Callable
from functools import partial

from intacct_ql.errors import QueryError, Stopped
from intacct_ql.shell.acts import act
from intacct_ql.shell.lines import Piece
from intacct_ql.shell.mending import mended
from intacct_ql.shell.rows import run_query
from intacct_ql.shell.state import Shell
from intacct_ql.source import line_and_column
from intacct_ql.syntax.script import placed


def take(shell: Shell, piece: Piece, whole: str = "", name: str = "") -> bool:
    """Do it; give whether all went well. ``whole`` is the script up to here, ``name`` what it is called."""
    if piece.command:
        return _attempt(shell, lambda: act(shell, piece.text), piece.text, piece.start, whole, name)
    for entry in piece.queries:
        begin = piece.start + entry.span.start
        run = partial(run_query, shell, entry.text)
        if not _attempt(shell, run, entry.text, begin, whole, name) and not (name and shell.keep_going):
            return False
    return True


def _attempt(shell: Shell, work: Callable[[], None], text: str, begin: int, whole: str, name: str) -> bool:
    shell.mends = () if not text.startswith(".fix") else shell.mends
    try:
        work()
    except BrokenPipeError:
        raise
    except QueryError as wrong:
        _say_mistakes(shell, wrong, text, begin, whole, name)
        failure: BaseException = wrong
    except (Exception, KeyboardInterrupt) as other:
        if shell.outside.tracebacks:
            raise
        line = f"{name}:{line_and_column(whole, begin)[0]}: " if name else ""
        shell.say(line + shell.outside.words(other, name))
        failure = other
    else:
        return True
    shell.first_failure = shell.first_failure or failure
    if isinstance(failure, KeyboardInterrupt | Stopped) and not shell.interactive:
        shell.leaving = True
    return False


def _say_mistakes(shell: Shell, wrong: QueryError, text: str, begin: int, whole: str, name: str) -> None:
    """Draw the mistakes of a query; in a script at their places in it. What mends them is kept for a key.

    The query may stand behind a command, or be the last one, which stands elsewhere.
    """
    query = wrong.text or ""
    lead = text.rfind(query)
    if name and lead >= 0:
        from intacct_ql.source import Span  # noqa: PLC0415 - only where something is wrong
        from intacct_ql.syntax.script import Entry  # noqa: PLC0415 - as above

        entry = Entry(Span(begin + lead, begin + lead + len(query)), query, alone=False)
        wrong = QueryError(placed(wrong.diagnostics, entry), whole)
    shell.say(shell.outside.words(wrong, name or "query"))
    if shell.interactive and not name:
        command = text[: max(0, lead)]
        shell.mends = tuple(command + one for one in mended(query, wrong.diagnostics))
        if shell.mends:
            shell.say(f"F2 puts in: {shell.mends[0]}")

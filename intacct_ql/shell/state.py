"""How the shell is set at the moment.

In: what commands change. Out: ``Shell``. Refuses to know: how a query is run, and how keys are read.
"""

import shutil
from dataclasses import dataclass, field

from intacct_ql.errors import Error
from intacct_ql.shell.outside import Company, Outside

TABLE = "table"

PAGE = 104
"""Columns of a page of words that nobody looks at on a terminal."""


@dataclass(slots=True, kw_only=True)
class Shell:
    """The shell.

    ``out`` is the file of the next rows, None where they are shown. ``last`` is the last query, ``mends`` are the
    mended texts of the last one that was wrong, ``draft`` is what the next prompt begins with. ``answers`` counts the
    answers on standard output. ``depth`` counts files that read others.
    """

    outside: Outside
    company: Company
    interactive: bool
    keep_going: bool = False
    mode: str = TABLE
    out: str | None = None
    timing: bool = False
    pager: bool = True
    params: dict[str, object] = field(default_factory=dict)
    last: str = ""
    mends: tuple[str, ...] = ()
    draft: str = ""
    answers: int = 0
    depth: int = 0
    leaving: bool = False
    first_failure: BaseException | None = None

    @property
    def prompt(self) -> str:
        """Whom the next query asks."""
        return f"{self.company.name}> "

    @property
    def width(self) -> int:
        """Columns for sentences: those of the terminal, and of a usual page where none is."""
        return shutil.get_terminal_size().columns if self.interactive else PAGE

    def say(self, words: str) -> None:
        """Speak to whoever sits there."""
        self.outside.say(words)

    def bound(self, text: str) -> dict[str, object] | list[object] | None:
        """The values of the parameters that a query has; the query says itself which are missing."""
        from intacct_ql.errors import QueryError  # noqa: PLC0415 - cold start
        from intacct_ql.syntax.pieces import parameters  # noqa: PLC0415 - cold start

        try:
            names = parameters(text) if ":" in text or "?" in text else []
        except (QueryError, ValueError):
            names = []
        if "?" in names:
            places = [str(place) for place in range(1, names.count("?") + 1)]
            return [self.params[place] for place in places if place in self.params]
        return {name: self.params[name] for name in names if name in self.params} or None

    def wanted(self, query: str) -> str:
        """The query that a command names, or else the last one."""
        if not query and not self.last:
            raise Error("there is no query yet: give one behind the command")
        return query or self.last

"""Pieces to lines.

In: a query's pieces and the comments before them. Out: one line where that fits; else a clause a line, with the
conditions of a long chain, and as many entries of a long list as fit, on lines of their own. Refuses to know: trees,
and how the query was laid out before, but for the line ends around comments: a comment that had a line to itself keeps
one, and one at the end of a line stays there.

    SELECT CUSTOMERID, NAME -- for the letter
    FROM CUSTOMER
    WHERE
        STATUS = active
        AND (
            CREDITLIMIT IS NULL
            OR CUSTOMERID IN (
                'C1', 'C2', 'C3',
                'C4'
            )
        )

Every decision is a sum looked up, so a text is laid out in one pass however long or deep it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

from intacct_ql.syntax import ast
from intacct_ql.syntax.comments import Comment, may_hold_comments
from intacct_ql.syntax.parser import parse
from intacct_ql.syntax.pieces import Piece, comments_by_piece, pieces
from intacct_ql.syntax.printer import print_select

WIDTH = 100
"""Columns of a line, as far as the pieces allow."""

STEP = 4
"""Columns that each level stands further in."""

DEEPEST = 60
"""No line stands further in than this: a hundred levels must not push the text off the page."""

_LISTS = frozenset({"SELECT", "GROUP_BY", "ORDER_BY"})
_CHAINS = frozenset({"WHERE", "HAVING"})
_PLAIN = frozenset({"FROM", "LIMIT", "OPTION"})
_CLAUSES = _LISTS | _CHAINS | _PLAIN


def formatted(text: str) -> str:
    """The query in canonical spelling and layout, comments kept. Raises ``QuerySyntaxError``."""
    return laid_out(text, parse(text))


def laid_out(text: str, tree: ast.Select) -> str:
    """The same for a text whose tree is at hand."""
    canonical = print_select(tree)
    commented = may_hold_comments(text)
    if not commented and len(canonical) <= WIDTH:
        return canonical
    row = pieces(canonical)
    comments = comments_by_piece(text, row) if commented else {}
    if not any(one.to_line_end or "\n" in one.text for here in comments.values() for one in here):
        line = _on_one_line(row, comments)
        if len(line) <= WIDTH:
            return line
    return _Setter(row, comments).lines()


class _Run(NamedTuple):
    """Comments that follow one another on a line."""

    text: str
    begins_line: bool
    ends_line: bool
    to_line_end: bool

    @property
    def alone(self) -> bool:
        """Whether it has its line, or lines, to itself."""
        return self.begins_line and self.ends_line

    @property
    def breaks(self) -> bool:
        """Whether what holds it cannot stand on one line."""
        return self.alone or self.to_line_end or "\n" in self.text


def _runs(comments: Iterable[Comment]) -> list[_Run]:
    runs: list[_Run] = []
    for one in comments:
        last = runs[-1] if runs else None
        if last is None or last.ends_line or one.begins_line:
            runs.append(_Run(one.text, one.begins_line or last is not None, one.ends_line, one.to_line_end))
        else:
            runs[-1] = _Run(f"{last.text} {one.text}", last.begins_line, one.ends_line, one.to_line_end)
    return runs


class _Page:
    """Lines as they fill."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.column = 0
        self.indent = 0
        self.fresh = True
        self._tight = False

    def new_line(self, indent: int) -> None:
        """Go on in a new line; one that holds nothing yet is only moved."""
        self.indent = indent
        self.fresh = True

    def write(self, text: str, spaced: bool) -> None:
        """Put a text behind what stands there; nothing keeps its distance from an opening bracket."""
        if self.fresh:
            lead = ("\n" if self.parts else "") + " " * self.indent
            self.column = self.indent
        else:
            lead = " " if spaced and not self._tight else ""
            self.column += len(lead)
        self.parts += (lead, text)
        self.column = len(text) - text.rindex("\n") - 1 if "\n" in text else self.column + len(text)
        self.fresh = False
        self._tight = text == "("

    def write_piece(self, piece: Piece, commented: bool) -> None:
        """Put a piece; behind a comment it keeps its distance, unless it closes or separates."""
        self.write(piece.text, piece.spaced or (commented and piece.kind not in ("COMMA", "CLOSE")))


def _on_one_line(row: Sequence[Piece], comments: Mapping[int, list[Comment]]) -> str:
    page = _Page()
    for index, piece in enumerate(row):
        here = comments.get(index, ())
        for one in here:
            page.write(one.text, spaced=True)
        page.write_piece(piece, bool(here))
    for one in comments.get(len(row), ()):
        page.write(one.text, spaced=True)
    return "".join(page.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """A clause or a bracket that takes several lines: chains break before AND and OR, lists behind commas."""

    chain: bool
    first: int | None  # the piece that starts the first line inside
    close: int  # the closing bracket, or where the clause ends
    indent: int
    outer: int = 0  # where the closing bracket stands


class _Setter:
    """Puts the pieces of one query on lines."""

    def __init__(self, row: Sequence[Piece], comments: Mapping[int, list[Comment]]) -> None:
        self._row = row
        self._runs = {index: _runs(here) for index, here in comments.items()}
        self._page = _Page()
        self._frames: list[_Frame] = []
        self._flat_to = -1  # pieces up to here stay on the line
        leads = [sum(len(run.text) + 1 for run in self._runs.get(index, ())) for index in range(len(row))]
        self._leads = [lead + piece.spaced for lead, piece in zip(leads, row, strict=True)]
        lengths = (lead + len(piece.text) for lead, piece in zip(self._leads, row, strict=True))
        self._ends = [0, *accumulate(lengths)]
        breaks = (any(run.breaks for run in self._runs.get(index, ())) for index in range(len(row)))
        self._breaks = [0, *accumulate(breaks)]
        self._closes = dict(_pairs(row))
        starts = [index for index, piece in enumerate(row) if piece.kind in _CLAUSES]
        self._clauses = dict(zip(starts, [*starts[1:], len(row)], strict=True))

    def lines(self) -> str:
        """The whole text."""
        for index, piece in enumerate(self._row):
            indent = self._indent_of_new_line(index)
            self._set_runs(index, indent)
            self._page.write_piece(piece, index in self._runs)
            if index in self._clauses:
                self._open_clause(index)
            elif index in self._closes and index > self._flat_to:
                self._open_bracket(index)
        self._set_runs(len(self._row), None)
        return "".join(self._page.parts)

    def _set_runs(self, index: int, indent: int | None) -> None:
        """The comments before a piece, and the new line if it starts one."""
        hang = self._hang(index) if indent is None else indent
        runs = self._runs.get(index, [])
        if runs and not runs[0].begins_line and runs[0].ends_line:
            self._page.write(runs[0].text, spaced=True)
            if runs[0].to_line_end:
                self._page.new_line(hang)
            runs = runs[1:]
        if indent is not None:
            self._page.new_line(indent)
        for run in runs:
            if run.alone:
                self._page.new_line(hang)
            self._page.write(run.text, spaced=True)
            if run.alone:
                self._page.new_line(hang)

    def _hang(self, index: int) -> int:
        """Where a line starts that only a comment broke."""
        if index == len(self._row) or not self._frames:
            return 0
        return min(self._frames[-1].indent + STEP, DEEPEST)

    def _indent_of_new_line(self, index: int) -> int | None:
        """Where the line starts that a piece opens; None where it stays on its line."""
        if index in self._clauses:
            return 0
        if index <= self._flat_to:
            return None
        frame = self._frames[-1]
        if index == frame.close:
            return self._frames.pop().outer
        if index == frame.first:
            return frame.indent
        if frame.chain:
            return frame.indent if self._row[index].kind in ("AND", "OR") else None
        if self._row[index - 1].kind != "COMMA":
            return None
        fits = self._page.column + self._width(index, self._entry_end(index, frame.close)) <= WIDTH
        return None if fits and self._unbroken(index, index + 1) else frame.indent

    def _entry_end(self, index: int, close: int) -> int:
        """The end of a list's entry, its comma included."""
        while index < close and self._row[index].kind != "COMMA":
            index += 1
        return min(index + 1, close)

    def _width(self, start: int, end: int) -> int:
        """Columns of the pieces from ``start`` up to ``end`` on one line, with what stands before each."""
        return self._ends[end] - self._ends[start]

    def _unbroken(self, start: int, end: int) -> bool:
        """Whether no comment before the pieces from ``start`` up to ``end`` breaks a line."""
        return self._breaks[end] == self._breaks[start]

    def _open_clause(self, index: int) -> None:
        kind, end = self._row[index].kind, self._clauses[index]
        unbroken = self._unbroken(index + 1, end)
        fits = self._page.column + self._width(index + 1, end) <= WIDTH
        self._frames = []
        if unbroken and fits:
            self._flat_to = end - 1
        elif kind in _PLAIN:
            self._frames = [_Frame(chain=False, first=None, close=end, indent=0)]
        else:
            first = index + 1 + (self._row[index + 1].kind == "DISTINCT")
            self._frames = [_Frame(chain=kind in _CHAINS, first=first, close=end, indent=STEP)]

    def _open_bracket(self, index: int) -> None:
        before, close = self._row[index - 1].kind, self._closes[index]
        if before == "NAME":  # the argument of an aggregate
            return
        if self._unbroken(index + 1, close + 1) and self._page.column + self._width(index + 1, close + 1) <= WIDTH:
            self._flat_to = close
            return
        outer = self._page.indent
        chain = before not in ("IN", "OPTION")
        indent = min(outer + STEP, DEEPEST)
        self._frames.append(_Frame(chain=chain, first=index + 1, close=close, indent=indent, outer=outer))


def _pairs(row: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Opening brackets with their closing ones."""
    waiting: list[int] = []
    for index, piece in enumerate(row):
        if piece.kind == "OPEN":
            waiting.append(index)
        elif piece.kind == "CLOSE":
            yield waiting.pop(), index

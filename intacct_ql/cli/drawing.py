"""An explanation drawn as a tree, for people at a terminal.

In: explanations and a terminal. Out: a tree as wide as the terminal, with colour where the terminal has it and nobody
asked for none. Refuses to know: what is said; the words are those of the plain text.

Whatever stands in a query is hostile text: it is never read as markup, and control characters are shown, not obeyed.
"""

from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from intacct_ql.encoders.cells import visible
from intacct_ql.planner.explain import Explanation
from intacct_ql.planner.parts import Part
from intacct_ql.planner.plain import Section, pretty, remarks, sections

TITLE = "bold"
WORD = "cyan"
ASIDE = "dim"
"""Reasons, guides, and tags of a request: what is there to be looked up, not to be read."""

TITLES = 8
"""Columns of the longest title."""


def draw(told: Iterable[Explanation], out: TextIO) -> None:
    """Draw explanations one below the other."""
    console = Console(file=out, highlight=False)
    for number, one in enumerate(told):
        if number:
            console.print()
        console.print(_tree(one))
        for drawn in remarks(one):
            console.print()
            console.print(Text(visible(drawn, lines=True)), soft_wrap=True)
        if one.request:
            console.print()
            console.print(Padding(_request(one.request), (0, 0, 0, 2)))


def _tree(told: Explanation) -> Tree:
    tree = Tree(_text(told.text, TITLE), guide_style=ASIDE)
    for section in sections(told):
        _add(tree, section)
    return tree


def _add(tree: Tree, section: Section) -> None:
    node = tree.add(_row(section.title.ljust(TITLES), TITLE, section.texts or ("",), section.asides))
    width = max((len(part.what) for part in section.parts), default=0)
    for number, part in enumerate(section.parts, start=1):
        lead = f"{number} " if section.numbered else ""
        node.add(_part(lead + part.what.ljust(width), part))


def _part(word: str, part: Part) -> RenderableType:
    return _row(word, WORD, (part.how,), (part.why,) if part.why else ())


def _row(word: str, style: str, texts: Sequence[str], asides: Sequence[str]) -> RenderableType:
    """A word and what is said of it, which wraps on its own side."""
    row = Table.grid(padding=(0, 2, 0, 0))
    row.add_column(no_wrap=True)
    row.add_column(overflow="fold")
    said = [*(_text(text) for text in texts), *(_text(text, ASIDE) for text in asides)]
    for place, text in enumerate(said):
        row.add_row(_text("" if place else word, style), text)
    return row


def _request(request: str) -> Text:
    drawn = _text(pretty(request))
    drawn.highlight_regex(r"<[^>]*>", ASIDE)
    return drawn


def _text(words: str, style: str = "") -> Text:
    return Text(visible(words, lines=True), style)

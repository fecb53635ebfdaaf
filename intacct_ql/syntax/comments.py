"""Comments and quoted text: what may hide every other sign.

In: text between two tokens. Out: the comments in it, each with the line ends around it; the patterns by which other
modules step over comments and quotes. Refuses to know: tokens and trees.
"""

import re
from itertools import pairwise
from typing import NamedTuple

COMMENT = r"/\*(?:.|\n)*?\*/|--(?=\s|$)[^\n]*"
"""As ``COMMENT`` of the grammar; a comment that is never closed is none."""

QUOTED = r"""'(?>(?:[^'\\]|''|\\(?:.|\n))*)'|"(?>(?:[^"\\]|""|\\(?:.|\n))*)"|`[^`]*`"""
"""Text and names in straight quotes."""

_FIND = re.compile(COMMENT)


class Comment(NamedTuple):
    """One comment as written, without the blanks at its end.

    Whether a line ends before it; whether a line, or the whole text, ends behind it.
    """

    text: str
    begins_line: bool
    ends_line: bool

    @property
    def to_line_end(self) -> bool:
        """Whether it takes the rest of its line: nothing may follow it there."""
        return self.text.startswith("--")


def may_hold_comments(text: str) -> bool:
    """False where a look at the text rules them out."""
    return "--" in text or "/*" in text


def comments_between(text: str, start: int, end: int) -> list[Comment]:
    """The comments in ``text[start:end]``, which holds nothing else but what the grammar skips."""
    if not may_hold_comments(text[start:end]):
        return []
    spots = [found.span() for found in _FIND.finditer(text, start, end)]
    edges = [start, *(edge for spot in spots for edge in spot), end]
    breaks = ["\n" in text[edges[place] : edges[place + 1]] for place in range(0, len(edges), 2)]
    breaks[-1] |= end == len(text)
    return [
        Comment(text[first:last].rstrip(), before, after)
        for (first, last), (before, after) in zip(spots, pairwise(breaks), strict=True)
    ]

"""Sentences and lists as wide as the terminal, broken between words.

In: texts, and the columns there are. Out: lines. Refuses to know: what they say.
"""

import textwrap
from collections.abc import Iterable

_APART = 2
"""Columns between a word and what is said of it."""

_READABLE = 32
"""Columns that a sentence needs beside a word; with fewer it stands below it."""


def wrapped(text: str, width: int, lead: str = "") -> str:
    """A paragraph, each line of it behind ``lead``; a word that is longer than a line stands as it is."""
    return textwrap.fill(
        " ".join(text.split("\n")),
        width=max(width, len(lead) + 1),
        initial_indent=lead,
        subsequent_indent=lead,
        break_long_words=False,
        break_on_hyphens=False,
    )


def listed(pairs: Iterable[tuple[str, str]], width: int) -> str:
    """Words with what is said of each, beside it where there is room for that, else below it."""
    held = tuple(pairs)
    column = max(len(word) for word, _ in held) + _APART
    if width - column < _READABLE:
        return "\n".join(f"{word}\n{wrapped(said, width, '    ')}" for word, said in held)
    return "\n".join(word.ljust(column) + wrapped(said, width, " " * column)[column:] for word, said in held)

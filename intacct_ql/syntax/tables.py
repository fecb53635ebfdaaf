"""What the parser runs on: Lark's LALR tables of ``grammar/query.lark``, as plain data.

In: the grammar. Out: ``Tables``, from the cached copy beside this module while that was made from this very grammar,
else made by Lark on the spot. Refuses to know: trees. The cached copy spares every start the making of the tables
(90 ms) and the import of Lark (40 ms); ``python -m intacct_ql.syntax.generate`` writes it anew.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

CACHED = Path(__file__).with_name("tables.json")
"""The copy that ships with the package."""

Rule = tuple[str, str, str | None]
"""What it makes; for each part ``-`` dropped, ``k`` kept or ``s`` spliced; the action, None to hand its one part on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """LALR tables.

    ``moves`` gives, for a state and a terminal, the state to shift to (0 and above) or the rule to reduce (``~rule``);
    ``gotos`` gives, for a state and what a rule made, the next state. ``patterns`` are the terminals as regular
    expressions in the order they are tried; ``keywords`` are those that look like a NAME, by their upper-case text.
    """

    grammar: str
    start: int
    end: int
    moves: list[dict[str, int]]
    gotos: list[dict[str, int]]
    rules: list[Rule]
    patterns: dict[str, str]
    skipped: list[str]
    keywords: dict[str, str]


def grammar_text() -> str:
    """The grammar: packed inside the package in a wheel, beside it in a checkout."""
    packed = resources.files("intacct_ql") / "grammar" / "query.lark"
    if packed.is_file():
        return packed.read_text("utf-8")
    return (Path(__file__).parents[2] / "grammar" / "query.lark").read_text("utf-8")


@cache
def tables() -> Tables:
    """The tables of the grammar that is there."""
    text = grammar_text()
    entries = json.loads(CACHED.read_text("utf-8")) if CACHED.exists() else {}
    if entries.get("grammar") == fingerprint(text):
        return Tables(**entries)
    from intacct_ql.syntax.generate import make_tables  # noqa: PLC0415 - needed only when the grammar changed

    return make_tables(text)


def fingerprint(text: str) -> str:
    """By which a cached copy knows its grammar."""
    return hashlib.sha256(text.encode()).hexdigest()

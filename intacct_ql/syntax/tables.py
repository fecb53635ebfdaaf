"""What the parser runs on: Lark's LALR tables of ``grammar/query.lark``, as plain data.

In: the grammar. Out: ``Tables``, from the cached copy beside this module while that was made from this very grammar,
else made by Lark on the spot. Refuses to know: trees. The cached copy spares every start the making of the tables
(90 ms) and the import of Lark (40 ms); ``python -m intacct_ql.syntax.generate`` writes it anew.
"""

import json
import os
from dataclasses import dataclass
from functools import cache

_HERE = os.path.dirname(__file__)
_PACKED = os.path.join(_HERE, "..", "grammar", "query.lark")
_BESIDE = os.path.join(_HERE, "..", "..", "grammar", "query.lark")
CACHED = os.path.join(_HERE, "tables.json")
"""The copy that ships with the package."""

Rule = tuple[str, str, str | None]
"""What it makes; for each part ``-`` dropped, ``k`` kept or ``s`` spliced; the action, None to hand its one part on."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Tables:
    """LALR tables.

    ``moves`` gives, for a state and a terminal, the state to shift to (above 0) or the rule to reduce (``~rule``);
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
    return _read(_PACKED if os.path.exists(_PACKED) else _BESIDE)


@cache
def tables() -> Tables:
    """The tables of the grammar that is there. A packed grammar never changes, one in a checkout may have."""
    entries = json.loads(_read(CACHED)) if os.path.exists(CACHED) else {}
    if entries and (os.path.exists(_PACKED) or entries["grammar"] == fingerprint(grammar_text())):
        return Tables(**entries)
    from intacct_ql.syntax.generate import make_tables  # noqa: PLC0415 - needed only when the grammar changed

    return make_tables(grammar_text())


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def fingerprint(text: str) -> str:
    """By which a cached copy knows its grammar."""
    import hashlib  # noqa: PLC0415 - a checkout asks, an installed package never does

    return hashlib.sha256(text.encode()).hexdigest()

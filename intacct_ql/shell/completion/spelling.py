"""Names and values as a query has them.

In: a name or a value. Out: its text, in quotes where it needs some. Refuses to know: where it will stand.
"""

import re

from intacct_ql.syntax.tables import tables
from intacct_ql.syntax.words import BARE_NAME, KEYWORDS, quoted


def spelled_name(name: str) -> str:
    """A name, each part of its path in quotes where it would be read as something else."""
    return ".".join(map(_part, name.split(".")))


def _part(name: str) -> str:
    if BARE_NAME.fullmatch(name) and not _is_keyword(name):
        return name
    return f'"{name}"' if "`" in name else f"`{name}`"


def spelled_value(value: str, quote: str = "") -> str:
    """A value: one plain word stands for itself, all else in quotes."""
    if quote == '"':
        return '"' + quoted(value)[1:-1].replace("''", "'").replace('"', '""') + '"'
    if not quote and _is_plain(value):
        return value
    return quoted(value)


def _is_plain(value: str) -> bool:
    return _word().fullmatch(value) is not None and not _is_keyword(value) and value[0] not in ":?"


def _word() -> re.Pattern[str]:
    return re.compile(tables().patterns["WORD"])


def _is_keyword(word: str) -> bool:
    upper = word.upper()
    return upper in KEYWORDS or upper in tables().keywords

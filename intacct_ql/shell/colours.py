"""What each piece of a text is, for colours: by the terminals of the language.

In: the text of a buffer. Out: pieces with the name of a style each; together they are the text. Refuses to know:
terminals.
"""

from collections.abc import Iterator

from intacct_ql.shell.command_table import COMMANDS, Takes, is_command, read_command
from intacct_ql.shell.here import terminals
from intacct_ql.syntax.scene import read_scene
from intacct_ql.syntax.script import entries
from intacct_ql.syntax.tables import tables
from intacct_ql.syntax.words import KEYWORDS

STYLES = {
    "keyword": "ansicyan",
    "name": "",
    "value": "ansigreen",
    "parameter": "ansimagenta",
    "operator": "",
    "command": "ansiblue bold",
    "comment": "ansibrightblack",
    "plain": "",
}
"""How the terminal shows them."""

_KINDS = {
    **dict.fromkeys([*tables().keywords.values(), "GROUP_BY", "ORDER_BY"], "keyword"),
    **dict.fromkeys(("NAME", "BACKTICKED", "QUOTED_NAME"), "name"),
    **dict.fromkeys(("WORD", "DATETIME", "STRING", "DOUBLE_QUOTED", "NUMBER"), "value"),
    **dict.fromkeys(("NAMED_PARAMETER", "QUESTION_MARK"), "parameter"),
    **dict.fromkeys(("OPERATOR", "JOIN", "STAR"), "operator"),
}
_LOOSE = {"string": "value", "operator": "operator"}

Piece = tuple[str, str]


def coloured(text: str) -> Iterator[Piece]:
    """The pieces of a text."""
    if is_command(text):
        yield from _command(text)
        return
    done = 0
    for entry in entries(text):
        yield from _gap(text[done : entry.span.start])
        done = entry.span.start + len(entry.text)
        yield from _query(entry.text)
    yield from _gap(text[done:])


def _command(text: str) -> Iterator[Piece]:
    begin = len(text) - len(text.lstrip())
    word = text[begin:].split(maxsplit=1)[0]
    yield "plain", text[:begin]
    yield "command", word
    name, _ = read_command(text)
    rest = text[begin + len(word) :]
    if name and COMMANDS[name].takes is Takes.QUERY:
        yield from coloured(rest)
    else:
        yield "plain", rest


def _query(text: str) -> Iterator[Piece]:
    """The terminals as far as the parser can read, what is behind them word by word."""
    tokens, _ = terminals(text)
    done = 0
    for token in tokens:
        yield from _gap(text[done : token.start])
        yield _KINDS.get(token.kind, "plain"), text[token.start : token.end]
        done = token.end
    rest = text[done:]
    done = 0
    for loose in read_scene(rest, 0, frozenset()).tokens:
        yield from _gap(rest[done : loose.span.start])
        style = "keyword" if loose.kind == "word" and loose.upper in KEYWORDS else _LOOSE.get(loose.kind, "plain")
        yield style, rest[loose.span.start : loose.span.end]
        done = loose.span.end
    yield from _gap(rest[done:])


def _gap(text: str) -> Iterator[Piece]:
    """What stands between terminals: spaces and comments."""
    if text:
        yield "comment" if "--" in text or "/*" in text else "plain", text

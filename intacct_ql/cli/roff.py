"""The man page: the reference as ``man`` shows it.

In: the pages of the reference, in Markdown. Out: one page in roff. Refuses to know: commands.

The parser comes with rich. The pages hold few kinds of blocks; each becomes one thing in roff, and a row of a
table a paragraph with a tag.
"""

from collections.abc import Callable, Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode as Node

_READER = MarkdownIt("zero").enable(["table", "code", "fence", "heading", "backticks"])
"""A star or a bracket means nothing here: it stands for itself."""

_SIGNS = str.maketrans(
    {
        "\\": r"\e",
        "-": r"\-",  # a hyphen would not be found as an option, nor be copied as one
        "'": r"\(aq",
        "`": r"\(ga",
        "^": r"\(ha",
        "~": r"\(ti",
        "|": r"|\:",  # a line may end there
    }
)


def man_page(name: str, purpose: str, pages: Iterable[str]) -> str:
    """The page of a program: what it is, its own words, and a section for each further page."""
    program, *rest = (_READER.parse(page) for page in pages)
    _, usage, *about = Node(program).children
    lines = [
        f'.TH {_text(name).upper()} 1 "" "{_text(name)}" "User Commands"',
        ".nr HY 0",  # a name that is cut is a wrong name
        ".ad l",
        ".SH NAME",
        f"{_text(name)} \\- {_text(purpose)}",
        ".SH SYNOPSIS",
        *_block(usage),
        ".SH DESCRIPTION",
        *(line for node in about for line in _block(node)),
        *(line for page in rest for node in Node(page).children for line in _block(node)),
    ]
    return "\n".join(lines) + "\n"


def _block(node: Node) -> Iterator[str]:
    return _BLOCKS[node.type](node)


def _heading(node: Node) -> Iterator[str]:
    yield f".SH {_inline(node.children[0]).upper()}"


def _paragraph(node: Node) -> Iterator[str]:
    yield ".PP"
    yield _line(_inline(node.children[0]))


def _code(node: Node) -> Iterator[str]:
    yield from (".PP", ".RS 4", ".EX")
    yield from (_line(_text(line)) for line in node.content.rstrip("\n").split("\n"))
    yield from (".EE", ".RE")


def _table(node: Node) -> Iterator[str]:
    """A paragraph with a tag for each row; over it the words over the first column, where they are its title."""
    title, second = (_inline(cell.children[0]) for cell in node.children[0].children[0].children)
    if not second:
        yield f".SS {title.capitalize()}"
    for row in node.children[1].children:
        tag, words = (_line(_inline(cell.children[0])) for cell in row.children)
        yield from (".TP", tag, words)


_BLOCKS: dict[str, Callable[[Node], Iterator[str]]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "code_block": _code,
    "fence": _code,
    "table": _table,
}


def _inline(node: Node) -> str:
    return "".join(
        f"\\fB{_text(part.content)}\\fR" if part.type == "code_inline" else _text(part.content or " ")
        for part in node.children
    )


def _text(text: str) -> str:
    return text.translate(_SIGNS)


def _line(text: str) -> str:
    """A line that is none of roff's own."""
    return f"\\&{text}" if text.startswith(".") else text

"""The reference of the command line: every command and option, exit statuses, variables and files.

In: the commands themselves. Out: pages in Markdown; ``python -m intacct_ql.cli.reference`` writes ``docs/commands.md``
and the man page. Refuses to know: what a command does.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import click

from intacct_ql.cli.program import NAME, TRACEBACK, Exit
from intacct_ql.cli.sections import Option, sections
from intacct_ql.profiles.settings import CREDENTIALS, variable

PAGE = Path(__file__).parents[1] / "docs" / "commands.md"
MAN = PAGE.with_name("intacct-ql.1")
PURPOSE = "SQL for Sage Intacct"

EXITS = {
    Exit.OK: "all is well",
    Exit.QUERY: "the query is wrong",
    Exit.USAGE: "the command line is wrong",
    Exit.ACCESS: "sign-in, settings or connection",
    Exit.REFUSED: "the gateway refused",
    Exit.BUDGET: "a budget (`--max-calls` and its fellows) stopped the run; what was read is kept",
    Exit.FAILED: "an internal error, or output that cannot be written",
    Exit.INTERRUPTED: "interrupted",
}

VARIABLES = {
    ", ".join(map(variable, CREDENTIALS)): "The credentials; they come before every profile. Give a sender's or a"
    " user's all, or none: where one is set, the others are not read from a profile.",
    "INTACCT_ENTITY_ID": "The entity to sign in to.",
    "INTACCT_ENDPOINT_URL": "Where the gateway is.",
    "INTACCT_PROFILE, INTACCT_SENDER_PROFILE": "The profile where none is named; the first that is set.",
    TRACEBACK: "Set to anything, a failure shows its traceback, for those who mend this program.",
    "NO_COLOR": "Set to anything, nothing is coloured. Without it only terminals are.",
    "VISUAL, EDITOR": "What `.edit` of the shell opens.",
    "PAGER": "What long pages are shown by on a terminal.",
    "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY": "The proxy on the way to the gateway, and what is reached without.",
    "SSL_CERT_FILE, SSL_CERT_DIR": "Certificates to trust in place of those that are built in.",
    "PYTHON_KEYRING_BACKEND": "The keyring that keeps passwords, where it is not the system's own.",
}

FILES = {
    "~/.intacct/credentials.ini": "The profiles, as Sage's own SDKs have them; `profile add` writes it for you alone to"
    " read.",
    "snapshots/ in the user's cache": "What was learned of each company; `schema refresh` renews it.",
    "history in the user's state": "What was typed into the shell; you alone can read it.",
    "results/ in the user's cache": "Rows that a table did not show (`query --spill`), for a week.",
}

_EXAMPLES = re.compile(r"^Examples?:$")


def pages() -> Iterator[tuple[tuple[str, ...], str]]:
    """Every page with the words that name it: the program's, the commands' in their order, the topics'."""
    from intacct_ql.cli import main  # noqa: PLC0415 - it names this module's command

    yield from _pages(main, ())
    yield ("exit-status",), _table("Exit status", "Status", {str(int(code)): words for code, words in EXITS.items()})
    yield ("environment",), _table("Environment", "Variable", _code(VARIABLES))
    yield ("files",), _table("Files", "File", _code(FILES))


def whole() -> str:
    """The whole reference."""
    note = "Written by `python -m intacct_ql.cli.reference` from the commands themselves.\n"
    return "\n".join(["# Commands\n", note, *(page for _, page in pages())])


def man() -> str:
    """The same as a man page."""
    from intacct_ql.cli.roff import man_page  # noqa: PLC0415 - needed only when it is written

    return man_page(NAME, PURPOSE, (page for _, page in pages()))


def _pages(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    context = click.Context(command, info_name=" ".join([NAME, *path]))
    yield path, _page(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _pages(inner, (*path, name))


def _page(command: click.Command, context: click.Context) -> str:
    usage = " ".join([context.info_name or "", *command.collect_usage_pieces(context)])
    parts = [f"## {context.info_name}\n", f"    {usage}\n", f"{_words(command.help)}\n"]
    if isinstance(command, click.Group):
        parts.append(_commands(command, context))
    parts += [_options(title, found) for title, found in sections(command, context)]
    parts += [f"{block}\n" for block in _blocks(command.epilog or "")]
    return "\n".join(filter(None, parts))


def _commands(group: click.Group, context: click.Context) -> str:
    found = {name: group.get_command(context, name) for name in group.list_commands(context)}
    lines = [
        f"| `{name}` | {_cell(one.get_short_help_str(200))} |" for name, one in found.items() if one and not one.hidden
    ]
    return "\n".join(["| command | |", "|---|---|", *lines]) + "\n"


def _options(title: str, found: list[Option]) -> str:
    """The options of a section, but for what every command has."""
    lines = [f"| `{_cell(names)}` | {_cell(words)} |" for one, (names, words) in found if "--help" not in one.opts]
    return "\n".join([f"| {title.lower()} | |", "|---|---|", *lines]) + "\n" if lines else ""


def _words(text: str | None) -> str:
    """A help text with its paragraphs on a line each."""
    paragraphs = re.split(r"\n\s*\n", (text or "").strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _blocks(epilog: str) -> Iterator[str]:
    """The parts of an epilog, each laid out as it is there; what is for a shell is marked so."""
    for block in re.split(r"\n\s*\n", epilog.replace("\b\n", "").strip("\n")):
        title, _, lines = block.partition("\n")
        if _EXAMPLES.match(title):
            shell = "\n".join(line.strip() for line in lines.rstrip().split("\n"))
            yield f"{title}\n\n```\n{shell}\n```"
        elif block.strip():
            yield "\n".join(f"    {line}" for line in block.rstrip().split("\n"))


def _table(title: str, what: str, rows: dict[str, str]) -> str:
    lines = [f"| {_cell(name)} | {_cell(words)} |" for name, words in rows.items()]
    return "\n".join([f"## {title}\n", f"| {what.lower()} | meaning |", "|---|---|", *lines]) + "\n"


def _code(rows: dict[str, str]) -> dict[str, str]:
    return {", ".join(f"`{name}`" for name in names.split(", ")): words for names, words in rows.items()}


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(whole(), "utf-8")
    MAN.write_text(man(), "utf-8")

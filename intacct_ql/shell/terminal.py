"""The shell at a terminal: a prompt that completes, colours and remembers.

In: keys. Out: pieces for the shell to take. Refuses to know: what becomes of them.

Whoever types sees the key first: what completes it, what runs a query and the company itself are loaded behind that.
"""

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import suppress

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.filters import completion_is_selected, has_focus, is_searching
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.lexers import Lexer
from prompt_toolkit.styles import Style

from intacct_ql.errors import Error
from intacct_ql.shell.colours import STYLES, coloured
from intacct_ql.shell.command_table import COMMANDS, Takes, read_command
from intacct_ql.shell.history import kept_history
from intacct_ql.shell.lines import is_whole, pieces, unclosed
from intacct_ql.shell.state import Shell

IDLE = 0.3
"""Seconds behind the first prompt before a company is prepared: who types at once is not kept waiting by it."""

SEEN = 0.001
"""Seconds in which a key is drawn: the screen is when nothing else is due."""

_STYLE = Style.from_dict({**{name: style for name, style in STYLES.items() if style}, "prompt": "bold"})


def prompting(shell: Shell) -> "PromptSession[str]":
    """What reads keys for this shell. Soon after the first prompt is drawn, its company is prepared."""
    session: PromptSession[str] = PromptSession(
        message=lambda: [("class:prompt", shell.prompt)],
        rprompt=lambda: "" if is_whole(session.default_buffer.text) else _unfinished(session.default_buffer.text),
        prompt_continuation=lambda width, line, _: _continued(session.default_buffer.text, line).rjust(width),
        completer=_Completions(shell),
        complete_in_thread=False,
        lexer=_Colours(),
        history=kept_history(),
        key_bindings=_keys(shell),
        style=_STYLE,
        include_default_pygments_style=False,
        multiline=True,
    )
    _once_drawn(session.app, shell.company.prepare)
    return session


def _unfinished(text: str) -> str:
    """What is said beside a query of several lines, lest somebody wait for its rows."""
    if "\n" not in text:
        return ""
    held = unclosed(text)
    return f"{held.closing} ends the {'comment' if held.is_comment else 'quote'}" if held.by else "; ends the query"


def _continued(text: str, line: int) -> str:
    """The prompt of a line that is not the first: what those before it leave open, if anything."""
    before = text.split("\n")[:line]
    held = unclosed("\n".join([*before, ""]))
    return f"{held.by[-1:] or '.'}> "


def run_terminal(shell: Shell, session: "PromptSession[str]") -> None:
    """Take what is typed until somebody leaves."""
    # An interrupt is for what runs: where nothing does, Ctrl-C is a key like others.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while not shell.leaving:
            draft, shell.draft = shell.draft, ""
            with suppress(KeyboardInterrupt):
                _take(shell, session.prompt(default=draft))
    except EOFError:
        pass
    finally:
        signal.signal(signal.SIGINT, before)


def _take(shell: Shell, text: str) -> None:
    from intacct_ql.shell.taking import take  # noqa: PLC0415 - cold start

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        for piece in pieces(text.splitlines(keepends=True)):
            if not take(shell, piece) or shell.leaving:
                break
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def _once_drawn(app: "Application[str]", ready: Callable[[], None]) -> None:
    def drawn(_: object) -> None:
        app.after_render.remove_handler(drawn)
        asyncio.get_running_loop().call_later(IDLE, ready)

    app.after_render += drawn


class _Completions(Completer):
    """The menu: what is put in, what it is, what people call it."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        shell = self._shell
        name, argument = read_command(document.text_before_cursor + "x")
        if name and COMMANDS[name].takes is Takes.FILE and argument:
            path = Document(argument[:-1])
            yield from self._paths.get_completions(path, complete_event)
            return
        from intacct_ql.shell.completion import complete  # noqa: PLC0415 - cold start

        try:
            found = complete(
                document.text,
                document.cursor_position,
                shell.company.catalog,
                parameters=tuple(map(str, shell.params)),
                profiles=shell.outside.profiles() if name == ".profile" else (),
            )
        except Error:  # a catalog that cannot be read: the query will say so
            return
        for one in found:
            meta = "  ".join(filter(None, (one.detail, one.label))) or one.kind.value
            yield Completion(one.text, one.start - document.cursor_position, display_meta=meta)

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """The same, once what was typed is on the screen."""
        await asyncio.sleep(SEEN)
        for one in self.get_completions(document, complete_event):
            yield one


class _Colours(Lexer):
    """Colours by the terminals of the language."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        lines: list[StyleAndTextTuples] = [[]]
        for style, text in coloured(document.text):
            first, *more = text.split("\n")
            lines[-1].append((f"class:{style}", first))
            lines.extend([(f"class:{style}", part)] for part in more)
        return lambda number: lines[number] if number < len(lines) else []


def _keys(shell: Shell) -> KeyBindings:
    keys = KeyBindings()
    typing = has_focus("DEFAULT_BUFFER") & ~is_searching

    @keys.add("enter", filter=typing & completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        """Take the completion that is selected, and stay on the line."""
        event.current_buffer.complete_state = None

    @keys.add("enter", filter=typing & ~completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        """End the query where nothing is missing, else begin a line."""
        buffer = event.current_buffer
        if not buffer.text.strip() or is_whole(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    @keys.add("f2", filter=typing)
    def _(event: KeyPressEvent) -> None:
        """Put in the mended query; where there are several, the next one."""
        if shell.mends:
            text = event.current_buffer.text
            at = shell.mends.index(text) + 1 if text in shell.mends else 0
            mended = shell.mends[at % len(shell.mends)]
            event.current_buffer.document = Document(mended, len(mended))

    return keys

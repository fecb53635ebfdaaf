"""The prompt before there is one: seen at once, while what reads keys is still being loaded.

In: the words of the prompt. Out: the same words on the terminal, until they are drawn anew in their place. Refuses to
know: what is loaded.

Half of the time to a prompt goes into the library that reads keys. What is typed meanwhile is not lost: the terminal
keeps it, unseen, and gives it to whoever reads first. Nothing is garbage yet, so none is looked for: a tenth of the
time.
"""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_BOLD, _PLAIN, _GONE = "\x1b[1m", "\x1b[0m", "\r\x1b[K"


@contextmanager
def early_prompt(words: str) -> Iterator[None]:
    """Show the prompt within the block; behind it, its line is empty again."""
    with _kept_typing() as kept:
        if kept:
            _write(f"{_BOLD}{words}{_PLAIN}")
        gc.disable()
        try:
            yield
        finally:
            gc.enable()
            if kept:
                _write(_GONE)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


@contextmanager
def _kept_typing() -> Iterator[bool]:
    """Let the terminal keep each key as it is pressed, unseen, Ctrl-C with the others; whether it can."""
    try:
        import termios  # noqa: PLC0415 - not every system has terminals of this kind
    except ImportError:
        yield False
        return
    try:
        before = termios.tcgetattr(sys.stdin)
    except (termios.error, OSError, ValueError):
        yield False
        return
    if os.environ.get("TERM", "dumb") in ("dumb", "unknown"):
        yield False
        return
    now = [*before]
    now[0] &= ~(termios.ICRNL | termios.IXON)
    now[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
    termios.tcsetattr(sys.stdin, termios.TCSANOW, now)
    try:
        yield True
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSANOW, before)

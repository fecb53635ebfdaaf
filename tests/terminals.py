"""The real command in a pseudo-terminal, and the screen that somebody before it would see.

Nothing sleeps: a test waits for what it expects to read, for as long as a busy machine takes.
"""

import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pexpect
import pyte

COMMAND = Path(sys.executable).with_name("intacct-ql")
PATIENCE = 90.0
KEYS = {
    "enter": "\r",
    "tab": "\t",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "pgdn": "\x1b[6~",
    "pgup": "\x1b[5~",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "f2": "\x1bOQ",
    "escape": "\x1b",
    **{f"ctrl-{letter}": chr(ord(letter) - 96) for letter in "cdlr"},
}


class Terminal:
    """A terminal in which the shell runs."""

    def __init__(self, *arguments: str, env: dict[str, str], folder: Path, width: int = 90, height: int = 24) -> None:
        self._child = pexpect.spawn(
            str(COMMAND), ["shell", *arguments], dimensions=(height, width), env=env, cwd=str(folder), timeout=PATIENCE
        )
        self._child.delaybeforesend = None
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)

    def close(self) -> None:
        """End the program, whatever it does; it is waited for, since pexpect gives it a fifth of a second alone."""
        if self._child.isalive():
            self._child.kill(signal.SIGKILL)
            self._child.wait()
        self._child.close(force=True)

    def type(self, text: str) -> None:
        """Type text."""
        self._child.send(text.encode())

    def press(self, *names: str) -> None:
        """Press keys."""
        for name in names:
            self._child.send(KEYS[name].encode())

    def sees(self, *patterns: str) -> str:
        """Wait until the screen shows all of them; give it."""
        return self.waits(lambda screen: all(re.search(one, screen, re.MULTILINE) for one in patterns), patterns)

    def insists(self, key: str, pattern: str) -> None:
        """Press a key until the screen shows it: a key that comes while nobody listens is lost."""
        until = monotonic() + PATIENCE
        while not re.search(pattern, self.screen, re.MULTILINE):
            assert monotonic() < until, self.screen
            self.press(key)
            patience = monotonic() + 2
            while monotonic() < patience and not re.search(pattern, self.screen, re.MULTILINE):
                self._read()

    def loses(self, pattern: str) -> str:
        """Wait until the screen no longer shows it."""
        return self.waits(lambda screen: not re.search(pattern, screen, re.MULTILINE), f"no {pattern}")

    def waits(self, is_right: Callable[[str], bool], wanted: object) -> str:
        """Wait until the screen is as it should be."""
        until = monotonic() + PATIENCE
        while not is_right(self.screen):
            if monotonic() > until or not self._read():
                raise AssertionError(f"{wanted} was never on the screen:\n{self.screen}")
        return self.screen

    def settles(self) -> str:
        """Wait until nothing is written any more; give the screen. Only for screens that are to be kept."""
        before = None
        while before != (before := self.screen):
            self._read()
            self._read()
        return self.screen

    def leaves(self) -> int:
        """Wait until the program has ended; give its exit status."""
        until = monotonic() + PATIENCE
        while self._read() and monotonic() < until:
            pass
        self._child.close()
        return self._child.exitstatus

    @property
    def screen(self) -> str:
        """What is on the screen, without the blanks at its right and its end."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip()

    @property
    def colours(self) -> set[str]:
        """The colours on the screen."""
        return {cell.fg for line in self._screen.buffer.values() for cell in line.values()} - {"default"}

    def _read(self) -> bool:
        """Take in what the program has written; False at its end."""
        try:
            self._show(self._child.read_nonblocking(65_536, timeout=1))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True

    def _show(self, data: bytes) -> None:
        """Show what was written; where the program asks for the place of the cursor, answer as a terminal does."""
        *asked, rest = data.split(b"\x1b[6n")
        for part in asked:
            self._stream.feed(part)
            cursor = self._screen.cursor
            self._child.send(f"\x1b[{cursor.y + 1};{cursor.x + 1}R".encode())
        self._stream.feed(rest)

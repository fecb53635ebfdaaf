"""The shell in a terminal of its own, with nothing configured; and a slow gateway for what takes time."""

import difflib
import os
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from terminals import COMMAND, Terminal

SCREENS = Path(__file__).parent / "screens"
SECONDS = re.compile(r"\d+\.\d+ s$", re.MULTILINE)

Opens = Callable[..., Terminal]
Shows = Callable[[Terminal, str], None]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Nothing of who runs the tests: no credentials, no colours of theirs, a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("INTACCT_", "XDG_"))}
    for name in ("NO_COLOR", "COLUMNS", "LINES", "EDITOR", "VISUAL"):
        kept.pop(name, None)
    return {**kept, "TERM": "xterm-256color", "HOME": str(tmp_path), "LANG": "C.UTF-8"}


@pytest.fixture
def opens(environment: dict[str, str], tmp_path: Path) -> Iterator[Opens]:
    """Open a terminal with the shell in it: ``opens("--demo", NO_COLOR="1")``; it is at its first prompt."""
    opened: list[Terminal] = []

    def open_one(*arguments: str, height: int = 44, prompt: str = "demo>", **variables: str) -> Terminal:
        terminal = Terminal(*arguments, env={**environment, **variables}, height=height, folder=tmp_path)
        opened.append(terminal)
        terminal.sees(rf"{prompt}$")
        return terminal

    yield open_one
    for terminal in opened:
        terminal.close()


@pytest.fixture
def shows(request: pytest.FixtureRequest) -> Shows:
    """Wait until a terminal shows a kept screen; ``pytest tests/shell --update-corpus`` keeps those that it shows."""

    def shows(terminal: Terminal, name: str) -> None:
        kept = SCREENS / f"{name}.txt"
        if request.config.getoption("--update-corpus"):
            kept.write_text(timeless(terminal.settles()) + "\n", "utf-8")
            return
        wanted = kept.read_text("utf-8").removesuffix("\n")
        try:
            terminal.waits(lambda screen: timeless(screen) == wanted, name)
        except AssertionError:
            found = timeless(terminal.screen).split("\n")
            difference = "\n".join(difflib.unified_diff(wanted.split("\n"), found, f"{name}.txt", "the screen"))
            pytest.fail(f"another screen was expected:\n{difference}", pytrace=False)

    return shows


def timeless(screen: str) -> str:
    """The screen with the same seconds whatever they were."""
    return SECONDS.sub("0.12 s", screen)


@pytest.fixture(scope="module")
def slow() -> Iterator[str]:
    """The address of a gateway that takes its time with every page."""
    with emulated("slow=1s") as address:
        yield address


@pytest.fixture
def failing() -> Iterator[str]:
    """The address of a gateway that answers a few calls, and then no more."""
    with emulated("doctype@call=4+") as address:
        yield address


@contextmanager
def emulated(faults: str) -> Iterator[str]:
    process = subprocess.Popen(
        [COMMAND, "emulate", "--faults", faults], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    yield process.stdout.readline().decode().split()[0]
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

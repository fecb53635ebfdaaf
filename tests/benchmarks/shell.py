"""The shell: the time to its first prompt in a terminal, and to a completion. The best of several processes or calls.

python tests/benchmarks/shell.py

Beside the time by the clock stands that of the processor, which a busy machine distorts less; it is what the system has
counted for the program when its words are read, so it needs Linux.
"""

import os
import re
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import NamedTuple, Self

import pexpect

from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.shell.completion import complete

RUNS = 9
PROMPT_GOAL, COMPLETION_GOAL = 250, 20
COMMAND = str(Path(sys.executable).with_name("intacct-ql"))
PEER = "from prompt_toolkit import PromptSession; PromptSession().prompt('peer> ')"

CASES = {
    "every field": "select | from CUSTOMER",
    "a field by its name": "select cred| from CUSTOMER",
    "a field by letters": "select crlmt| from CUSTOMER",
    "a path": "select TERM.| from CUSTOMER",
    "a value": "select NAME from CUSTOMER where STATUS = |",
    "an object": "select NAME from CUS|",
}


TYPED = "zq"
_MOVES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")


class Taken(NamedTuple):
    """Milliseconds by the clock, and of the processor."""

    clock: float
    processor: float

    def __sub__(self, other: "Taken") -> Self:
        return type(self)(self.clock - other.clock, self.processor - other.processor)

    def __str__(self) -> str:
        return f"{self.clock:5.0f} ms ({self.processor:4.0f} of the processor)"


def taken_until(words: str, *command: str, typed: str = "") -> Taken:
    """How long a program takes in a terminal of its own until it has written these words, and shown what is typed."""
    began = perf_counter()
    child = pexpect.spawn(command[0], [*command[1:]], timeout=60, dimensions=(24, 80))
    child.delaybeforesend = None
    try:
        _read_until(words, child)
        if typed:
            child.send(typed)
            _read_until(typed, child)
        return Taken((perf_counter() - began) * 1000, _processor(child.pid))
    finally:
        child.close(force=True)


def _processor(process: int) -> float:
    threads = Path(f"/proc/{process}/task").iterdir()
    return sum(int((thread / "schedstat").read_text("ascii").split()[0]) for thread in threads) / 1e6


def _read_until(words: str, child: "pexpect.spawn[bytes]") -> None:
    """Read until the words were written, whatever moves of the cursor stand between their letters."""
    seen = b""
    while words.encode() not in _MOVES.sub(b"", seen):
        seen += child.read_nonblocking(65_536, timeout=60)


def best(words: str, *command: str, typed: str = "") -> Taken:
    """The best of both, each of its own run."""
    clock, processor = zip(*(taken_until(words, *command, typed=typed) for _ in range(RUNS)), strict=True)
    return Taken(min(clock), min(processor))


def completion(text: str) -> tuple[float, int]:
    """Milliseconds of the fastest call, and how much it suggests."""
    before, _, behind = text.partition("|")
    taken = []
    for _ in range(RUNS * 10):
        began = perf_counter()
        found = complete(before + behind, len(before))
        taken.append(perf_counter() - began)
    return min(taken) * 1000, len(found)


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HOME=folder, XDG_STATE_HOME=folder, TERM="xterm-256color")
        bare = best("bare", sys.executable, "-c", "print('bare'); input()")
        peer = best("peer>", sys.executable, "-c", PEER, typed=TYPED)
        prompt = best("demo>", COMMAND, "shell", "--demo")
        heard = best("demo>", COMMAND, "shell", "--demo", typed=TYPED)
    print(f"a bare interpreter              {bare}")
    print(f"over it, until a key is seen by a prompt of prompt_toolkit  {peer - bare}")
    print(f"over it, until the first prompt of the shell                {prompt - bare}  (goal: under {PROMPT_GOAL})")
    print(f"over it, until a key is seen by the shell                   {heard - bare}")
    thing = BUNDLED.object("CUSTOMER")
    print(f"completion on an object of {len(thing.fields) if thing else 0} fields  (goal: under {COMPLETION_GOAL} ms)")
    for words, text in CASES.items():
        taken, count = completion(text)
        print(f"  {words:<20} {taken:6.2f} ms, {count} suggested")


if __name__ == "__main__":
    main()

"""The shell: the time to its first prompt in a terminal, and to a completion. The best of several processes or calls.

python tests/benchmarks/shell.py
"""

import os
import re
import sys
import tempfile
from pathlib import Path
from time import perf_counter

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


def seconds_until(words: str, *command: str, typed: str = "") -> float:
    """How long a program takes in a terminal of its own until it has written these words, and shown what is typed."""
    began = perf_counter()
    child = pexpect.spawn(command[0], [*command[1:]], timeout=60, dimensions=(24, 80))
    child.delaybeforesend = None
    try:
        _read_until(words, child)
        if typed:
            child.send(typed)
            _read_until(typed, child)
        return perf_counter() - began
    finally:
        child.close(force=True)


def _read_until(words: str, child: "pexpect.spawn[bytes]") -> None:
    """Read until the words were written, whatever moves of the cursor stand between their letters."""
    seen = b""
    while words.encode() not in _MOVES.sub(b"", seen):
        seen += child.read_nonblocking(65_536, timeout=60)


def best(words: str, *command: str, typed: str = "") -> float:
    """Milliseconds of the fastest run."""
    return min(seconds_until(words, *command, typed=typed) for _ in range(RUNS)) * 1000


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
        bare = best("bare", sys.executable, "-c", "print('bare')")
        peer = best("peer>", sys.executable, "-c", PEER)
        prompt = best("demo>", COMMAND, "shell", "--demo")
        heard = best("demo>", COMMAND, "shell", "--demo", typed=TYPED)
    print(f"a bare interpreter             {bare:6.0f} ms")
    print(f"a prompt of prompt_toolkit     {peer:6.0f} ms, {peer - bare:.0f} over it")
    print(f"the first prompt of the shell  {prompt:6.0f} ms, {prompt - bare:.0f} over it  (goal: under {PROMPT_GOAL})")
    print(f"  and what is typed then seen  {heard:6.0f} ms, {heard - bare:.0f} over it")
    thing = BUNDLED.object("CUSTOMER")
    print(f"completion on an object of {len(thing.fields) if thing else 0} fields  (goal: under {COMPLETION_GOAL} ms)")
    for words, text in CASES.items():
        taken, count = completion(text)
        print(f"  {words:<20} {taken:6.2f} ms, {count} suggested")


if __name__ == "__main__":
    main()

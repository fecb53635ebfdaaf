"""Completion in the real shells, each on a terminal of its own: what somebody sees who presses Tab."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pexpect
import pyte
import pytest

PATIENCE = 60.0
PROMPT = "ready>"
ERASE = "\x15"  # Ctrl-U. Ctrl-C is a signal, which bash loses now and then (3 of 2,000) when about to wait for a key.
BEGIN = {
    "bash": (["--norc", "--noprofile"], f"PS1='{PROMPT} '; eval \"$(intacct-ql completion bash)\""),
    "zsh": (
        ["-f", "-i"],
        f"PS1='{PROMPT} '; autoload -U compinit; compinit -u; eval \"$(intacct-ql completion zsh)\"",
    ),
    "fish": (
        ["--no-config", "--private"],
        f"function fish_prompt; printf '{PROMPT} '; end; intacct-ql completion fish | source",
    ),
}
"""For each shell, how it is started without anybody's settings, and told of our completion."""

TYPED = """\
intacct-ql que             | intacct-ql query
iql doc                    | iql doctor
iql query --no-h           | iql query --no-header
iql query --output mark    | iql query --output markdown
iql query --output=mark    | iql query --output=markdown
iql profile show o         | iql profile show other
iql query --profile=o      | iql query --profile=other
iql schema CUSTT           | iql schema CUSTTYPE
iql check --file pl        | iql check --file plain.sql
iql check --file=pl        | iql check --file=plain.sql
iql query -o tw            | iql query -o two\\ words.csv
iql query "a b" --outp     | iql query "a b" --output
"""
"""What is typed before Tab is pressed, and what stands there then."""


class Shell:
    """A shell that reads keys, and its screen."""

    def __init__(self, name: str, folder: Path) -> None:
        arguments, line = BEGIN[name]
        env = {**os.environ, "HOME": str(folder), "TERM": "xterm-256color"}
        env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"
        self._screen = pyte.Screen(100, 200)
        self._stream = pyte.ByteStream(self._screen)
        self._child = pexpect.spawn(name, arguments, env=env, cwd=str(folder), dimensions=(200, 100), timeout=PATIENCE)
        self._child.delaybeforesend = None
        self._child.sendline(line)
        self.sees(PROMPT)

    def close(self) -> None:
        self._child.close(force=True)

    def completes(self, typed: str, seen: str) -> None:
        """Type it and press Tab; then this stands there. The line is given up."""
        self._child.send(f"{typed}\t")
        self.sees(f"{PROMPT} {seen}")
        self._child.send(ERASE)
        self.sees(PROMPT)

    def sees(self, last: str) -> None:
        """Wait until the last line of the screen is this."""
        until = monotonic() + PATIENCE
        while (lines := [line.rstrip() for line in self._screen.display if line.strip()])[-1:] != [last]:
            assert monotonic() < until, lines[-5:]
            try:
                self._stream.feed(self._child.read_nonblocking(65_536, timeout=1))
            except pexpect.TIMEOUT:
                continue


@pytest.fixture(params=list(BEGIN))
def shell(request: pytest.FixtureRequest, home: Path) -> Iterator[Shell]:
    if request.param != "bash" and shutil.which(request.param) is None:
        pytest.skip(f"{request.param} is not installed")
    (home / ".intacct").mkdir()
    (home / ".intacct" / "credentials.ini").write_text("[acme]\ncompany_id = acme\n[other]\n")
    for name in ("plain.sql", "two words.csv"):
        (home / name).touch()
    shell = Shell(request.param, home)
    yield shell
    shell.close()


def test_somebody_presses_tab(shell: Shell) -> None:
    for line in TYPED.splitlines():
        typed, _, seen = line.partition("|")
        shell.completes(typed.strip(), seen.strip())

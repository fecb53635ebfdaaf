"""What is loaded before a key is seen: the less, the sooner."""

import subprocess
import sys

BEHIND = {
    "intacct_ql.shell.completion",
    "intacct_ql.shell.taking",
    "intacct_ql.schema.catalog",
    "intacct_ql.syntax.parser",
    "intacct_ql.sessions",
    "intacct_ql.emulator",
}
"""What completes a word, runs a query or answers it."""


def test_who_types_waits_for_nothing_but_the_reader_of_keys() -> None:
    code = """
import sys, intacct_ql.cli.shell, intacct_ql.shell.state, intacct_ql.shell.terminal
print(*[text for _, text in intacct_ql.shell.terminal.coloured("select")], *sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    text, *loaded = done.stdout.split()
    assert text == "select"
    assert not BEHIND & set(loaded)

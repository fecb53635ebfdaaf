"""The README's examples run and print what it says; ``--update-corpus`` writes their output anew."""

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
BIN = Path(sys.executable).parent
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```\n\n```output\n(.*?)```", re.DOTALL)
SECONDS = re.compile(r"\d+\.\d+ s\b")


def shell(command: str, home: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INTACCT_")}
    environment = {**kept, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(home), "COLUMNS": "100"}
    done = subprocess.run(
        command, shell=True, env=environment, cwd=home, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return "\n".join(line.rstrip() for line in SECONDS.sub("0.12 s", done.stdout).splitlines())


def session(block: str, home: Path) -> str:
    """The block with the output of each of its commands as it is now."""
    parts = []
    for line in block.splitlines():
        if line.startswith("$ "):
            parts += [line, *shell(line[2:], home).splitlines()]
    return "\n".join(parts) + "\n"


def test_the_tour_prints_what_it_says(tmp_path, update_corpus):
    text = README.read_text("utf-8")
    now = CONSOLE.sub(lambda found: f"```console\n{session(found[1], tmp_path)}```", text)
    if update_corpus:
        README.write_text(now, "utf-8")
    else:
        assert now == text
    assert len(CONSOLE.findall(text)) >= 6


def test_the_python_example_prints_what_it_says(tmp_path):
    for program, output in PYTHON.findall(README.read_text("utf-8")):
        done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, text=True, capture_output=True)
        assert done.stdout == output, done.stderr


def test_every_command_is_named():
    text = README.read_text("utf-8")
    listing = subprocess.run([BIN / "intacct-ql", "--help"], text=True, capture_output=True).stdout
    commands = re.findall(r"^  ([a-z]+)  ", listing.partition("Commands:")[2], re.MULTILINE)
    assert len(commands) >= 6
    assert [name for name in commands if name not in text] == []

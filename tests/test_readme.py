"""The examples of the README and of the pages it leads to run and print what they say.

``--update-corpus`` writes what the commands print anew.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import intacct_ql

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DOCS = Path(intacct_ql.__file__).parent / "docs"
PAGES = {page.name: page for page in (README, *sorted(DOCS.glob("*.md")))}
BIN = Path(sys.executable).parent
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
PYTHON = re.compile(r"```python\n(.*?)```\n\n```output\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^\$ .*(?:\n> .*)*", re.MULTILINE)
CONTINUED = re.compile(r"\n> ")
LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
SECONDS = re.compile(r"\d+\.\d+ s\b")


def shell(command: str, home: Path) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INTACCT_")}
    environment = {**kept, "PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(home), "COLUMNS": "100"}
    done = subprocess.run(
        command, shell=True, env=environment, cwd=home, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    return "\n".join(line.rstrip() for line in SECONDS.sub("0.12 s", done.stdout).splitlines())


def session(block: str, home: Path) -> str:
    """The block with the output of each of its commands as it is now; a command goes on in lines that begin with >."""
    parts = []
    for found in COMMAND.finditer(block):
        parts += [found[0], *shell(CONTINUED.sub("\n", found[0])[2:], home).splitlines()]
    return "\n".join(parts) + "\n"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_what_it_says(name, tmp_path, update_corpus):
    text = PAGES[name].read_text("utf-8")
    now = CONSOLE.sub(lambda found: f"```console\n{session(found[1], tmp_path)}```", text)
    if update_corpus:
        PAGES[name].write_text(now, "utf-8")
    else:
        assert now == text


def test_there_are_examples():
    assert len(CONSOLE.findall(README.read_text("utf-8"))) >= 5


@pytest.mark.parametrize("name", PAGES)
def test_the_links_of_a_page_lead_somewhere(name):
    page = PAGES[name]
    for target in LINK.findall(page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        found = (page.parent / path) if path else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found.read_text("utf-8")), target


def anchors(text: str) -> set[str]:
    """The headings of a page as links name them."""
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in HEADING.findall(text)}


@pytest.mark.parametrize("name", PAGES)
def test_the_python_examples_of_a_page_print_what_it_says(name, tmp_path, update_corpus):
    def now(found: re.Match[str]) -> str:
        done = subprocess.run([sys.executable, "-c", found[1]], cwd=tmp_path, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr
        return f"```python\n{found[1]}```\n\n```output\n{done.stdout}```"

    text = PAGES[name].read_text("utf-8")
    fresh = PYTHON.sub(now, text)
    if update_corpus:
        PAGES[name].write_text(fresh, "utf-8")
    else:
        assert fresh == text


def test_every_command_is_named():
    text = README.read_text("utf-8")
    listing = subprocess.run([BIN / "intacct-ql", "--help"], text=True, capture_output=True).stdout
    commands = re.findall(r"^  ([a-z]+)  ", listing.partition("Commands:")[2], re.MULTILINE)
    assert len(commands) >= 6
    assert [name for name in commands if name not in text] == []

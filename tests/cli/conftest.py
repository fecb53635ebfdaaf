"""The command line with nothing configured: no profile file, no INTACCT variables."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from intacct_ql.cli import main


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [*os.environ]:
        if name.startswith("INTACCT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run() -> Callable[..., Result]:
    def run(*arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, list(arguments), input=stdin, prog_name="intacct-ql")

    return run


_OF_TERMINALS = ("NO_COLOR", "FORCE_COLOR", "LESS", "COLUMNS", "LINES")


@pytest.fixture
def environment(home: Path) -> Callable[..., tuple[str, dict[str, Any]]]:
    """The program, and the settings by which pexpect starts it on a terminal, with variables of one's own."""

    def given(**variables: str) -> tuple[str, dict[str, Any]]:
        kept = {name: value for name, value in os.environ.items() if name not in _OF_TERMINALS}
        settings = {**kept, "HOME": str(home), "TERM": "xterm-256color", **variables}
        return str(Path(sys.executable).with_name("intacct-ql")), {"env": settings, "encoding": "utf-8", "timeout": 60}

    return given

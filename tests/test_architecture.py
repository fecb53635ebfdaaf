"""The floors hold, the public names are complete, and nothing heavy is imported before it is needed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import intacct_ql as iql

ROOT = Path(__file__).parents[1]
HEAVY = {
    "asyncio",
    "lark",
    "lxml",
    "pyarrow",
    "rich",
    "urllib3",
    "uvicorn",
    "intacct_ql.emulator",
    "intacct_ql.executor",
}


def test_imports_run_one_way():
    done = subprocess.run([Path(sys.executable).parent / "lint-imports"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_public_names_are_sorted_and_there():
    assert iql.__all__ == sorted(iql.__all__, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert all(hasattr(iql, name) for name in iql.__all__)


@pytest.mark.parametrize(
    "line",
    [
        "import intacct_ql as iql; iql.compile('select NAME from CUSTOMER where STATUS = active')",
        "from intacct_ql.cli import main; main(['compile', 'select NAME from CUSTOMER'], standalone_mode=False)",
    ],
)
def test_compiling_imports_nothing_heavy(line):
    code = f"import sys; sys.modules['socket'] = None; {line}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not HEAVY & set(done.stdout.split())


def test_every_room_says_what_it_refuses_to_know():
    """A module opens with what comes in, what goes out and what it refuses to know."""
    silent = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "intacct_ql").rglob("*.py"))
        if path.name not in ("__init__.py", "__main__.py")
        and "efuses to know" not in " ".join(path.read_text("utf-8").split('"""')[1].split())
    ]
    assert silent == []


def test_no_group_is_possessive():
    """Up to Python 3.11.4 a possessive group may match wrongly; an atomic one does not."""
    possessive = re.compile(r"\)[*+?]\+")
    found = {
        f"{path.relative_to(ROOT)}: {pattern}"
        for path in (ROOT / "intacct_ql").rglob("*.py")
        for pattern in possessive.findall(path.read_text("utf-8"))
    }
    assert found == set()

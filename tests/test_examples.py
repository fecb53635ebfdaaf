"""Every example runs, and says what it did."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
SAYS = {
    "embed_compiler.py": ["<query>", "IQL202", "SELECT NAME FROM CUSTOMER"],
    "pull_blocking.py": ["['VENDORNAME', 'WHENDUE', 'TOTALDUE']", "1 page, 1 sign-in"],
    "pull_async.py": ["customers owe", "in 3 pages"],
    "stream_to_file.py": ["rows in"],
    "month_end.py": ["off by 0 cents", "Outlet 50% & More is 24,798.06 over"],
    "handle_errors.py": [
        "query: ['IQL1",
        "query: ['IQL202'",
        "sign-in: XL03000006",
        "gateway: ",
        "transport: ",
        "budget: ",
    ],
}


def run(*arguments, cwd):
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("name", SAYS)
def test_an_example_runs(name, tmp_path):
    done = run(EXAMPLES / name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    for words in SAYS[name]:
        assert words in done.stdout


def test_the_example_test_passes(tmp_path):
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", EXAMPLES / "test_with_emulator.py", cwd=tmp_path)
    assert done.returncode == 0, done.stdout


def test_every_example_is_run():
    assert {path.name for path in EXAMPLES.glob("*.py")} == {*SAYS, "test_with_emulator.py"}

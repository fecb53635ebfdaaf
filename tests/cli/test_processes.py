"""The command line as a process: streams, pipes, signals, and what it imports."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

PROGRAM = [sys.executable, "-m", "intacct_ql"]
HEAVY = {"urllib3", "lxml", "rich", "uvicorn", "asyncio", "xmlschema", "prompt_toolkit"}


def ran(*arguments: str, **settings) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PROGRAM, *arguments], capture_output=True, timeout=30, check=False, **settings)


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    """A slow gateway on a free port."""
    process = subprocess.Popen([*PROGRAM, "emulate", "--faults", "slow=2s"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    yield process.stdout.readline().decode().split()[0]
    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=10)
    assert (rest, process.returncode) == (b"", 0)


def test_rows_and_words_go_their_ways() -> None:
    result = ran("query", "--output", "csv", "select NAME from CUSTOMER where CUSTOMERID = REG001")
    assert (result.returncode, result.stdout) == (0, b"NAME\r\nRegal Services\r\n")
    assert b"demo company" in result.stderr


def test_a_wrong_query_and_wrong_usage() -> None:
    assert ran("query", "--demo", "select NAM from CUSTOMER").returncode == 1
    assert ran("query").returncode == 2


def test_a_reader_that_leaves_early() -> None:
    line = f"{' '.join(PROGRAM)} query --demo --output csv 'select * from GLENTRY' | head -1"
    result = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, timeout=30, check=False)
    assert result.returncode == 0
    assert result.stdout.startswith(b"RECORDNO,")
    assert result.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk() -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            [*PROGRAM, "compile", "select NAME from CUSTOMER"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert (result.returncode, result.stderr) == (70, b"error: No space left on device\n")


BILLS = "select * from APBILL"


def limited(*arguments: str, cwd: Path, most: int) -> subprocess.CompletedProcess[bytes]:
    """A run in which no file can have more than so many bytes; nor can what Python would keep of what it compiles."""
    return ran(
        *arguments,
        cwd=cwd,
        env=os.environ | {"TMPDIR": str(cwd), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )


@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("rows.csv", 90_000),
        pytest.param("rows.csv", 6_000, marks=pytest.mark.long),
        ("rows.jsonl", 90_000),
        pytest.param("rows.jsonl", 6_000, marks=pytest.mark.long),
        ("rows.parquet", 6_000),
        ("rows.xlsx", 6_000),
        ("rows.xlsx", 90_000),  # a workbook is put together from a sheet that lies on the disk too
    ],
)
def test_a_file_that_finds_no_room_is_named_and_leaves_nothing(tmp_path: Path, name: str, most: int) -> None:
    result = limited("query", "--demo", "-o", name, BILLS, cwd=tmp_path, most=most)
    assert (result.returncode, result.stderr.decode()) == (70, f"error: {name}: File too large\n")
    assert [*tmp_path.iterdir()] == []


def test_a_database_that_finds_no_room_is_as_it_was(tmp_path: Path) -> None:
    ran("query", "--demo", "-o", "rows.db", "select NAME from APTERM", cwd=tmp_path)
    before = (tmp_path / "rows.db").read_bytes()
    result = limited("query", "--demo", "-o", "rows.db", "--table", "bills", BILLS, cwd=tmp_path, most=20_000)
    assert (result.returncode, result.stderr) == (70, b"error: rows.db cannot be written: disk I/O error\n")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]


def test_a_run_that_finds_no_room_goes_on_once_there_is(tmp_path: Path) -> None:
    query = ("query", "--demo", "--quiet", "--page-size", "50", "--resume", "state.json", "-o", "rows.csv", BILLS)
    result = limited(*query, cwd=tmp_path, most=50_000)
    assert (result.returncode, result.stderr) == (70, b"error: rows.csv: File too large\n")
    assert (tmp_path / "state.json").exists()
    assert ran(*query, cwd=tmp_path).returncode == 0
    assert (tmp_path / "rows.csv").read_bytes() == ran("query", "--demo", "--output", "csv", BILLS).stdout


def test_a_workbook_that_nobody_reads_on_ends_quietly() -> None:
    process = subprocess.Popen(
        [*PROGRAM, "query", "--demo", "--quiet", "--output", "xlsx", BILLS],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.read(2) == b"PK"
    process.stdout.close()
    _, stderr = process.communicate()
    assert (process.returncode, stderr) == (0, b"")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run_leaves_no_file(gateway: str, tmp_path: Path, number: int, status: int) -> None:
    query = [*PROGRAM, "query", "--endpoint", gateway, "-o", "rows.csv", "select NAME from CUSTOMER"]
    process = subprocess.Popen(query, cwd=tmp_path, stderr=subprocess.PIPE)
    for _ in range(500):
        if any(tmp_path.iterdir()):
            break
        time.sleep(0.02)
    time.sleep(0.5)
    process.send_signal(number)
    _, words = process.communicate(timeout=10)
    assert process.returncode == status
    assert b"Traceback" not in words
    assert not any(tmp_path.iterdir())


def test_a_port_that_is_taken(gateway: str) -> None:
    result = ran("emulate", "--port", str(urlsplit(gateway).port))
    assert (result.returncode, result.stdout) == (3, b"")
    assert b"cannot listen on 127.0.0.1 port" in result.stderr


def test_a_fault_that_does_not_exist() -> None:
    result = ran("emulate", "--faults", "flood:2%")
    assert result.returncode == 2
    assert b"--faults" in result.stderr


def test_compile_imports_nothing_heavy() -> None:
    code = (
        "import json, sys; from intacct_ql.cli import main\n"
        "main(['compile', 'select NAME from CUSTOMER'], standalone_mode=False)\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=30, check=True)
    modules = set(json.loads(result.stdout.splitlines()[-1]))
    assert not HEAVY & modules
    assert not [name for name in modules if name.startswith(("intacct_ql.emulator", "intacct_ql.encoders"))]


def test_data_is_utf_8_whatever_the_system_speaks() -> None:
    env = {**os.environ, "PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    wrong = ran("compile", "select NAME from CUSTOMER where NAM = '東京'", env=env)
    assert rb"NAM = '\u6771\u4eac'" in wrong.stderr
    xml = ran("compile", "select NAME from CUSTOMER where NAME = '東京'", env=env)
    assert "<value>東京</value>" in xml.stdout.decode("utf-8")
    rows = ran("query", "--demo", "--output", "csv", "select NAME from CUSTOMER where CUSTOMERID = TOK001", env=env)
    assert rows.stdout.decode("utf-8") == "NAME\r\n東京商事株式会社\r\n"


@pytest.mark.parametrize(("given", "used"), [({}, "10"), ({"MIMALLOC_PURGE_DELAY": "500"}, "500")])
def test_the_allocator_of_arrow_gives_memory_back_soon_unless_told_otherwise(given: dict[str, str], used: str) -> None:
    code = (
        "import os, sys; from intacct_ql.cli import main\n"
        "assert 'pyarrow' not in sys.modules\n"
        "main(['compile', 'select NAME from CUSTOMER'], standalone_mode=False)\n"
        "print(os.environ['MIMALLOC_PURGE_DELAY'])"
    )
    env = {name: value for name, value in os.environ.items() if name != "MIMALLOC_PURGE_DELAY"} | given
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True, env=env)
    assert done.stdout.splitlines()[-1] == used

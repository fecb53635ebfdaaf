"""``intacct-ql query --resume``: killed, interrupted, stopped by a budget and gone on with, over HTTP."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pyarrow.parquet
import pytest

COMMAND = Path(sys.executable).parent / "intacct-ql"
DEMO = dict.fromkeys(("SENDER_ID", "SENDER_PASSWORD", "COMPANY_ID", "USER_ID", "USER_PASSWORD"), "demo")
QUERY = "select RECORDNO, ACCOUNTNO, AMOUNT, ENTRY_DATE from GLENTRY"


@pytest.fixture(scope="module")
def emulator():
    """A gateway in a process of its own, not too fast."""
    process = subprocess.Popen([COMMAND, "emulate", "--faults", "slow=15ms"], stdout=subprocess.PIPE, text=True)
    yield re.search(r"http://\S+", process.stdout.readline()).group()
    process.terminate()
    process.wait(10)
    process.stdout.close()


@pytest.fixture
def start(emulator, tmp_path):
    """Start the command beside the gateway; gives the process."""

    def start(*arguments, query=QUERY):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INTACCT_")}
        environment = {**kept, **{f"INTACCT_{name}": value for name, value in DEMO.items()}, "HOME": str(tmp_path)}
        return subprocess.Popen(
            [COMMAND, "query", "--endpoint", emulator, *arguments, query],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return start


def ended(process):
    _, words = process.communicate(timeout=60)
    assert "Traceback" not in words
    return process.returncode, words


@pytest.fixture(scope="module")
def lines():
    import intacct_ql as iql

    with iql.demo() as session:
        return {str(row[0]) for row in session.query(QUERY)}


def records(file):
    """The record numbers in a file, in its order."""
    if file.suffix == ".parquet":
        return [str(number) for number in pyarrow.parquet.read_table(file).column("RECORDNO").to_pylist()]
    if file.suffix == ".csv":
        return [line.split(",")[0] for line in file.read_text("utf-8").splitlines()[1:]]
    return [str(json.loads(line)["RECORDNO"]) for line in file.read_text("utf-8").splitlines()]


def wait_for(file, size, process=None):
    """Wait until a file is larger, or the process that writes it has ended."""
    for _ in range(3000):
        if (file.exists() and file.stat().st_size > size) or (process is not None and process.poll() is not None):
            return
        time.sleep(0.01)
    raise AssertionError(f"{file} does not grow")


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("out.jsonl", ()),
        ("out.csv", ("--connections", "4")),
        ("out.jsonl", ("--connections", "4", "--unordered")),
    ],
    ids=["jsonl", "csv", "unordered"],
)
@pytest.mark.parametrize("kills", [2, pytest.param(12, marks=pytest.mark.long)])
def test_killed_at_any_moment_the_file_has_every_row_once_in_the_end(start, tmp_path, lines, name, settings, kills):
    out, state = tmp_path / name, tmp_path / "state.json"
    arguments = ("--resume", "state.json", "-o", name, "--page-size", "100" if kills == 2 else "25", *settings)
    dice, statuses = random.Random(name + str(settings)), []
    while len(statuses) < kills and 0 not in statuses:
        process = start(*arguments)
        wait_for(out, out.stat().st_size if out.exists() else 0, process)
        time.sleep(dice.random() / 10)
        process.kill()
        process.communicate()
        statuses.append(process.returncode)
    assert set(statuses) <= {-signal.SIGKILL, 0}
    assert statuses.count(-signal.SIGKILL) >= kills / 2
    status, words = ended(start(*arguments))
    assert status == 0, words
    found = records(out)
    assert len(found) == len(set(found))
    assert set(found) == lines
    assert "--unordered" in settings or found == sorted(found, key=int)
    assert json.loads(state.read_text("utf-8"))["token"] is None
    assert not [*tmp_path.glob(".*.part")]


def test_a_finished_run_asks_nothing_more(start, tmp_path):
    arguments = ("--resume", "state.json", "-o", "out.csv")
    assert ended(start(*arguments))[0] == 0
    before = (tmp_path / "out.csv").read_bytes()
    status, words = ended(start(*arguments))
    assert status == 0
    assert "out.csv has all 5,648 rows; remove it and state.json to read them anew" in words
    assert (tmp_path / "out.csv").read_bytes() == before


def test_an_interrupt_keeps_the_rows_and_another_run_goes_on(start, tmp_path, lines):
    arguments = ("--resume", "state.json", "-o", "out.csv", "--page-size", "100")
    process = start(*arguments)
    wait_for(tmp_path / "state.json", 0)
    process.send_signal(signal.SIGINT)
    status, words = ended(process)
    assert status == 130
    assert re.search(r"interrupted after [\d,]+ rows; what was read is kept", words)
    assert 0 < len(records(tmp_path / "out.csv")) < len(lines)
    assert ended(start(*arguments))[0] == 0
    found = records(tmp_path / "out.csv")
    assert len(found) == len(lines) == len(set(found))


@pytest.mark.parametrize("name", ["out.csv", "out.parquet"])
def test_an_interrupt_keeps_what_was_read_without_a_state_too(start, tmp_path, lines, name):
    process = start("-o", name, "--page-size", "50", "--log", "calls.log")
    wait_for(tmp_path / "calls.log", 4_000)  # some twenty calls
    process.send_signal(signal.SIGINT)
    status, words = ended(process)
    assert status == 130, words
    found = records(tmp_path / name)
    assert 0 < len(found) < len(lines)
    assert f"interrupted after {len(found):,} rows" in words


def test_a_budget_leaves_a_state_to_go_on_from(start, tmp_path, lines):
    arguments = ("--resume", "state.json", "-o", "out.jsonl", "--page-size", "1000")
    for _ in range(2):
        status, words = ended(start(*arguments, "--max-calls", "1"))
        assert status == 5, words
    assert ended(start(*arguments))[0] == 0
    assert set(records(tmp_path / "out.jsonl")) == lines


def test_what_does_not_belong_together_is_refused(start, tmp_path):
    ended(start("--resume", "state.json", "-o", "out.csv", "--max-calls", "1"))
    status, words = ended(start("--resume", "state.json", "-o", "out.csv", query=QUERY + " where AMOUNT > 0"))
    assert (status, "belongs to another query" in words) == (3, True)
    status, words = ended(start("--resume", "state.json", "-o", "other.csv"))
    assert (status, "belongs to a run that writes csv to" in words) == (3, True)
    (tmp_path / "out.csv").write_text("RECORDNO\n", "utf-8")
    status, words = ended(start("--resume", "state.json", "-o", "out.csv"))
    assert (status, "has lost rows" in words) == (3, True)
    (tmp_path / "state.json").write_text("{", "utf-8")
    status, words = ended(start("--resume", "state.json", "-o", "out.csv"))
    assert (status, "is not the state of a run" in words) == (3, True)


@pytest.mark.parametrize("arguments", [(), ("-o", "out.json"), ("-o", "-", "--output", "csv")])
def test_resume_needs_a_file_that_rows_can_be_added_to(start, arguments):
    status, words = ended(start("--resume", "state.json", *arguments))
    assert status == 2
    assert "--resume needs -o FILE, in csv, tsv or jsonl" in words


def test_calls_are_logged_as_lines_of_json(start, tmp_path):
    assert ended(start("--log", "calls.log", "--page-size", "2000", "-o", "out.csv"))[0] == 0
    told = [json.loads(line) for line in (tmp_path / "calls.log").read_text("utf-8").splitlines()]
    assert [one["function"] for one in told] == ["getAPISession", "readUserFormatting", "query", "query", "query"]
    assert {"time", "level", "message", "host", "status", "bytes", "seconds"} <= set(told[1])
    assert "demo" not in json.dumps([{**one, "host": ""} for one in told])


@pytest.mark.long
def test_two_processes_share_one_limit_of_calls_a_minute(emulator, start):
    arguments = ("--calls-per-minute", "60", "--rate-file", "rate.db", "--page-size", "80")
    began = time.time()
    first = start(*arguments, "-o", "first.csv")
    second = start(*arguments, "-o", "second.csv", "--connections", "4")
    for process in (first, second):
        _, words = process.communicate(timeout=280)
        assert process.returncode == 0, words
    with urllib.request.urlopen(emulator.replace("/ia/xml/xmlgw.phtml", "/ledger")) as ledger:
        log = json.load(ledger)["log"]
    moments = sorted(one["at"] for one in log if one["at"] >= began)
    assert len(moments) >= 140
    in_a_minute = [sum(start <= moment < start + 60 for moment in moments) for start in moments]
    assert max(in_a_minute) <= 60
    assert max(in_a_minute) >= 55  # the limit is used

"""``emulate``: a company of one's own, what is said about its mistakes, and the line a request."""

import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from intacct_ql.cli.emulate import _line
from intacct_ql.emulator.ledger import Arrival

PROGRAM = [sys.executable, "-m", "intacct_ql"]


@contextmanager
def emulating(*arguments: str):
    """The command in a process of its own: its URL, and afterwards what it said on standard error."""
    process = subprocess.Popen(
        [*PROGRAM, "emulate", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    said: list[str] = []
    try:
        yield process.stdout.readline().split()[0], said
    finally:
        process.send_signal(signal.SIGINT)
        _, words = process.communicate(timeout=20)
        said.extend(words.splitlines())
    assert process.returncode == 0


def asked(url: str, query: str, *options: str) -> str:
    command = [*PROGRAM, "query", "-q", "--output", "csv", "--endpoint", url, *options, query]
    demo = dict.fromkeys(("SENDER_ID", "SENDER_PASSWORD", "COMPANY_ID", "USER_ID", "USER_PASSWORD"), "demo")
    env = {f"INTACCT_{name}": word for name, word in demo.items()}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=30, check=True).stdout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "CLASS.csv").write_text("RECORDNO,CLASSID,NAME\n7,K1,Ash\n8,K2,\n")
    return tmp_path / "data"


def test_a_company_in_files_with_a_log(folder: Path) -> None:
    with emulating("--data", str(folder), "--log") as (url, said):
        assert asked(url, "select CLASSID, NAME from CLASS order by CLASSID") == "CLASSID,NAME\nK1,Ash\nK2,\n"
        assert httpx.post(httpx.URL(url).join("/faults"), content="nonsense").status_code == 400
        assert httpx.get(httpx.URL(url).join("/control")).text.startswith("<!DOCTYPE html>")
    shapes = [re.sub(r"[\d,]+ ms$", "N ms", line[10:]) for line in said]
    assert shapes == ["getAPISession  0 rows  200  N ms", "query CLASS  2 rows  200  N ms"]


@pytest.mark.parametrize("terminal", [False, True])
def test_a_terminal_is_told_of_the_page_on_standard_error(run, monkeypatch, terminal: bool) -> None:
    monkeypatch.setattr("intacct_ql.emulator.serve", lambda gateway, on_ready, **_: on_ready("http://h:1/ia/x"))
    monkeypatch.setattr("intacct_ql.cli.emulate._on_terminal", lambda: terminal)
    result = run("emulate")
    assert result.exit_code == 0
    assert result.stdout == "http://h:1/ia/x  (sender, company, user and both passwords: demo)\n"
    assert result.stderr == ("Faults, counts and reset: http://h:1/control\n" if terminal else "")


@pytest.mark.parametrize("load", [False, True])
def test_rows_are_made_when_they_are_asked_for_or_before(load: bool) -> None:
    with emulating(*["--load"] * load) as (url, _):
        company = httpx.get(httpx.URL(url).join("/control"), headers={"Accept": "application/json"}).json()["company"]
    assert (None not in company.values()) == load


def test_on_top_of_the_demo_company(folder: Path) -> None:
    (folder / "CLASS.csv").write_text("CLASSID\nK1\nK2\n")
    with emulating("--data", str(folder), "--extend") as (url, said):
        rows = asked(url, "select CLASSID from CLASS").split()
        assert {"K1", "K2"} < set(rows)
    assert said == []


def test_every_mistake_has_its_place_and_the_exit_status_of_wrong_usage(run, folder: Path) -> None:
    (folder / "CLASS.csv").write_text("RECORDNO,STATUS\nx,on\n")
    (folder / "NONSENSE\x1b[2J.csv").write_text("A\n")
    result = run("emulate", "--data", str(folder))
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr
    assert "\x1b" not in result.stderr
    assert f"{folder}/CLASS.csv line 2, RECORDNO: 'x' is not a whole number" in result.stderr
    assert f"{folder}/CLASS.csv line 2, STATUS: 'on' is not one of active" in result.stderr
    assert "there is no object 'NONSENSE\\x1b[2J'" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--data", "absent"), "'absent' does not exist"),
        (("--extend",), "--extend needs --data"),
        (("--data", ".", "--scale", "2"), "with --data it needs --extend"),
        (("--data", "."), "no objects in it; add a file such as CUSTOMER.csv"),
        (("--data", "locked"), "cannot be read: "),
    ],
)
def test_arguments_that_do_not_go_together(run, arguments: tuple[str, ...], words: str, monkeypatch, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "locked").mkdir()
    (tmp_path / "empty" / "locked" / "CLASS.csv").symlink_to("CLASS.csv")
    monkeypatch.chdir(tmp_path / "empty")
    result = run("emulate", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.parametrize(
    ("arrival", "line"),
    [
        ({"function": "query", "object": "CUSTOMER", "rows": 2000}, "query CUSTOMER  2,000 rows  200  41 ms"),
        ({"status": 429, "fault": "429"}, "-  0 rows  429  41 ms"),
        ({"function": "query", "status": "drop", "fault": "drop"}, "query  0 rows  drop  41 ms"),
        ({"function": "query", "fault": "cut"}, "query  0 rows  200 cut  41 ms"),
        ({"function": "readByQuery", "object": "A", "error": "DL1"}, "readByQuery A  refused DL1  200  41 ms"),
        ({"error": "GW\x1b", "status": 400}, "-  refused GW\\x1b  400  41 ms"),
        ({"function": "query", "functions": 1}, "query  0 rows  200  41 ms"),
        ({"function": "query", "object": "A", "functions": 2, "rows": 5}, "query A +1  5 rows  200  41 ms"),
        (
            {"function": "query", "functions": 1000, "rows": 5, "error": "DL1"},
            "query +999  5 rows, refused DL1  200  41 ms",
        ),
        ({"function": "query", "object": "A\n\x1b[2J"}, "query A\\n\\x1b[2J  0 rows  200  41 ms"),
        ({"function": "query", "object": "X" * 100}, f"query {'X' * 54}  0 rows  200  41 ms"),
    ],
)
def test_a_line_a_request(arrival: dict, line: str) -> None:
    whole = {"at": 0.0, "function": None, "status": 200, "fault": None, "rows": 0, "seconds": 0.041, **arrival}
    made = _line(Arrival(**whole))
    assert re.fullmatch(r"\d\d:\d\d:\d\d", made[:8])
    assert made[10:] == line


def test_a_company_is_kept_in_a_file_and_opened_from_there(tmp_path: Path) -> None:
    file, query = tmp_path / "demo.db", "select count(RECORDNO) as n from GLDETAIL"
    counted = []
    for _ in range(2):
        with emulating("--keep", str(file), "--no-log") as (url, said):
            counted.append(asked(url, query))
        counted.append(said)
    assert counted[0] == counted[2] != "n\n0\n"
    assert counted[1] == [f"making the demo company of scale 1 in {file}, once ..."]
    assert counted[3] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--keep", "{file}", "--load"], "--keep is for the demo company alone"),
        (["--keep", "{file}", "--data", "{folder}"], "--keep is for the demo company alone"),
        (["--keep", "{folder}/CLASS.csv"], "CLASS.csv is no company that was kept here"),
        (["--keep", "{folder}/none/a.db"], "No such file or directory"),
    ],
)
def test_what_cannot_be_kept(run, folder: Path, arguments: list[str], words: str) -> None:
    given = [each.format(file=folder / "a.db", folder=folder) for each in arguments]
    result = run("emulate", *given)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_it_serves_where_nobody_listens_to_words() -> None:
    command = ["bash", "-c", f"exec {sys.executable} -m intacct_ql emulate 2>&-"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("http://127.0.0.1:")
        process.send_signal(signal.SIGINT)
    assert process.returncode == 0

"""Files of rows that somebody else has written: nothing is cut off, emptied or added there, and it is told."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from intacct_ql.cli.appending import adding_to
from intacct_ql.cli.held import check_left
from intacct_ql.emulator import Gateway, Running, Store, Table
from intacct_ql.errors import ConfigError

pytestmark = pytest.mark.unkept("threads decide who asks for what")

COMMAND = Path(sys.executable).parent / "intacct-ql"
QUERY = "select CUSTOMERID, NAME from CUSTOMER"
COLUMNS = ("RECORDNO", "CUSTOMERID", "NAME", "WHENCREATED", "WHENMODIFIED")
NOT_OURS = "holds rows that no state tells of: name another file, remove it"
CHANGED = "was changed since rows were added to it"


def customer(number: int, stamp: str = "2024-01-05 12:00:00") -> tuple[object, ...]:
    return (number, f"C{number}", f"N{number}", "2020-01-01 00:00:00", stamp)


@pytest.fixture
def store() -> Store:
    return Store([Table(object="CUSTOMER", columns=COLUMNS, rows=[customer(number) for number in range(1, 61)])])


@pytest.fixture
def go_on(run, store: Store):
    with Running(Gateway(store)) as running:

        def go_on(*arguments: str, state: str = "state.json"):
            pages = ("--page-size", "10", "--resume", state, "-o", "rows.csv")
            return run("query", "--endpoint", running.url, *pages, *arguments, QUERY)

        yield go_on


@pytest.fixture
def look(run, store: Store):
    with Running(Gateway(store)) as running:

        def look(*arguments: str, state: str = "state.json"):
            kept = ("--once", "--state", state, "-o", "rows.csv")
            return run("watch", "--endpoint", running.url, *kept, *arguments, QUERY)

        yield look


def saved_by_a_spreadsheet() -> bytes:
    """The file with a mark at its beginning and cells added: longer than it was, and of the same rows."""
    now = b"\xef\xbb\xbf" + Path("rows.csv").read_bytes().replace(b"\r\n", b";;\r\n")
    Path("rows.csv").write_bytes(now)
    return now


def everything() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path().iterdir()}


def test_a_file_that_a_spreadsheet_has_saved_is_not_gone_on_with(go_on) -> None:
    assert go_on("--max-calls", "3").exit_code == 5
    saved_by_a_spreadsheet()
    before = everything()
    result = go_on("--log", "calls.log")
    assert (result.exit_code, CHANGED in result.stderr) == (3, True)
    assert everything() == {**before, "calls.log": b""}


def test_one_that_has_all_rows_is_not_told_to_have_them(go_on) -> None:
    assert go_on().exit_code == 0
    saved_by_a_spreadsheet()
    result = go_on()
    assert (result.exit_code, CHANGED in result.stderr, "has all" in result.stderr) == (3, True, False)


def test_no_changes_are_added_to_a_file_that_a_spreadsheet_has_saved(look, store: Store) -> None:
    assert look().exit_code == 0
    saved_by_a_spreadsheet()
    store.insert("CUSTOMER", dict(zip(COLUMNS, customer(61, "2024-01-06 00:00:00"), strict=True)))
    before = everything()
    result = look("--log", "calls.log")
    assert (result.exit_code, CHANGED in result.stderr) == (3, True)
    assert everything() == {**before, "calls.log": b""}


def test_a_file_that_is_saved_between_two_runs_of_one_watch_stays_as_it_was_saved(run, store: Store) -> None:
    now: list[bytes] = []

    def on_call(_: int, name: str) -> None:
        if name == "query" and Path("rows.csv").exists() and not now:
            now.append(saved_by_a_spreadsheet())
            store.insert("CUSTOMER", dict(zip(COLUMNS, customer(61, "2024-01-06 00:00:00"), strict=True)))

    with Running(Gateway(store, on_call=on_call)) as running:
        every = ("--every", "0.1s", "--times", "3", "--state", "s.json", "-o", "rows.csv")
        result = run("watch", "--endpoint", running.url, *every, QUERY)
    assert (result.exit_code, CHANGED in result.stderr) == (3, True)
    assert Path("rows.csv").read_bytes() == now[0]


@pytest.mark.parametrize("again", ["go_on", "look"])
def test_a_state_of_before_is_held_to_the_size_alone(request: pytest.FixtureRequest, again: str) -> None:
    again_ = request.getfixturevalue(again)
    again_(*(("--max-calls", "3") if again == "go_on" else ()))
    state = json.loads(Path("state.json").read_text("utf-8"))
    assert len(state.pop("digest")) == 64
    Path("state.json").write_text(json.dumps(state), "utf-8")
    assert again_().exit_code == 0
    assert len(Path("rows.csv").read_text("utf-8").splitlines()) == 61


def test_what_stands_behind_the_rows_that_hold_is_cut_off_and_nothing_before() -> None:
    path = Path("rows.csv")
    with adding_to("rows.csv") as rows:
        rows.behind(None).write("x" * 9_000)
        extent = rows.force()
    with path.open("a", encoding="utf-8") as more:
        more.write("half a ro")
    with adding_to("rows.csv") as rows:
        rows.behind(extent)
    assert path.read_text("utf-8") == "x" * 9_000
    for bent in ("x" * 8_999, "x" * 8_999 + "y", "x" * 6_000 + "y" + "x" * 3_000):
        path.write_text(bent, "utf-8")
        with adding_to("rows.csv") as rows, pytest.raises(ConfigError, match=r"put back what it was"):
            rows.behind(extent)
        with pytest.raises(ConfigError, match=r"put back what it was"):
            check_left(path, extent)
        assert path.read_text("utf-8") == bent


# Files that no state tells of.


@pytest.mark.parametrize("more", [(), ("--changes-only",)])
def test_a_watch_empties_no_file_that_it_does_not_know(look, more: tuple[str, ...]) -> None:
    Path("rows.csv").write_text("CUSTOMERID,NAME\nmine,1\n", "utf-8")
    before = everything()
    result = look("--log", "calls.log", *more)
    assert (result.exit_code, NOT_OURS in result.stderr) == (3, True)
    assert everything() == {**before, "calls.log": b""}


def test_a_watch_without_a_state_empties_none_either(run) -> None:
    Path("rows.csv").write_text("CUSTOMERID,NAME\nmine,1\n", "utf-8")
    result = run("watch", "--demo", "--every", "1s", "--times", "1", "-o", "rows.csv", QUERY)
    assert (result.exit_code, NOT_OURS in result.stderr) == (3, True)
    assert Path("rows.csv").read_text("utf-8") == "CUSTOMERID,NAME\nmine,1\n"


@pytest.mark.parametrize("again", ["go_on", "look"])
def test_a_name_of_a_state_that_is_mistyped_or_lost_empties_no_file(request: pytest.FixtureRequest, again: str) -> None:
    again_ = request.getfixturevalue(again)
    assert again_().exit_code == 0
    before = everything()
    result = again_("--log", "calls.log", state="stat.json")
    assert (result.exit_code, NOT_OURS in result.stderr) == (3, True)
    assert everything() == {**before, "calls.log": b""}


@pytest.mark.parametrize("again", ["go_on", "look"])
def test_an_empty_file_is_everybody_s(request: pytest.FixtureRequest, again: str) -> None:
    Path("rows.csv").touch()
    assert request.getfixturevalue(again)().exit_code == 0
    assert len(Path("rows.csv").read_text("utf-8").splitlines()) == 61


def test_rows_that_come_into_a_file_while_a_silent_watch_knows_of_none_stay(look, store: Store) -> None:
    assert look("--changes-only").exit_code == 0
    Path("rows.csv").write_text("mine", "utf-8")
    assert NOT_OURS in look().stderr
    assert Path("rows.csv").read_text("utf-8") == "mine"


def test_the_first_rows_of_a_silent_watch_have_a_header(look, store: Store) -> None:
    assert look("--changes-only").exit_code == 0
    assert not Path("rows.csv").exists()
    for number in (61, 62):
        store.insert("CUSTOMER", dict(zip(COLUMNS, customer(number, "2024-01-06 00:00:00"), strict=True)))
        assert look().exit_code == 0
    assert Path("rows.csv").read_text("utf-8").split() == ["CUSTOMERID,NAME", "C61,N61", "C62,N62"]


@pytest.mark.unkept("a process that is killed")
@pytest.mark.parametrize("dated", [False, True], ids=["plain", "dated"])
@pytest.mark.parametrize("command", ["query", "watch"])
def test_a_run_that_is_killed_while_it_writes_its_first_rows_is_made_again(
    home: Path, store: Store, command: str, dated: bool
) -> None:
    """The rows are there, and no state says how many: that the file is its own was noted before."""
    files = {"query": ("--resume", "state.json"), "watch": ("--once", "--state", "state.json")}[command]
    text = "select CUSTOMERID, WHENMODIFIED from CUSTOMER" if dated else QUERY
    killed = """
import os, signal
from intacct_ql.cli import appending, main
def die(self):
    self._opened().flush()
    os.kill(os.getpid(), signal.SIGKILL)
appending.Rows.force = die
main()
"""
    with Running(Gateway(store)) as running:
        words = (command, "--endpoint", running.url, "--page-size", "10", *files, "-o", "rows.csv", text)
        first = subprocess.run([sys.executable, "-c", killed, *words], cwd=home, check=False, capture_output=True)
        assert first.returncode == -signal.SIGKILL, first.stderr
        assert (home / "rows.csv").stat().st_size > 0
        again = subprocess.run([COMMAND, *words], cwd=home, check=False, capture_output=True, text=True)
        assert again.returncode == 0, again.stderr
    assert len((home / "rows.csv").read_text("utf-8").splitlines()) == 61

"""Runs that want the same file: one has it, the others touch nothing."""

import errno
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from intacct_ql.cli.appending import adding_to
from intacct_ql.cli.held import Extent
from intacct_ql.cli.locking import alone
from intacct_ql.cli.places import UnwritableError
from intacct_ql.emulator import Gateway, Running, Store, Table
from intacct_ql.errors import ConfigError

COMMAND = Path(sys.executable).parent / "intacct-ql"
QUERY = "select CUSTOMERID, NAME from CUSTOMER"
HOLD = """
import sys
from pathlib import Path
from intacct_ql.cli.locking import alone
with alone(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def held(path: Path) -> subprocess.Popen[str]:
    """Another process that has the file until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.parametrize("is_there", [True, False])
def test_a_file_is_one_process_s_until_it_has_ended(tmp_path: Path, is_there: bool) -> None:
    path = tmp_path / "state.json"
    if is_there:
        path.write_text("{}", "utf-8")
    with held(path) as process:
        with (
            pytest.raises(ConfigError, match=r"another run writes .*state\.json: wait until"),
            alone(path),
        ):
            pass
        process.communicate("", timeout=30)
    with alone(path):
        assert (tmp_path / ".state.json.lock").stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"] * is_there


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    with held(path) as process:
        process.kill()
        process.communicate(timeout=30)
    assert [one.name for one in tmp_path.iterdir()] == [".state.json.lock"]
    with alone(path):
        pass
    assert not [*tmp_path.iterdir()]


def test_a_link_and_the_file_it_leads_to_are_one(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    with alone(tmp_path / "file"), pytest.raises(ConfigError, match="another run"), alone(tmp_path / "link"):
        pass


def test_the_file_that_was_locked_is_the_one_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run before removes its lock after this one has opened that, and before it is locked."""
    from intacct_ql.cli import locking

    beside, took = tmp_path / ".state.json.lock", []

    def lock(handle: int, path: Path) -> None:
        if not took:
            beside.unlink()
        took.append(os.fstat(handle).st_ino)

    monkeypatch.setattr(locking, "lock", lock)
    with alone(tmp_path / "state.json"):
        assert len(took) == 2
        assert beside.stat().st_ino == took[-1]


def test_a_lock_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    """Another user's has its owner's eyes alone; root opens those, and no folder."""
    (tmp_path / ".state.json.lock").mkdir()
    with (
        pytest.raises(UnwritableError, match=r"\.state\.json\.lock, .*cannot be opened: .*remove it if no run goes on"),
        alone(tmp_path / "state.json"),
    ):
        pass


def test_where_nothing_can_be_locked_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from intacct_ql.cli import locking

    def refuse(_: int) -> bool:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(locking, "_is_taken", refuse)
    for one in (alone(tmp_path / "state.json"), adding_to(str(tmp_path / "rows.csv"))):
        with pytest.raises(ConfigError, match="cannot be locked"), one:
            pass
    assert not [*tmp_path.iterdir()]


def test_a_lock_that_is_another_file_at_each_look_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from intacct_ql.cli import locking

    monkeypatch.setattr(locking, "is_at", lambda *_: False)
    with pytest.raises(ConfigError, match=r"cannot be locked: .*take another folder"), alone(tmp_path / "state.json"):
        pass
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("is_there", [True, False])
def test_rows_are_added_by_one_run_at_a_time(tmp_path: Path, is_there: bool) -> None:
    path = tmp_path / "rows.csv"
    if is_there:
        path.touch()
    with ExitStack() as runs:
        first = runs.enter_context(adding_to(str(path)))
        first.behind(None).write("precious")
        first.force()
        with pytest.raises(ConfigError, match="another run writes"), adding_to(str(path)):
            pass
    assert path.read_text("utf-8") == "precious"
    with adding_to(str(path)) as rows:
        rows.behind(Extent(3)).write("!")
    assert path.read_text("utf-8") == "pre!"


def test_a_file_that_is_not_there_yet_is_one_run_s_too(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with adding_to(str(path)) as rows:
        with pytest.raises(ConfigError, match=r"another run writes .*rows\.csv: wait"), adding_to(str(path)):
            pass
        rows.behind(None).write("one")
        assert [one.name for one in tmp_path.iterdir()] == ["rows.csv"]  # it is locked itself from now on
        with pytest.raises(ConfigError, match=r"another run writes .*rows\.csv: wait"), adding_to(str(path)):
            pass
    assert path.read_text("utf-8") == "one"


def test_a_file_that_another_run_has_made_meanwhile_is_locked_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from intacct_ql.cli import appending

    path = tmp_path / "rows.csv"

    @contextmanager
    def late(real: Path) -> Iterator[None]:
        real.write_text("another's", "utf-8")
        yield

    monkeypatch.setattr(appending, "alone", late)
    with adding_to(str(path)):
        monkeypatch.undo()
        with pytest.raises(ConfigError, match="another run writes"), adding_to(str(path)):
            pass


def test_rows_are_not_written_into_a_file_that_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with adding_to(str(path)) as rows:
        rows.behind(None).write("one")
        extent = rows.force()
        path.unlink()
        with pytest.raises(ConfigError, match="was removed or replaced"):
            rows.behind(extent)


# The commands.


@pytest.fixture
def slow() -> Iterator[str]:
    """A gateway that takes its time over each page; gives its address."""
    rows = [(number, f"C{number}", f"N{number}") for number in range(1, 301)]
    store = Store([Table(object="CUSTOMER", columns=("RECORDNO", "CUSTOMERID", "NAME"), rows=rows)])
    with Running(Gateway(store, faults="slow=30ms")) as running:
        yield running.url


@pytest.fixture
def start(slow: str, home: Path) -> Callable[..., subprocess.Popen[str]]:
    def start(command: str, *arguments: str) -> subprocess.Popen[str]:
        words = [COMMAND, command, "--endpoint", slow, *arguments, QUERY]
        return subprocess.Popen(
            words, cwd=home, env={**os.environ, "HOME": str(home)}, stderr=subprocess.PIPE, text=True
        )

    return start


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, words = process.communicate(timeout=60)
    assert "Traceback" not in words
    return process.returncode, words


def until_there(path: Path, process: subprocess.Popen[str]) -> None:
    while not path.exists() or not path.stat().st_size:
        assert process.poll() is None


FIRST = ("--page-size", "5", "--resume", "state.json", "-o", "rows.csv")


@pytest.mark.unkept("two processes at a time")
@pytest.mark.parametrize(
    "second", [FIRST, ("--resume", "other.json", "-o", "rows.csv"), ("--resume", "state.json", "-o", "other.csv")]
)
def test_a_run_that_overlaps_another_is_refused_and_touches_nothing(start, home: Path, second: tuple[str, ...]) -> None:
    first = start("query", *FIRST)
    until_there(home / "state.json", first)
    first.send_signal(signal.SIGSTOP)  # however long the others take
    for budget in ((), ("--max-calls", "0")):
        status, words = ended(start("query", *second, *budget))
        assert (status, "another run writes" in words) == (3, True)
    first.send_signal(signal.SIGCONT)
    assert ended(first)[0] == 0
    names = [line.split(",")[0] for line in (home / "rows.csv").read_text("utf-8").splitlines()[1:]]
    assert names == [f"C{number}" for number in range(1, 301)]
    assert json.loads((home / "state.json").read_text("utf-8"))["rows"] == 300
    assert {path.name for path in home.iterdir() if path.name.startswith((".state", "other", ".other"))} == set()


@pytest.mark.unkept("two processes at a time")
def test_a_run_over_a_file_that_another_has_not_begun_yet_asks_nothing(start, home: Path) -> None:
    """The one that is first is told here: it has made nothing yet."""
    with held(home / "rows.csv") as process:
        status, words = ended(start("query", "--log", "calls.log", *FIRST))
        process.communicate("", timeout=30)
    assert (status, "another run writes" in words) == (3, True)
    assert (home / "calls.log").read_text("utf-8") == ""
    assert [path.name for path in home.iterdir()] == ["calls.log"]


@pytest.mark.unkept("a process that is killed")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_that_was_killed_is_gone_on_with(start, home: Path, end: signal.Signals) -> None:
    first = start("query", *FIRST)
    until_there(home / "state.json", first)
    first.send_signal(end)
    first.communicate(timeout=60)
    assert (home / ".state.json.lock").exists() == (end is signal.SIGKILL)
    assert ended(start("query", *FIRST))[0] == 0
    assert len((home / "rows.csv").read_text("utf-8").splitlines()) == 301
    assert not [*home.glob(".state*")]


WATCH = ("--every", "1m", "--page-size", "5", "--compare")


@pytest.mark.unkept("two processes at a time")
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("--state", "seen.json", "-o", "rows.csv"), ("--state", "seen.json", "-o", "rows.csv")),
        (("--state", "seen.json", "-o", "rows.csv"), ("--state", "seen.json", "--output", "csv")),
        (("-o", "rows.csv"), ("-o", "rows.csv")),
    ],
)
def test_a_watch_has_its_files_alone(start, home: Path, first: tuple[str, ...], second: tuple[str, ...]) -> None:
    watch = start("watch", *WATCH, *first)
    until_there(home / ("seen.json" if "--state" in first else "rows.csv"), watch)
    for more in (("--once",) if "--state" in second else ("--every", "1s"),):
        status, words = ended(start("watch", "--compare", *more, *second))
        assert (status, "another run writes" in words) == (3, True)
    watch.terminate()
    watch.communicate(timeout=60)
    assert not [*home.glob(".seen*")]


def test_a_watch_writes_rows_and_state_to_different_files(run) -> None:
    once = ("watch", "--demo", "--once", "--state", "x.csv", "-o", "x.csv")
    result = run(*once, QUERY)
    assert (result.exit_code, "--state and -o name the same file" in result.stderr) == (2, True)
    assert not Path("x.csv").exists()


def test_a_watch_that_brings_nothing_leaves_the_file_alone(run) -> None:
    once = ("watch", "--endpoint", "http://127.0.0.1:9/x", "--retries", "0", "--once", "--state", "s.json")
    for there in (False, True):
        if there:
            Path("rows.csv").touch()
        result = run(*once, "-o", "rows.csv", QUERY)
        assert (result.exit_code, [*map(str, Path().iterdir())]) == (3, ["rows.csv"] * there)


def test_a_watch_knows_before_the_first_call_what_cannot_be_written(run) -> None:
    once: tuple[Any, ...] = ("watch", "--demo", "--once", "--log", "calls.log")
    assert "nowhere/s.json cannot be written" in run(*once, "--state", "nowhere/s.json", QUERY).stderr
    assert "there is no folder" in run(*once, "--state", "s.json", "-o", "nowhere/rows.csv", QUERY).stderr


def test_a_watch_adds_no_rows_of_another_look(run) -> None:
    once = ("watch", "--demo", "--once", "--compare", "--state", "s.json", "-o", "rows.csv")
    assert run(*once, "--null", "NIL", QUERY).exit_code == 0
    result = run(*once, QUERY)
    assert (result.exit_code, "belongs to a run with --null NIL" in result.stderr) == (3, True)
    assert run(*once, "--null", "NIL", QUERY).exit_code == 0

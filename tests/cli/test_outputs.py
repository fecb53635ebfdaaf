"""Where rows go, and the line that tells of a long pull."""

import io
import re
import sys
from pathlib import Path

import pytest

from intacct_ql.cli import bar, outputs
from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Pause
from intacct_ql.result import Stats


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(bar, "monotonic", lambda: now[0])
    return now


def test_a_long_pull_is_told_of_on_one_line_that_is_removed(clock: list[float], monkeypatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys, "stderr", Terminal())
    with outputs.progress(quiet=False, stream=io.StringIO()) as show:
        show["on_page"](Stats(rows=2_000, total=50_000, wanted=50_000))
        assert sys.stderr.getvalue() == ""  # a short pull is not told of
        clock[0] += 4
        show["on_page"](Stats(rows=8_000, total=50_000, wanted=50_000))
        failure = TransportError("HTTP status 429", status=429)
        show["on_retry"](Pause(seconds=20, failure=failure, tries=1, throttled=True))
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", sys.stderr.getvalue())
    assert "16%" in drawn
    assert "8000/50000 rows, 2,000 a second" in drawn
    assert "(throttled: 20 s until try 2)" in drawn
    assert sys.stderr.getvalue().endswith("\x1b[2K")  # nothing is left of the line


def test_a_pull_of_more_rows_than_were_announced(clock: list[float], monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with outputs.progress(quiet=False, stream=io.StringIO()) as show:
        clock[0] += 4
        show["on_page"](Stats(rows=8_000, total=7_000, wanted=7_000))
        show["on_page"](Stats(rows=9_000))


def test_quiet_tells_nothing(monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", Terminal())
    with outputs.progress(quiet=True, stream=io.StringIO()) as show:
        assert show == {}


@pytest.mark.parametrize(
    ("stream", "errors"),
    [(Terminal(), Terminal()), (io.StringIO(), io.StringIO())],
    ids=["rows scroll past", "no terminal"],
)
def test_no_progress_and_words_for_long_waits_alone(stream: io.StringIO, errors: io.StringIO, monkeypatch) -> None:
    monkeypatch.setattr(sys, "stderr", errors)
    with outputs.progress(quiet=False, stream=stream) as show:
        assert "on_page" not in show
        show["on_wait"](4.0)
        assert errors.getvalue() == ""
        show["on_wait"](40.0)
    assert errors.getvalue() == "note: the limit of calls a minute; the next call in 40 s\n"


def test_a_file_appears_at_the_end(tmp_path: Path) -> None:
    target = tmp_path / "rows.csv"
    with outputs.destination(str(target)) as stream:
        stream.write("a\r\n")
        assert not target.exists()
    assert target.read_bytes() == b"a\r\n"


def test_bytes_and_databases_too(tmp_path: Path) -> None:
    with outputs.destination(str(tmp_path / "rows.parquet"), "bytes") as stream:
        stream.write(b"PAR1")
    assert (tmp_path / "rows.parquet").read_bytes() == b"PAR1"
    with outputs.destination(str(tmp_path / "rows.db"), "database") as path:
        assert path == (tmp_path / "rows.db").resolve()
    assert not path.exists()


@pytest.mark.parametrize(("draws", "written"), [(False, "a\tb\\x1b[2J\\rc\nd"), (True, "a\tb\x1b[2J\rc\r\nd")])
def test_a_terminal_obeys_no_cell(monkeypatch: pytest.MonkeyPatch, draws: bool, written: str) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    with outputs.destination(None, draws=draws) as stream:
        assert stream.isatty()
        stream.write("a\tb\x1b[2J\rc\r\nd")
    assert sys.stdout.getvalue() == written


def test_a_link_keeps_pointing(tmp_path: Path) -> None:
    (tmp_path / "real.csv").touch()
    (tmp_path / "link.csv").symlink_to("real.csv")
    with outputs.destination(str(tmp_path / "link.csv")) as stream:
        stream.write("new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text("utf-8") == "new"


def test_nothing_is_left_of_a_failure(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), outputs.destination(str(tmp_path / "rows.csv")):
        raise KeyboardInterrupt
    assert not any(tmp_path.iterdir())

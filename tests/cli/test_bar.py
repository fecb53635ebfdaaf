"""The line that tells how far a pull is: on a terminal, for a pull that takes its time, and gone in the end."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from intacct_ql.cli.waits import Waits
from intacct_ql.emulator import Running, demo
from intacct_ql.errors import Error
from intacct_ql.gateway.messages import Pause

PULL = "select RECORDNO from GLENTRY"
FEW = "select RECORDNO from CUSTOMER"
STYLE = re.compile(r"\x1b\[[0-9;]*m")
ERASE_LINE = "\x1b[2K"
HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
THROTTLED = "429@call=2, retry-after=0s"


def command(url: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "intacct_ql", "query", "--endpoint", url, "--connections", "1", *arguments]


def environment(home: Path) -> dict[str, str]:
    unwanted = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    return {**kept, "HOME": str(home), "TERM": "xterm-256color"}


@pytest.fixture
def screen(home: Path):
    """All that a terminal is sent while a query runs against a gateway with these faults."""

    def show(faults: str, *arguments: str) -> str:
        with Running(demo(faults=faults)) as gateway:
            program, *rest = command(gateway.url, *arguments)
            child = pexpect.spawn(
                program, rest, dimensions=(24, 120), env=environment(home), encoding="utf-8", timeout=60
            )
            child.expect(pexpect.EOF)
            child.close()
        assert child.exitstatus == 0
        return STYLE.sub("", child.before)

    return show


def test_a_long_pull_shows_total_rate_and_time_left_and_is_gone_in_the_end(screen) -> None:
    shown = screen("slow=50ms", "-o", "rows.csv", "--page-size", "200", PULL)
    drawn = re.findall(r"(\d+)/(\d+) rows, ([\d,]+) a second, (\S+) left", shown)
    rows = [int(here) for here, *_ in drawn]
    assert {total for _, total, *_ in drawn} == {"5648"}
    assert rows == sorted(rows)
    assert len(set(rows)) > 2
    assert any(int(rate.replace(",", "")) > 0 for *_, rate, _ in drawn)
    assert any(re.fullmatch(r"\d:\d\d:\d\d", left) for *_, left in drawn)
    assert re.search(r" [1-9]\d?% ", shown)
    before, _, after = shown.rpartition(" left")
    assert HIDE_CURSOR in before
    assert SHOW_CURSOR in after
    assert ERASE_LINE in after
    assert "a second" not in after
    assert re.search(r"5,648 rows, 29 calls, 1 sign-in, [\d.]+ s\r\n$", after)
    assert len(Path("rows.csv").read_text("utf-8").splitlines()) == 5_649


@pytest.mark.parametrize(
    ("query", "arguments", "wanted"),
    [
        (f"{PULL} limit 1500", (), 1500),
        (f"{PULL} limit 9999", (), 5648),
        (f"{PULL} limit 9999 offset 5000", (), 648),
        (f"{PULL} limit 2500 offset 100", (), 2500),
    ],
)
def test_no_more_rows_are_announced_than_are_wanted(
    screen, query: str, arguments: tuple[str, ...], wanted: int
) -> None:
    shown = screen("slow=300ms", "-o", "rows.csv", "--page-size", "100", *arguments, query)
    assert set(re.findall(r"\d+/(\d+) rows, ", shown)) == {str(wanted)}


def test_the_pace_is_shown_while_it_is_waited_for_and_counted_as_far_as_it_was(home: Path) -> None:
    with Running(demo()) as gateway:
        program, *rest = command(gateway.url, "-o", "rows.csv", "--calls-per-minute", "3", "--page-size", "20", FEW)
        child = pexpect.spawn(program, rest, dimensions=(24, 120), env=environment(home), encoding="utf-8", timeout=60)
        child.expect(r"\(the pace of calls: (60|59) s until the next\)")
        child.expect(r"\(the pace of calls: 58 s until the next\)")
        child.sendintr()
        child.expect(pexpect.EOF)
        child.close()
    assert re.search(r"40 rows, 2 calls, 1 sign-in, [1-9].\d s waited", child.before)


def test_throttling_is_shown_while_it_is_waited_for(screen) -> None:
    shown = screen("429@call=2, 500@call=3, retry-after=1s", "-o", "rows.csv", FEW)
    assert "(throttled: 1 s until try 2)" in shown
    assert re.search(r"\(a failure: [01] s until try 3\)", shown)
    assert "60 rows, 3 calls, 1 sign-in, 2 retries, " in shown.rpartition(ERASE_LINE)[2]


def test_a_line_is_drawn_for_a_pull_that_can_be_gone_on_with(screen) -> None:
    shown = screen(THROTTLED, "--resume", "state.json", "-o", "rows.csv", FEW)
    assert HIDE_CURSOR in shown
    assert "60 rows, 2 calls, 1 sign-in, 1 retry" in shown.rpartition(ERASE_LINE)[2]


@pytest.mark.parametrize(
    ("faults", "arguments"),
    [("", ("-o", "rows.csv", FEW)), (THROTTLED, ("--output", "csv", FEW))],
    ids=["a short pull", "rows that scroll past"],
)
def test_no_line_is_drawn_where_it_would_disturb(screen, faults: str, arguments: tuple[str, ...]) -> None:
    shown = screen(faults, *arguments)
    assert "\x1b" not in shown
    assert "a second" not in shown
    assert re.search(r"60 rows, [12] calls?, 1 sign-in", shown)


SLOWLY = ("--output", "csv", "--calls-per-minute", "3", "--page-size", "20", FEW)
LONG_WAIT = re.compile(r"note: the limit of calls a minute; the next call in (60|59) s")


def test_where_rows_scroll_past_a_long_wait_is_told_in_words(home: Path) -> None:
    with Running(demo()) as gateway:
        program, *rest = command(gateway.url, *SLOWLY)
        child = pexpect.spawn(program, rest, dimensions=(24, 120), env=environment(home), encoding="utf-8", timeout=60)
        child.expect(LONG_WAIT)
        child.sendintr()
        child.expect(pexpect.EOF)
        child.close()
    assert "note: " not in child.before


def test_where_nobody_watches_too(home: Path) -> None:
    with (
        Running(demo()) as gateway,
        subprocess.Popen(
            command(gateway.url, *SLOWLY),
            env=environment(home),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as pulling,
    ):
        assert pulling.stderr is not None
        assert any(LONG_WAIT.match(line) for line in pulling.stderr)
        pulling.kill()


def test_waits_that_overlap_are_told_once() -> None:
    said = []
    waits = Waits(said.append)
    waits.wait(4.9)
    for _ in range(3):
        waits.wait(30.0)
    waits.retry(Pause(seconds=20.0, failure=Error("no"), tries=1))
    another = Waits(said.append)
    another.retry(Pause(seconds=20.0, failure=Error("no"), tries=1, throttled=True))
    assert said == [
        "note: the limit of calls a minute; the next call in 30 s",
        "note: the gateway throttles; try 2 in 20 s",
    ]


def test_quiet_draws_nothing_at_all(screen) -> None:
    assert screen(THROTTLED, "--quiet", "-o", "rows.csv", FEW) == ""


def test_where_there_is_no_terminal_there_are_words_and_no_drawing(home: Path) -> None:
    with Running(demo(faults=THROTTLED)) as gateway:
        ran = subprocess.run(
            command(gateway.url, "-o", "rows.csv", FEW),
            env=environment(home),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    note, summary = ran.stderr.splitlines()
    assert (ran.stdout, note.startswith("note: ")) == ("", True)
    assert summary.startswith("60 rows, 2 calls, 1 sign-in, 1 retry, ")
    assert "\x1b" not in ran.stderr

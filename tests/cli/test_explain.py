"""explain: a drawing on a terminal, plain text and JSON elsewhere, a count where it is asked for."""

import json
import os
import re
import sys

import pexpect
import pytest

QUERY = "select CUSTOMERID, NAME from CUSTOMER where TOTALDUE > CREDITLIMIT and STATUS = active limit 5"
STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def screen(home):
    """What a terminal of some columns shows, without the carriage returns."""

    def show(*arguments: str, width: int, **environment: str) -> str:
        kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
        child = pexpect.spawn(
            sys.executable,
            ["-m", "intacct_ql", "explain", "--quiet", *arguments],
            dimensions=(50, width),
            env={**kept, "HOME": str(home), "TERM": "xterm-256color", **environment},
            encoding="utf-8",
            timeout=30,
        )
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 0
        return child.before.replace("\r\n", "\n")

    return show


@pytest.mark.parametrize("width", [60, 100])
def test_a_terminal_shows_a_tree_of_its_width(screen, width: int) -> None:
    shown = screen(QUERY, width=width)
    plain = STYLE.sub("", shown)
    lines = plain.split("\n")
    assert STYLE.search(shown)
    assert max(map(len, lines)) <= width
    assert "├── Gateway" in plain
    assert "└── Price" in plain
    assert "│   ├── filter  STATUS = 'active'" in lines
    assert "      <field>CUSTOMERID</field>" in map(str.rstrip, lines)
    assert "the gateway compares a field with a value only, never with a field" in re.sub(r"[\s│]+", " ", plain)


def test_no_colour_where_none_is_wanted(screen) -> None:
    shown = screen(QUERY, width=100, NO_COLOR="1")
    assert not re.search(r"\x1b\[[0-9;]*(3|4|9|10)[0-7]m", shown)
    assert "└── Price" in STYLE.sub("", shown)


def test_control_characters_are_shown_not_obeyed(screen) -> None:
    shown = screen("select NAME from CUSTOMER where NAME = '\x9b31m[red]'", width=100)
    assert "\x9b" not in shown
    assert "[red]" in shown


def test_elsewhere_it_is_plain_text(run) -> None:
    result = run("explain", QUERY)
    assert result.stdout.startswith("Query     SELECT")
    assert "\x1b" not in result.stdout
    assert result.stdout == run("explain", QUERY).stdout


def test_a_count_without_a_company_asks_the_demo_company(run) -> None:
    result = run("explain", "--count", QUERY)
    assert result.exit_code == 0
    assert "the demo company answers" in result.stderr
    assert "--count is one metered call a query, free of charge at the demo company" in result.stderr
    assert re.search(r"^Rows +an estimated \d+; a COUNT found \d+, for 1 call", result.stdout, re.MULTILINE)
    assert run("explain", "--count", "--quiet", QUERY).stderr == ""


def test_a_count_for_tools(run) -> None:
    record = json.loads(run("explain", "--count", "--output", "json", "select NAME from CUSTOMER").stdout)
    assert record["count"]["calls"] == 1
    assert record["rows"]["estimated"] == record["count"]["rows"] > 0


def test_nothing_is_counted_before_every_query_is_right(run) -> None:
    result = run("explain", "--count", "-", stdin="select NAME from CUSTOMER; select NAM from CUSTOMER")
    assert result.exit_code == 1
    assert "metered" not in result.stderr
    assert "IQL" in result.stderr


def test_tiers_and_runs(run, tmp_path) -> None:
    (tmp_path / "ours.json").write_text('{"tiers": [{"name": "ours", "calls": 1000}]}', "utf-8")
    assert "0.4 % of the 250,000" not in run("explain", "--tier", "2", QUERY).stdout
    assert "of the 250,000 calls a month of tier 2" in run("explain", "--tier", "2", QUERY).stdout
    limited = "select NAME from CUSTOMER limit 1"
    ours = run("explain", "--tiers", "ours.json", "--runs-per-month", "720", limited).stdout
    assert "0.1 % of the 1,000 calls a month of tier ours" in ours
    assert "720 runs a month: 720 calls, 72 %" in ours
    assert "calls a month according to ours.json (undated)" in ours


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--tier", "9"), "there is no tier 9; there is 1, 2, 2-500k, 3, 4."),
        (("--runs-per-month", "0"), "Invalid value for '--runs-per-month'"),
        (("--count", "--demo", "--profile", "p"), "--demo stands alone"),
    ],
)
def test_wrong_usage(run, arguments: tuple[str, ...], said: str) -> None:
    result = run("explain", *arguments, QUERY)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())

"""query --resume: what is refused, what is never lost, and what a run that brings nothing leaves alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from intacct_ql.emulator import Gateway, Running, Store, Table

pytestmark = pytest.mark.unkept("threads decide who asks for what")

QUERY = "select CUSTOMERID, NAME from CUSTOMER"
NOBODY = ("--endpoint", "http://127.0.0.1:9/x")


@pytest.fixture
def go_on(run) -> Callable[..., Any]:
    """One run on the demo company with a state, three rows a page."""

    def go_on(*arguments: str, text: str = QUERY, out: str = "rows.csv", state: str = "state.json"):
        return run("query", "--demo", "--page-size", "3", "--resume", state, "-o", out, *arguments, text)

    return go_on


def lines(name: str = "rows.csv") -> list[str]:
    return Path(name).read_text("utf-8").splitlines()


def state(name: str = "state.json") -> dict[str, Any]:
    return json.loads(Path(name).read_text("utf-8"))


# A stop is no end.


def test_rows_behind_an_offset_in_another_order_cannot_be_gone_on_with(go_on) -> None:
    result = go_on("--max-rows", "10", text=QUERY + " order by NAME limit 40 offset 5")
    assert result.exit_code == 3
    assert "OFFSET passes over rows in an order that is not the key's" in result.stderr
    assert not [*Path().glob("*")]


@pytest.mark.parametrize(
    "text",
    [
        "select NAME from CUSTOMER order by NAME nulls first",
        "select count(*) from CUSTOMER",
        "select RECORDNO, WHENCREATED from CUSTOMER where RECORDNO = 1 option (single)",
        "select NAME from CUSTOMER limit 0",
    ],
)
def test_what_cannot_be_gone_on_with_is_refused_before_anything_is_asked(go_on, text: str) -> None:
    result = go_on("--log", "calls.log", text=text)
    assert (result.exit_code, "run it without --resume" in result.stderr) == (3, True)
    assert (Path("rows.csv").exists(), Path("calls.log").read_text("utf-8")) == (False, "")


def test_an_offset_in_the_order_of_the_key_can(go_on) -> None:
    text = "select RECORDNO from CUSTOMER limit 9 offset 5"
    assert go_on("--max-rows", "4", text=text).exit_code == 5
    assert go_on(text=text).exit_code == 0
    whole = lines()
    assert go_on(out="other.csv", state="other.json", text=text).exit_code == 0
    assert (whole, len(whole)) == (lines("other.csv"), 10)


DATED = "select RECORDNO, WHENCREATED from CUSTOMER"


@pytest.fixture
def store() -> Store:
    rows = [(number, f"C{number}", f"N{number}", "2024-01-01") for number in range(1, 8)]
    return Store([Table(object="CUSTOMER", columns=("RECORDNO", "CUSTOMERID", "NAME", "WHENCREATED"), rows=rows)])


def test_a_budget_that_ends_a_run_before_its_first_page_is_no_end(run, store: Store) -> None:
    asked = ("query", "--no-snapshot", "--page-size", "3", "--resume", "state.json", "-o", "rows.csv")
    with Running(Gateway(store, faults="429@call=1+,retry-after=60s")) as throttled:
        result = run(*asked, "--endpoint", throttled.url, "--max-seconds", "0.5", DATED)
    assert result.exit_code == 5, result.stderr
    assert not [*Path().iterdir()]
    with Running(Gateway(store)) as running:
        result = run(*asked, "--endpoint", running.url, DATED)
    assert (result.exit_code, len(lines())) == (0, 8)


def test_a_budget_that_ends_a_further_run_before_its_first_page_leaves_the_state(run, store: Store) -> None:
    gateway = Gateway(store)
    asked = ("query", "--no-snapshot", "--page-size", "3", "--resume", "state.json", "-o", "rows.csv")
    with Running(gateway) as running:
        assert run(*asked, "--endpoint", running.url, "--max-calls", "1", DATED).exit_code == 5
        before, port = (lines(), state()), int(running.url.split(":")[2].split("/")[0])
    assert (len(before[0]), before[1]["rows"]) == (4, 3)
    with Running(Gateway(store, faults="429@call=1+,retry-after=60s"), port=port) as throttled:
        result = run(*asked, "--endpoint", throttled.url, "--max-seconds", "0.5", DATED)
    assert result.exit_code == 5, result.stderr
    assert (lines(), state()) == before
    with Running(gateway, port=port) as running:
        assert run(*asked, "--endpoint", running.url, DATED).exit_code == 0
    assert (len(lines()), state()["token"]) == (8, None)


def test_pages_whose_rows_are_all_left_out_here_are_not_asked_for_again(go_on) -> None:
    text = "select CUSTOMERID from CUSTOMER where TOTALDUE < CREDITLIMIT and TOTALDUE > CREDITLIMIT option (allow_scan)"
    calls = 0
    while (result := go_on("--max-calls", "3", text=text)).exit_code == 5:
        calls += 1
        assert calls < 20
    assert (result.exit_code, calls > 1, lines()) == (0, True, ["CUSTOMERID"])


# One file for each.


@pytest.mark.parametrize(
    ("first", "second"),
    [("--resume", "-o"), ("--log", "-o"), ("--log", "--resume"), ("--rate-file", "-o"), ("--rate-file", "--log")],
)
def test_two_options_that_name_the_same_file_are_refused(run, first: str, second: str) -> None:
    Path("folder").mkdir()
    Path("folder/x.csv").write_text("precious", "utf-8")
    other = {"--resume": "state.json", "-o": "rows.csv"}
    files = {**other, first: "folder/x.csv", second: str(Path("folder/../folder/x.csv").absolute())}
    named = [word for pair in files.items() for word in pair]
    result = run("query", "--demo", *named, QUERY)
    assert result.exit_code == 2
    assert f"{first} and {second} name the same file" in result.stderr
    assert Path("folder/x.csv").read_text("utf-8") == "precious"


def test_a_link_is_the_file_that_it_leads_to(go_on) -> None:
    Path("rows.csv").write_text("", "utf-8")
    Path("soft.json").symlink_to("rows.csv")
    Path("hard.json").hardlink_to("rows.csv")
    for name in ("soft.json", "hard.json"):
        assert "name the same file" in go_on(state=name).stderr


@pytest.mark.parametrize("files", [{"out": "loop.csv"}, {"state": "loop.csv"}])
def test_a_link_that_leads_to_itself_is_refused(go_on, files: dict[str, str]) -> None:
    Path("loop.csv").symlink_to("loop.csv")
    result = go_on(**files)
    assert (result.exit_code, "its links lead back to themselves" in result.stderr) == (2, True)


def test_a_query_file_is_not_written_over(run) -> None:
    Path("query.csv").write_text(QUERY, "utf-8")
    assert "-f and -o name the same file" in run("query", "--demo", "-f", "query.csv", "-o", "query.csv").stderr
    assert Path("query.csv").read_text("utf-8") == QUERY


def test_devices_may_be_shared(run) -> None:
    named = ("--log", "/dev/null", "-o", "/dev/null", "--output", "csv")
    assert run("query", "--demo", *named, QUERY).exit_code == 0


def test_rows_are_added_to_no_device(go_on) -> None:
    result = go_on("--output", "csv", out="/dev/null")
    assert (result.exit_code, "it is no file that rows can be added to" in result.stderr) == (2, True)


def test_rows_with_two_cells_of_one_name_are_refused_before_the_file_is_touched(go_on) -> None:
    Path("rows.jsonl").write_text("precious", "utf-8")
    result = go_on("--log", "calls.log", out="rows.jsonl", text="select NAME as A, CUSTOMERID as A from CUSTOMER")
    assert (result.exit_code, "two columns are named A" in result.stderr) == (1, True)
    assert (lines("rows.jsonl"), Path("calls.log").read_text("utf-8")) == (["precious"], "")


# What can be written is known before anything is asked.


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"state": "nowhere/state.json"}, "nowhere/state.json cannot be written: No such file or directory."),
        ({"out": "nowhere/rows.csv"}, "cannot be written: there is no folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_known_before_the_first_call(go_on, place: dict[str, str], words: str) -> None:
    Path("rows.csv").write_text("precious", "utf-8")
    result = go_on("--log", "calls.log", **place)
    assert (result.exit_code, words in result.stderr) == (2, True)
    assert (lines(), Path("calls.log").read_text("utf-8")) == (["precious"], "")


@pytest.mark.parametrize(
    ("more", "name"),
    [(("--resume", "state.json"), "new.csv"), ((), "new.csv"), ((), "rows.csv")],
    ids=["resume", "whole", "over another"],
)
@pytest.mark.parametrize(
    ("way", "status"),
    [
        (("--endpoint", "http://127.0.0.1:9/x", "--retries", "0"), 3),
        (("--max-calls", "0"), 5),
        (("--max-rows", "0"), 5),
    ],
    ids=["nobody answers", "no call", "no row"],
)
def test_a_run_that_brings_nothing_leaves_the_file_alone(run, more, name: str, way, status: int) -> None:
    Path("rows.csv").write_text("precious", "utf-8")
    result = run("query", "--quiet", *more, *way, "-o", name, QUERY)
    assert result.exit_code == status, result.stderr
    assert (lines(), [path.name for path in Path().iterdir()]) == (["precious"], ["rows.csv"])


def test_a_table_is_not_replaced_by_none(run) -> None:
    replace = ("query", "--demo", "-o", "books.db", "--if-exists", "replace")
    assert run(*replace, QUERY).exit_code == 0
    before = Path("books.db").read_bytes()
    assert run(*replace, "--max-calls", "0", QUERY).exit_code == 5
    assert Path("books.db").read_bytes() == before


# One form for all rows.


@pytest.mark.parametrize("out", ["rows.jsonl", "rows.csv"])
@pytest.mark.parametrize("limit", [("--max-calls", "1"), ()], ids=["begun", "ended"])
def test_rows_of_other_names_are_not_added(go_on, out: str, limit: tuple[str, ...]) -> None:
    go_on(*limit, out=out, text="select CUSTOMERID, NAME as A from CUSTOMER")
    before = (lines(out), state())
    result = go_on("--log", "calls.log", out=out, text="select CUSTOMERID, NAME as B from CUSTOMER")
    words = "has the columns CUSTOMERID, A, and now there are CUSTOMERID, B" if limit else "belongs to another query"
    assert (result.exit_code, words in result.stderr) == (3, True)
    assert (lines(out), state(), Path("calls.log").read_text("utf-8")) == (*before, "")


def test_names_in_another_turn_are_other_names(go_on) -> None:
    go_on("--max-calls", "1", text="select CUSTOMERID as A, NAME as B from CUSTOMER")
    assert "now there are B, A" in go_on(text="select CUSTOMERID as B, NAME as A from CUSTOMER").stderr


@pytest.mark.parametrize("option", [("--null", "NIL"), ("--spreadsheet-safe",), ("--no-header",)])
def test_rows_of_another_look_are_not_added(go_on, option: tuple[str, ...]) -> None:
    text = "select CUSTOMERID, PARENTID from CUSTOMER"
    assert go_on("--max-calls", "1", *option, text=text).exit_code == 5
    before = (lines(), state())
    result = go_on(text=text)
    assert (result.exit_code, f"belongs to a run with {' '.join(option)}, and this one has none" in result.stderr) == (
        3,
        True,
    )
    assert (lines(), state()) == before
    assert go_on(*option, text=text).exit_code == 0


def test_another_query_is_not_told_that_it_has_all_rows(go_on) -> None:
    assert go_on().exit_code == 0
    result = go_on(text="select VENDORID from VENDOR")
    assert (result.exit_code, "belongs to another query" in result.stderr) == (3, True)
    assert go_on(text=QUERY.replace(",", " , ")).exit_code == 0


def test_a_state_of_the_former_shape_is_refused(go_on) -> None:
    assert go_on("--max-calls", "1").exit_code == 5
    former = {key: value for key, value in state().items() if key in ("out", "form", "size", "rows", "token")}
    Path("state.json").write_text(json.dumps(former), "utf-8")
    result = go_on()
    assert (result.exit_code, "of an earlier version of this program" in result.stderr) == (3, True)


@pytest.mark.parametrize("bent", [{"size": "1"}, {"rows": None}, {"columns": 3}, {"options": []}, {"token": 5}])
def test_a_bent_state_is_refused(go_on, bent: dict[str, object]) -> None:
    go_on("--max-calls", "1")
    Path("state.json").write_text(json.dumps({**state(), **bent}), "utf-8")
    result = go_on()
    assert (result.exit_code, "is not the state of a run" in result.stderr) == (3, True)


# Seconds.


@pytest.mark.unkept("several connections")
def test_seconds_of_a_script_are_those_of_the_clock(run) -> None:
    """Not the sum of what its connections took."""
    rows = [(number, f"N{number}") for number in range(1, 401)]
    store = Store([Table(object="CUSTOMER", columns=("RECORDNO", "NAME"), rows=rows)])
    Path("two.iql").write_text("select NAME from CUSTOMER;\nselect RECORDNO from CUSTOMER;\n", "utf-8")
    with Running(Gateway(store, faults="slow=100ms")) as running:
        at_once = ("--endpoint", running.url, "--connections", "8", "--page-size", "8", "--output", "csv")
        result = run("query", *at_once, "--max-seconds", "4.5", "-f", "two.iql")
    assert result.exit_code == 0, result.stderr

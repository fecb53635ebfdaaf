"""watch: a company whose rows change between runs, over a port; and runs that are killed."""

import csv
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import companies
import pytest

from intacct_ql.emulator import Gateway, Running, Store, Table
from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.model import Object

QUERY = "select CUSTOMERID, NAME from CUSTOMER"
COLUMNS = ("RECORDNO", "CUSTOMERID", "NAME", "STATUS", "WHENCREATED", "WHENMODIFIED")
COMMAND = Path(sys.executable).parent / "intacct-ql"


def customer(
    number: int, name: str, modified: str | None, created: str | None = "2020-01-01 00:00:00"
) -> dict[str, object]:
    cells = (number, f"C{number}", name, "active", created, modified)
    return dict(zip(COLUMNS, cells, strict=True))


@pytest.fixture
def store() -> Store:
    rows = [
        customer(1, "old", "2024-01-01 09:00:00"),
        customer(2, "new", "2024-01-05 12:00:00"),
        customer(3, "never", None),
    ]
    return Store([Table(object="CUSTOMER", columns=COLUMNS, rows=[tuple(row.values()) for row in rows])])


@pytest.fixture
def gateway(store: Store):
    with Running(Gateway(store)) as running:
        yield running


@pytest.fixture
def look(run, gateway):
    """One run of a watch with a state; gives the CUSTOMERIDs or NAMEs it prints."""

    def look(*arguments: str, text: str = QUERY) -> list[str]:
        kept = ("--once", "--state", "state.json", "--output", "csv", "--no-header")
        result = run("watch", "--endpoint", gateway.url, *kept, *arguments, text)
        assert result.exit_code == 0, result.stderr
        return [",".join(row) for row in csv.reader(io.StringIO(result.stdout, newline=""))]

    return look


def test_what_is_new_or_changed_is_printed_once(look, store: Store) -> None:
    assert look() == ["C1,old", "C2,new", "C3,never"]
    assert look() == []
    store.insert("CUSTOMER", customer(4, "fresh", "2024-01-05 13:00:00"))
    store.update("CUSTOMER", 1, {"NAME": "changed", "WHENMODIFIED": "2024-01-05 13:00:01"})
    assert look() == ["C1,changed", "C4,fresh"]
    assert look() == []


@pytest.mark.parametrize(("form", "status"), [("csv", 3), ("jsonl", 0)])
def test_a_column_that_is_gone_puts_no_rows_below_the_names_of_others(
    run, tmp_path_factory, form: str, status: int
) -> None:
    asked = ("watch", "--once", "--compare", "--state", "state.json", "-o", f"rows.{form}")
    text = "select NAME, CLIENT_HEALTH from CUSTOMER"
    whole = companies.gateway(tmp_path_factory.mktemp("whole") / "company")
    edits = {
        "CUSTOMER.csv": companies.without_column("CLIENT_HEALTH"),
        "CUSTOMER.lookup.xml": companies.without_field("CLIENT_HEALTH"),
    }
    less = companies.gateway(tmp_path_factory.mktemp("less") / "company", edits)
    with Running(whole) as running:
        url = running.url
        assert run("schema", "refresh", "CUSTOMER", "--endpoint", url).exit_code == 0
        assert run(*asked, "--endpoint", url, text).exit_code == 0
        before = Path(f"rows.{form}").read_text("utf-8")
    with Running(less, port=urlsplit(url).port or 0):
        result = run(*asked, "--endpoint", url, text)
    after = Path(f"rows.{form}").read_text("utf-8")
    assert (result.exit_code, "RECORDNO" in after) == (status, False)
    if status:
        assert "rows.csv has the columns NAME, CLIENT_HEALTH, and now there are NAME: ask for the same" in result.stderr
        assert after == before
    else:
        assert after.splitlines()[-1] == '{"NAME": "Cedar"}'


def test_rows_that_come_late_are_seen_as_far_as_the_window_reaches(look, store: Store) -> None:
    look("--look-back", "1h")
    store.insert(
        "CUSTOMER",
        customer(4, "a second late", "2024-01-05 11:59:59"),
        customer(5, "just in time", "2024-01-05 11:00:00"),
        customer(6, "the same second", "2024-01-05 12:00:00"),
        customer(7, "too late", "2024-01-05 10:59:59"),
    )
    assert look("--look-back", "1h") == ["C4,a second late", "C5,just in time", "C6,the same second"]
    assert look("--look-back", "9d") == []  # what lies before the first window was never remembered


def test_a_change_in_the_same_second_is_a_change(look, store: Store) -> None:
    look()
    store.update("CUSTOMER", 2, {"NAME": "newer"})
    assert look() == ["C2,newer"]


def test_rows_that_nobody_modified_go_by_their_creation(look, store: Store, gateway) -> None:
    look()
    store.insert(
        "CUSTOMER",
        customer(4, "created lately", None, "2024-01-05 12:30:00"),
        customer(5, "created late", None, "2024-01-05 11:30:00"),
        customer(6, "created at no time", None, None),
        customer(7, "created long ago", None, "2024-01-01 00:00:00"),
    )
    assert look() == ["C4,created lately", "C5,created late", "C6,created at no time"]
    assert look() == []
    store.update("CUSTOMER", 6, {"NAME": "compared"})
    store.update("CUSTOMER", 7, {"NAME": "touched", "WHENMODIFIED": "2024-01-05 12:31:00"})
    assert look() == ["C6,compared", "C7,touched"]


def test_a_stamp_in_the_far_future_does_not_blind_it(look, store: Store) -> None:
    store.insert("CUSTOMER", customer(4, "wrong", "2199-01-01 00:00:00"))
    assert len(look()) == 4
    store.insert("CUSTOMER", customer(5, "right", "2024-01-05 12:00:01"))
    assert look() == ["C5,right"]


def test_the_condition_of_the_query_stands(look, store: Store) -> None:
    text = "select NAME from CUSTOMER c where c.CUSTOMERID = C1 or NAME like 'n%' order_by NAME desc"
    assert look(text=text) == ["old", "new", "never"]
    store.insert("CUSTOMER", customer(4, "other", "2024-01-06 00:00:00"), customer(5, "next", "2024-01-06 00:00:00"))
    assert look(text=text) == ["next"]


def test_every_field_and_parameters(look, store: Store) -> None:
    every = ("--param", "name=n%")
    text = "select * from CUSTOMER where NAME like :name"
    assert len(look(*every, text=text)) == 2
    store.update("CUSTOMER", 2, {"STATUS": "inactive", "WHENMODIFIED": "2024-01-05 12:00:01"})
    [row] = look(*every, text=text)
    assert "inactive" in row


def test_without_a_stamp_rows_are_compared_on_request(run, look, store: Store, gateway) -> None:
    assert look("--compare") == ["C1,old", "C2,new", "C3,never"]
    store.update("CUSTOMER", 1, {"NAME": "silently"})
    store.delete("CUSTOMER", 3)
    result = run(
        "watch", "--endpoint", gateway.url, "--once", "--state", "state.json", "--output", "csv", "--compare", QUERY
    )
    assert "C1,silently" in result.stdout
    assert "1 row, 1 gone, 1 call" in result.stderr


def test_an_object_without_a_stamp_is_told(run) -> None:
    from intacct_ql.schema.catalog import BUNDLED

    found = next(one for one in map(BUNDLED.object, BUNDLED.names()) if one and "WHENMODIFIED" not in one.fields)
    result = run(
        "watch", "--demo", "--every", "1s", "--times", "1", f"select {next(iter(found.fields))} from {found.name}"
    )
    assert result.exit_code == 1
    assert f"{found.name} has no WHENMODIFIED" in result.stderr
    assert "--compare" in result.stderr


@pytest.mark.parametrize(
    "text",
    [
        "select STATUS, count(*) from CUSTOMER",
        "select distinct STATUS from CUSTOMER",
        "select NAME from CUSTOMER limit 3",
        "select NAME from CUSTOMER limit 3 offset 3",
    ],
)
def test_what_is_no_row_cannot_be_watched(run, text: str) -> None:
    result = run("watch", "--demo", "--every", "1s", text)
    assert (result.exit_code, "rows are watched one by one" in result.stderr) == (1, True)


def test_a_wrong_query_is_told_at_its_place(run) -> None:
    result = run("watch", "--demo", "--every", "1s", "select NAM from CUSTOMER")
    assert (result.exit_code, "query:1:8" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give --every TIME, or --once"),
        (("--once",), "--once needs --state"),
        (("--once", "--state", "s", "--every", "1s"), "no --every"),
        (("--every", "soon"), "is no length of time"),
        (("--every", "36501d"), "longer than 36,500 days"),
        (("--every", "1s", "--look-back", "999999d"), "longer than 36,500 days"),
        (("--every", "1s", "--output", "json"), "another format"),
        (("--every", "1s", "-o", "a.parquet"), "csv, tsv or jsonl"),
    ],
)
def test_usage(run, arguments: tuple[str, ...], words: str) -> None:
    result = run("watch", "--demo", *arguments, QUERY)
    assert (result.exit_code, words in result.stderr) == (2, True)


def test_a_schedule_runs_so_often_and_says_each_time(run, store: Store) -> None:
    def on_call(number: int, name: str) -> None:
        if name == "query" and number > 2:
            store.insert("CUSTOMER", customer(10 + number, "meanwhile", "2024-01-06 00:00:00"))

    with Running(Gateway(store, on_call=on_call)) as running:
        began = time.monotonic()
        result = run("watch", "--endpoint", running.url, "--every", "0.3s", "--times", "3", "--output", "jsonl", QUERY)
    assert time.monotonic() - began >= 0.6
    names = [json.loads(line)["NAME"] for line in result.stdout.splitlines()]
    assert names[:3] == ["old", "new", "never"]
    assert set(names[3:]) == {"meanwhile"}
    assert len(re.findall(r"^\d\d:\d\d:\d\d \d+ rows?, \d calls?$", result.stderr, re.MULTILINE)) == 3


def test_changes_only_reads_what_it_needs_to_begin(run, look, store: Store) -> None:
    store.insert("CUSTOMER", *(customer(number, "many", "2023-01-05 12:00:00") for number in range(10, 400)))
    with Running(Gateway(store)) as running:
        once = ("--once", "--state", "s.json", "--changes-only", "--page-size", "10", "--output", "csv", "--no-header")
        first = run("watch", "--endpoint", running.url, *once, QUERY)
        assert (first.stdout, first.exit_code) == ("", 0)
        assert "0 rows, 2 calls" in first.stderr  # the newest stamp, and the window behind it
        store.update("CUSTOMER", 2, {"NAME": "newer"})
        store.update("CUSTOMER", 20, {"NAME": "touched", "WHENMODIFIED": "2024-01-05 12:00:01"})
        assert run("watch", "--endpoint", running.url, *once, QUERY).stdout.split() == ["C2,newer", "C20,touched"]


def test_changes_only_of_a_company_with_a_wrong_stamp_reads_all(look, store: Store) -> None:
    store.insert("CUSTOMER", customer(4, "wrong", "2199-01-01 00:00:00"))
    assert look("--changes-only") == []
    store.insert("CUSTOMER", customer(5, "right", "2024-01-05 12:00:01"))
    assert look("--changes-only") == ["C5,right"]


def test_changes_only_begins_under_the_options_of_the_query(run, look, store: Store) -> None:
    store.update("CUSTOMER", 2, {"TOTALDUE": 20_000_000, "CREDITLIMIT": 10_000_000})
    over = "select CUSTOMERID from CUSTOMER where TOTALDUE > CREDITLIMIT option (allow_scan)"
    assert look("--changes-only", text=over) == []
    store.update("CUSTOMER", 2, {"NAME": "newer", "WHENMODIFIED": "2024-01-05 12:00:01"})
    assert look("--changes-only", text=over) == ["C2"]


@pytest.mark.parametrize("items", ["CUSTOMERID, NAME", "*"])
@pytest.mark.parametrize("name", ["WHENMODIFIED", "WHENCREATED"])
def test_a_stamp_that_the_gateway_refuses_is_told(run, store: Store, name: str, items: str) -> None:
    store.catalog = Refusing(name)
    once = ("watch", "--once", "--state", "state.json", "--output", "csv", "--no-header")
    with Running(Gateway(store)) as running:
        result = run(*once, "--endpoint", running.url, f"select {items} from CUSTOMER")
        words = f"error: the gateway refuses {name}, by which changes are told; --compare reads all rows"
        assert (result.exit_code, words in result.stderr) == (1, True)
        compared = run(*once, "--endpoint", running.url, "--compare", QUERY)
    assert compared.stdout.split() == ["C1,old", "C2,new", "C3,never"]


class Refusing(Catalog):
    """The bundled catalog of a gateway that lists a field of CUSTOMER, and does not give it to ``query``."""

    def __init__(self, refused: str) -> None:
        super().__init__()
        self._refused = refused

    def object(self, name: str) -> Object | None:
        found = super().object(name)
        if found is None or found.name != "CUSTOMER":
            return found
        field = replace(found.fields[self._refused], queryable=False)
        return replace(found, fields={**found.fields, self._refused: field})


@pytest.mark.parametrize("fault", ["500", "503", "429", "offline", "busy", "later", "cut"])
def test_a_failure_that_passes_is_made_up_for(run, store: Store, fault: str) -> None:
    with Running(Gateway(store, faults=f"{fault}@call=3")) as running:
        every = ("--every", "0.1s", "--times", "3", "--retries", "0", "--state", "s.json")
        result = run("watch", "--endpoint", running.url, *every, "-o", "out.csv", QUERY)
    assert result.exit_code == 0, result.stderr
    assert "the next run makes up for it" in result.stderr
    assert len(Path("out.csv").read_text("utf-8").splitlines()) == 4


def test_a_state_belongs_to_one_query_and_one_file(run, gateway) -> None:
    def once(*arguments: str, text: str = QUERY):
        return run("watch", "--endpoint", gateway.url, "--once", "--state", "s.json", *arguments, text)

    assert once("-o", "out.csv").exit_code == 0
    assert Path("s.json").stat().st_mode & 0o777 == 0o600
    for result, words in (
        (once("-o", "out.csv", text=QUERY + " where NAME = x"), "is the state of a watch of another query"),
        (once("-o", "other.csv"), "belongs to a run that writes csv to"),
        (once("-o", "out.csv", "--output", "jsonl"), "belongs to a run that writes csv to"),
    ):
        assert (result.exit_code, words in result.stderr) == (3, True)
    Path("out.csv").write_text("", "utf-8")
    assert "has lost rows" in once("-o", "out.csv").stderr
    Path("s.json").write_text('{"intacct-ql watch": 1}', "utf-8")
    assert "is not the state of a watch" in once("-o", "out.csv").stderr


def test_what_a_dead_run_had_added_is_cut_off(look, run, store: Store, gateway) -> None:
    def once() -> None:
        assert (
            run("watch", "--endpoint", gateway.url, "--once", "--state", "s.json", "-o", "out.csv", QUERY).exit_code
            == 0
        )

    once()
    with Path("out.csv").open("a", encoding="utf-8") as out:
        out.write("C4,half a ro")
    store.insert("CUSTOMER", customer(4, "whole", "2024-01-06 00:00:00"))
    once()
    assert Path("out.csv").read_text("utf-8").splitlines()[1:] == ["C1,old", "C2,new", "C3,never", "C4,whole"]


@pytest.mark.unkept("a process that is killed at any moment")
@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
@pytest.mark.parametrize("kills", [4, pytest.param(8, marks=pytest.mark.long)])
def test_killed_at_any_moment_each_change_is_in_the_file_once(
    store: Store, tmp_path: Path, name: str, kills: int
) -> None:
    dice = random.Random(name)
    store.insert("CUSTOMER", *(customer(number, f"v0 of {number}", "2024-01-05 11:30:00") for number in range(10, 400)))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("INTACCT_")}
    with Running(Gateway(store, faults="slow=10ms")) as running:
        command = [COMMAND, "watch", "--endpoint", running.url, "--once", "--page-size", "25", "--state", "s.json"]
        command += ["-o", name, QUERY]

        def start() -> subprocess.Popen[bytes]:
            return subprocess.Popen(command, cwd=tmp_path, env=kept | {"HOME": str(tmp_path)}, stderr=subprocess.PIPE)

        versions = ["v0"]
        for attempt in range(kills):
            process = start()
            time.sleep(0.3 + dice.random() * 0.7)
            process.kill()
            _, words = process.communicate()
            assert process.returncode in (-signal.SIGKILL, 0), words
            if attempt % 3 == 2:  # a change is complete before it is asked for again
                done = start()
                assert done.wait(60) == 0
                done.communicate()
                versions.append(f"v{attempt}")
                for number in range(10, 400):
                    store.update(
                        "CUSTOMER",
                        number,
                        {"NAME": f"v{attempt} of {number}", "WHENMODIFIED": f"2024-01-05 12:0{attempt}:00"},
                    )
        last = start()
        assert last.wait(60) == 0
        last.communicate()
    lines = (tmp_path / name).read_text("utf-8").splitlines()
    found = sorted(re.findall(r"v\d of \d+", "\n".join(lines)))
    assert found == sorted(f"{version} of {number}" for version in versions for number in range(10, 400))


def test_a_table_shows_its_first_rows_and_knows_all(run, store: Store) -> None:
    store.insert("CUSTOMER", *(customer(number, "many", "2024-01-05 12:00:00") for number in range(10, 1_500)))
    with Running(Gateway(store)) as running:
        result = run("watch", "--endpoint", running.url, "--every", "0.1s", "--times", "2", QUERY)
    assert len(result.stdout.splitlines()) == 1_002
    assert "note: these are the first 1,000 of 1,493 rows" in result.stderr
    assert re.search(r"^\d\d:\d\d:\d\d 0 rows, 1 call$", result.stderr, re.MULTILINE)


@pytest.mark.unkept("a process that is interrupted at any moment")
def test_an_interrupt_leaves_the_file_as_the_state_knows_it(store: Store, tmp_path: Path) -> None:
    store.insert("CUSTOMER", *(customer(number, "many" * 30, "2024-01-05 12:00:00") for number in range(10, 400)))
    kept = {key: value for key, value in os.environ.items() if not key.startswith("INTACCT_")}
    with Running(Gateway(store, faults="slow=50ms")) as running:
        command = [
            COMMAND,
            "watch",
            "--endpoint",
            running.url,
            "--every",
            "1m",
            "--page-size",
            "25",
            "--state",
            "s.json",
        ]
        command += ["-o", "out.csv", QUERY]
        process = subprocess.Popen(command, cwd=tmp_path, env=kept | {"HOME": str(tmp_path)}, stderr=subprocess.PIPE)
        while not (tmp_path / "out.csv").exists() or not (tmp_path / "out.csv").stat().st_size:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, words = process.communicate(timeout=30)
    assert process.returncode == 130, words
    assert b"Traceback" not in words
    assert (tmp_path / "out.csv").read_bytes() == b""
    assert json.loads((tmp_path / "s.json").read_text("utf-8"))["size"] == 0

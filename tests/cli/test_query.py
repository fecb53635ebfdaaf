"""query: rows from the demo company and from a gateway on a port, in every form."""

import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pyarrow.ipc
import pyarrow.parquet
import pytest

from intacct_ql.cli import forms, spilling
from intacct_ql.emulator import Running, demo
from intacct_ql.encoders import FORMATS

FIVE = "select RECORDNO, CUSTOMERID, NAME from CUSTOMER order by CUSTOMERID limit 5"
ALL = "select CUSTOMERID from CUSTOMER"


def test_the_formats_are_those_of_the_encoders() -> None:
    assert tuple(FORMATS) == forms.FORMATS


def test_without_credentials_the_demo_company_answers_and_says_so(run) -> None:
    result = run("query", FIVE)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0].split() == ["RECORDNO", "CUSTOMERID", "NAME"]
    assert len(result.stdout.splitlines()) == 7
    note, summary = result.stderr.splitlines()
    assert note == "note: there is no profile and there are no credentials; the demo company answers"
    assert summary.startswith("5 rows, 1 call, 1 sign-in, ")


def test_quiet_says_nothing(run) -> None:
    assert run("query", "--quiet", FIVE).stderr == ""


def test_one_answer_in_every_format(run) -> None:
    def rows(form):
        return run("query", "--demo", "--output", form, FIVE).stdout

    objects = json.loads(rows("json"))
    assert len(objects) == 5
    assert [json.loads(line) for line in rows("jsonl").splitlines()] == objects
    table = list(csv.DictReader(io.StringIO(rows("csv"), newline="")))
    assert table == [{key: str(value) for key, value in one.items()} for one in objects]


def test_a_file_gets_the_format_of_its_name(run) -> None:
    result = run("query", "--demo", "-o", "customers.jsonl", FIVE)
    assert (result.exit_code, result.stdout) == (0, "")
    assert len(Path("customers.jsonl").read_text("utf-8").splitlines()) == 5
    assert run("query", "--demo", "-o", "customers.csv", "--output", "json", FIVE).exit_code == 0
    assert len(json.loads(Path("customers.csv").read_text("utf-8"))) == 5
    assert {path.name for path in Path().iterdir()} == {"customers.jsonl", "customers.csv"}


@pytest.mark.parametrize("name", ["customers", "customers.xlsm", "missing/customers.csv", "."])
def test_a_file_that_cannot_be_is_refused_before_anything_is_asked(run, name: str) -> None:
    result = run("query", "--demo", "-o", name, FIVE)
    assert result.exit_code == 2
    assert not any(Path().iterdir())


def test_a_failed_run_leaves_the_old_file_and_nothing_else(run) -> None:
    Path("customers.csv").write_text("old", "utf-8")
    with Running(demo(faults="500@call=3+")) as gateway:
        paging = ("--page-size", "10", "--retries", "0")
        result = run("query", "--endpoint", gateway.url, *paging, "-o", "customers.csv", ALL)
    assert result.exit_code == 3
    assert [path.name for path in Path().iterdir()] == ["customers.csv"]
    assert Path("customers.csv").read_text("utf-8") == "old"


def test_a_replaced_file_keeps_its_mode(run) -> None:
    Path("customers.csv").touch(0o600)
    run("query", "--demo", "-o", "customers.csv", FIVE)
    assert Path("customers.csv").stat().st_mode & 0o777 == 0o600


def test_a_device_is_written_to_and_not_replaced(run) -> None:
    assert run("query", "--demo", "-o", "/dev/null", "--output", "csv", FIVE).exit_code == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(("limit", "rows"), [(("--max-rows", "3"), 3), (("--max-calls", "1", "--page-size", "4"), 4)])
def test_a_budget_keeps_what_was_read(run, limit: tuple[str, ...], rows: int) -> None:
    result = run("query", "--demo", "--output", "json", *limit, ALL)
    assert result.exit_code == 5
    assert len(json.loads(result.stdout)) == rows
    assert f"stopped by {limit[0]} {limit[1]} after {rows} rows; what was read is kept" in result.stderr
    assert run("query", "--demo", "-o", "customers.json", *limit, ALL).exit_code == 5
    assert len(json.loads(Path("customers.json").read_text("utf-8"))) == rows


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("select NAME from CUSTOMER order by NAME nulls first", "query"),
        ("select NAME from CUSTOMER", "readByQuery"),
        ("select NAME from CUSTOMER where RECORDNO in (24, 25)", "read"),
    ],
)
def test_what_cannot_be_gone_on_with_keeps_no_state_that_looks_like_an_end(run, text: str, target: str) -> None:
    Path("rows.csv").write_text("old", "utf-8")
    kept = ("--resume", "state.json", "-o", "rows.csv")
    result = run("query", "--demo", *kept, "--max-calls", "1", "--page-size", "10", "--target", target, text)
    assert (result.exit_code, "cannot be gone on with" in result.stderr) == (3, True)
    assert [path.name for path in Path().iterdir()] == ["rows.csv"]
    assert Path("rows.csv").read_text("utf-8") == "old"


def test_entities_cannot_be_gone_on_with(run) -> None:
    kept = ("--resume", "state.json", "-o", "rows.csv")
    result = run("query", "--demo", "--all-entities", *kept, "select NAME from CUSTOMER")
    assert (result.exit_code, [*Path().iterdir()]) == (2, [])
    assert "--resume is for one entity: not with --all-entities." in result.stderr


def test_a_long_table_says_that_there_is_more(run) -> None:
    result = run("query", "--demo", "select RECORDNO from GLENTRY")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1_002
    assert "note: these are the first 1,000 rows; there are more (the gateway counts 5,648)" in result.stderr


def test_warnings_stay_when_notes_go(run) -> None:
    result = run("query", "--demo", "--quiet", "select RECORDNO from AIRINVOICE limit 1")
    assert result.exit_code == 0
    assert "warning" in result.stderr


def test_a_wrong_query_writes_nothing(run) -> None:
    result = run("query", "--demo", "--output", "csv", "select NAM from CUSTOMER")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "NAME might be meant" in result.stderr


def test_two_columns_of_one_name_are_no_object(run) -> None:
    result = run("query", "--demo", "--output", "json", "select NAME as A, CUSTOMERID as A from CUSTOMER")
    assert result.exit_code == 1
    assert result.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("--demo", "--profile", "acme"),
        ("--demo", "--endpoint", "http://127.0.0.1:1/"),
        ("--demo", "--entity", "E100"),
        ("--entity", "E100"),
        ("--output", "xml"),
        ("--max-rows", "-1"),
    ],
)
def test_usage(run, arguments: tuple[str, ...]) -> None:
    assert run("query", *arguments, FIVE).exit_code == 2


def test_parameters_are_bound(run) -> None:
    result = run(
        "query", "--demo", "--output", "csv", "select NAME from CUSTOMER where CUSTOMERID = :id", "--param", "id=REG001"
    )
    assert result.stdout.splitlines() == ["NAME", "Regal Services"]


@pytest.mark.unkept("threads decide who asks for what")
def test_a_gateway_on_a_port_gives_the_rows_of_the_embedded_one(run) -> None:
    with Running(demo()) as gateway:
        result = run("query", "--endpoint", gateway.url, "--output", "csv", "--page-size", "7", ALL)
    assert result.exit_code == 0
    assert result.stdout == run("query", "--demo", "--output", "csv", ALL).stdout
    assert "company demo, user demo (the demo credentials of a local gateway)" in result.stderr


def test_a_refused_sign_in(run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SENDER_ID", "SENDER_PASSWORD", "COMPANY_ID", "USER_ID"):
        monkeypatch.setenv(f"INTACCT_{name}", "demo")
    monkeypatch.setenv("INTACCT_USER_PASSWORD", "hunter2")
    with Running(demo()) as gateway:
        result = run("query", "--endpoint", gateway.url, "--output", "csv", FIVE)
    assert (result.exit_code, result.stdout) == (3, "")
    assert "hunter2" not in result.stderr


def test_half_set_credentials(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTACCT_USER_ID", "me")
    result = run("query", FIVE)
    assert result.exit_code == 3
    assert "credentials are incomplete" in result.stderr
    assert "INTACCT_USER_ID" in result.stderr


def test_credentials_go_to_no_foreign_host(run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SENDER_ID", "SENDER_PASSWORD", "COMPANY_ID", "USER_ID", "USER_PASSWORD"):
        monkeypatch.setenv(f"INTACCT_{name}", "secret")
    result = run("query", "--endpoint", "https://intacct.com.example/", FIVE)
    assert result.exit_code == 3
    assert "intacct.com.example" in result.stderr


@pytest.mark.unkept("a request that the client never makes")
def test_validate_holds_every_request_to_its_schema(run, monkeypatch: pytest.MonkeyPatch) -> None:
    from intacct_ql.gateway import envelope

    assert run("query", "--demo", "--validate", "--page-size", "20", ALL).exit_code == 0
    monkeypatch.setattr(envelope, "_REQUEST", envelope._REQUEST.replace(' transaction="false"', ' transaction="no"'))
    assert run("query", "--demo", ALL).exit_code == 0
    result = run("query", "--demo", "--validate", "-q", ALL)
    assert (result.exit_code, result.stdout) == (70, "")
    assert "  /request/operation/@transaction: " in result.stderr


def test_budgets_are_those_of_the_whole_script(run, tmp_path: Path) -> None:
    script = tmp_path / "three.iql"
    script.write_text("select NAME from CUSTOMER;\nselect NAME from VENDOR;\nselect DEPARTMENTID from DEPARTMENT;\n")
    result = run("query", "--demo", "--max-calls", "2", "--output", "csv", "-f", str(script))
    assert result.exit_code == 5
    assert result.stderr.count(", 1 call, ") == 2
    assert run("query", "--demo", "--max-calls", "3", "--output", "csv", "-f", str(script)).exit_code == 0


def test_rest_is_not_for_running(run) -> None:
    result = run("query", "--target", "rest", "select NAME from CUSTOMER")
    assert result.exit_code == 2
    assert "use compile" in result.stderr


def sqlite_rows(path: str, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as base:
        return base.execute(statement).fetchall()


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.arrows", "a.feather"])
def test_files_of_typed_columns(run, name: str) -> None:
    import pyarrow.feather
    import pyarrow.parquet

    assert run("query", "--demo", "-o", name, "--page-size", "20", ALL).exit_code == 0
    readers = {"a.parquet": pyarrow.parquet.read_table, "a.arrows": lambda one: pyarrow.ipc.open_stream(one).read_all()}
    table = readers.get(name, pyarrow.feather.read_table)(name)
    assert table.column("CUSTOMERID").to_pylist() == run("query", "--demo", "--output", "csv", ALL).stdout.split()[1:]


def test_a_table_in_a_sqlite_file_stands_beside_others(run) -> None:
    def put(*arguments: str):
        return run("query", "--demo", "-q", "-o", "books.db", "--max-rows", "3", *arguments, FIVE)

    assert put().exit_code == 5  # what a budget kept is there
    assert sqlite_rows("books.db", "select count(*) from books") == [(3,)]
    assert put("--table", 'odd "name"; --').exit_code == 5
    assert sqlite_rows("books.db", "select count(*) from sqlite_master") == [(2,)]
    refused = put()
    assert (refused.exit_code, "--if-exists replace or append" in refused.stderr) == (1, True)
    assert put("--if-exists", "append").exit_code == 5
    assert sqlite_rows("books.db", "select count(*) from books") == [(6,)]
    assert put("--if-exists", "replace").exit_code == 5
    assert sqlite_rows("books.db", "select count(*) from books") == [(3,)]
    other = run("query", "--demo", "-o", "books.db", "--if-exists", "append", ALL.replace("CUSTOMERID", "COMMENTS"))
    assert (other.exit_code, "has no column COMMENTS" in other.stderr) == (1, True)


def test_a_database_that_refuses_costs_no_call(run) -> None:
    sqlite3.connect("books.db").executescript("create table books (a);").close()
    with Running(demo()) as running:
        refused = run("query", "--endpoint", running.url, "-o", "books.db", FIVE)
        assert running.gateway.ledger.requests == 0
    assert (refused.exit_code, "--if-exists replace or append" in refused.stderr) == (1, True)


def test_a_failed_run_leaves_a_database_as_it_was(run) -> None:
    with Running(demo(faults="500@call=3+")) as gateway:
        put = ("query", "--endpoint", gateway.url, "--page-size", "10", "--retries", "0", "-o", "books.db")
        assert run(*put, ALL).exit_code == 3
        assert not any(Path().iterdir())
        sqlite3.connect("books.db").executescript("create table books (a); insert into books values (1);").close()
        assert run(*put, "--if-exists", "replace", ALL).exit_code == 3
    assert sqlite_rows("books.db", "select * from books") == [(1,)]
    Path("text.db").write_text("no database" * 100, "utf-8")
    refused = run("query", "--demo", "-o", "text.db", FIVE)
    assert (refused.exit_code, "text.db cannot be written: file is not a database" in refused.stderr) == (70, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--output", "jsonl", "--no-header"), "--no-header is for table, csv, tsv, and not for jsonl"),
        (("--output", "json", "--null", "-"), "--null is for "),
        (("--spreadsheet-safe",), "--spreadsheet-safe is for csv, tsv, and not for table"),
        (("-o", "a.csv", "--table", "t"), "--table is for sqlite, and not for csv"),
        (("--output", "sqlite"), "sqlite is a file: give -o FILE"),
        (("-o", "missing/a.db"), "there is no folder"),
        (("--spill", "--output", "csv"), "--spill is for a table"),
    ],
)
def test_options_that_a_format_has_no_use_for(run, arguments: tuple[str, ...], words: str) -> None:
    result = run("query", "--demo", *arguments, FIVE)
    assert (result.exit_code, words in result.stderr) == (2, True)
    assert not any(Path().iterdir())


@pytest.mark.parametrize(
    ("form", "module", "brought"), [("parquet", "pyarrow", "arrow"), ("xlsx", "xlsxwriter", "excel")]
)
def test_a_missing_extra_is_told_before_anything_is_asked(
    run, monkeypatch, form: str, module: str, brought: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    result = run("query", "--demo", "-o", f"a.{form}", FIVE)
    assert (result.exit_code, result.stdout) == (3, "")
    assert f"{module} is not installed; pip install 'intacct-ql[{brought}]'" in result.stderr
    assert not any(Path().iterdir())


def test_bytes_go_into_a_pipe(run) -> None:
    import pyarrow.parquet

    body = run("query", "--demo", "--output", "parquet", FIVE).stdout_bytes
    assert pyarrow.parquet.read_table(pyarrow.BufferReader(body)).num_rows == 5


def test_spilled_rows_are_all_there_and_only_for_their_owner(run, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    old = tmp_path / "cache" / "intacct-ql" / "results" / "old.csv"
    old.parent.mkdir(parents=True)
    old.touch()
    os.utime(old, (0, 0))
    result = run("query", "--demo", "--spill", "select RECORDNO from GLENTRY")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1_002)
    found = re.search(r"note: these are the first 1,000 rows, and 5,648 are in (.+)", result.stderr)
    assert found is not None
    assert len(Path(found[1]).read_text("utf-8").splitlines()) == 5_649
    assert Path(found[1]).stat().st_mode & 0o777 == 0o600
    assert not old.exists()


def test_the_oldest_spilled_rows_go_where_all_are_too_many(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(spilling, "BYTES", 30)
    files = [spilling.spill((), ())[0] for _ in range(3)]
    for age, file in enumerate(files):
        file.write_text("x" * 20, "utf-8")
        os.utime(file, (time.time() - age, time.time() - age))
    newest, _ = spilling.spill((), ())
    assert {*tmp_path.rglob("*.csv")} == {files[0], newest}


def test_a_budget_ends_the_spilled_rows_too_and_nobody_calls_them_all(run, monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    result = run("query", "--demo", "--spill", "--max-calls", "2", "select RECORDNO from GLENTRY")
    assert result.exit_code == 5
    assert re.search(r"and 4,000 are in \S+; there are more \(the gateway counts 5,648\)", result.stderr)


def test_where_no_file_can_be_spilled_to_the_table_stands(run, monkeypatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    result = run("query", "--demo", "--spill", "select RECORDNO from GLENTRY")
    assert (result.exit_code, len(result.stdout.splitlines())) == (0, 1_002)
    assert "no file could be written with the others" in result.stderr


def test_where_there_is_no_room_no_part_of_a_spilled_file_is_left(home: Path) -> None:
    program = Path(sys.executable).with_name("intacct-ql")
    query = f'ulimit -f 4; exec {program} query --demo --spill "select RECORDNO from GLENTRY"'
    result = subprocess.run(
        ["bash", "-c", query], capture_output=True, text=True, env={**os.environ, "XDG_CACHE_HOME": str(home / "cache")}
    )
    assert (result.returncode, len(result.stdout.splitlines())) == (0, 1_002)
    assert "no file could be written with the others ([Errno 27] File too large)" in result.stderr
    assert [*(home / "cache").rglob("*.csv")] == []


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.xlsx", "a.md", "a.tsv"])
def test_a_budget_leaves_a_whole_file_of_the_rows_it_kept(run, name: str) -> None:
    result = run("query", "--demo", "-o", name, "--max-calls", "2", "--page-size", "7", ALL)
    assert result.exit_code == 5
    body = Path(name).read_bytes()
    counts = {
        "a.parquet": lambda: pyarrow.parquet.read_table(name).num_rows,
        "a.arrow": lambda: pyarrow.ipc.open_file(body).read_all().num_rows,
        "a.xlsx": lambda: zipfile.ZipFile(name).read("xl/worksheets/sheet1.xml").count(b"<row ") - 1,
        "a.md": lambda: body.count(b"\n") - 2,
        "a.tsv": lambda: body.count(b"\n") - 1,
    }
    assert counts[name]() == 14


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["-o", "rows.csv"], "two.iql holds 2 queries, and -o FILE is for the rows of one"),
        (["--output", "json"], "two.iql holds 2 queries, and json holds the rows of one: take another --output"),
    ],
)
def test_what_is_for_one_query_is_told_to_a_script(run, tmp_path: Path, options: list[str], words: str) -> None:
    script = tmp_path / "two.iql"
    script.write_text("select NAME from CUSTOMER;\nselect NAME from VENDOR;\n")
    result = run("query", "--demo", *options, "-f", str(script))
    assert result.exit_code == 2
    assert words in result.stderr
    assert run("query", "--demo", "--output", "csv", "-f", str(script)).exit_code == 0


@pytest.mark.parametrize("full", ["--log /dev/full", "2> /dev/full", "--log - 2> /dev/full", "--log - 2>&-"])
def test_words_that_find_no_room_cost_no_rows(full: str) -> None:
    command = f"{sys.executable} -m intacct_ql query --demo --output csv {full} '{FIVE}'"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (ran.returncode, len(ran.stdout.splitlines())) == (0, 6)
    assert "Traceback" not in ran.stderr
    missing = "warning: records are missing in /dev/full: No space left on device" in ran.stderr
    assert missing == (full == "--log /dev/full")

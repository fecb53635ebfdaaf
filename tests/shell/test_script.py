"""Scripts: what is piped in, and what becomes of it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from intacct_ql.cli import main
from intacct_ql.encoders import FORMATS

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(script: str | bytes, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["shell", "--demo", *arguments], input=script, prog_name="intacct-ql")

    return run


def test_queries_and_commands_come_in_their_order(run: Run) -> None:
    script = """-- two formats
    .mode csv
    select CUSTOMERID from CUSTOMER
      where CUSTOMERID in (24, '3.AP') order_by CUSTOMERID; select count(*) as n from VENDOR;
    .mode jsonl
    .param one 24
    select NAME from CUSTOMER where CUSTOMERID = :one"""
    result = run(script)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == 'CUSTOMERID\n24\n3.AP\n\nn\n40\n{"NAME": "Twenty-Four Seven Couriers"}\n'


def test_it_ends_at_the_first_failure_and_says_where(run: Run) -> None:
    result = run("select count(*) as n from VENDOR;\n\nselect NAM\nfrom CUSTOMER;\nselect count(*) from ITEM;\n")
    assert result.exit_code == 1
    assert "standard input:3:8\n" in result.stderr
    assert "IQL202 unknown field NAM on CUSTOMER" in result.stderr
    assert result.stdout.split() == ["n", "──", "40"]


def test_it_goes_on_where_that_is_wanted_and_the_status_tells(run: Run) -> None:
    script = ".nosuch\nselect NAM from CUSTOMER; select count(*) as n from VENDOR;\nselect X"
    result = run(script, "--keep-going", "--output", "csv")
    assert result.exit_code == 1
    assert "standard input:1: error: there is no command .nosuch" in result.stderr
    assert "standard input:2:8\n" in result.stderr
    assert "standard input:3:" in result.stderr
    assert result.stdout == "n\n40\n"


def test_nothing_is_no_failure(run: Run) -> None:
    for script in ("", "\n", "-- nothing\n", ";", ".quit\nselect nonsense;"):
        result = run(script)
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_values_given_at_the_start_hold_for_all(run: Run) -> None:
    script = "select NAME from CUSTOMER where CUSTOMERID = :id; select TERMNAME from CUSTOMER where CUSTOMERID = :id;"
    result = run(script, "--param", "id=24", "--output", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    marks = run("select CUSTOMERID from CUSTOMER where CUSTOMERID = ?;", "--param", "1=24", "--output", "csv")
    assert marks.stdout == "CUSTOMERID\n24\n"
    lists = run(".param ids[] 24 3.AP\nselect CUSTOMERID from CUSTOMER where CUSTOMERID in :ids;", "--output", "csv")
    assert lists.stdout.split() == ["CUSTOMERID", "24", "3.AP"]


def test_a_missing_value_is_said(run: Run) -> None:
    result = run("select NAME from CUSTOMER where CUSTOMERID = :id;")
    assert result.exit_code == 1
    assert ":id" in result.stderr


def test_what_a_query_would_do_is_told_and_nothing_sent(run: Run) -> None:
    query = "select NAME from CUSTOMER where STATUS = active"
    result = run(f".xml {query}\n.explain {query}\n.plan {query}\n")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("<query><select><field>NAME</field></select><object>CUSTOMER</object>")
    assert "\nAsked of  CUSTOMER, by query\n" in result.stdout
    assert '"target": "query"' in result.stdout


def test_mistakes_behind_a_command_are_placed_in_the_script(run: Run) -> None:
    result = run(".timing off\n.xml select NAM from CUSTOMER")
    assert result.exit_code == 1
    assert "standard input:2:13\n" in result.stderr
    assert "  2 | .xml select NAM from CUSTOMER\n    |             ^^^\n" in result.stderr


def test_objects_and_fields_are_listed(run: Run) -> None:
    result = run(".tables arterm\n.schema APBILL.VENDOR.TERM\n.schema bill.VENDOR.STATUS\n", "--output", "csv")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.replace("\r", "").split("\n")
    assert lines[:2] == ["OBJECT,LABEL", "ARTERM,AR term"]
    assert any(line.startswith("DUEDATE,") for line in lines)
    assert lines[-2].startswith("STATUS,ENUM,")
    assert lines[-2].endswith('"active, inactive"')


def test_rows_go_to_files_in_the_format_of_their_names(run: Run, tmp_path: Path) -> None:
    query = "select VENDORID from VENDOR order_by VENDORID limit 2;"
    result = run(f".output a.csv\n{query}\n.output b.db\n{query}\n.output c.xml\n.xml {query}\n{query}")
    assert (result.exit_code, result.stderr) == (0, "")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"VENDORID\r\n")
    assert (tmp_path / "b.db").read_bytes().startswith(b"SQLite format 3")
    assert (tmp_path / "c.xml").read_text().startswith("<query>")
    assert result.stdout.split()[0] == "VENDORID"


def test_a_file_of_a_query_that_fails_does_not_appear(run: Run, tmp_path: Path) -> None:
    assert run(".output a.csv\nselect NAM from CUSTOMER;").exit_code == 1
    assert [*tmp_path.iterdir()] == []


def test_the_next_query_that_is_right_goes_to_the_file(run: Run, tmp_path: Path) -> None:
    script = (
        ".output a.csv\nselect NAM from CUSTOMER;\nselect count(*) as n from VENDOR;\nselect count(*) as m from ITEM;"
    )
    assert run(script, "--keep-going", "--output", "csv").stdout.startswith("m\n")
    assert (tmp_path / "a.csv").read_text() == "n\n40\n"


def test_a_script_reads_another(run: Run, tmp_path: Path) -> None:
    (tmp_path / "inner.iql").write_text(".mode csv\nselect count(*) as n from VENDOR;\n\nselect NAM from CUSTOMER;\n")
    result = run(".read inner.iql\nselect count(*) from ITEM;")
    assert result.exit_code == 1
    assert result.stdout == "n\n40\n"
    assert "inner.iql:4:8\n" in result.stderr
    assert "standard input:1: error: inner.iql was not done to its end" in result.stderr


def test_files_that_read_one_another_end(run: Run, tmp_path: Path) -> None:
    (tmp_path / "self.iql").write_text(".read self.iql")
    result = run(".read self.iql")
    assert result.exit_code == 1
    assert "files read one another 16 deep" in result.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (".read nosuch.iql", "nosuch.iql cannot be read: No such file"),
        (".read", "which file?"),
        (".schema", "which object?"),
        (".schema CUSTOMER.NOWAY", "CUSTOMER leads to no NOWAY"),
        (".schema CUSTOMER.PARENT.PARENT", "a hierarchy can be climbed one step only"),
        (".explain", "there is no query yet"),
        (".mode xml", "there is no format xml"),
        (".watch now", ".watch takes a number of seconds, not now"),
        (".watch 1", "there is no query yet"),
        (".edit", ".edit needs a terminal"),
        (".fix", "nothing is known to be mended"),
        (".param nosuch", "no parameter nosuch has a value"),
        (".param a[] 'b", "a quote is not closed"),
        (".profile nosuch", "nosuch"),
        (".pager maybe", ".pager is on or off"),
        (".help nosuch", "there is no command nosuch"),
        (".mode sqlite\nselect NAME from CUSTOMER;", "sqlite is a file: .output FILE says which"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, line: str, words: str) -> None:
    result = run(line)
    assert result.exit_code != 0
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_two_answers_of_a_format_that_holds_one(run: Run) -> None:
    result = run("select count(*) as n from VENDOR;\nselect count(*) as n from VENDOR;", "--output", "json")
    assert result.exit_code == 1
    assert "json holds one answer only" in result.stderr


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_chosen(run: Run, name: str) -> None:
    result = run(f".mode {name}\n.mode\n")
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"rows are shown as {name};" in result.stderr


@pytest.mark.parametrize("name", ["help", ".help", "mode", "\\watch", ".sch"])
def test_help_of_a_command(run: Run, name: str) -> None:
    result = run(f".help {name}")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.startswith(".")


def test_bytes_that_are_no_text(run: Run) -> None:
    result = run(b"\xef\xbb\xbfselect count(*) as n from VENDOR;\nselect '\xff';\n")
    assert result.exit_code == 1
    assert "line 2 of standard input is not UTF-8 text" in result.stderr
    assert "40" in result.stdout


def test_the_refusal_of_credentials_has_its_own_status(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SENDER_ID", "SENDER_PASSWORD", "COMPANY_ID", "USER_ID", "USER_PASSWORD"):
        monkeypatch.setenv(f"INTACCT_{name}", "s3cret")
    script = "select NAME from CUSTOMER;"
    result = CliRunner().invoke(main, ["shell", "--endpoint", "http://127.0.0.1:1/"], input=script)
    assert result.exit_code == 3
    assert "standard input:1: error: " in result.stderr
    assert "s3cret" not in result.stderr.replace("company s3cret, user s3cret", "")


def test_lines_of_a_file_are_those_of_a_pipe(run: Run) -> None:
    script = "-- one\u2028.nosuch\x85.nosuch\x0c.nosuch\n.mode csv\nselect count(*) as n from VENDOR;\n"
    Path("counts.sql").write_text(script, "utf-8")
    for result in (run(script), run(".read counts.sql")):
        assert (result.exit_code, result.stdout, result.stderr) == (0, "n\n40\n", "")

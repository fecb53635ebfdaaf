"""Files that hold several queries."""

import json
import re
from pathlib import Path

import pytest

THREE = """\
-- one
select NAME from CUSTOMER where CUSTOMERID = :id;

select NAME from VENDOR limit 1;
select RECORDNO from CUSTOMER where CUSTOMERID = :id;
"""

TWELVE = """\
-- one mistake each
select NAM from CUSTOMER;
select NAME from CUSTOMR;
select NAME from CUSTOMER where STATUS = actve;
select NAME frm CUSTOMER; -- a comment; with a semicolon
select NAME from CUSTOMER
  where NAME = Regal Services;
select NAME from CUSTOMER where NAME == 'a;b';
select NAME from CUSTOMER limit 1.5;

-- three at once
select NAM, STATUZ
from CUSTOMER
where WHENCREATED < 22/10/2010;
select NAME from CUSTOMER where (NAME = a];
select NAME from CUSTOMER where NAME = 'open;
"""

CARETS = [
    (2, "NAM"),
    (3, "CUSTOMR"),
    (4, "actve"),
    (5, "frm"),
    (7, "Regal Services"),
    (8, "=="),
    (9, "1.5"),
    (12, "NAM"),
    (12, "STATUZ"),
    (14, "22/10/2010"),
    (15, "]"),
    (16, "'"),
]


def test_twelve_mistakes_are_twelve_carets_at_their_lines(run) -> None:
    Path("twelve.iql").write_text(TWELVE, "utf-8")
    result = run("check", "-f", "twelve.iql")
    assert result.exit_code == 1
    heads = re.findall(r"^  twelve\.iql:(\d+):(\d+)$", result.stdout, re.MULTILINE)
    places = [(int(line), int(column)) for line, column in heads]
    carets = [len(found) for found in re.findall(r"^ +\| +(\^+)$", result.stdout, re.MULTILINE)]
    lines = TWELVE.split("\n")
    marked = [
        (line, lines[line - 1][column - 1 : column - 1 + caret])
        for (line, column), caret in zip(places, carets, strict=True)
    ]
    assert marked == CARETS


def test_check_for_tools_counts_from_the_start_of_the_file(run) -> None:
    Path("twelve.iql").write_text(TWELVE, "utf-8")
    found = json.loads(run("check", "--output", "json", "-f", "twelve.iql").stdout)
    assert [one["line"] for one in found] == [line for line, _ in CARETS]
    for one, (_, text) in zip(found, CARETS, strict=True):
        assert TWELVE[slice(*one["span"])] == text


def test_a_text_argument_is_one_query(run) -> None:
    for command in ("check", "compile", "format", "explain", "query"):
        result = run(command, "select NAME from CUSTOMER; select NAME from VENDOR")
        assert result.exit_code == 1
        assert "IQL107" in result.output


def test_compile_and_explain_take_each_query_in_turn(run) -> None:
    compiled = run("compile", "-", "--param", "id=ZAB001", stdin=THREE)
    assert compiled.exit_code == 0, compiled.stderr
    assert re.findall("<object>([A-Z]+)<", compiled.stdout) == ["CUSTOMER", "VENDOR", "CUSTOMER"]
    assert len(compiled.stdout.splitlines()) == 3
    explained = run("explain", "-", "--param", "id=ZAB001", stdin=THREE)
    assert explained.stdout.count("Asked of") == 3
    assert len(json.loads(run("explain", "--output", "json", "-", "--param", "id=ZAB001", stdin=THREE).stdout)) == 3


def test_the_mistakes_of_all_queries_stop_the_script_before_it_runs(run) -> None:
    script = "select NAME from CUSTOMER;\nselect NAM from CUSTOMER;\nselect STATUZ from CUSTOMER"
    for command in ("compile", "explain", "query"):
        result = run(command, "-", stdin=script)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "standard input:2:8" in result.stderr
        assert "standard input:3:8" in result.stderr


def test_remarks_stand_at_their_lines(run) -> None:
    result = run("compile", "-", stdin="select NAME from CUSTOMER;\n\nselect RECORDNO from AIRINVOICE;")
    assert result.exit_code == 0
    assert "standard input:3:22" in result.stderr


def test_parameters_go_to_the_queries_that_name_them(run) -> None:
    left_over = run("compile", "-", "--param", "id=ZAB001", "--param", "no=1", stdin=THREE)
    assert left_over.exit_code == 2
    assert "parameter :no" in left_over.stderr
    marks = "select NAME from CUSTOMER where CUSTOMERID = ?; select NAME from VENDOR where VENDORID = ?"
    result = run("compile", "-", "--param", "1=A", "--param", "2=B", stdin=marks)
    assert re.findall("<value>(.)<", result.stdout) == ["A", "B"]
    too_many = run("compile", "-", "--param", "1=A", "--param", "2=B", "--param", "3=C", stdin=marks)
    assert too_many.exit_code == 2


def test_queries_run_one_after_the_other(run) -> None:
    script = "select CUSTOMERID from CUSTOMER order_by CUSTOMERID limit 1; select NAME as N from VENDOR limit 1;"
    result = run("query", "--quiet", "--output", "csv", "-", stdin=script)
    assert result.exit_code == 0, result.stderr
    assert [line for line in result.stdout.splitlines() if line in ("CUSTOMERID", "N", "")] == ["CUSTOMERID", "", "N"]
    lines = run("query", "--quiet", "--output", "jsonl", "-", stdin=script).stdout.splitlines()
    assert [list(json.loads(line)) for line in lines] == [["CUSTOMERID"], ["N"]]


@pytest.mark.parametrize("options", [("-o", "rows.csv"), ("--output", "json")])
def test_several_results_do_not_fit_in_one_document(run, options: tuple[str, ...]) -> None:
    result = run("query", "-", *options, stdin="select NAME from CUSTOMER; select NAME from VENDOR")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "2 queries" in result.stderr
    assert not Path("rows.csv").exists()
    one = run("query", "-", *options, stdin="select NAME from CUSTOMER limit 1;")
    assert one.exit_code == 0


def test_format_writes_a_script(run) -> None:
    Path("q.iql").write_text("select NAME from CUSTOMER;;\n-- two\nselect NAME from VENDOR;\n", "utf-8")
    formatted = "SELECT NAME FROM CUSTOMER;\n-- two\nSELECT NAME\nFROM VENDOR\n"
    assert run("format", "-f", "q.iql").stdout == formatted
    checked = run("format", "--check", "-f", "q.iql")
    assert (checked.exit_code, checked.stdout) == (1, "")
    assert "q.iql:1: format would change this\n- select NAME from CUSTOMER;;" in checked.stderr
    assert "+ SELECT NAME FROM CUSTOMER;" in checked.stderr
    assert run("format", "-i", "-f", "q.iql").stdout == ""
    assert Path("q.iql").read_text("utf-8") == formatted
    again = run("format", "--check", "-f", "q.iql")
    assert (again.exit_code, again.stdout, again.stderr) == (0, "", "")


def test_format_leaves_a_wrong_file_alone(run) -> None:
    Path("q.iql").write_text("select NAME from CUSTOMER;\nselect from;", "utf-8")
    result = run("format", "-i", "-f", "q.iql")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "q.iql:2:8" in result.stderr
    assert Path("q.iql").read_text("utf-8") == "select NAME from CUSTOMER;\nselect from;"
    assert [path.name for path in Path().iterdir()] == ["q.iql"]


@pytest.mark.parametrize("arguments", [("-i", "x"), ("-i", "-f", "-"), ("-i", "--check", "-f", "q.iql")])
def test_format_usage(run, arguments: tuple[str, ...]) -> None:
    Path("q.iql").write_text("select NAME from CUSTOMER", "utf-8")
    assert run("format", *arguments).exit_code == 2

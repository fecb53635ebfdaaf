"""compile, check, format and explain."""

import json
from pathlib import Path

import pytest

from intacct_ql.backends.doors import TARGETS, door

XML = (
    "<query><select><field>NAME</field></select><object>CUSTOMER</object>"
    "<filter><equalto><field>CUSTOMERID</field><value>ZAB001</value></equalto></filter></query>\n"
)
QUERY = "select NAME from CUSTOMER where CUSTOMERID = ZAB001"


def test_compile_prints_the_function(run) -> None:
    result = run("compile", QUERY)
    assert (result.exit_code, result.stdout, result.stderr) == (0, XML, "")


def test_text_comes_from_standard_input_or_a_file(run, home: Path) -> None:
    Path("query.iql").write_text("\ufeff" + QUERY, "utf-8")
    assert run("compile", "-", stdin=QUERY).stdout == XML
    assert run("compile", "-f", "-", stdin=QUERY).stdout == XML
    assert run("compile", "-f", "query.iql").stdout == XML


def test_messages_name_the_file(run) -> None:
    Path("query.iql").write_text("select NAM\nfrom CUSTOMER", "utf-8")
    assert "query.iql:1:8" in run("compile", "-f", "query.iql").stderr
    assert "standard input:1:8" in run("compile", "-", stdin="select NAM from CUSTOMER").stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        (QUERY, "-f", "-"),
        (QUERY, "--param", "no sign"),
        (QUERY, "--param", "=value"),
        (QUERY, "--param", "1=a", "--param", "3=b"),
        (QUERY, "--page-size", "0"),
        (QUERY, "--target", "telegraph"),
        ("-f", "missing.iql"),
        (QUERY, "another"),
    ],
)
def test_usage(run, arguments: tuple[str, ...]) -> None:
    result = run("compile", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: intacct-ql compile" in result.stderr


PAGED = [target for target in TARGETS if door(target).abilities.pages != "none"]
SENT = [target for target in PAGED if door(target).sent]


@pytest.mark.parametrize(
    ("command", "target"),
    [
        *(("compile", target) for target in PAGED),
        *(("explain", target) for target in PAGED),
        *(("query", target) for target in SENT),
        ("watch", "query"),
    ],
)
def test_a_page_is_as_long_as_the_door_takes(run, command: str, target: str) -> None:
    """Help, and a refusal before anything is asked, say what the door does."""
    through = () if command == "watch" else ("--target", target)
    abilities = door(target).abilities
    told = " ".join(run(command, "--help").stdout.split())
    assert f"{target} {abilities.most_rows:,}" in told
    result = run(command, "--demo", "--page-size", str(abilities.most_rows + 1), QUERY, *through)
    assert (result.exit_code, result.stdout) == (2, "")
    words = f"a page of {target} holds 1 to {abilities.most_rows} rows, not {abilities.most_rows + 1}"
    assert words in " ".join(result.stderr.split())
    if command != "watch":
        assert run(command, "--demo", "--page-size", str(abilities.most_rows), QUERY, *through).exit_code == 0


@pytest.mark.parametrize("stdin", [b"select \xff", "select \ud800".encode("utf-8", "surrogatepass")])
def test_text_that_is_not_utf_8(run, stdin: bytes) -> None:
    result = run("compile", "-", stdin=stdin)
    assert result.exit_code == 2
    assert "not UTF-8 text (byte 7)" in result.stderr


def test_every_mistake_is_drawn_on_standard_error(run) -> None:
    result = run("compile", "select NAM, STATUZ from CUSTOMER")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("IQL202") == 2
    assert "       ^^^" in result.stderr


def test_a_warning_leaves_standard_output_clean(run) -> None:
    result = run("compile", "Select NAME from AIRINVOICE\\")
    assert result.exit_code in (0, 1)
    result = run("compile", "Select RECORDNO from AIRINVOICE")
    assert result.exit_code == 0
    assert result.stdout.startswith("<query>")
    assert "warning" in result.stderr


def test_settings_reach_the_xml(run) -> None:
    result = run("compile", QUERY, "--page-size", "7", "--offset", "14", "--docparid", "SO", "--show-private")
    for part in ("<pagesize>7</pagesize>", "<offset>14</offset>", "<docparid>SO</docparid>", "<showprivate>true"):
        assert part in result.stdout


def test_parameters(run) -> None:
    one = run("compile", "select NAME from CUSTOMER where CUSTOMERID = :id", "--param", "id=ZAB001")
    assert one.stdout == XML
    mark = run("compile", "select NAME from CUSTOMER where CUSTOMERID = ?", "--param", "1=ZAB001")
    assert mark.stdout == XML
    hostile = run("compile", "select NAME from CUSTOMER where NAME = :n", "--param", "n=x' or 1=1 <&>")
    assert "<value>x' or 1=1 &lt;&amp;&gt;</value>" in hostile.stdout


@pytest.mark.parametrize(
    ("params", "values"), [(("a=1", "a=2"), ["1", "2"]), (("a[]=1",), ["1"]), ((":a[]=1", "a[]=2"), ["1", "2"])]
)
def test_lists(run, params: tuple[str, ...], values: list[str]) -> None:
    options = [option for param in params for option in ("--param", param)]
    result = run("compile", "select NAME from CUSTOMER where CUSTOMERID in :a", *options)
    assert result.exit_code == 0
    assert "".join(f"<value>{value}</value>" for value in values) in result.stdout


def test_no_catalog_sends_names_unchecked(run) -> None:
    assert run("compile", "select anything from nowhere").exit_code == 1
    result = run("compile", "--no-catalog", "select anything from nowhere")
    assert "<field>ANYTHING</field></select><object>NOWHERE</object>" in result.stdout


def test_nothing_to_ask_is_said(run) -> None:
    result = run("compile", "select NAME from CUSTOMER where CUSTOMERID in ()")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "nothing needs to be asked" in result.stderr


def test_check_prints_its_findings(run) -> None:
    result = run("check", "select NAM from CUSTOMER")
    assert result.exit_code == 1
    assert result.stdout.startswith("IQL202 unknown field NAM on CUSTOMER")
    assert run("check", QUERY).stdout == ""
    assert run("check", QUERY).exit_code == 0


def test_check_for_tools(run) -> None:
    result = run("check", "--output", "json", "select NAM from CUSTOMER")
    (finding,) = json.loads(result.stdout)
    assert (result.exit_code, finding["code"], finding["line"], finding["column"]) == (1, "IQL202", 1, 8)
    assert json.loads(run("check", "--output", "json", QUERY).stdout) == []


@pytest.mark.parametrize("code", ["IQL210", "iql210", "210"])
def test_check_explains_a_code(run, code: str) -> None:
    result = run("check", "--explain", code)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("# IQL210: ")
    assert "```right" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("IQL299",), "there is no code IQL299; near it are IQL209"),
        (("x",), "a code looks like IQL202"),
        (("../../README",), "a code looks like IQL202"),
        (("IQL210", QUERY), "--explain stands alone"),
        (("IQL210", "-f", "-"), "--explain stands alone"),
    ],
)
def test_check_explains_no_other_code(run, arguments: tuple[str, ...], said: str) -> None:
    result = run("check", "--explain", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_check_needs_no_values(run) -> None:
    assert run("check", "select NAME from CUSTOMER where CUSTOMERID = :id").exit_code == 0


def test_strict_makes_the_unclear_an_error(run) -> None:
    unclear = "select NAME from CUSTOMER where RECORDNO = 1 or RECORDNO = 2 and NAME = x"
    assert run("check", unclear).exit_code == 0
    assert run("check", "--strict", unclear).exit_code == 1
    assert run("compile", "--strict", unclear).exit_code == 1


def test_format_prints_the_canonical_spelling(run) -> None:
    result = run("format", "Select Customerid,Name from CUSTOMER order by Name;")
    again = run("format", result.stdout.strip())
    assert result.exit_code == 0
    assert result.stdout == again.stdout


def test_explain_for_people_and_tools(run) -> None:
    result = run("explain", QUERY)
    assert result.exit_code == 0
    assert "CUSTOMERID = ZAB001" in result.stdout
    assert "demo company" in result.stderr
    assert run("explain", "--quiet", QUERY).stderr == ""
    assert isinstance(json.loads(run("explain", "--output", "json", QUERY).stdout), dict)


def test_validate_says_nothing_of_a_valid_request(run) -> None:
    result = run("compile", "--validate", QUERY)
    assert (result.exit_code, result.stdout, result.stderr) == (0, XML, "")


def test_validate_names_the_place_of_a_violation(run, monkeypatch: pytest.MonkeyPatch) -> None:
    from intacct_ql.backends import query

    monkeypatch.setitem(query._COMPARISONS, "=", "equals")
    result = run("compile", "--validate", "select NAME from CUSTOMER where CUSTOMERID = REG001")
    assert result.exit_code == 70
    assert result.stdout.startswith("<query><select>")
    first, place = result.stderr.splitlines()
    assert "its schema forbids" in first
    assert place.startswith(
        "  /query/filter/equals: This element is not expected. Expected is one of ( and, or, equalto"
    )


def test_validate_is_for_xml(run) -> None:
    result = run("compile", "--validate", "--target", "rest", QUERY)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--validate is for requests in XML" in result.stderr


def test_what_is_not_in_the_request_is_said(run) -> None:
    result = run("compile", "select NAME from CUSTOMER where TOTALDUE > CREDITLIMIT and STATUS = active limit 5")
    assert result.stderr == (
        "note: not in this request, but done with its rows: filter TOTALDUE > CREDITLIMIT; limit 5 (explain says why)\n"
    )
    assert run("compile", "select NAME from CUSTOMER limit 5").stderr == ""
    assert run("compile", "select NAME from CUSTOMER limit 3000").stderr == (
        "note: a page holds 2,000 rows: further requests bring the others of 3,000\n"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--target", "readByQuery", "--offset", "3"), "readByQuery cannot skip rows."),
        (("--target", "readByQuery", "--page-size", "1001"), "a page of readByQuery holds 1 to 1000 rows"),
        (("--target", "nowhere"), "'nowhere' is not one of 'query', 'readByQuery'"),
    ],
)
def test_a_page_that_the_door_does_not_have(run, options: tuple[str, ...], said: str) -> None:
    result = run("compile", *options, QUERY)
    assert result.exit_code == 2
    assert said in result.stderr


def test_the_targets_are_those_that_there_are(run) -> None:
    from intacct_ql.backends.doors import TARGETS
    from intacct_ql.cli import inputs

    assert (*TARGETS, "auto") == inputs.TARGETS

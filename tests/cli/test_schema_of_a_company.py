"""schema, check and compile for a company that was looked up: custom fields and objects, drift, exported catalogs."""

import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import companies
import pytest

from intacct_ql.discovery.place import snapshot_file
from intacct_ql.emulator import Running

BY_HEALTH = "select NAME from CUSTOMER where CLIENT_HEALTH = 'At risk'"


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    with Running(companies.gateway(tmp_path_factory.mktemp("before") / "company")) as server:
        yield server.url


@pytest.fixture
def asked(run, before):
    """Run a command for the company: ``asked("schema", "refresh")``."""
    return lambda *arguments: run(*arguments, "--endpoint", before)


def snapshot() -> Path:
    (found,) = Path(os.environ["XDG_CACHE_HOME"]).rglob("*.sqlite")
    return found


@pytest.mark.parametrize("command", ["check", "query"])
def test_what_may_be_of_the_company_s_own_is_to_be_asked_for(asked, run, command: str) -> None:
    unknown = asked(command, "select * from rental_property")
    assert unknown.exit_code == 1
    assert "hint: objects of your own are known once intacct-ql schema refresh has asked the company" in (
        unknown.stdout + unknown.stderr
    )
    field = asked(command, BY_HEALTH)
    assert "hint: intacct-ql schema refresh CUSTOMER asks the company for fields of its own" in (
        field.stdout + field.stderr
    )
    assert "refresh" not in run(command, "--demo", BY_HEALTH).output
    asked("schema", "refresh", "CUSTOMER")
    assert asked(command, BY_HEALTH.replace("'At risk'", "Good")).exit_code == 0
    assert "objects of your own" in asked(command, "select * from rental_property").output


def test_all_of_a_company(asked) -> None:
    result = asked("schema", "refresh", "--output", "json")
    found = json.loads(result.stdout)
    assert (len(found["objects"]), found["changes"], found["refused"]) == (220, [], {})
    assert "220 objects looked up, 220 of them for the first time, 222 calls" in result.stderr
    listed = json.loads(asked("schema", "--output", "json").stdout)
    assert len(listed) == 220
    assert all(one["looked_up"] for one in listed)
    line = next(line for line in asked("schema").stdout.splitlines() if line.startswith("rental_property "))
    assert line.split()[-2:] == ["just", "now"]


def test_custom_fields_and_objects_are_checked_without_asking(run, asked, before) -> None:
    assert "unknown field CLIENT_HEALTH" in asked("check", BY_HEALTH).stdout
    asked("schema", "refresh", "CUSTOMER", "rental_property")
    assert asked("check", BY_HEALTH).stdout == ""
    assert "<object>rental_property</object>" in asked("compile", "select monthlyrent from RENTAL_PROPERTY").stdout
    wrong = asked("check", BY_HEALTH.replace("At risk", "Bad"))
    assert wrong.exit_code == 1
    assert "hint: valid: Good, At risk" in wrong.stdout
    assert "Birch" in asked("query", BY_HEALTH).stdout
    for bundled in (("--no-snapshot", "--endpoint", before), ("--demo",), ()):
        assert "unknown field CLIENT_HEALTH" in run("check", BY_HEALTH, *bundled).stdout


def test_each_fact_tells_where_it_comes_from(asked) -> None:
    asked("schema", "refresh", "CUSTOMER", "PROJECT")
    lines = asked("schema", "CUSTOMER").stdout.splitlines()
    assert lines[0] == "CUSTOMER  Customer  key RECORDNO  id CUSTOMERID"
    assert lines[1].startswith("looked up just now (")
    assert "key, id_field bundled" in lines[1]
    health = next(line for line in lines if line.startswith("CLIENT_HEALTH"))
    assert "custom" in health
    assert "Good, At risk" in health
    record = json.loads(asked("schema", "PROJECT", "--output", "json").stdout)
    agency = next(field for field in record["fields"] if field["name"] == "AGENCY")
    assert (record["origin"], agency["source"], agency["queryable"]) == ("snapshot", "lookup", False)
    assert agency["facts"] == {"queryable": "bundled"}


def test_a_path_through_a_custom_object(asked) -> None:
    asked("schema", "refresh", "CUSTOMER", "rental_property")
    shown = asked("schema", "CUSTOMER.RENTAL.MONTHLYRENT").stdout
    assert shown.startswith(
        "CUSTOMER.RENTAL leads to rental_property by RRENTAL\n\nField       RENTAL.monthlyRent of CUSTOMER\n"
    )
    found = json.loads(asked("schema", "--search", "every month", "--output", "json").stdout)
    assert [(field["object"], field["name"]) for field in found["fields"]] == [("rental_property", "monthlyRent")]


def test_explain_tells_whose_descriptions_it_goes_by(run, asked, before) -> None:
    asked("schema", "refresh", "CUSTOMER", "rental_property")
    query = "select NAME from CUSTOMER where RENTAL.kind = Flat"
    shown = asked("explain", "--quiet", query).stdout
    assert re.search(
        r"^Schema    CUSTOMER as the company described it on \d{4}-\d\d-\d\dT[\d:]+\+00:00$", shown, re.MULTILINE
    )
    assert re.search(r"^          rental_property as the company described it on ", shown, re.MULTILINE)
    told = json.loads(asked("explain", "--quiet", "--output", "json", query).stdout)["schema"]
    assert [(one["object"], one["origin"]) for one in told] == [
        ("CUSTOMER", "snapshot"),
        ("rental_property", "snapshot"),
    ]
    bundled = run("explain", "--quiet", "--output", "json", "select VENDOR.NAME from APBILL").stdout
    assert json.loads(bundled)["schema"] == [
        {"object": "APBILL", "origin": "bundled", "looked_up": None},
        {"object": "VENDOR", "origin": "bundled", "looked_up": None},
    ]


def test_a_field_that_disappears_is_told_and_a_saved_query_fails(run, asked, home, tmp_path_factory) -> None:
    (home / "saved.sql").write_text(f"{BY_HEALTH};\n")
    asked("schema", "refresh", "CUSTOMER")
    assert asked("check", "-f", "saved.sql").exit_code == 0
    edits = {
        "CUSTOMER.lookup.xml": lambda text: text.replace("CLIENT_HEALTH", "CLIENT_WEALTH"),
        "CUSTOMER.csv": lambda text: text.replace("CLIENT_HEALTH", "CLIENT_WEALTH"),
    }
    after = companies.gateway(tmp_path_factory.mktemp("after") / "company", edits)
    with Running(after) as server:
        snapshot().rename(_of(server.url))
        refreshed = run("schema", "refresh", "CUSTOMER", "--endpoint", server.url)
        assert (
            refreshed.stdout
            == "- CUSTOMER.CLIENT_HEALTH ENUM (Good, At risk)\n+ CUSTOMER.CLIENT_WEALTH ENUM (Good, At risk)\n"
        )
        checked = run("check", "-f", "saved.sql", "--endpoint", server.url)
    assert checked.exit_code == 1
    assert "unknown field CLIENT_HEALTH on CUSTOMER" in checked.stdout
    assert "hint: CLIENT_WEALTH might be meant" in checked.stdout
    assert "hint: CUSTOMER is as the company described it on " in checked.stdout
    assert "; intacct-ql schema refresh CUSTOMER asks again" in checked.stdout
    assert "  write: CLIENT_WEALTH" in checked.stdout


def test_a_field_that_has_gone_is_to_be_asked_for_anew(run, asked, tmp_path_factory) -> None:
    """The company is described as it was: its gateway refuses what it no longer has."""
    asked("schema", "refresh", "CUSTOMER", "PROJECT")
    gone = {"CUSTOMER.lookup.xml": companies.without_field("CLIENT_HEALTH")}
    gone["CUSTOMER.csv"] = companies.without_column("CLIENT_HEALTH")
    hint = "hint: CUSTOMER is as the company described it on "
    again = "; intacct-ql schema refresh CUSTOMER asks again"
    with Running(companies.gateway(tmp_path_factory.mktemp("gone") / "company", gone)) as server:
        snapshot().rename(_of(server.url))
        shown = "select NAME, CLIENT_HEALTH from CUSTOMER"
        for arguments in (("query", shown), ("query", shown), ("query", BY_HEALTH)):
            told = " ".join(run(*arguments, "--endpoint", server.url).stderr.split())
            assert "CLIENT_HEALTH" in told
            assert hint in told
            assert again in told
        for command in ("check", "explain", "compile"):
            told = run(command, BY_HEALTH, "--endpoint", server.url)
            assert (told.exit_code, "CLIENT_HEALTH of CUSTOMER cannot be queried" in told.output) == (1, True)
            assert again in told.output
        bundled = run("check", "select PROJECTID from PROJECT where AGENCY = x", "--endpoint", server.url).output
        assert "AGENCY of PROJECT cannot be queried" in bundled
        assert "refresh" not in bundled
        run("schema", "refresh", "CUSTOMER", "--endpoint", server.url)
        assert "unknown field CLIENT_HEALTH" in run("check", BY_HEALTH, "--endpoint", server.url).output


def _of(url: str) -> Path:
    """Where the snapshot of the company at this address lies."""
    return snapshot_file(company="demo", user="demo", entity=None, endpoint=url)


def test_an_exported_catalog_is_checked_by_anywhere(run, asked) -> None:
    asked("schema", "refresh", "CUSTOMER", "rental_property")
    assert asked("schema", "export", "acme.json").exit_code == 0
    assert asked("schema", "export").stdout == Path("acme.json").read_text("utf-8")
    assert run("check", "--catalog", "acme.json", BY_HEALTH).stdout == ""
    assert "IQL202" in run("check", "--catalog", "acme.json", "select CUSTOMER_HEALT from CUSTOMER").stdout
    assert "looked up and exported" in run("schema", "--catalog", "acme.json", "rental_property").stdout
    again = Path("acme.json").read_text("utf-8")
    asked("schema", "refresh", "CUSTOMER")
    asked("schema", "export", "acme.json")
    assert Path("acme.json").read_text("utf-8") == again  # fit for version control: no times


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is no exported catalog: it is not JSON"),
        ("[]", 'it has no "format": "intacct-ql catalog"'),
        ('{"format": "intacct-ql catalog", "version": 2}', "was written by a newer intacct-ql"),
        ('{"format": "intacct-ql catalog", "version": 1, "refused": {}}', "it has no objects"),
        (
            '{"format": "intacct-ql catalog", "version": 1, "refused": {}, "objects": {"A": {}}}',
            "its entry of A lacks a part",
        ),
    ],
)
def test_a_file_that_is_no_catalog(run, home, content: str, said: str) -> None:
    (home / "wrong.json").write_text(content)
    result = run("check", "--catalog", "wrong.json", BY_HEALTH)
    assert result.exit_code == 3
    assert said in result.stderr


def test_a_damaged_snapshot_is_said_so_and_made_anew(asked) -> None:
    asked("schema", "refresh", "CUSTOMER")
    snapshot().write_bytes(b"not a database, and longer than the head of one" * 40)
    result = asked("check", BY_HEALTH)
    assert result.exit_code == 3
    assert "is damaged: file is not a database\n  hint: intacct-ql schema refresh makes it anew" in result.stderr
    assert asked("check", "--no-snapshot", "select NAME from CUSTOMER").exit_code == 0
    made = asked("schema", "refresh", "CUSTOMER")
    assert (made.exit_code, "is damaged, and is made anew" in made.stderr) == (0, True)
    assert asked("check", BY_HEALTH).exit_code == 0


def test_a_snapshot_of_a_newer_version_is_refused(asked) -> None:
    asked("schema", "refresh", "CUSTOMER")
    with closing(sqlite3.connect(snapshot())) as newer:
        newer.execute("PRAGMA user_version = 99")
    for command in (("check", BY_HEALTH), ("schema", "CUSTOMER"), ("schema", "refresh"), ("schema", "export")):
        result = asked(*command)
        assert (result.exit_code, result.stdout) == (3, "")
        assert "was written by a newer intacct-ql" in result.stderr
        assert "Traceback" not in result.stderr


def test_an_object_that_may_not_be_looked_up(asked) -> None:
    result = asked("schema", "refresh", "NOSUCH")
    assert (result.exit_code, result.stdout) == (4, "")
    assert "note: NOSUCH may not be looked up: " in result.stderr


def test_no_catalog_and_an_exported_one_exclude_each_other(run, home) -> None:
    (home / "some.json").write_text("{}")
    assert run("compile", "--no-catalog", "--catalog", "some.json", "select A from B").exit_code == 2

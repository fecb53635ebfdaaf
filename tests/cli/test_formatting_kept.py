"""compile, check and explain write days and times as the user has them, where the company has told: as query sends."""

import json
import re
from datetime import UTC, datetime

import pytest

import intacct_ql as iql
from intacct_ql import formatting as iql_formatting
from intacct_ql.emulator import Accounts, Gateway, Running, Store, Table
from intacct_ql.emulator.formatting import Formatting
from intacct_ql.emulator.users import User

TEXT = "select RECORDNO from CUSTOMER where {} order by RECORDNO"
CONDITIONS = [
    "WHENMODIFIED > '2024-02-28T10:00:00Z'",
    "WHENMODIFIED > '2024-02-28 22:00:00'",
    "LAST_INVOICEDATE in (2024-02-28, 2024-03-01)",
]
USER = User(formatting=Formatting(dateformat="-dmY", gmtoffset="+14:00", clock=12))
AS_TOLD = "DD-MM-YYYY, 12 hours, +14:00"


class Heard(Gateway):
    """Remembers what it was sent."""

    def __init__(self, *arguments, **settings):
        super().__init__(*arguments, **settings)
        self.bodies: list[str] = []

    def handle(self, body, **further):
        self.bodies.append(body.decode())
        return super().handle(body, **further)


@pytest.fixture(scope="module")
def served():
    columns = ("RECORDNO", "CUSTOMERID", "LAST_INVOICEDATE", "WHENMODIFIED")
    rows = [(1, "C1", "2024-02-28", "2024-02-28 11:00:00")]
    accounts = Accounts(users={"demo": USER})
    heard = Heard(Store([Table(object="CUSTOMER", columns=columns, rows=rows)]), accounts=accounts)
    with Running(heard) as server:
        yield server


@pytest.fixture
def sent(served):
    served.gateway.bodies = []
    return served.gateway.bodies


@pytest.fixture
def asked(run, served):
    return lambda *arguments: run(*arguments, "--endpoint", served.url)


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize(("target", "element"), [("query", "filter"), ("readByQuery", "query")])
def test_compile_prints_what_query_sends(asked, sent, condition: str, target: str, element: str) -> None:
    text = f"select RECORDNO from CUSTOMER where {condition}"
    assert asked("query", text, "--target", target).exit_code == 0
    compiled = asked("compile", text, "--target", target)
    told = asked("explain", "--output", "json", text, "--target", target)
    wanted = _inside(compiled.stdout, element)
    assert wanted
    assert wanted in "".join(sent)
    assert wanted in _inside(re.sub(r">\n *<", "><", json.loads(told.stdout)["xml"]), element)
    assert f"note: days and times are written as user demo has them: {AS_TOLD}" in compiled.stderr
    assert json.loads(told.stdout)["dates"] == AS_TOLD
    assert f"Dates     {AS_TOLD}, as the user has them" in asked("explain", text).stdout


def test_the_shell_writes_days_as_they_are_sent_too(asked, run, served, sent) -> None:
    text = TEXT.format(CONDITIONS[0])
    assert asked("query", text).exit_code == 0
    shown = run("shell", "--endpoint", served.url, stdin=f".xml {text}\n.explain {text}\n")
    wanted = _inside(shown.stdout, "filter")
    assert wanted
    assert wanted in "".join(sent)
    assert f"Dates     {AS_TOLD}, as the user has them" in shown.stdout


@pytest.mark.parametrize("command", ["check", "compile", "explain"])
def test_a_time_with_an_offset_is_that_moment_for_who_asks(asked, run, sent, command: str) -> None:
    asked("query", TEXT.format(CONDITIONS[0]))
    result = asked(command, "--no-catalog" if command != "explain" else "--strict", TEXT.format(CONDITIONS[0]))
    assert (result.exit_code, "not known" in result.output) == (0, False)
    assert "zone is not known" not in run(command, "--demo", TEXT.format(CONDITIONS[0])).output


def test_what_nobody_has_told_is_said(asked, run) -> None:
    day = TEXT.format(CONDITIONS[-1])
    said = "note: days and times are written MM/DD/YYYY, 24 hours: how user demo has them is not known, and query asks"
    first = asked("compile", day)
    assert "02/28/2024" in first.stdout
    assert said in first.stderr
    assert "days and times" not in asked("compile", TEXT.format("CUSTOMERID = C1")).stderr
    assert "days and times" not in run("compile", day).stderr
    assert asked("query", day).exit_code == 0
    assert said in asked("compile", "--no-snapshot", day).stderr
    known = asked("compile", day)
    assert "28-02-2024" in known.stdout
    assert "not known" not in known.stderr


def test_a_bound_day_is_written_so_too(asked, sent) -> None:
    text = TEXT.format("LAST_INVOICEDATE = :day")
    asked("query", text, "--param", "day=2024-02-28")
    assert "<value>28-02-2024</value>" in asked("compile", text, "--param", "day=2024-02-28").stdout


def test_today_is_that_of_the_user() -> None:
    text = "select RECORDNO from CUSTOMER where LAST_INVOICEDATE = TODAY"
    at = datetime(2024, 2, 28, 11, tzinfo=UTC)
    for offset, day in (("+14:00", "29-02-2024"), ("-12:00", "27-02-2024")):
        formatting = iql_formatting.Formatting(dateformat="-dmY", gmtoffset=offset)
        assert f"<value>{day}</value>" in iql.compile(text, clock=lambda: at, formatting=formatting).xml


def _inside(xml: str, element: str) -> str:
    return xml.partition(f"<{element}>")[2].partition(f"</{element}>")[0]

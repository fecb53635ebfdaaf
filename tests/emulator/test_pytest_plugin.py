"""The fixtures, in test files of their own, for blocking and async code."""

import pytest

pytest_plugins = ["pytester"]

HEAD = """
import intacct_ql
from intacct_ql.emulator import Accounts, Table
{}
def names(where):
    with intacct_ql.connect(endpoint_url=where.url, **where.credentials) as session:
        return [name for (name,) in session.query("select NAME from CLASS order by NAME")]

CLASS = Table(object="CLASS", columns=("RECORDNO", "NAME"), rows=((1, "Ash"), (2, "Birch")))
"""
PLUGIN = 'pytest_plugins = ["intacct_ql.emulator.pytest"]\n'


@pytest.fixture
def runs(pytester, monkeypatch):
    """Run a test file as pytest does; gives its report.

    In a process of its own: a run in this one takes the modules behind it away again that it was the first to import,
    and whoever imports them later has other classes than those that are known by then.
    """

    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # none of them is asked for here

    def run(code, *arguments, head=PLUGIN):
        path = pytester.makepyfile(HEAD.format(head) + code)
        return pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", *arguments, path).stdout.str()

    return run


def test_the_demo_company_for_blocking_code(runs):
    report = runs("""
def test_rows(intacct):
    assert len(names(intacct)) > 2
    assert intacct.ledger.calls["query"] == 1
""")
    assert "1 passed" in report


def test_and_for_async_code(runs):
    report = runs("""
import asyncio

def test_rows(intacct):
    async def read():
        async with intacct_ql.connect_async(endpoint_url=intacct.url, **intacct.credentials) as session:
            return [name async for (name,) in session.query("select NAME from CLASS")]

    assert sorted(asyncio.run(read())) == names(intacct)
    assert intacct.ledger.calls["query"] == 2
""")
    assert "1 passed" in report


def test_every_test_finds_the_beginning_whatever_the_one_before_did(runs):
    report = runs(
        """
import pytest

@pytest.mark.parametrize("again", range(3))
def test_rows(intacct, again):
    before = names(intacct)
    assert len(before) > 2
    assert intacct.ledger.requests == 2
    assert intacct.gateway.faults.spec == ""
    intacct.store.insert("CLASS", {"NAME": "Elder"})
    intacct.store.delete("CLASS", *range(1000))
    assert names(intacct) != before
    intacct.gateway.snapshot()
    intacct.gateway.faults = "503@call=1+"
    intacct.gateway.ledger.on_answer = print

def test_one_port(intacct, request):
    assert request.getfixturevalue("_intacct_running").url == intacct.url
""",
        "-p",
        "no:randomly",
    )
    assert "4 passed" in report


def test_companies_of_a_test_s_own(runs):
    report = runs("""
import pathlib
import pytest

def test_tables(intacct_company):
    one, other = intacct_company(CLASS), intacct_company(CLASS, faults="503@call=1+")
    assert names(one) == ["Ash", "Birch"]
    with pytest.raises(intacct_ql.Error):
        names(other)
    assert other.ledger.faults["503"] >= 1
    assert one.url != other.url

def test_accounts(intacct_company):
    accounts = Accounts(senders={"s": "1"}, logins={("c", "u"): "2"})
    company = intacct_company(CLASS, accounts=accounts)
    assert company.credentials == {
        "sender_id": "s", "sender_password": "1", "company_id": "c", "user_id": "u", "user_password": "2"
    }
    assert names(company) == ["Ash", "Birch"]

def test_files(intacct_company, tmp_path):
    (tmp_path / "CLASS.csv").write_text("NAME\\nCedar\\n")
    assert names(intacct_company(data=tmp_path)) == ["Cedar"]
    with pytest.raises(ValueError, match="not both"):
        intacct_company(CLASS, data=tmp_path)

def test_a_demo_company_that_nobody_else_sees(intacct_company, intacct):
    own = intacct_company()
    own.store.delete("CLASS", *range(1000))
    assert names(own) == []
    assert names(intacct) != []
""")
    assert "4 passed" in report, report


def test_by_the_command_line(runs):
    code = "def test_rows(intacct):\n    assert names(intacct)\n"
    assert "1 passed" in runs(code, "-p", "intacct_ql.emulator.pytest", head="")
    assert "fixture 'intacct' not found" in runs(code, head="")


def test_no_row_is_made_before_one_is_asked_for(runs):
    """What makes it ready in a moment, for the first test and for each that follows."""
    report = runs("""
import pytest

@pytest.mark.parametrize("turn", range(2))
def test_rows(intacct, turn):
    assert bool(intacct.store.sizes().pop("CLASS")) == bool(turn)  # the rows of the test before are still there
    assert len(names(intacct)) > 2
    sizes = intacct.store.sizes()
    assert sizes.pop("CLASS") and set(sizes.values()) == {None}
""")
    assert "2 passed" in report, report


def test_without_a_test_that_asks_nothing_is_started(runs):
    report = runs(
        """
import sys

def test_nothing():
    assert "uvicorn" not in sys.modules
""",
    )
    assert "1 passed" in report, report

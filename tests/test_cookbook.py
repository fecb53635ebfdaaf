"""The cookbook's queries run on the demo company and print what it says, and their figures are right.

``--update-corpus`` writes the printed rows anew. The figures are held to ``cookbook.sql``: the same questions, asked of
the raw records by SQL of their own.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

import intacct_ql as iql
from intacct_ql.emulator import Store, Table
from intacct_ql.emulator.demo import tables
from intacct_ql.emulator.tables import SCALE
from intacct_ql.encoders import FORMATS
from intacct_ql.errors import Severity
from intacct_ql.syntax.script import entries

pytest_plugins = ["intacct_ql.emulator.pytest"]

PAGE = Path(iql.__file__).parent / "docs" / "cookbook.md"
SHOWN = 6
SECTION = re.compile(r"^### (.*?)$(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
RECIPE = re.compile(r"```sql\n(.*?)```\n(?:\n```text\n(.*?)```\n)?", re.DOTALL)

QUESTIONS = {found[1]: found[2] for found in SECTION.finditer(PAGE.read_text("utf-8"))}
CHECKS = {
    part.partition("\n")[0]: part.partition("\n")[2]
    for part in (Path(__file__).parent / "cookbook.sql").read_text("utf-8").split("-- ### ")[1:]
}


@pytest.fixture(scope="module")
def session() -> Iterator[iql.Session]:
    with iql.demo() as company:
        yield company


@cache
def store() -> Store:
    made = Store(tables())
    made.load()
    return made


def printed(session: iql.Session, script: str) -> str:
    """What the queries of a script print, the first rows of each."""
    return "\n".join(one(session, entry.text) for entry in entries(script))


def one(session: iql.Session, text: str) -> str:
    result = session.query(text)
    rows, out = list(result), StringIO()
    FORMATS["table"].load()(result.columns, (rows[:SHOWN],), out)
    lines = [line.rstrip() for line in out.getvalue().splitlines()]
    more = len(rows) - SHOWN
    lines += [f"... and {more} more"] if more > 0 else [] if rows else ["(no rows)"]
    return "\n".join(lines) + "\n"


def test_every_query_prints_what_the_page_says(session, update_corpus):
    def now(found: re.Match[str]) -> str:
        head = f"```sql\n{found[1]}```\n"
        return head if found[2] is None else f"{head}\n```text\n{printed(session, found[1])}```\n"

    text = PAGE.read_text("utf-8")
    fresh = RECIPE.sub(now, text)
    if update_corpus:
        PAGE.write_text(fresh, "utf-8")
    else:
        assert fresh == text


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_query_compiles_without_a_warning(question):
    found = [entry.text for script, _ in RECIPE.findall(QUESTIONS[question]) for entry in entries(script)]
    assert found
    for text in found:
        remarks = [one for one in iql.check(text, strict=True) if one.severity is not Severity.INFO]
        assert remarks == [], text


def test_there_are_enough_questions_and_most_give_rows():
    answered = [body for body in QUESTIONS.values() if "(no rows)" not in body]
    assert len(QUESTIONS) >= 40
    assert len(answered) >= 35


def stored(value: object) -> object:
    """A value in the form in which the emulator keeps it."""
    match value:
        case bool():
            return int(value)
        case Decimal():
            return int(value * SCALE)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
    return value


@pytest.mark.parametrize("question", CHECKS)
def test_the_figures_are_those_of_the_raw_records(session, question):
    (script, _), *_ = RECIPE.findall(QUESTIONS[question])
    asked = [entry.text for entry in entries(script)]
    raw = [part for part in CHECKS[question].split(";\n") if part.strip()]
    assert len(asked) == len(raw)
    for text, sql in zip(asked, raw, strict=True):
        with store().reading() as connection:
            expected = [tuple(row) for row in connection.execute(sql)]
        assert [tuple(map(stored, row)) for row in session.query(text)] == expected
        assert expected, "a check that finds nothing checks nothing"


def test_debits_are_credits_and_invoices_are_the_receivables_account(session):
    (total,) = session.query("select sum(DEBITAMOUNT), sum(CREDITAMOUNT) from GLDETAIL")
    assert total[0] == total[1] > 0
    (account,) = session.query("select sum(DEBITAMOUNT), sum(CREDITAMOUNT) from GLDETAIL where ACCOUNTNO = 1200")
    (open_now,) = session.query("select sum(TOTALDUE) from ARINVOICE")
    assert account[0] - account[1] == open_now[0] > 0


FOUND = {
    "Was a vendor's invoice entered twice?": (
        "APBILL",
        ("RECORDNO", "VENDORID", "RECORDID", "TOTALENTERED"),
        [(1, "V1", "77", 5 * SCALE), (2, "V1", "77", 5 * SCALE), (3, "V2", "77", SCALE), (4, "V1", "78", SCALE)],
        [("V1", "77", 2, Decimal(10))],
    ),
    "Which invoices have no due date?": (
        "ARINVOICE",
        ("RECORDNO", "RECORDID", "CUSTOMERNAME", "WHENCREATED", "WHENDUE", "TOTALDUE"),
        [(1, "I-1", "One", "2026-10-01", None, SCALE), (2, "I-2", "Two", "2026-10-01", "2026-10-31", SCALE)],
        [("I-1", "One", date(2026, 10, 1), Decimal(1))],
    ),
    "Is any entry out of balance?": (
        "GLBATCH",
        ("RECORDNO", "BATCHNO", "BATCH_DATE", "BATCH_TITLE", "BALANCE"),
        [(1, 1, "2026-10-01", "even", 0), (2, 2, "2026-10-02", "odd", -SCALE)],
        [(2, date(2026, 10, 2), "odd", Decimal(-1))],
    ),
    "Which expense reports are not paid?": (
        "EEXPENSES",
        ("RECORDNO", "EMPLOYEENAME", "RECORDID", "WHENCREATED", "STATE", "TOTALENTERED", "TOTALDUE"),
        [(1, "Ada", "R-1", "2026-10-01", "Paid", SCALE, 0), (2, "Ada", "R-2", "2026-10-02", "Approved", SCALE, SCALE)],
        [("Ada", "R-2", date(2026, 10, 2), "Approved", Decimal(1), Decimal(1))],
    ),
    "Budget and actual": (
        "GLBUDGETITEM",
        ("RECORDNO", "BUDGETID", "ACCT_NO", "ACCTTITLE", "PSTARTDATE", "AMOUNT"),
        [
            (1, "Operating 2026", "6100", "Rent", "2026-07-01", 2 * SCALE),
            (2, "Operating 2026", "6100", "Rent", "2026-07-01", 3 * SCALE),
            (3, "Operating 2026", "6100", "Rent", "2026-10-01", SCALE),
            (4, "Wishes", "6100", "Rent", "2026-07-01", SCALE),
        ],
        [("6100", "Rent", date(2026, 7, 1), Decimal(5))],
    ),
    "What has been deleted?": (
        "AUDITHISTORY",
        ("ID", "ACCESSTIME", "USERID", "OBJECTTYPE", "OBJECTKEY", "ACCESSMODE"),
        [
            ("1:1", "2026-10-01 09:00:00", "admin", "customer", "5", "D"),
            ("1:2", "2026-10-01 09:00:00", "admin", "customer", "6", "M"),
            ("1:3", "2026-10-01 09:00:00", "admin", "vendor", "7", "D"),
            ("1:4", "2026-08-31 09:00:00", "admin", "customer", "8", "D"),
        ],
        [(datetime(2026, 10, 1, 9, tzinfo=UTC), "admin", "5")],
    ),
}
"""What the demo company has no case of: an object, columns and rows that have one, and the rows to be found."""


@pytest.mark.parametrize("question", FOUND)
def test_a_query_that_finds_nothing_in_the_demo_company_finds_what_it_should(question, intacct_company):
    name, columns, rows, expected = FOUND[question]
    company = intacct_company(Table(object=name, columns=columns, rows=rows))
    (text, _), *_ = RECIPE.findall(QUESTIONS[question])
    with iql.connect(endpoint_url=company.url, **company.credentials) as session:
        assert list(session.query(text)) == expected


AGEING = "How old are our receivables?"


@pytest.mark.parametrize("today", ["2026-10-31", "2026-11-29", "2026-12-31", "2027-01-01", "2024-02-29", "2024-03-01"])
def test_what_is_over_90_days_is_the_same_for_a_named_day_and_always_for_today(today):
    """The last bucket names the day 90 days before 31 October; the query for today has to find that day itself."""
    (buckets, _), (always, _) = RECIPE.findall(QUESTIONS[AGEING])
    day = date.fromisoformat(today)
    named = entries(buckets)[-1].text.replace("2026-08-02", (day - timedelta(days=90)).isoformat())
    noon = datetime(day.year, day.month, day.day, 12)
    assert iql.compile(always, clock=lambda: noon).xml == iql.compile(named).xml

"""What the gateway has no words for: DISTINCT, HAVING, an order by an aggregate, two fields compared; beside SQLite."""

import sqlite3
from decimal import Decimal

import pytest
from differential.queries import COMPANY

import intacct_ql as iql

DOORS = ("query", "readByQuery", "get_list", "auto")
COLUMNS = {
    "ARINVOICE": ("CUSTOMERID", "STATE", "TOTALDUE", "TOTALPAID", "WHENDUE"),
    "CUSTOMER": ("CUSTOMERID", "STATUS", "TERMNAME", "CUSTTYPE", "TOTALDUE", "CREDITLIMIT"),
}


@pytest.fixture(scope="module")
def sqlite() -> sqlite3.Connection:
    """The same rows, amounts in ten-thousandths."""
    connection = sqlite3.connect(":memory:")
    for name, columns in COLUMNS.items():
        connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        cells = [[plain(row[column]) for column in columns] for row in COMPANY.rows(name)]
        connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(columns))})", cells)
    return connection


def plain(cell: object) -> object:
    """A value as SQLite has it; also what a result holds, so that both sides compare."""
    if isinstance(cell, Decimal):
        return int(cell.scaleb(4))
    return cell if cell is None or isinstance(cell, int | str) else str(cell)


SAME_TEXT = {
    "distinct": "select distinct TERMNAME, CUSTTYPE from CUSTOMER",
    "distinct under a condition": "select distinct TERMNAME from CUSTOMER where STATUS = 'active'",
    "having": "select CUSTOMERID, count(*), sum(TOTALDUE) from ARINVOICE group by CUSTOMERID having count(*) > 8",
    "having two": (
        "select STATE, min(WHENDUE), max(WHENDUE) from ARINVOICE group by STATE"
        " having count(*) > 8 and not (STATE = 'Paid')"
    ),
}
ORDERED = {
    "the five that owe most": (
        "select CUSTOMERID, sum(TOTALDUE) from ARINVOICE group by CUSTOMERID order by sum(TOTALDUE) desc limit 5"
    ),
    "empty ones in their place": (
        "select TERMNAME, count(*) from CUSTOMER group by TERMNAME order by TERMNAME nulls last"
    ),
    "the next five": (
        "select CUSTOMERID, sum(TOTALPAID) from ARINVOICE group by CUSTOMERID"
        " order by sum(TOTALPAID), CUSTOMERID limit 5 offset 5"
    ),
}


def both(session: iql.Session, sqlite: sqlite3.Connection, text: str, target: str) -> tuple[list, list]:
    ours = [tuple(map(plain, row)) for row in session.query(text, target=target)]
    return ours, sqlite.execute(text).fetchall()


@pytest.mark.parametrize("target", DOORS)
@pytest.mark.parametrize("name", SAME_TEXT)
def test_groups_are_those_of_sqlite(session, sqlite, name, target):
    ours, theirs = both(session, sqlite, SAME_TEXT[name], target)
    assert len(ours) > 1
    assert sorted(ours, key=repr) == sorted(theirs, key=repr)


@pytest.mark.parametrize("target", DOORS)
@pytest.mark.parametrize("name", ORDERED)
def test_ordered_groups_are_those_of_sqlite(session, sqlite, name, target):
    ours, theirs = both(session, sqlite, ORDERED[name], target)
    assert len(ours) >= 5
    assert ours == theirs


OVER_LIMIT = "select CUSTOMERID from CUSTOMER where TOTALDUE > CREDITLIMIT"
ACTIVE = " and STATUS = 'active'"


@pytest.mark.parametrize("target", DOORS)
def test_two_fields_are_compared_here(session, sqlite, target):
    text = OVER_LIMIT + ACTIVE
    ours, theirs = both(session, sqlite, text, target)
    assert ours
    assert sorted(ours) == sorted(theirs)


def test_the_published_spelling_means_the_same(session):
    bare, quoted = (f"{OVER_LIMIT} and STATUS = {word}" for word in ("active", "'active'"))
    assert sorted(session.query(bare)) == sorted(session.query(quoted))


def test_explain_says_who_compares(session):
    explained = str(session.explain(f"{OVER_LIMIT} and STATUS = active"))
    here = explained[explained.lower().index("here") :]
    assert "TOTALDUE > CREDITLIMIT" in here
    assert "the gateway compares a field with a value only, never with a field" in here
    assert "<equalto><field>STATUS</field>" in explained.replace("\n", "").replace(" ", "")


@pytest.mark.parametrize("target", DOORS)
def test_nothing_bounds_the_fetch(session, sqlite, target):
    with pytest.raises(iql.QueryError, match="all of CUSTOMER would be read") as refused:
        session.query(OVER_LIMIT, target=target)
    assert [found.code for found in refused.value.diagnostics] == ["IQL301"]
    ours = list(session.query(f"{OVER_LIMIT} option (allow_scan)", target=target))
    assert sorted(ours) == sorted(sqlite.execute(OVER_LIMIT).fetchall())
    assert ours

"""The published examples through every door, the gateway in another process, HTTP between."""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import intacct_ql as iql
from intacct_ql.sessions import Session

COMMAND = Path(sys.executable).parent / "intacct-ql"
DEMO = dict.fromkeys(("sender_id", "sender_password", "company_id", "user_id", "user_password"), "demo")

EVERYTHING = "Select * from CUSTOMER"
EIGHT = "Select Customerid,Name, Parentid,Termname, Shippingmethod, Custtype,Taxid,Creditlimit from CUSTOMER"
MISSPELT = "Select * from AIRINVOICE WHERE whenmodified < 10/22/2010 00:00:00\\"
BY_KEY = "Select Recordno,Customerid, Name from CUSTOMER Where Customerid = ZAB001 AND Recordno = 24"
PUBLISHED = {"everything": (EVERYTHING, 60), "eight": (EIGHT, 60), "misspelt": (MISSPELT, 2), "by key": (BY_KEY, 1)}

SEARCHING = ("query", "readByQuery", "get_list", "auto")
READING = ("read", "readByName", "get")


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    """A client of ``intacct-ql emulate``, which runs in a process of its own."""
    process = subprocess.Popen([COMMAND, "emulate", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        ready = re.search(r"http://\S+", process.stdout.readline())
        with iql.connect(endpoint_url=ready.group(), **DEMO) as session:
            yield session
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture(scope="module")
def by_query(session) -> dict[str, list[tuple]]:
    """What the widest door gives, row by row."""
    return {name: sorted(session.query(text), key=repr) for name, (text, _) in PUBLISHED.items()}


@pytest.mark.parametrize("target", SEARCHING)
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_searching_door_gives_the_published_examples(session, by_query, name, target):
    text, count = PUBLISHED[name]
    result = session.query(text, target=target)
    rows = sorted(result, key=repr)
    assert len(rows) == count
    assert rows == (without_zones(by_query[name]) if target == "get_list" else by_query[name])
    assert [(column.name, column.type) for column in result.columns] == columns_of(session, text)


def without_zones(rows: list[tuple]) -> list[tuple]:
    """As a door has them whose times are of a zone that nobody tells."""
    return [tuple(cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell for cell in row) for row in rows]


def columns_of(session: Session, text: str) -> list[tuple]:
    return [(column.name, column.type) for column in session.query(text).columns]


@pytest.mark.parametrize("target", READING)
def test_every_reading_door_gives_the_example_with_a_key(session, target):
    result = session.query(BY_KEY, target=target)
    assert list(result) == [(24, "ZAB001", "Zabriskie Point Outfitters")]
    assert [column.name for column in result.columns] == ["RECORDNO", "CUSTOMERID", "NAME"]
    assert result.stats.pages == 1


@pytest.mark.parametrize("target", READING)
@pytest.mark.parametrize("text", [EVERYTHING, EIGHT, MISSPELT])
def test_a_reading_door_refuses_what_names_no_key(session, text, target):
    with pytest.raises(iql.QueryError, match="and by nothing else") as refused:
        session.query(text, target=target)
    assert [found.code for found in refused.value.diagnostics if found.severity.name == "ERROR"] == ["IQL304"]


def test_a_star_gives_what_the_customers_have(session, by_query):
    columns = [name for name, _ in columns_of(session, EVERYTHING)]
    assert len(columns) > 100
    zabriskie = next(row for row in by_query["everything"] if row[columns.index("CUSTOMERID")] == "ZAB001")
    assert zabriskie[columns.index("NAME")] == "Zabriskie Point Outfitters"
    assert zabriskie[columns.index("RECORDNO")] == 24


@pytest.mark.parametrize(
    ("target", "page_size"), [("query", 25), ("readByQuery", 25), ("get_list", 25), ("query", 2000)]
)
def test_pages_come_over_the_wire(session, by_query, target, page_size):
    result = session.query(EIGHT, target=target, page_size=page_size)
    assert sorted(result, key=repr) == by_query["eight"]
    assert result.stats.pages == -(-60 // page_size)

"""What a compile reads of a snapshot and of the bundled catalog: one object's row, one object's file."""

import subprocess
import sys
from pathlib import Path

import companies
import pytest

import intacct_ql as iql
from intacct_ql.discovery.database import Database
from intacct_ql.discovery.shelf import catalog_of
from intacct_ql.discovery.snapshot import Snapshot
from intacct_ql.schema import catalog as room


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    kept = Snapshot(tmp_path / "acme.sqlite")
    companies.session(companies.gateway(tmp_path / "company"), kept).refresh(
        "CUSTOMER", "PROJECT", "rental_property", "VENDOR"
    )
    return kept


@pytest.fixture
def read(snapshot, monkeypatch):
    """What is read from here on: rows by ``row NAME``, files by their name."""
    seen: list[str] = []
    connect, read_file = Database._connect, room._read

    def traced(self, mode):
        connection = connect(self, mode)
        connection.set_trace_callback(
            lambda sql: seen.append(f"row {sql.split(chr(39))[1]}") if "FROM object" in sql else None
        )
        return connection

    def counted(folder, name):
        seen.append(name)
        return read_file(folder, name)

    monkeypatch.setattr(Database, "_connect", traced)
    monkeypatch.setattr(room, "_read", counted)
    return seen


def test_a_compile_reads_one_row_and_one_file(snapshot, read):
    catalog = catalog_of(snapshot)
    for text in ("select NAME from CUSTOMER where CLIENT_HEALTH = Good", "select CUSTOMERID from CUSTOMER"):
        iql.compile(text, catalog=catalog)
        assert [one for one in read if one != "index"] == ["row CUSTOMER", "CUSTOMER"]


def test_a_path_reads_the_objects_on_its_way(snapshot, read):
    iql.compile("select RENTAL.kind from CUSTOMER", catalog=catalog_of(snapshot))
    assert [one for one in read if one != "index"] == ["row CUSTOMER", "CUSTOMER", "row RENTAL_PROPERTY"]


def test_what_was_never_looked_up_costs_a_look(snapshot, read):
    iql.compile("select NAME from ITEM", catalog=catalog_of(snapshot))
    assert [one for one in read if one != "index"] == ["row ITEM", "ITEM"]


IMPORTED = """
import sys
from intacct_ql.cli import main
try:
    main(sys.argv[1:])
finally:
    print(sorted({"sqlite3", "platformdirs", "lxml", "urllib3", "intacct_ql.discovery.snapshot"} & set(sys.modules)))
"""


def imported(home: Path, *arguments: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTED, *arguments],
        capture_output=True,
        text=True,
        env={"HOME": str(home), **environment},
    )
    return done.stdout.splitlines()[-1]


def test_nothing_of_snapshots_is_imported_where_no_company_is_configured_or_none_was_looked_up(tmp_path):
    query = "select NAME from CUSTOMER"
    assert imported(tmp_path, "compile", query) == "[]"
    local = {"INTACCT_ENDPOINT_URL": "http://localhost:1/"}
    assert imported(tmp_path, "compile", query, **local) == "['platformdirs']"
    assert imported(tmp_path, "compile", "--no-snapshot", query, **local) == "[]"

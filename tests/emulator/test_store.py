"""Rows in, changed, and read by many threads."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from intacct_ql.emulator import Store, Table


def test_rows_are_read_when_they_are_first_asked_for(ask, post):
    read = []

    def rows():
        read.append(True)
        yield (1, "V1")

    store = Store([Table(object="vendor", columns=("recordno", "VENDORID"), rows=rows())])
    assert not read
    with store.reading() as connection:
        table = store.table(store.catalog.object("VENDOR"))
        assert connection.execute(f"SELECT VENDORID FROM {table}").fetchall() == [("V1",)]
    assert read == [True]


def test_two_tables_of_one_object_are_added_up():
    tables = [Table(object="UOM", columns=("NAME",), rows=[(name,)]) for name in ("Each", "Box")]
    store = Store(tables)
    store.load()
    with store.reading() as connection:
        assert connection.execute("SELECT NAME, RECORDNO FROM UOM").fetchall() == [("Each", 1), ("Box", 2)]


@pytest.mark.parametrize(("name", "column"), [("NONSENSE", "RECORDNO"), ("UOM", "NONSENSE")])
def test_unknown_names_are_refused_at_once(name, column):
    with pytest.raises(ValueError, match="NONSENSE"):
        Store([Table(object=name, columns=(column,), rows=())])


@pytest.mark.parametrize("row", [("x", "Each"), (1, "Each", 2), (1.5, "Each")])
def test_rows_in_a_wrong_form_are_refused_and_leave_nothing_behind(row):
    store = Store([Table(object="UOM", columns=("RECORDNO", "NAME"), rows=[(1, "Box"), row])])
    with pytest.raises(sqlite3.Error):
        store.load()
    with store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM UOM").fetchone() == (0,)


def test_changes(store, ask):
    store.insert("UOM", {"NAME": "Each"}, {"RECORDNO": 7, "NAME": ""})
    assert store.update("UOM", 7, {"name": "Box"}) == 1
    assert store.delete("UOM", 1, 99) == 1
    assert ask("UOM", "RECORDNO NAME").rows == [{"RECORDNO": "7", "NAME": "Box"}]
    with pytest.raises(ValueError, match="BOOK has no key"):
        store.delete("BOOK", 1)


def test_many_threads_read_while_one_writes(ask, store):
    store.insert("UOM", *({"NAME": f"U{number}"} for number in range(50)))

    def read(_):
        reply = ask("UOM", "RECORDNO", "<pagesize>2000</pagesize>")
        return len(reply.rows), int(reply.data["totalcount"])

    with ThreadPoolExecutor(8) as pool:
        writing = pool.submit(lambda: [store.insert("UOM", {"NAME": "more"}) for _ in range(50)])
        seen = list(pool.map(read, range(60)))
        writing.result()
    assert all(rows == total for rows, total in seen)
    assert read(0) == (100, 100)

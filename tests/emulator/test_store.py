"""Rows in, changed, and read by many threads."""

import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from intacct_ql.emulator import Gateway, Store, Table


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


AMOUNT = "a whole number of ten-thousandths, such as 125000 for 12.50"
MISFITS = [
    ((12, "B", 12.5), f"CUSTOMER row 2, TOTALDUE: 12.5 is not {AMOUNT}"),
    ((12, "B", "12.50"), f"CUSTOMER row 2, TOTALDUE: '12.50' is not {AMOUNT}"),
    ((12, "B", Decimal("12.5")), f"CUSTOMER row 2, TOTALDUE: Decimal('12.5') is not {AMOUNT}"),
    (("x", "B", 0), "CUSTOMER row 2, RECORDNO: 'x' is not a whole number of 64 bits"),
    ((2**63, "B", 0), "CUSTOMER row 2, RECORDNO: 9223372036854775808 is not a whole number of 64 bits"),
    ((12, b"B", 0), "CUSTOMER row 2, NAME: b'B' is not a text"),
    ((12, "B"), "CUSTOMER row 2: 2 cells, but its table has 3 columns"),
    ((12, "B", 0, 0), "CUSTOMER row 2: 4 cells, but its table has 3 columns"),
    ((11, "B", 0), "CUSTOMER row 2, RECORDNO: 11 is in another row already; take another"),
]


def customers(rows):
    return Table(object="CUSTOMER", columns=("RECORDNO", "NAME", "TOTALDUE"), rows=rows)


@pytest.mark.parametrize(("row", "words"), MISFITS)
def test_a_row_in_a_wrong_form_is_refused_when_it_is_added(row, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        Store([customers([(11, "A", 0), row])])


@pytest.mark.parametrize(("row", "words"), MISFITS)
def test_or_when_it_is_read_and_leaves_nothing_behind(row, words):
    store = Store([customers(each for each in [(11, "A", 0), row])])
    for _ in range(2):
        with pytest.raises(ValueError, match=re.escape(words)):
            store.load()
    with store.reading() as connection:
        assert connection.execute("SELECT count(*) FROM CUSTOMER").fetchone() == (0,)


def test_the_row_is_told_far_down_and_after_another_table():
    rows = ((number, "A", 0) for number in [*range(1, 25_001), 7])
    store = Store([customers([(30_000, "A", None)]), customers(rows)])
    with pytest.raises(ValueError, match="CUSTOMER row 25001, RECORDNO: 7 is in another row already"):
        store.load()


def test_no_query_is_blamed_for_it(ask, caplog):
    gateway = Gateway(Store([customers(iter([(11, "A", 12.5)]))]))
    for _ in range(2):
        reply = ask("CUSTOMER", "RECORDNO", to=gateway)
        assert reply.status == 500
        assert reply.body.decode() == f"CUSTOMER row 1, TOTALDUE: 12.5 is not {AMOUNT}\n"
    assert "CUSTOMER row 1, TOTALDUE: 12.5" in caplog.text
    assert ask("UOM", "RECORDNO", to=gateway).rows == []


def test_changes(store, ask):
    store.insert("UOM", {"NAME": "Each"}, {"RECORDNO": 7, "NAME": ""})
    assert store.update("UOM", 7, {"name": "Box"}) == 1
    assert store.delete("UOM", 1, 99) == 1
    assert ask("UOM", "RECORDNO NAME").rows == [{"RECORDNO": "7", "NAME": "Box"}]
    with pytest.raises(ValueError, match="BOOK has no key"):
        store.delete("BOOK", 1)


@pytest.mark.unkept("threads decide who is first")
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

"""A company in a file: the same rows as in memory, changes that stay out of it, and files that are something else."""

import sqlite3

import pytest

from intacct_ql.emulator import Store, Table, demo
from intacct_ql.emulator.kept import keep

UOM = Table(object="UOM", columns=("RECORDNO", "NAME"), rows=((1, "Each"), (2, "Box")))


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """The demo company, kept once for all tests."""
    path = tmp_path_factory.mktemp("kept") / "company.db"
    demo(keep=path)
    return path


@pytest.fixture
def small(tmp_path):
    """A store on a file with two rows, and the file."""
    path = tmp_path / "small.db"
    return Store(kept=keep(path, "two units", lambda: [UOM])), path


def names(store):
    with store.reading() as connection:
        table = store.table(store.catalog.object("UOM"))
        return [name for (name,) in connection.execute(f"SELECT NAME FROM {table} ORDER BY RECORDNO")]


QUERIES = [
    "<query><object>GLDETAIL</object><select><field>RECORDNO</field><field>AMOUNT</field></select></query>",
    "<query><object>APBILL</object><select><field>RECORDID</field><field>VENDOR.TERM.NAME</field></select></query>",
    "<readByQuery><object>VENDOR</object><fields>*</fields><query>STATUS = 'T'</query></readByQuery>",
    "<read><object>ARINVOICE</object><keys>101</keys><fields>*</fields></read>",
]


@pytest.mark.unkept("the demo company's answers, which other tests hold")
@pytest.mark.parametrize("function", QUERIES)
def test_the_rows_are_those_of_memory(post, file, function):
    kept, made = demo(keep=file, seed=None), demo()
    assert post(function, to=kept).rows == post(function, to=made).rows
    assert len(post(function, to=kept).rows) > 0


def test_every_object_has_as_many_rows(file):
    made = demo().store
    made.load()
    assert demo(keep=file).store.sizes() == made.sizes()


def test_opening_it_makes_nothing(file):
    told = []
    demo(keep=file, on_object=told.append)
    assert told == []


def test_making_it_tells_of_each_object(tmp_path):
    told = []
    keep(tmp_path / "a.db", "two units", lambda: [UOM], told.append)
    assert told == ["UOM"]


def test_what_is_changed_stays_out_of_the_file(small):
    store, path = small
    before = path.read_bytes()
    assert names(store) == ["Each", "Box"]
    store.insert("UOM", {"RECORDNO": 3, "NAME": "Pallet"})
    store.update("UOM", 1, {"NAME": "Every"})
    store.delete("UOM", 2)
    assert names(store) == ["Every", "Pallet"]
    assert store.sizes() == {"UOM": 2}
    assert path.read_bytes() == before
    assert names(Store(kept=keep(path, "two units", list))) == ["Each", "Box"]


def test_an_object_without_rows_in_it_can_be_written(small):
    store, _ = small
    store.insert("TERRITORY", {"RECORDNO": 1, "NAME": "North"})
    assert store.sizes() == {"TERRITORY": 1, "UOM": 2}


def test_going_back_to_the_file_again_and_again(small):
    store, _ = small
    before = store.snapshot()
    for _ in range(3):
        store.delete("UOM", 1)
        assert names(store) == ["Box"]
        store.restore(before)
        assert names(store) == ["Each", "Box"]


def test_going_back_to_a_change(small):
    store, _ = small
    store.delete("UOM", 1)
    before = store.snapshot()
    store.insert("UOM", {"RECORDNO": 3, "NAME": "Pallet"})
    store.restore(before)
    assert names(store) == ["Box"]


def test_what_reading_asks_for_is_indexed(file):
    store = demo(keep=file).store
    with store.reading() as connection:
        table = store.table(store.catalog.object("CUSTOMER"))
        plan = connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE CUSTOMERID = 'ZAB001'").fetchall()
    assert "USING INDEX" in plan[0][3]


def test_another_company_is_refused(small):
    _, path = small
    with pytest.raises(ValueError, match="holds two units, not three units; name another file, or remove this one"):
        keep(path, "three units", list)


def test_what_is_no_company_is_refused(tmp_path):
    (tmp_path / "text").write_text("no database, and longer than the sixteen bytes of a header")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (a)")
    for name in ("text", "other.db"):
        with pytest.raises(ValueError, match=f"{name} is no company that was kept here"):
            keep(tmp_path / name, "two units", list)


def test_a_making_that_fails_leaves_nothing(tmp_path):
    wrong = Table(object="UOM", columns=("RECORDNO", "NAME"), rows=iter([(1, "Each"), ("one", 1)]))
    with pytest.raises(ValueError, match="row 2"):
        keep(tmp_path / "a.db", "two units", lambda: [wrong])
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        keep(tmp_path / "no folder" / "a.db", "two units", list)

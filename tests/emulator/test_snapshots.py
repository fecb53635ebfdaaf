"""Going back to the rows, the sessions and the counts of a moment."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from intacct_ql.emulator import Gateway, Store, Table, demo

UOM = Table(object="UOM", columns=("RECORDNO", "NAME"), rows=((1, "Each"), (2, "Box")))


def names(store, target="UOM", field="NAME"):
    found = store.catalog.object(target)
    with store.reading() as connection:
        table = store.table(found)
        return [name for (name,) in connection.execute(f"SELECT {field} FROM {table} ORDER BY rowid")]


def once(*rows):
    """Rows that can be read only once, as those of the demo company are."""
    return Table(object="UOM", columns=("RECORDNO", "NAME"), rows=iter(rows))


def test_rows_that_were_added_changed_and_removed_are_as_before():
    store = Store([UOM])
    before = store.snapshot()
    store.insert("UOM", {"RECORDNO": 7, "NAME": "Pallet"})
    store.update("UOM", 1, {"NAME": "Every"})
    store.delete("UOM", 2)
    assert names(store) == ["Every", "Pallet"]
    store.restore(before)
    assert names(store) == ["Each", "Box"]


def test_it_can_be_gone_back_to_again_and_again():
    store = Store([once((1, "Each"), (2, "Box"))])
    before = store.snapshot()
    for _ in range(3):
        store.delete("UOM", 1)
        assert names(store) == ["Box"]
        store.restore(before)
    assert names(store) == ["Each", "Box"]


def test_rows_that_were_waiting_are_read_once_and_come_back():
    read = []

    def rows():
        for row in ((1, "Each"), (2, "Box")):
            read.append(row)
            yield row

    store = Store([Table(object="UOM", columns=("RECORDNO", "NAME"), rows=rows())])
    before = store.snapshot()
    store.insert("CLASS", {"RECORDNO": 1, "NAME": "A change of something else"})
    assert read == []
    assert names(store) == ["Each", "Box"]
    store.delete("UOM", 1)
    store.restore(before)
    assert names(store) == ["Each", "Box"]
    assert names(store, "CLASS") == []
    assert len(read) == 2


def test_rows_that_come_in_later_do_not_belong_to_it():
    store = Store([once((1, "Each"))])
    before = store.snapshot()
    store.add(once((2, "Box")))
    assert names(store) == ["Each", "Box"]
    store.restore(before)
    assert names(store) == ["Each"]


def test_several_snapshots_stand_side_by_side():
    store = Store([UOM])
    first = store.snapshot()
    store.delete("UOM", 1)
    second = store.snapshot()
    store.delete("UOM", 2)
    for snapshot, expected in ((first, ["Each", "Box"]), (second, ["Box"]), (first, ["Each", "Box"])):
        store.restore(snapshot)
        assert names(store) == expected


def test_without_a_change_nothing_is_copied():
    store = Store([UOM])
    before = store.snapshot()
    names(store)
    store.restore(before)
    assert not before.held
    store.delete("UOM", 1)
    assert before.held


def test_queries_count_anew(ask, store):
    before = store.snapshot()
    store.delete("CUSTOMER", 11, 12)
    assert ask("CUSTOMER", "RECORDNO").data["totalcount"] == "2"
    store.restore(before)
    assert ask("CUSTOMER", "RECORDNO").data["totalcount"] == "4"


def test_rows_in_a_wrong_form_are_in_no_snapshot_either():
    store = Store([once((1, "Each"), (2, 3.5, "much"))])
    before = store.snapshot()
    store.insert("CLASS", {"RECORDNO": 1})
    with pytest.raises(ValueError, match="UOM row 2: 3 cells"):
        names(store)
    store.restore(before)
    with pytest.raises(ValueError, match="UOM row 2: 3 cells"):  # the rows are lost: no company without them instead
        names(store)
    assert store.sizes().get("UOM", 0) == 0


def test_a_snapshot_of_another_store_is_refused():
    with pytest.raises(ValueError, match="another store"):
        Store().restore(Store().snapshot())


def test_what_is_searched_by_is_still_indexed_afterwards():
    store = Store([Table(object="CUSTOMER", columns=("RECORDNO", "NAME"), rows=iter([(1, "Ash")]))])
    before = store.snapshot()
    store.insert("CLASS", {"RECORDNO": 1})
    names(store, "CUSTOMER")
    store.restore(before)
    names(store, "CUSTOMER")
    with store.reading() as connection:
        plan = connection.execute("EXPLAIN QUERY PLAN SELECT 1 FROM CUSTOMER WHERE WHENMODIFIED > '2'").fetchall()
    assert "INDEX" in plan[0][3]


def test_the_demo_company_is_reset_again_and_again():
    store = demo().store
    store.load()
    before, sizes = store.snapshot(), store.sizes()
    for _ in range(3):
        store.delete("CUSTOMER", *range(1, 2000))
        assert names(store, "CUSTOMER", "count(*)") == [0]
        store.restore(before)
        assert store.sizes() == sizes


def test_a_gateway_goes_back_to_its_beginning(gateway, post, ask, sign_in, store):
    session = sign_in()
    store.delete("CUSTOMER", 11)
    gateway.reset()
    assert ask("CUSTOMER", "RECORDNO").column("RECORDNO") == ["14", "13", "12", "11"]
    assert post("<getAPISession/>", authentication=session).text("operation/authentication/status") == "failure"


def test_or_to_the_moment_that_was_chosen(gateway, post, ask, sign_in, store):
    kept = sign_in()
    store.delete("CUSTOMER", 11)
    gateway.snapshot()
    lost = sign_in()
    store.delete("CUSTOMER", 12)
    gateway.reset()
    assert gateway.ledger.counts()["calls"] == {}
    assert ask("CUSTOMER", "RECORDNO", authentication=kept).column("RECORDNO") == ["14", "13", "12"]
    assert post("<getAPISession/>", authentication=lost).text("operation/authentication/status") == "failure"


def test_faults_and_limits_are_exchanged_while_it_runs(gateway, ask):
    def status():
        return ask("CUSTOMER", "RECORDNO").status

    assert status() == 200
    gateway.faults = "503@call=1,per-minute=2"
    assert [status() for _ in range(3)] == [503, 200, 429]
    assert gateway.faults.spec == "503@call=1,per-minute=2"
    gateway.faults = None
    assert [status() for _ in range(3)] == [200] * 3
    with pytest.raises(ValueError, match="no such fault"):
        gateway.faults = "nonsense"
    assert status() == 200


@pytest.mark.unkept("threads decide who is first")
def test_resets_among_many_requests(store, document):
    gateway = Gateway(store)
    query = document("<query><object>CUSTOMER</object><select><field>RECORDNO</field></select></query>")

    def totals(_):
        reply = gateway.handle(query)
        assert reply.status == 200
        return re.findall(rb'(?:total)?count="(\d)"', reply.body)

    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(totals, number) for number in range(400)]
        for _ in range(100):
            store.delete("CUSTOMER", 11, 12)
            gateway.reset()
        seen = {tuple(future.result()) for future in asking}
    assert seen <= {(b"2", b"2"), (b"4", b"4")}
    assert totals(0) == [b"4", b"4"]

"""What the ledger keeps of each request."""

import time

import pytest
from lxml import etree

from intacct_ql.emulator import Gateway
from intacct_ql.emulator.billing import object_of, transactions
from intacct_ql.emulator.ledger import KEPT, Arrival, Ledger

LOOKUP = "<lookup><object>UOM</object></lookup>"
QUERY = "<query><object>CUSTOMER</object><select><field>RECORDNO</field></select></query>"


def arrival(at):
    return Arrival(at=at, function=None, status=200, fault=None, rows=0, seconds=0.5)


def test_a_record_of_each_request(store, document):
    gateway = Gateway(store, faults="429@call=3,drop@call=4,busy@call=5,cut@call=6")
    before = time.time()
    for function in ("<getAPISession/>", QUERY, QUERY, QUERY, QUERY, QUERY, "<nonsense/>"):
        gateway.handle(document(function))
    gateway.handle(b"", content_type="image/png")
    after = time.time()
    found = [(each.function, each.status, each.fault, each.rows) for each in gateway.ledger.log]
    assert found == [
        ("getAPISession", 200, None, 0),
        ("query", 200, None, 4),
        (None, 429, "429", 0),
        ("query", "drop", "drop", 4),
        ("query", 200, "busy", 0),
        ("query", 200, "cut", 4),
        ("nonsense", 200, None, 0),
        (None, 400, None, 0),
    ]
    moments = [each.at for each in gateway.ledger.log]
    assert [before, *moments, after] == sorted([before, *moments, after])


def test_a_request_of_several_functions_has_the_name_of_the_first_and_all_rows(store, document):
    gateway = Gateway(store)
    gateway.handle(document(LOOKUP, QUERY, QUERY))
    assert [(each.function, each.rows) for each in gateway.ledger.log] == [("lookup", 8)]


NO_OBJECT = QUERY.replace("CUSTOMER", "NONSENSE")
NO_RECORD = "<update><UOM><RECORDNO>99</RECORDNO><NAME>x</NAME></UOM></update>"


@pytest.mark.parametrize(
    ("functions", "settings", "error"),
    [
        ([QUERY], {}, None),
        ([NO_OBJECT], {}, "DL02000001"),
        ([QUERY, NO_OBJECT, NO_RECORD], {}, "DL02000001"),
        ([QUERY, NO_OBJECT], {"transaction": "true"}, "DL02000001"),
        ([QUERY, NO_RECORD, NO_OBJECT], {}, "BL01001973"),
        ([QUERY], {"password": "wrong"}, "XL03000006"),
        ([QUERY], {"authentication": "<sessionid>gone</sessionid>"}, "XL03000006"),
        (["<query/>"], {}, "XL03000003"),
    ],
)
def test_what_was_refused_first_is_on_the_log(store, document, functions, settings, error):
    gateway = Gateway(store)
    assert (error or "<status>success</status>").encode() in gateway.handle(document(*functions, **settings)).body
    assert [(each.error, each.functions) for each in gateway.ledger.log] == [(error, len(functions))]


def test_so_is_what_is_no_request_and_what_a_fault_refuses(store, document):
    gateway = Gateway(store, faults="busy@call=2")
    gateway.handle(b"", content_type="image/png")
    gateway.handle(document(QUERY))
    assert [each["error"] for each in gateway.ledger.to_dict()["log"]] == ["GW-0011", "GW-0010"]


def test_how_long_the_answer_took(store, document):
    gateway = Gateway(store, faults="slow=30ms")
    gateway.handle(document(LOOKUP))
    assert 0.03 <= gateway.ledger.log[0].seconds < 10


def test_a_mistake_of_the_emulator_itself_is_on_the_log(store, document):
    def fail(count, name):
        raise ValueError("a mistake")

    gateway = Gateway(store, on_call=fail)
    assert gateway.handle(document(LOOKUP)).status == 500
    assert [(each.function, each.status, each.fault) for each in gateway.ledger.log] == [("lookup", 500, None)]


def test_the_log_is_in_the_order_of_arrival_and_bounded():
    ledger = Ledger()
    for at in (2.0, 1.0, 3.0):
        ledger.answered(arrival(at))
    assert [each.at for each in ledger.log] == [1.0, 2.0, 3.0]
    for at in range(KEPT):
        ledger.answered(arrival(10.0 + at))
    assert (len(ledger.log), ledger.log[0].at) == (KEPT, 10.0)
    ledger.clear()
    assert ledger.log == ()


def test_the_log_as_plain_data_stands_beside_the_counts():
    ledger = Ledger()
    ledger.request()
    ledger.answered(arrival(1.5))
    record = {
        "at": 1.5,
        "function": None,
        "object": None,
        "functions": 0,
        "status": 200,
        "fault": None,
        "error": None,
        "rows": 0,
        "seconds": 0.5,
    }
    counts = {
        "requests": 1,
        "sign_ins": 0,
        "calls": {},
        "rows": 0,
        "metering": {"transactions": 0, "by_function": {}},
        "faults": {},
        "deliveries": [],
    }
    assert ledger.counts() == counts
    assert ledger.to_dict() == counts | {"log": [record]}


def test_the_bill_counts_pages_and_the_objects_of_a_batch(store, document):
    gateway = Gateway(store, strict=True)
    gateway.handle(
        document(QUERY, QUERY, LOOKUP, "<query><object>NONSENSE</object><select><field>A</field></select></query>")
    )
    assert gateway.ledger.to_dict()["metering"] == {"transactions": 4, "by_function": {"query": 3, "lookup": 1}}


@pytest.mark.parametrize(
    ("call", "count", "name"),
    [
        ("<create><UOM><NAME>Each</NAME></UOM><UOM/><CLASS/></create>", 3, "UOM"),
        ("<update><CLASS><RECORDNO>1</RECORDNO></CLASS></update>", 1, "CLASS"),
        ("<delete><object>UOM</object><keys>1,2,3</keys></delete>", 3, "UOM"),
        ("<query><object>UOM</object></query>", 1, "UOM"),
        ('<get_list object="customer"/>', 1, "customer"),
        ("<create/>", 1, None),
        ("<getAPISession/>", 1, None),
    ],
)
def test_what_a_call_is_on_the_bill(call, count, name):
    element = etree.fromstring(call)
    assert (transactions(element), object_of(element)) == (count, name)


def test_a_listener_that_fails_costs_nobody_the_answer(store, document, caplog):
    gateway = Gateway(store)
    gateway.ledger.on_answer = lambda _: 1 / 0
    assert gateway.handle(document(QUERY)).status == 200
    assert "the listener of the ledger failed" in caplog.text


def test_who_listens_is_told_of_each_request(store, document):
    heard = []
    gateway = Gateway(store, faults="429@call=2")
    gateway.ledger.on_answer = heard.append
    for _ in range(2):
        gateway.handle(document(QUERY))
    assert [(each.object, each.status) for each in heard] == [("CUSTOMER", 200), (None, 429)]


def test_rows_may_change_before_a_function_runs(store, document, post, sign_in):
    seen = []

    def change(count, name):
        seen.append((count, name))
        if count == 3:
            store.insert("CUSTOMER", {"RECORDNO": 99, "CUSTOMERID": "NEW"})
            store.delete("CUSTOMER", 11)

    gateway = Gateway(store, on_call=change, faults="busy@call=3")
    session = sign_in(to=gateway)
    first = post(QUERY, to=gateway, authentication=session)
    post(QUERY, to=gateway, authentication=session)
    second = post(QUERY, LOOKUP, to=gateway, authentication=session)
    assert first.column("RECORDNO") == ["14", "13", "12", "11"]
    assert second.column("RECORDNO") == ["99", "14", "13", "12"]
    assert seen == [(1, "getAPISession"), (2, "query"), (3, "query"), (4, "lookup")]


@pytest.mark.parametrize("function", ["<nonsense/>", "<query/>"])
def test_a_function_that_is_refused_by_the_schema_does_not_run(store, document, function):
    seen = []
    Gateway(store, on_call=lambda *call: seen.append(call)).handle(document(function))
    assert seen == []

"""readByQuery and its further pages, read and readByName."""

import csv
import io
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree

from intacct_ql.schema.catalog import BUNDLED

MORE = "<readMore><{0}>{1}</{0}></readMore>"


def by_query(name="CUSTOMER", size=2, query="", fields="RECORDNO", rest=""):
    return (
        f"<readByQuery><object>{name}</object><query>{query}</query><fields>{fields}</fields>"
        f"<pagesize>{size}</pagesize>{rest}</readByQuery>"
    )


def read(name, keys, rest="<fields>RECORDNO</fields>", function="read"):
    return f"<{function}><object>{name}</object><keys>{keys}</keys>{rest}</{function}>"


@pytest.fixture
def vendors(store):
    store.insert("VENDOR", *({"RECORDNO": number, "VENDORID": f"V{number}"} for number in range(1, 11)))
    return store


@pytest.fixture
def pages(post, sign_in):
    """A readByQuery in a session of its own, and the way to its further pages."""

    def begin(function, **settings):
        session = sign_in(**settings)
        first = post(function, authentication=session, **settings)

        def more(by="resultId", what=None):
            called = first.data["resultId"] if what is None else what
            return post(MORE.format(by, called), authentication=session, **settings)

        return first, more

    return begin


def test_pages_go_on_until_none_remains_and_then_refuse(pages, vendors):
    first, more = pages(by_query("vendor", 4))
    assert first.data == {
        "listtype": "vendor",
        "count": "4",
        "totalcount": "10",
        "numremaining": "6",
        "resultId": first.data["resultId"],
    }
    assert {row.tag for row in first.root.find("operation/result/data")} == {"vendor"}
    second, third, fourth = more(), more(), more()
    assert [len(page.rows) for page in (first, second, third)] == [4, 4, 2]
    numbers = [number for page in (first, second, third) for number in page.column("RECORDNO")]
    assert numbers == [str(number) for number in range(10, 0, -1)]
    assert [(page.data["numremaining"], page.data["totalcount"]) for page in (second, third)] == [
        ("2", "10"),
        ("0", "10"),
    ]
    assert {page.data["resultId"] for page in (first, second, third)} == {first.data["resultId"]}
    assert fourth.error[:2] == ("result", "DL02000001")
    assert fourth.error[2].startswith(f"No result set {first.data['resultId']}")


def test_pages_neither_lose_nor_repeat_rows_while_they_change(pages, vendors):
    first, more = pages(by_query("VENDOR", 4, fields="VENDORID", query="VENDORID like 'V%'"))
    vendors.insert("VENDOR", {"RECORDNO": 99, "VENDORID": "V99"})
    vendors.delete("VENDOR", 10, 5)
    vendors.update("VENDOR", 4, {"VENDORID": "renamed"})
    second, third = more(), more()
    assert first.column("VENDORID") == ["V10", "V9", "V8", "V7"]
    assert (second.column("VENDORID"), second.data["count"], second.data["numremaining"]) == (
        ["V6", "renamed", "V3"],
        "3",
        "2",
    )
    assert third.column("VENDORID") == ["V2", "V1"]


def test_a_query_that_fits_into_one_page_has_no_result_set(pages, vendors):
    first, more = pages(by_query("VENDOR", 10))
    assert (first.data["count"], first.data["resultId"]) == ("10", "")
    assert more("object", "VENDOR").error[2] == "The last readByQuery on object VENDOR has no rows left."
    assert more("resultId", "").error[0] == "result"


def test_by_object_whichever_query_was_last_goes_on(pages, post, sign_in, vendors):
    session = sign_in()
    whole = post(by_query("VENDOR", 4), authentication=session)
    post(by_query("VENDOR", 1, query="RECORDNO &lt; 4"), authentication=session)
    post(by_query("CUSTOMER", 1), authentication=session)
    again = post(MORE.format("object", "vendor"), authentication=session)
    assert (again.column("RECORDNO"), again.data["totalcount"]) == (["2"], "3")
    own = post(MORE.format("resultId", whole.data["resultId"]), authentication=session)
    assert own.column("RECORDNO") == ["6", "5", "4", "3"]
    assert "has not been asked for object TASK" in post(MORE.format("object", "TASK"), authentication=session).error[2]


def test_a_result_set_belongs_to_its_session_and_ends_with_it(pages, post, sign_in, gateway, clock, vendors):
    first, more = pages(by_query("VENDOR", 4))
    called = MORE.format("resultId", first.data["resultId"])
    assert post(called, authentication=sign_in()).error[2].startswith("No result set")
    assert post(called).error[2].startswith("No result set")
    assert len(more().rows) == 4
    clock.forward(minutes=31)
    assert more().error == ("operation", "XL03000006", "Invalid session")


def test_a_new_session_of_a_session_begins_without_result_sets(post, sign_in, vendors):
    session = sign_in()
    first = post(by_query("VENDOR", 4), authentication=session)
    other = sign_in(authentication=session)
    called = MORE.format("resultId", first.data["resultId"])
    assert post(called, authentication=other).error[2].startswith("No result set")
    assert post(called, authentication=session).data["count"] == "4"


def test_credentials_carry_a_result_set_through_one_request_only(post, vendors):
    reply = post(by_query("VENDOR", 4), MORE.format("object", "VENDOR"))
    assert [data.get("numremaining") for data in reply.root.iter("data")] == ["6", "2"]
    assert "has not been asked" in post(MORE.format("object", "VENDOR")).error[2]


def test_a_session_keeps_the_result_sets_used_last(post, sign_in, vendors):
    session = sign_in()
    names = [post(by_query("VENDOR", 1), authentication=session).data["resultId"] for _ in range(16)]
    assert len(set(names)) == 16
    assert post(MORE.format("resultId", names[0]), authentication=session).data["count"] == "1"
    post(by_query("VENDOR", 1), authentication=session)
    assert post(MORE.format("resultId", names[1]), authentication=session).error[2].startswith("No result set")
    assert post(MORE.format("resultId", names[0]), authentication=session).data["numremaining"] == "7"


def test_sessions_that_ended_are_forgotten_when_one_begins(sign_in, gateway, clock):
    for _ in range(5):
        sign_in()
        clock.forward(minutes=31)
    sign_in()
    assert len(gateway.sessions._open) == 1


@pytest.mark.unkept("threads decide who is first")
def test_pages_asked_for_at_once_give_each_row_once(gateway, document, sign_in, store):
    store.insert("VENDOR", *({"RECORDNO": number} for number in range(1, 201)))
    session = sign_in()

    def ask(function):
        return etree.fromstring(gateway.handle(document(function, authentication=session)).body)

    first = ask(by_query("VENDOR", 5))
    called = MORE.format("resultId", first.find(".//data").get("resultId"))
    with ThreadPoolExecutor(8) as pool:
        replies = [first, *pool.map(ask, [called] * 39)]
    numbers = [int(row.text) for reply in replies for row in reply.iter("RECORDNO")]
    assert sorted(numbers) == list(range(1, 201))


@pytest.mark.parametrize(
    ("by", "words"),
    [("view", "There is no view x."), ("reportId", "There is no report x, or all of it has been read.")],
)
def test_what_was_never_begun_cannot_be_read_on(post, by, words):
    assert post(MORE.format(by, "x")).error == ("result", "DL02000001", words)


def test_all_fields_come_where_none_are_listed(post):
    every = [name.upper() for name in BUNDLED.object("ARINVOICE").fields]
    for rest in ("", "<fields/>", "<fields>*</fields>"):
        reply = post(f"<readByQuery><query>RECORDNO = 101</query>{rest}<object>ARINVOICE</object></readByQuery>")
        assert list(reply.rows[0]) == every
        assert reply.rows[0]["RECORDID"] == "INV-1"
        assert list(post(read("ARINVOICE", "101", rest)).rows[0]) == [*every, "ARINVOICEITEMS"]


def test_fields_that_query_refuses_can_be_listed_but_not_compared(post):
    assert post(by_query("ARINVOICE", fields="CUSTENTITY")).rows[0] == {"CUSTENTITY": ""}
    assert post(read("ARINVOICE", "101", "<fields>CUSTENTITY</fields>")).rows == [{"CUSTENTITY": ""}]
    assert "cannot be queried" in post(by_query("ARINVOICE", query="CUSTENTITY is null")).error[2]


@pytest.mark.parametrize("name", ["NONSENSE", "PARENT.NAME", "DISPLAYCONTACT.NONSENSE"])
def test_a_field_list_holds_fields_of_the_object_only(post, name):
    wanted = ("result", f"Invalid fields list {name}", f"Object CUSTOMER has no field {name}.")
    assert post(by_query(fields=f"RECORDNO,{name}")).error == wanted
    assert post(by_query(fields=name, query="RECORDNO = 0")).error == wanted
    assert post(read("CUSTOMER", "11", f"<fields>{name}</fields>")).error == wanted


def test_other_formats_are_bare_on_every_page(pages):
    first, more = pages(by_query(fields="RECORDNO,NAME", rest="<returnFormat>json</returnFormat>"))
    assert json.loads(first.body) == [{"RECORDNO": "14", "NAME": ""}, {"RECORDNO": "13", "NAME": "O'Neil <co>"}]
    assert json.loads(more("object", "CUSTOMER").body)[1] == {"RECORDNO": "11", "NAME": "Zabel & Söhne"}


def test_read_in_other_formats(post):
    fields = "<fields>RECORDNO,NAME</fields><returnFormat>csv</returnFormat>"
    rows = csv.reader(io.StringIO(post(read("CUSTOMER", "11", fields)).body.decode()))
    assert list(rows) == [["RECORDNO", "NAME"], ["11", "Zabel & Söhne"]]


@pytest.mark.parametrize(
    ("function", "name", "keys", "expected"),
    [
        ("read", "CUSTOMER", "11", ["11"]),
        ("read", "Customer", " 11 , 13,11", ["13", "11"]),
        ("read", "CUSTOMER", "11,99", ["11"]),
        ("read", "CUSTOMER", "99", []),
        ("read", "CUSTOMER", "ZAB001", []),
        ("read", "CUSTOMER", "", ["14", "13", "12", "11"]),
        ("read", "CUSTOMER", " , ", ["14", "13", "12", "11"]),
        ("readByName", "CUSTOMER", "ZAB001,ABC001", ["13", "11"]),
        ("readByName", "CUSTOMER", "zab001,11", []),
        ("readByName", "ARINVOICE", "INV-2", ["102"]),
    ],
)
def test_rows_by_key(post, function, name, keys, expected):
    reply = post(read(name, keys, function=function))
    assert reply.column("RECORDNO") == expected
    assert reply.data == {"listtype": name, "count": str(len(expected))}
    assert {row.tag for row in reply.root.find("operation/result/data")} <= {name}


def test_without_keys_a_hundred_rows_come(post, store):
    store.insert("VENDOR", *({"RECORDNO": number} for number in range(1, 151)))
    assert post(read("VENDOR", "")).data["count"] == "100"
    assert post(read("VENDOR", ",".join(map(str, range(1, 101))))).data["count"] == "100"
    assert (
        post(read("VENDOR", ",".join(map(str, range(1, 102))))).error[2]
        == "101 keys are asked for; at most 100 can be."
    )


def test_objects_that_have_no_such_key(post):
    assert post(read("BOOK", "1", "")).error[2] == "Object BOOK has no such key to be read by."
    assert post(read("OTHERRECEIPTS", "1", function="readByName")).error[2].startswith("Object OTHERRECEIPTS has no")
    assert post(read("NONSENSE", "1")).error == ("result", "DL02000001", "Object definition NONSENSE not found.")


def test_private_entities_and_entities_are_seen_as_by_query(post, sign_in, pages, gateway, store):
    private = type(gateway)(store, private_entities=["E2"])
    at_entity = sign_in("E2", to=private)
    functions = (by_query("ARINVOICE", 10), read("ARINVOICE", "101,102,103,104"), read("ARINVOICE", ""))
    for function in functions:
        assert post(function).column("RECORDNO") == ["104", "103", "102", "101"]
        assert post(function, to=private).column("RECORDNO") == ["102", "101"]
        assert post(function, to=private, authentication=at_entity).column("RECORDNO") == ["104", "103", "101"]


@pytest.mark.parametrize(
    "function",
    [
        "<readByQuery/>",
        "<readByQuery><object>A</object></readByQuery>",
        "<readByQuery><query/></readByQuery>",
        by_query(size=0),
        by_query(size=1001),
        by_query(rest="<returnformat>xml</returnformat>"),
        by_query(rest="<returnFormat>yaml</returnFormat>"),
        by_query(rest="<object>B</object>"),
        "<readMore/>",
        "<readMore><resultId>a</resultId><object>b</object></readMore>",
        "<readMore><resultid>a</resultid></readMore>",
        "<read><object>A</object></read>",
        "<read><keys>1</keys></read>",
        read("A", "1", "<pagesize>1</pagesize>"),
        "<readbyName><object>A</object><keys>1</keys></readbyName>",
    ],
)
def test_a_call_off_the_schema_fails_the_whole_request(post, function):
    level, number, words = post("<lookup><object>UOM</object></lookup>", function).error
    assert (level, number) == ("response", "XL03000003")
    assert words.startswith("XML Parse schema error: ")


def test_every_page_is_a_call_of_its_own(pages, gateway, vendors):
    gateway.ledger.clear()
    _, more = pages(by_query("VENDOR", 4))
    for _ in range(3):
        more()
    counts = gateway.ledger.to_dict()
    assert counts["calls"] == {"getAPISession": 1, "readByQuery": 1, "readMore": 3}
    assert counts["rows"] == 10

"""What a request may look like, and at which level each mistake is answered."""

import pytest
from lxml import etree

from intacct_ql.emulator import Gateway, Store
from intacct_ql.emulator.reader import Login, read_request

QUERY = "<query><object>CUSTOMER</object><select><field>RECORDNO</field></select>{}</query>"
COMPARISON = "<equalto><field>RECORDNO</field><value>1</value></equalto>"
NULL = "<isnull><field>NAME</field></isnull>"


def test_reads_the_whole_envelope(document):
    request = read_request(
        document("<getAPISession/>", QUERY.format(""), extra="<includewhitespace>False</includewhitespace>")
    )
    assert (request.control.senderid, request.control.controlid) == ("demo", "c1")
    assert not request.control.includewhitespace
    (operation,) = request.operations
    assert operation.authentication == Login(userid="demo", companyid="demo", password="demo")
    assert [(call.controlid, call.name) for call in operation.calls] == [("f1", "getAPISession"), ("f2", "query")]


def test_no_secret_is_in_a_repr(document):
    text = repr(
        read_request(document("<getAPISession/>", password="pa55", authentication="<sessionid>5ecret</sessionid>"))
    )
    assert "pa55" not in text
    assert "5ecret" not in text


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<pagesize>1</pagesize><pagesize>2</pagesize>",
        "<pagesize>0</pagesize>",
        "<pagesize>2001</pagesize>",
        "<pagesize>ten</pagesize>",
        "<pagesize>-1</pagesize>",
        "<offset>-1</offset>",
        "<page>1</page>",
        "<Filter/>",
        "<filter/>",
        f"<filter>{COMPARISON}{NULL}</filter>",
        f"<filter><not>{COMPARISON}</not></filter>",
        f"<filter><and>{COMPARISON}</and></filter>",
        "<filter><or/></filter>",
        f"<filter><or>{COMPARISON}</or></filter>",
        "<filter><eq><field>A</field><value>1</value></eq></filter>",
        "<filter><equalto><value>1</value><field>A</field></equalto></filter>",
        "<filter><equalto><field>A</field></equalto></filter>",
        "<filter><equalto><field>A</field><value>1</value><value>2</value></equalto></filter>",
        "<filter><between><field>A</field><value>1</value></between></filter>",
        "<filter><between><field>A</field><value>1</value><value>2</value><value>3</value></between></filter>",
        "<filter><in><field>A</field></in></filter>",
        f"<filter><in><field>A</field>{'<value>1</value>' * 1001}</in></filter>",
        "<filter><isnull><field>A</field><value>1</value></isnull></filter>",
        "<filter><isnull/></filter>",
        "<filter><equalto><field>A</field><value><b>1</b></value></equalto></filter>",
        '<filter><equalto><field>A</field><value type="int">1</value></equalto></filter>',
        "<filter>text</filter>",
        "<orderby/>",
        "<orderby><order/></orderby>",
        "<orderby><order><ascending/></order></orderby>",
        "<orderby><order><field>A</field><up/></order></orderby>",
        "<orderby><order><field>A</field><ascending/><descending/></order></orderby>",
        "<options><returnFormat>json</returnFormat></options>",
        "<options><returnformat>yaml</returnformat></options>",
        "<options><caseinsensitive>maybe</caseinsensitive></options>",
        "<options><showprivate>true</showprivate><caseinsensitive>true</caseinsensitive></options>",
        "<options><returnformat>xml</returnformat><showprivate>true</showprivate></options>",
    ],
)
def test_a_query_off_the_schema_fails_the_whole_request(post, inside):
    query = QUERY.format(inside) if inside else "<query><object>CUSTOMER</object></query>"
    level, number, words = post(QUERY.format(""), query).error
    assert (level, number) == ("response", "XL03000003")
    assert words.startswith("XML Parse schema error: ")


@pytest.mark.parametrize("select", ["", "<field>A</field><total>B</total>", "<FIELD>A</FIELD>", "A"])
def test_a_select_off_the_schema_fails_too(post, select):
    assert post(f"<query><object>CUSTOMER</object><select>{select}</select></query>").error[:2] == (
        "response",
        "XL03000003",
    )


def test_children_of_a_query_come_in_any_order(post):
    reply = post(
        "<query><offset>0</offset><pagesize>1</pagesize><options/><orderby><order><field>RECORDNO</field></order></orderby>"
        f"<filter>{NULL}</filter><docparid>Sales Order</docparid><select><field>RECORDNO</field></select>"
        "<object>CUSTOMER</object></query>"
    )
    assert reply.rows == [{"RECORDNO": "14"}]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<request>",
        b"<request/>",
        b"<response/>",
        b"<request><operation/></request>",
        b"<request><control><senderid>a</senderid></control></request>",
        b"\xff\xfe<request/>",
        b"<request>\x01</request>",
        b'<request xmlns="urn:x"><control/></request>',
        b"<request>&nbsp;</request>",
        b"<a>" * 300,
        b"<request>" + b" " * (10 * 1024 * 1024) + b"</request>",
    ],
)
def test_what_is_no_request_is_a_control_failure(gateway, body):
    given = gateway.handle(body)
    root = etree.fromstring(given.body)
    assert (given.status, root.findtext("control/status")) == (200, "failure")
    assert root.findtext("errormessage/error/errorno") == "XL03000003"


def test_an_entity_is_never_expanded(gateway):
    bomb = b'<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><request>&b;</request>'
    assert b"a DOCTYPE is not allowed" in gateway.handle(bomb).body


@pytest.mark.parametrize(
    "settings",
    [
        {"authentication": ""},
        {"authentication": "<sessionid>a</sessionid><oauth/>"},
        {"authentication": "<login><companyid>demo</companyid><userid>demo</userid><password>demo</password></login>"},
        {"authentication": "<login><userid>demo</userid><companyid>demo</companyid></login>"},
        {"version": "4.0"},
        {"version": "2.1"},
        {"extra": "<includewhitespace>perhaps</includewhitespace>"},
        {"extra": "<includewhitespace>true</includewhitespace><policyid/>"},
        {"extra": "<surprise/>"},
    ],
)
def test_an_envelope_off_the_schema_is_a_control_failure(post, settings):
    assert post(QUERY.format(""), **settings).error[:2] == ("response", "XL03000003")


@pytest.mark.parametrize(
    "function",
    [
        "<readBy/>",
        "<Query/>",
        "<getAPISession><entity/></getAPISession>",
        "<lookup/>",
        "<lookup><name>A</name></lookup>",
    ],
)
def test_an_unknown_function_or_argument_is_a_control_failure(post, function):
    assert post(function).error[:2] == ("response", "XL03000003")


def test_a_function_needs_one_call_and_a_control_id(gateway, document):
    for change in (
        (b' controlid="f1"', b""),
        (b"<getAPISession/>", b""),
        (b"<getAPISession/>", b"<getAPISession/>" * 2),
    ):
        assert b"XL03000003" in gateway.handle(document("<getAPISession/>").replace(*change)).body


def test_getting_a_session_is_not_mixed_with_other_functions(post):
    assert post("<getAPISession/>", QUERY.format("")).error[:2] == ("response", "XL03000003")


def test_a_request_may_hold_no_function_or_several_operations(gateway, document):
    assert b"<result>" not in gateway.handle(document()).body
    whole = document(QUERY.format(""))
    start, end = whole.index(b"<operation"), whole.index(b"</request>")
    reply = etree.fromstring(gateway.handle(whole[:end] + whole[start:end] + whole[end:]).body)
    assert len(reply.findall("operation/result/data")) == 2


@pytest.mark.parametrize("kind", ["application/xml", "text/xml; charset=utf-8", "x-intacct-xml-request"])
def test_content_types_of_xml(gateway, document, kind):
    assert gateway.handle(document("<getAPISession/>"), content_type=kind).status == 200


def test_a_form_of_an_old_client(gateway, document):
    from urllib.parse import urlencode

    body = urlencode({"xmlrequest": document(QUERY.format("")).decode()}).encode()
    assert b"<RECORDNO>11" in gateway.handle(body, content_type="application/x-www-form-urlencoded").body


@pytest.mark.parametrize(
    ("body", "kind"), [(b"{}", "application/json"), (b"other=1", "application/x-www-form-urlencoded"), (b"", "")]
)
def test_other_content_is_refused_by_the_gateway_itself(gateway, body, kind):
    given = gateway.handle(body, content_type=kind)
    root = etree.fromstring(given.body)
    assert (given.status, root.findtext("errormessage/error/errorno")) == (400, "GW-0011")
    assert [child.tag for child in root.find("control")] == ["status"]
    assert [child.tag for child in root.find("errormessage/error")] == ["errorno", "description"]


def test_lookup_tells_what_the_catalog_knows(post):
    found = post("<lookup><object>customer</object></lookup>").root.find("operation/result/data/Type")
    assert found.get("Name") == "CUSTOMER"
    fields = {field.findtext("ID"): field for field in found.iter("Field")}
    assert fields["STATUS"].findtext("DATATYPE") == "ENUM"
    assert [value.text for value in fields["STATUS"].iter("VALIDVALUE")][:2] == ["active", "inactive"]
    assert fields["NAME"].find("VALIDVALUES") is None
    parent = next(way for way in found.iter("Relationship") if way.findtext("OBJECTPATH") == "PARENT")
    assert (parent.findtext("OBJECTNAME"), parent.findtext("RELATEDBY")) == ("CUSTOMER", "PARENTID")
    assert post("<lookup><object>NONSENSE</object></lookup>").error[2] == "Object definition NONSENSE not found."


def test_support_ids_differ_and_are_escaped_as_in_urls(post):
    first, second = (post("<lookup><object>NONSENSE</object></lookup>").body for _ in range(2))
    assert b"%7E" in first
    assert first != second


def test_a_mistake_of_the_emulator_is_a_500_and_is_logged(document, caplog):
    gateway = Gateway(Store())
    gateway.sessions = None
    given = gateway.handle(document("<getAPISession/>"))
    assert (given.status, caplog.records[0].getMessage()) == (500, "the emulator failed")

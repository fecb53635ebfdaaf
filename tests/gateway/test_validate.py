"""The schemas of requests: what they let through, what they refuse and where, judged by two validators."""

from functools import cache
from itertools import count
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from intacct_ql.errors import RequestError
from intacct_ql.gateway import validate
from intacct_ql.gateway.envelope import GET_SESSION, function_request, sign_in_request
from intacct_ql.gateway.messages import Credentials, Function
from intacct_ql.gateway.validate import Violation, demand_valid, violations

REQUESTS = Path(__file__).parent / "requests"
SCHEMAS = Path(validate.__file__).parent / "schemas"
EXAMPLES = sorted(path.stem for path in REQUESTS.glob("*.xml"))
FUNCTIONS = ["getAPISession", "query", "readByQuery", "readMore", "read", "readByName", "get_list", "get", "lookup"]
FUNCTIONS += ["inspect", "getDimensions", "readUserFormatting", "readEntityDetails", "getUserPermissions"]
FIELD = "<field>A</field>"
NULL = f"<isnull>{FIELD}</isnull>"


@cache
def other_judge() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(SCHEMAS / "request.xsd"), allow="local")


def example(name: str) -> str:
    return (REQUESTS / f"{name}.xml").read_text("utf-8")


def refused(text: str) -> list[str]:
    """Where a text is refused; both validators must refuse it."""
    assert not other_judge().is_valid(etree.fromstring(text.encode()))
    return [found.path for found in violations(text)]


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_is_valid(name):
    assert violations(example(name)) == ()
    other_judge().validate(etree.fromstring(example(name).encode()))


def test_there_is_an_example_of_every_function_and_part():
    """Every element that a schema declares stands in an example, so that none is there for nothing."""
    said = {str(element.tag) for name in EXAMPLES for element in etree.fromstring(example(name).encode()).iter()}
    schemas = [etree.parse(path) for path in SCHEMAS.glob("*.xsd")]
    declared = {name for schema in schemas for name in schema.xpath("//*[local-name() = 'element']/@name")}
    assert said == declared
    assert {*FUNCTIONS, "request"} == {element.name for element in other_judge().elements.values()}


# What is changed in an example, and where the change is found.
MUTATIONS = [
    # names are as the gateway writes them
    ("query", "query>", "Query>", "/Query", "No matching"),
    ("query", "<docparid>Sales Order</docparid>", "<DOCPARID>x</DOCPARID>", "/query/DOCPARID", "not expected"),
    ("query", "object>", "OBJECT>", "/query/OBJECT", "not expected"),
    ("readByQuery", "readByQuery>", "readbyquery>", "/readbyquery", "No matching"),
    ("readByQuery", "returnFormat>", "returnformat>", "/readByQuery/returnformat", "not expected"),
    ("query", "returnformat>", "returnFormat>", "/query/options/returnFormat", "returnformat"),
    ("query", "<query>", '<query xmlns="http://example.com/">', "/*", "No matching"),
    # something is missing
    ("query_in_another_order", "<object>CUSTOMER</object>", "", "/query", "object"),
    ("query_in_another_order", "<select><field>RECORDNO</field></select>", "", "/query", "select"),
    ("query_in_another_order", "<field>RECORDNO</field>", "", "/query/select", "max"),
    ("query_in_another_order", "CUSTOMER", "", "/query/object", "pattern"),
    ("query", "<order><field>RECORDNO</field></order>", "<order/>", "/query/orderby/order[3]", "( field )"),
    ("readByQuery_of_every_row", "<query></query>", "", "/readByQuery", "query"),
    ("readMore", "<resultId>7765623237X5f2a1b6c4d8e9</resultId>", "", "/readMore", "( resultId )"),
    ("readMore", "7765623237X5f2a1b6c4d8e9", "", "/readMore/resultId", "'0'"),
    ("read", "1,2,30", "", "/read/keys", "pattern"),
    ("readByName", "<object>CUSTOMER</object>", "", "/readByName/keys", "( object )"),
    ("lookup", "<object>SODOCUMENT</object>", "", "/lookup/docparid", "( object )"),
    ("inspect", "*", "two words", "/inspect/object", "pattern"),
    ("getDimensions", "/>", "><object>CUSTOMER</object></getDimensions>", "/getDimensions", "empty"),
    ("get_list", ' object="invoice" start', " start", "/get_list", "'object' is required"),
    ("get_list", "<value></value>", "", "/get_list/filter/logical/logical/expression[1]", "( value )"),
    ("get_list", ' logical_operator="and"', "", "/get_list/filter/logical", "'logical_operator' is required"),
    ("get", ' key="C1"', "", "/get", "'key' is required"),
    # something is there twice, or does not belong
    ("query_in_another_order", "<offset>4000</offset>", "<offset>1</offset>" * 2, "/query/offset[2]", "not expected"),
    ("query_in_another_order", "<offset>4000</offset>", "<limit>5</limit>", "/query/limit", "not expected"),
    ("query_in_another_order", "<offset>4000</offset>", "4000", "/query", "Character content"),
    ("query", "<ascending/>", "<ascending/><descending/>", "/query/orderby/order[1]/descending", "not expected"),
    ("query", "<ascending/>", "<ascending>1</ascending>", "/query/orderby/order[1]/ascending", "Character content"),
    ("query", "<query>", '<query controlid="1">', "/query/@controlid", "not allowed"),
    ("query", "<count>RECORDNO</count>", "<count/>", "/query/select/count", "pattern"),
    ("query", "<count>RECORDNO</count>", "<distinct>X</distinct>", "/query/select/distinct", "not expected"),
    ("readMore", "<resultId>7765623237X5f2a1b6c4d8e9</resultId>", "<object>X</object>", "/readMore/object", "resultId"),
    ("get_list", ' start="0"', ' start="0" offset="0"', "/get_list/@offset", "not allowed"),
    # sequences
    (
        "query",
        "<showprivate>false</showprivate>\n    <returnformat>xml</returnformat>",
        "<returnformat>xml</returnformat>\n    <showprivate>false</showprivate>",
        "/query/options/showprivate",
        "not expected",
    ),
    ("query", FIELD.replace("A", "STATE") + "<value>Posted</value>", "<value>x</value>" + FIELD, None, "( field )"),
    ("read", "<object>APBILL</object>", "<docparid>x</docparid><object>X</object>", "/read/docparid[1]", "( object )"),
    ("get_list_by_one_expression", "<filter>", "<fields><field>x</field></fields><filter>", None, "not expected"),
    # filters
    ("query_in_another_order", "<offset>4000</offset>", "<filter/>", "/query/filter", "and, or, equalto"),
    (
        "query_in_another_order",
        "<offset>4000</offset>",
        f"<filter>{NULL * 2}</filter>",
        "/query/filter/isnull[2]",
        "not",
    ),
    (
        "query_in_another_order",
        "<offset>4000</offset>",
        f"<filter><and>{NULL}</and></filter>",
        "/query/filter/and",
        "or",
    ),
    ("query_in_another_order", "<offset>4000</offset>", "<filter><or/></filter>", "/query/filter/or", "Missing child"),
    (
        "query_in_another_order",
        "<offset>4000</offset>",
        f"<filter><not>{NULL}</not></filter>",
        "/query/filter/not",
        "not expected",
    ),
    ("query", "<value>02/29/2024</value>", "", "/query/filter/and/or/between", "( value )"),
    ("query", "<value>02/29/2024</value>", "<value/><value/>", "/query/filter/and/or/between/value[3]", "not expected"),
    ("query", "<value>Posted</value>", "<value/><value/>", "/query/filter/and/equalto/value[2]", "not expected"),
    ("query", "<value>Posted</value>", "", "/query/filter/and/equalto", "( value )"),
    ("query", "<value>ZAB001</value>", "", "/query/filter/and/notin", "( value )"),
    (
        "query",
        "<value>ZAB001</value>",
        "<value>x</value>" * 1001,
        "/query/filter/and/notin/value[1001]",
        "not expected",
    ),
    ("query", "<value>Net 30</value>", "<value>x</value>" * 1000, "/query/filter/and/in/value[1001]", "not expected"),
    ("query", "<field>DUEDATE</field>", FIELD + "<value/>", "/query/filter/and/isnull/value", "not expected"),
    ("query", "between>", "notbetween>", "/query/filter/and/or/notbetween", "not expected"),
    ("get_list_by_one_expression", "<expression>", "<logical/><expression>", None, "not expected"),
    ("get_list_by_one_expression", "!=", "is not null", "/get_list/filter/expression/operator", "is null"),
    ("get_list_by_one_expression", "!=", "in", "/get_list/filter/expression/operator", "is null"),
    ("get_list_by_one_expression", "expression>", "logical>", None, "not expected"),
    # numbers
    ("query", "<pagesize>2000", "<pagesize>0", "/query/pagesize", "'0'"),
    ("query", "<pagesize>2000", "<pagesize>2001", "/query/pagesize", "2000"),
    ("query", "<pagesize>2000", "<pagesize>", "/query/pagesize", "''"),
    ("query", "<pagesize>2000", "<pagesize>+5", "/query/pagesize", "'+5'"),
    ("query", "<pagesize>2000", "<pagesize>1e3", "/query/pagesize", "'1e3'"),
    ("query", "<offset>0", "<offset>-1", "/query/offset", "'-1'"),
    ("query", "<offset>0", "<offset>1,000", "/query/offset", "'1,000'"),
    ("readByQuery", "<pagesize>1000", "<pagesize>1001", "/readByQuery/pagesize", "1000"),
    ("readByQuery", "<pagesize>1000", "<pagesize>0", "/readByQuery/pagesize", "'0'"),
    ("get_list", 'start="0"', 'start="-1"', "/get_list/@start", "'-1'"),
    ("get_list", 'maxitems="100"', 'maxitems="0"', "/get_list/@maxitems", "'0'"),
    ("read", "1,2,30", ",".join(map(str, range(101))), "/read/keys", "pattern"),
    ("readByName", "ZAB001,", "ZAB001,,", "/readByName/keys", "pattern"),
    # words
    ("query", "<caseinsensitive>true", "<caseinsensitive>True", "/query/options/caseinsensitive", "'true', 'false'"),
    ("query", "<showprivate>false", "<showprivate>0", "/query/options/showprivate", "'true', 'false'"),
    ("query", "<returnformat>xml", "<returnformat>yaml", "/query/options/returnformat", "'json'"),
    ("query", "<field>CUSTOMERID</field>\n    <field>", "<field>A..B</field><field>", "/query/select/field[1]", "A..B"),
    ("query", "<field>CUSTOMERID</field>\n    <field>", "<field> A</field><field>", "/query/select/field[1]", "' A'"),
    ("query", "<avg>TOTALDUE", "<avg>.TOTALDUE", "/query/select/avg", "'.TOTALDUE'"),
    ("readByQuery", "RECORDNO,CUSTOMERID", "RECORDNO,,CUSTOMERID", "/readByQuery/fields", "pattern"),
    ("readByQuery", "RECORDNO,CUSTOMERID", "*,CUSTOMERID", "/readByQuery/fields", "pattern"),
    ("read", "APBILL", "AP BILL", "/read/object", "'AP BILL'"),
    ("get_list", 'object="invoice" start', 'object="ARINVOICE" start', "/get_list/@object", "'ARINVOICE'"),
    ("get_list", 'object="invoice" start', 'object="recurbill" start', "/get_list/@object", "'recurbill'"),
    ("get_list", 'showprivate="true"', 'showprivate="TRUE"', "/get_list/@showprivate", "'true', 'false'"),
    ("get_list", 'logical_operator="or"', 'logical_operator="xor"', None, "'and', 'or'"),
    ("get_list", 'order="asc"', 'order="ascending"', "/get_list/sorts/sortfield[1]/@order", "'asc', 'desc'"),
    ("get", 'externalkey="false"', 'externalkey="no"', "/get/@externalkey", "'true', 'false'"),
    # the envelope
    (
        "request_to_sign_in",
        "<companyid>company</companyid>\n        <password>sesame-of-the-user</password>",
        "<password>sesame-of-the-user</password>\n        <companyid>company</companyid>",
        "/request/operation/authentication/login/password",
        "( companyid )",
    ),
    (
        "request_to_sign_in",
        "<uniqueid>false</uniqueid>",
        "<uniqueid>False</uniqueid>",
        "/request/control/uniqueid",
        "'False'",
    ),
    ("request_to_sign_in", "<uniqueid>false</uniqueid>", "", "/request/control/dtdversion", "( uniqueid )"),
    ("request_to_sign_in", "3.0", "2.1", "/request/control/dtdversion", "'3.0'"),
    ("request_to_sign_in", "c-1", "", "/request/control/controlid", "'0'"),
    ("request_to_sign_in", "c-1", "c" * 257, "/request/control/controlid", "'256'"),
    ("request_to_sign_in", "f-1", "", "/request/operation/content/function/@controlid", "'1'"),
    ("request_to_sign_in", "f-1", "f" * 257, "/request/operation/content/function/@controlid", "'256'"),
    ("request_to_sign_in", ' controlid="f-1"', "", "/request/operation/content/function", "'controlid' is required"),
    ("request_to_sign_in", "<getAPISession/>", "", "/request/operation/content/function", "getAPISession, query"),
    (
        "request_to_sign_in",
        "<getAPISession/>",
        "<delete/>",
        "/request/operation/content/function/delete",
        "not expected",
    ),
    ("request_to_sign_in", "<getAPISession/>", "<getAPISession/>" * 2, None, "not expected"),
    ("request_to_sign_in", 'transaction="false"', 'transaction="no"', "/request/operation/@transaction", "'no'"),
    ("request_in_a_session", "sesame-of-the-session", "", "/request/operation/authentication/sessionid", "'0'"),
    ("request_in_a_session", "<sessionid>", "<sessionid>a</sessionid><sessionid>", None, "not expected"),
    ("request_in_a_session", "<authentication>", "<content/><authentication>", "/request/operation/content[1]", "auth"),
]


@pytest.mark.parametrize(("name", "old", "new", "path", "words"), MUTATIONS)
def test_a_change_for_the_worse_is_refused_where_it_stands(name, old, new, path, words):
    text = example(name)
    assert text.count(old) in (1, 2)  # an element's name stands twice, in both its tags
    bad = text.replace(old, new)
    places = refused(bad)
    assert path is None or path in places
    assert any(words in found.reason for found in violations(bad)), violations(bad)


def test_every_element_has_its_place():
    """Without any one of its elements an example is valid only if that element may be missing."""
    for name in EXAMPLES:
        tree = etree.fromstring(example(name).encode())
        for place in range(1, len(list(tree.iter()))):
            copy = etree.fromstring(example(name).encode())
            element = list(copy.iter())[place]
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)
            ours = violations(etree.tostring(copy)) == ()
            assert ours == other_judge().is_valid(copy), (name, element.tag)


def test_limits_are_reached():
    texts = [
        example("query").replace("<value>ZAB001</value>", "<value>x</value>" * 1000),
        example("read").replace("1,2,30", ",".join(map(str, range(100)))),
        example("request_to_sign_in").replace("f-1", "f" * 256),
    ]
    assert [violations(text) for text in texts] == [()] * 3


def test_get_api_session_is_alone():
    two = example("request_in_a_session").replace("<lookup><object>CUSTOMER</object></lookup>", "<getAPISession/>")
    assert violations(two) == (
        Violation(path="/request/operation/content", reason="getAPISession must be alone in its request"),
    )


CREDENTIALS = Credentials(
    sender_id="s<&>", sender_password='"', company_id="\r\n", user_id="é", user_password="東京", entity_id="E"
)


def test_what_the_gateway_room_writes_is_valid():
    numbers = count(1)
    assert violations(sign_in_request(CREDENTIALS, "c"), "request") == ()
    for name in EXAMPLES:
        if name.partition("_")[0] != "request":
            xml = example(name)
            written = function_request(CREDENTIALS, "session", Function(name=name, xml=xml), f"c{next(numbers)}")
            assert violations(written, "request") == ()
    assert violations(GET_SESSION.xml, GET_SESSION.name) == ()


def test_the_root_that_is_expected():
    assert violations(example("lookup"), "lookup") == ()
    assert violations(example("lookup"), "request") == (
        Violation(path="/lookup", reason="the element request is expected here"),
    )


ENTITY = '<!DOCTYPE query [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
LAUGHS = '<!DOCTYPE query [<!ENTITY a "ha"><!ENTITY b "' + "&a;" * 50 + '"><!ENTITY c "' + "&b;" * 50 + '">]>'


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("", "not well-formed"),
        (b"\x00", "not well-formed"),
        ("no XML", "not well-formed"),
        ('{"object": "accounts-receivable/invoice"}', "not well-formed"),
        ("<query>", "not well-formed"),
        ("<query/><query/>", "not well-formed"),
        ("<query>\ud800</query>", "not well-formed"),
        (b"<query>\xff</query>", "not well-formed"),
        ("<query>&undefined;</query>", "not well-formed"),
        ("<query>" + "<and>" * 5_000, "not well-formed"),
        (f"{ENTITY}<query>&a;</query>", "DOCTYPE"),
        (f"{LAUGHS}<query>&c;</query>", "DOCTYPE"),
        ('<!DOCTYPE query SYSTEM "http://192.0.2.1/query.dtd"><query/>', "DOCTYPE"),
    ],
)
def test_hostile_documents(document, reason):
    (found,) = violations(document)
    assert found.path == "/"
    assert reason in found.reason


def test_a_document_brings_no_schema_of_its_own(tmp_path):
    own = tmp_path / "own.xsd"
    own.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="mine"/></xs:schema>', "utf-8"
    )
    instance = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="{own.as_uri()}"'
    (found,) = violations(f"<mine {instance}/>")
    assert found.path == "/mine"


@pytest.mark.timeout(60)  # where it is not so, hours
@pytest.mark.parametrize("value", ["a" * 300_000 + " ", "a." * 150_000, "." * 300_000, " " * 300_000, "a " * 150_000])
def test_long_values_cost_no_more_than_their_length(value):
    texts = [
        example("query").replace("RECORDNO", value),
        example("query").replace("SODOCUMENT", value),
        example("read").replace("RECORDID", value.replace(".", ",")),
        example("read").replace("1,2,30", value.replace(".", ",,")),
        example("query").replace("2000", value),
    ]
    found = [one for text in texts for one in violations(text)]
    assert found
    assert max(len(str(one)) for one in found) < 400


def test_no_secret_is_quoted():
    """Whatever is wrong around a secret, and with it, its text is not in what is said."""
    texts = [example("request_to_sign_in"), example("request_in_a_session")]
    secrets = [word for text in texts for word in text.replace("<", ">").split(">") if word.startswith("sesame")]
    assert len(secrets) == 4
    said = ""
    for text in texts:
        for secret in secrets:
            for bad in ("{}<", "<{}>", "&{};", "<a>{}</a>", "{}\x00", "{}</wrong>", "{0}</password><password>{0}"):
                broken = violations(text.replace(secret, bad.format(secret)))
                assert broken or secret not in text
                said += "".join(map(str, broken))
        for name in ("senderid", "password", "userid", "companyid", "sessionid", "login", "authentication"):
            said += "".join(map(str, violations(text.replace(f"{name}>", "other>"))))
    assert said
    assert "sesame" not in said.replace("<sesame", "")


def test_the_error_names_the_first_places_and_counts_the_rest():
    with pytest.raises(RequestError) as caught:
        demand_valid("<query><select>" + "<field/>" * 30 + "</select><object/></query>")
    lines = str(caught.value).split("\n")
    assert lines[1].startswith("  /query/select/field[1]: ")
    assert (len(lines), lines[-1]) == (12, "  ... and 21 more")
    assert len(caught.value.violations) == 31
    demand_valid(example("query"))

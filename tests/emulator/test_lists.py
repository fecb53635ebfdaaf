"""get_list and get, in the vocabulary of DTD 2.1."""

import pytest

from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.legacy import legacy_name


def expression(field, operator, value=""):
    return f"<expression><field>{field}</field><operator>{operator}</operator><value>{value}</value></expression>"


def logical(connective, *members):
    return f'<logical logical_operator="{connective}">{"".join(members)}</logical>'


def listed(name, *conditions, attributes="", sorts="", fields="recordno", rest=""):
    inside = f"<filter>{''.join(conditions)}</filter>" if conditions else ""
    if sorts:
        inside += "<sorts>" + "".join(
            f'<sortfield order="{"desc" if sort[0] == "-" else "asc"}">{sort.lstrip("-")}</sortfield>'
            for sort in sorts.split()
        )
        inside += "</sorts>"
    if fields:
        inside += f"<fields>{''.join(f'<field>{field}</field>' for field in fields.split())}</fields>"
    return f'<get_list object="{name}" {attributes}>{inside}{rest}</get_list>'


def place(reply):
    found = reply.root.find("operation/result/listtype")
    return (found.text, found.get("start"), found.get("end"), found.get("total"))


CASES = [
    (expression("recordno", "=", "12"), "12"),
    (expression("recordno", "!=", "12"), "14 13 11"),
    (expression("recordno", "&lt;", "12"), "11"),
    (expression("recordno", "&lt;=", "12"), "12 11"),
    (expression("recordno", "&gt;", "12"), "14 13"),
    (expression("recordno", "&gt;=", "12"), "14 13 12"),
    (expression("RecordNo", "=", "12"), "12"),
    (expression("customerid", "=", "ABC001"), "13"),
    (expression("name", "!=", "x"), "13 12 11"),
    (expression("name", "=", ""), ""),
    (expression("name", "like", "Zabel%"), "11"),
    (expression("name", "not like", "Zabel%"), "13 12"),
    (expression("name", "is null"), "14"),
    (expression("displaycontact.contactname", "=", "Zabel"), "12 11"),
    (expression("onhold", "=", "true"), "12"),
    (expression("status", "=", "inactive"), "13"),
    (expression("last_invoicedate", "=", "02/29/2024"), "12"),
    (expression("whenmodified", "&gt;", "02/29/2024"), "13"),
    (expression("name", "!=", "x") + expression("recordno", "&lt;", "13"), "12 11"),
    (logical("or", expression("recordno", "=", "11"), expression("name", "is null")), "14 11"),
    (logical("and", expression("recordno", "&gt;", "11"), expression("status", "=", "active")), "14 12"),
    (
        logical("or", expression("recordno", "=", "13"), expression("recordno", "=", "14"))
        + logical("or", expression("name", "is null"), expression("name", "=", "x")),
        "14",
    ),
    (
        logical(
            "and",
            logical("or", expression("recordno", "=", "11"), expression("recordno", "=", "12")),
            expression("onhold", "=", "true"),
        ),
        "12",
    ),
    ('<expression object="customer"><field>recordno</field><operator>=</operator><value>12</value></expression>', "12"),
]


@pytest.mark.parametrize(("condition", "expected"), CASES, ids=[case[0][:90] for case in CASES])
def test_takes_exactly_these_rows(post, condition, expected):
    reply = post(listed("customer", condition))
    assert reply.column("recordno") == expected.split()
    count = len(expected.split())
    assert place(reply) == ("customer", "0", str(count - 1), str(count))
    assert reply.data == {}


@pytest.mark.parametrize(
    ("attributes", "rows", "end"),
    [
        ("", "11 12 13 14", "3"),
        ('maxitems="3"', "11 12 13", "2"),
        ('start="3" maxitems="3"', "14", "3"),
        ('start="4"', "", "3"),
        ('start="9"', "", "8"),
        ('maxitems="1000"', "11 12 13 14", "3"),
    ],
)
def test_a_list_says_where_it_stands(post, attributes, rows, end):
    reply = post(listed("customer", attributes=attributes, sorts="recordno"))
    assert reply.column("recordno") == rows.split()
    assert place(reply)[2:] == (end, "4")


def test_a_list_holds_a_hundred_rows_unless_asked(post, store):
    store.insert("VENDOR", *({"RECORDNO": number} for number in range(1, 151)))
    assert place(post(listed("vendor"))) == ("vendor", "0", "99", "150")


@pytest.mark.parametrize(
    ("sorts", "expected"),
    [("", "14 13 12 11"), ("name", "13 11 12 14"), ("-name", "14 12 11 13"), ("-status recordno", "13 11 12 14")],
)
def test_order(post, sorts, expected):
    assert post(listed("customer", sorts=sorts)).column("recordno") == expected.split()


def test_fields_go_by_their_legacy_names(post):
    reply = post(
        listed("invoice", expression("datedue", "=", "03/01/2024"), fields="key invoiceno datedue totalamount")
    )
    (row,) = reply.root.findall("operation/result/data/invoice")
    assert [cell.tag for cell in row] == ["key", "invoiceno", "datedue", "totalamount"]
    assert [[part.tag, part.text] for part in row.find("datedue")] == [["year", "2024"], ["month", "03"], ["day", "01"]]
    assert (row.findtext("key"), row.findtext("totalamount")) == ("101", "100.00")
    assert post(listed("invoice", fields="recordno")).error[1] == "Invalid fields list recordno"
    assert (
        "Field recordid not found" in post(listed("invoice", expression("recordid", "is null"), fields="key")).error[2]
    )


def test_every_field_comes_where_none_are_listed(post):
    for function in (listed("customer", fields="", sorts="recordno"), '<get object="customer" key="ZAB001"/>'):
        row = post(function).root.find("operation/result/data/customer")
        for name, field in BUNDLED.object("CUSTOMER").fields.items():
            found = row.findall(legacy_name("CUSTOMER", name).replace(".", "/"))
            assert found, name
            assert field.type != "DATE" or not found[0].text
        assert row.findtext("displaycontact/contactname") == "Zabel"
        assert row.findtext("last_invoicedate/year") == "2024"


def test_private_entities_are_shown_on_request_and_entities_see_their_own(post, sign_in, gateway, store):
    private = type(gateway)(store, private_entities=["E2"])
    asked = listed("invoice", fields="key")
    assert post(asked).column("key") == ["104", "103", "102", "101"]
    assert post(asked, to=private).column("key") == ["102", "101"]
    shown = listed("invoice", fields="key", attributes='showprivate="true"')
    assert post(shown, to=private).column("key") == ["104", "103", "102", "101"]
    assert post('<get object="invoice" key="103"/>', to=private).error[1] == "BL01001973"
    assert post(asked, to=private, authentication=sign_in("E2", to=private)).column("key") == ["104", "103", "101"]


@pytest.mark.parametrize(("name", "key", "recordno"), [("customer", "ABC001", "13"), ("vendor", "V2", "2")])
def test_get_finds_one_record_by_its_id(post, store, name, key, recordno):
    store.insert("VENDOR", {"RECORDNO": 1, "VENDORID": "V1"}, {"RECORDNO": 2, "VENDORID": "V2"})
    reply = post(f'<get object="{name}" key="{key}"><fields><field>recordno</field></fields></get>', version="2.1")
    assert reply.rows == [{"recordno": recordno}]
    assert reply.root.find("operation/result/listtype") is None


def test_get_finds_a_transaction_by_its_record_number(post):
    reply = post('<get object="invoice" key="102"><fields><field>invoiceno</field></fields></get>')
    assert reply.rows == [{"invoiceno": "INV-2"}]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        ('<get object="customer" key="zab001"/>', "Could not find customer record with key zab001."),
        ('<get object="customer" key=""/>', "Could not find customer record with key ."),
        ('<get object="customer" key="1" externalkey="true"/>', "No record here has an external key."),
        ('<get object="supdoc" key="1"/>', "Object supdoc is not kept here."),
        ('<get object="uom" key="1"/>', "What the key of uom is, no public source says: use get_list."),
        (listed("supdoc"), "Object supdoc is not kept here."),
        (listed("customer", expression("name", "is not null")), "Unknown operator 'is not null' for field name."),
        (listed("customer", expression("name", "between", "1")), "Unknown operator 'between' for field name."),
        (
            listed("customer", expression("name", "is null", "x")),
            "Operator is null of field name takes an empty value.",
        ),
        (listed("customer", expression("nonsense", "=", "1")), "Field nonsense not found in object CUSTOMER."),
        (listed("customer", expression("parent.name", "=", "1")), "Field parent.name not found in object CUSTOMER."),
        (listed("customer", expression("recordno", "=", "x")), "Invalid value 'x' for field RECORDNO"),
        (listed("customer", expression("status", "=", "T")), "Invalid value 'T' for field STATUS."),
        (listed("customer", sorts="nonsense"), "Field nonsense not found in object CUSTOMER."),
        (listed("customer", attributes='maxitems="1001"'), "maxitems is 1001; it may be 1000 at most."),
        (
            listed("customer", expression("name", "=", "x").replace("<expression>", '<expression object="contact">')),
            "Field contact.name not found in object CUSTOMER.",
        ),
        (
            listed("customer", rest="<additional_parameters><parameter/></additional_parameters>"),
            "additional_parameters have no meaning for any list here.",
        ),
    ],
)
def test_what_cannot_be_answered_fails_the_function(post, function, words):
    level, number, said = post(function).error
    assert level == "result"
    assert number in {"DL02000001", "BL01001973"}
    assert said.startswith(words)


@pytest.mark.parametrize(
    "function",
    [
        "<get_list/>",
        '<get_list object="CUSTOMER"/>',
        '<get_list object="arinvoice"/>',
        '<get_list object="recurbill"/>',
        listed("customer", attributes='start="-1"'),
        listed("customer", attributes='maxitems="0"'),
        listed("customer", attributes='maxitems="ten"'),
        listed("customer", attributes='showprivate="yes"'),
        listed("customer", attributes='pagesize="1"'),
        '<get_list object="customer"><filter/></get_list>',
        listed("customer", expression("a", "="), logical("and", expression("a", "="), expression("b", "="))),
        listed("customer", logical("and", expression("a", "="))),
        listed("customer", logical("not", expression("a", "="), expression("b", "="))),
        listed("customer", "<logical>" + expression("a", "=") * 2 + "</logical>"),
        listed("customer", "<expression><field>a</field><operator>is null</operator></expression>"),
        listed("customer", "<expression><operator>=</operator><field>a</field><value>1</value></expression>"),
        '<get_list object="customer"><fields/></get_list>',
        '<get_list object="customer"><sorts/></get_list>',
        '<get_list object="customer"><sorts><sortfield>name</sortfield></sorts></get_list>',
        '<get_list object="customer"><sorts><sortfield order="up">name</sortfield></sorts></get_list>',
        listed("customer", rest='<sorts><sortfield order="asc">a</sortfield></sorts>'),
        '<get object="customer"/>',
        '<get key="1"/>',
        '<get object="whatever" key="1"/>',
        '<get object="customer" key="1" externalkey="no"/>',
        '<get object="customer" key="1"><field>a</field></get>',
    ],
)
@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_a_call_off_the_schema_fails_the_whole_request(post, function, version):
    assert post("<getAPISession/>", version=version).text("control/status") == "success"
    level, number, words = post(function, version=version).error
    assert (level, number) == ("response", "XL03000003")
    assert words.startswith("XML Parse schema error: ")


def test_a_filter_may_be_very_wide(post):
    wide = logical("or", *(expression("recordno", "=", str(number)) for number in range(3_000)))
    assert place(post(listed("customer", wide)))[3] == "4"


def test_lists_are_counted(post, gateway):
    post(listed("customer", attributes='maxitems="3"'), '<get object="customer" key="ZAB001"/>')
    assert gateway.ledger.to_dict()["calls"] == {"get_list": 1, "get": 1}
    assert gateway.ledger.rows == 4

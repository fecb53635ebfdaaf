"""What real clients send although the schema has it otherwise: taken by default, refused on demand."""

import pytest
from lxml import etree

from intacct_ql.emulator import Gateway
from intacct_ql.emulator.leniency import forgive

QUERY = "<query><object>CUSTOMER</object><select><field>RECORDNO</field></select>{}</query>"
LIST = '<get_list object="customer">{}<fields><field>recordno</field></fields></get_list>'
LOGIN = "<login><companyid>demo</companyid><userid>demo</userid><password>demo</password></login>"


@pytest.fixture
def lenient(store) -> Gateway:
    return Gateway(store)


def is_(field: str, value: str) -> str:
    return f"<equalto><field>{field}</field><value>{value}</value></equalto>"


def less(value: str) -> str:
    return f"<lessthan><field>RECORDNO</field><value>{value}</value></lessthan>"


def expression(value: str) -> str:
    return f"<expression><operator>=</operator><value>{value}</value><field>recordno</field></expression>"


HABITS = {
    "several conditions under filter": (
        QUERY.format(f"<filter>{is_('STATUS', 'active')}{less('13')}</filter>"),
        "12 11",
    ),
    "the same operator twice": (QUERY.format(f"<filter>{less('14')} {less('13')}</filter>"), "12 11"),
    "a group of one": (QUERY.format(f"<filter><and><or>{is_('RECORDNO', '12')}</or></and></filter>"), "12"),
    "a group of one in a group": (
        QUERY.format(f"<filter><and>{less('14')}<or>{is_('STATUS', 'inactive')}</or></and></filter>"),
        "13",
    ),
    "a value before its field": (
        QUERY.format("<filter><between><value>12</value><value>13</value><field>RECORDNO</field></between></filter>"),
        "13 12",
    ),
    "a direction before its field": (
        QUERY.format("<orderby><order><ascending/><field>RECORDNO</field></order></orderby>"),
        "11 12 13 14",
    ),
    "options in another order": (
        QUERY.format(
            "<options><showprivate>False</showprivate><caseinsensitive>True</caseinsensitive></options>"
            f"<filter>{is_('CUSTOMERID', 'ABC001')}</filter>"
        ),
        "14 13",
    ),
    "fields before filter": (
        (
            '<get_list showprivate="False" object="customer"><fields><field>recordno</field></fields>'
            f"<filter>{expression('12')}</filter></get_list>"
        ),
        "12",
    ),
    "a logical of one": (
        LIST.format(f'<filter><logical logical_operator="and">{expression("13")}</logical></filter>'),
        "13",
    ),
}


@pytest.mark.parametrize("habit", HABITS)
def test_a_habit_is_understood(post, lenient, habit):
    function, expected = HABITS[habit]
    assert " ".join(cell.text for cell in post(function, to=lenient).root.iter("RECORDNO", "recordno")) == expected


@pytest.mark.parametrize("habit", HABITS)
def test_a_strict_gateway_refuses_it(post, habit):
    assert post(HABITS[habit][0]).error[:2] == ("response", "XL03000003")


def test_a_control_in_another_order(document, lenient, gateway):
    password = b"<password>demo</password>"
    body = document(QUERY.format("")).replace(password, b"", 1).replace(b"</control>", password + b"</control>")
    assert b"<RECORDNO>14" in lenient.handle(body).body
    assert b"XL03000003" in gateway.handle(body).body


@pytest.mark.parametrize(
    "function",
    [
        QUERY.format(f"<filter><not>{is_('RECORDNO', '1')}</not></filter>"),
        QUERY.format("<filter/>"),
        QUERY.format("<surprise/>"),
        QUERY.format("<filter><equalto><field>A</field></equalto></filter>"),
        "<query><object>CUSTOMER</object></query>",
        LIST.format("<page/>"),
        "<readByQuery><object>CUSTOMER</object></readByQuery>",
    ],
)
def test_what_has_no_plain_meaning_is_refused_all_the_same(post, lenient, function):
    assert post(function, to=lenient).error[:2] == ("response", "XL03000003")


def test_filters_of_a_view_in_another_order(document):
    operator = "<value>1</value><operator>=</operator><field>A</field>"
    filters = f"<filterExpression>{operator}</filterExpression><filterCondition>OR</filterCondition>"
    root = etree.fromstring(document(f"<readView><filters>{filters}</filters></readView>"))
    forgive(root)
    found = [element.tag for element in root.find("operation/content/function/readView/filters").iter()]
    assert found == ["filters", "filterCondition", "filterExpression", "field", "operator", "value"]


def test_records_are_left_as_they_are(document):
    body = document('<create><X flag="True"><filter><value>1</value><field>A</field></filter></X></create>')
    root = etree.fromstring(body)
    forgive(root)
    assert etree.tostring(root) == etree.tostring(etree.fromstring(body))


def test_a_login_out_of_order_is_never_forgiven(post, lenient):
    assert post(QUERY.format(""), to=lenient, authentication=LOGIN).error[:2] == ("response", "XL03000003")


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/octet-stream"])
@pytest.mark.parametrize("before", ["", "\n  ", "\ufeff"])
def test_a_document_is_one_whatever_its_type_is_said_to_be(document, lenient, kind, before):
    body = before.encode() + b'<?xml version="1.0"?>' + document(QUERY.format(""))
    assert b"<RECORDNO>14" in lenient.handle(body, content_type=kind).body


def test_the_vendors_dtd_may_be_named_and_nothing_declared(document, lenient, gateway):
    named = b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE request SYSTEM "intacct_request.v2.1.dtd">\n'
    body = document("<getAPISession/>", version="2.1")
    assert b"<sessionid>" in lenient.handle(named + body).body
    assert b"a DOCTYPE is not allowed" in gateway.handle(named + body).body
    for declared in (b'<!DOCTYPE request [<!ENTITY a "b">]>', b'<!DOCTYPE request SYSTEM "a" [<!ENTITY a "b">]>'):
        assert b"a DOCTYPE is not allowed" in lenient.handle(declared + body).body
    assert b"XL03000003" in lenient.handle(named + body.replace(b"<senderid>", b"<senderid>&a;")).body


@pytest.mark.parametrize("kind", ["", "text/xml"])
def test_a_form_is_one_too(document, lenient, kind):
    from urllib.parse import urlencode

    body = urlencode({"xmlrequest": document(QUERY.format("")).decode()}).encode()
    assert b"<RECORDNO>14" in lenient.handle(body, content_type=kind).body


def test_what_is_neither_is_refused_by_the_gateway_itself(lenient):
    assert b"GW-0011" in lenient.handle(b"{}", content_type="application/json").body


@pytest.mark.parametrize(("version", "taken"), [("2.1", True), ("3.0", False)])
def test_validate_is_a_word_of_the_old_control(document, gateway, version, taken):
    body = document("<getAPISession/>", version=version, extra="<validate>1</validate>")
    assert (b"<sessionid>" in gateway.handle(body).body) == taken


@pytest.mark.parametrize(("options", "taken"), [([], True), (["--strict"], False)])
def test_the_command_line_asks_for_either(document, monkeypatch, options, taken):
    from click.testing import CliRunner

    from intacct_ql.cli.emulate import emulate

    served = []
    monkeypatch.setattr("intacct_ql.emulator.server.serve", lambda gateway, **_: served.append(gateway))
    assert CliRunner().invoke(emulate, options).exit_code == 0
    reply = served[0].handle(document(HABITS["several conditions under filter"][0])).body
    assert (b"<data" in reply) == taken

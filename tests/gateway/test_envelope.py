import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from intacct_ql.gateway.envelope import escape, function_request, sign_in_request
from intacct_ql.gateway.messages import Credentials, Function

XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs"]).filter(
        lambda char: char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff")
    )
)


def compact(document: bytes) -> bytes:
    return re.sub(rb">\s+<", b"><", document).strip()


def test_sign_in_is_written_as_the_wire_file_says(wire, credentials):
    entity = Credentials(
        sender_id=credentials.sender_id,
        sender_password=credentials.sender_password,
        company_id=credentials.company_id,
        user_id=credentials.user_id,
        user_password=credentials.user_password,
        entity_id="NORTH",
    )
    assert compact(sign_in_request(entity, "iql-1")) == compact(wire("request_sign_in"))


def test_a_function_is_written_as_the_wire_file_says(wire, credentials):
    function = Function(name="query", xml="<query><object>VENDOR</object></query>")
    assert compact(function_request(credentials, "s3ssion-1", function, "iql-2")) == compact(wire("request_query"))


def test_no_entity_means_no_locationid(credentials):
    assert b"locationid" not in sign_in_request(credentials, "1")


def test_an_empty_entity_is_the_top_level(credentials):
    top = Credentials(sender_id="s", sender_password="p", company_id="c", user_id="u", user_password="p", entity_id="")
    assert b"<locationid></locationid>" in sign_in_request(top, "1")


@given(XML_TEXT)
def test_any_text_survives_as_content_and_as_attribute(text):
    written = f'<a b="{escape(text)}">{escape(text)}</a>'.encode()
    root = etree.fromstring(written)
    assert (root.text or "") == text
    assert root.get("b") == re.sub("[\t\n]", " ", text)  # what XML does to white space in attributes


@pytest.mark.parametrize("char", ["\x00", "\x01", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_what_xml_cannot_carry_is_refused_by_place_and_not_by_quotation(char):
    with pytest.raises(ValueError, match=f"U\\+{ord(char):04X} .*position 6") as caught:
        escape("secret" + char)
    assert "secret" not in str(caught.value)


def test_braces_in_credentials_are_text():
    odd = Credentials(sender_id="{0}", sender_password="{x}", company_id="{", user_id="}", user_password="{{}}")
    assert b"<senderid>{0}</senderid><password>{x}</password>" in sign_in_request(odd, "1")
    assert b"<password>{{}}</password>" in sign_in_request(odd, "1")


def test_nothing_in_a_value_changes_the_structure():
    evil = "</password><x/>]]><!--&#60;"
    odd = Credentials(sender_id=evil, sender_password=evil, company_id=evil, user_id=evil, user_password=evil)
    root = etree.fromstring(sign_in_request(odd, evil))
    assert root.findtext("operation/authentication/login/password") == evil
    assert root.find("operation/content/function").get("controlid") == evil
    assert root.find(".//x") is None

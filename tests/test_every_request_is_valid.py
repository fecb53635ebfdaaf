"""Whatever the product writes as XML, and what the emulator takes, is held to the schemas of requests."""

import re
from pathlib import Path

import corpus_files
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import GOOD, bent, commented

import intacct_ql as iql
from intacct_ql.backends.doors import TARGETS
from intacct_ql.gateway.validate import violations

XML_TARGETS = [target for target in TARGETS if target != "rest"]

DOORS = corpus_files.CORPUS / "doors"
WIRE = Path(__file__).parent / "emulator" / "wire"

NARROWER = {
    "get": "every request is of dtdversion 3.0",
    "get_list": "every request is of dtdversion 3.0",
    "read_by_query": "a list of fields has no spaces",
    "read_by_query_and_more": "more of a result is asked for by its id only",
    "page_without_whitespace": "the gateway forgives False in an xs:boolean",
    "acknowledgement": "nothing is asked for asynchronously",
    "unknown_policy": "nothing is asked for asynchronously",
    "inspect_in_detail": "what fields there are is asked by lookup",
}
"""Requests that meet the vendor's schema, and that this package would never send."""

FUNCTIONS = {
    *("getAPISession", "query", "readByQuery", "readMore", "read", "readByName", "get_list", "get"),
    *("lookup", "inspect", "getDimensions", "getUserPermissions", "readUserFormatting", "readEntityDetails"),
}


def test_the_requests_written_in_the_corpus():
    written = {path.stem: corpus_files.read(path).sections.get("xml", "") for path in corpus_files.cases("queries")}
    whole = {name: xml for name, xml in written.items() if xml.startswith("<") and " more ..." not in xml}
    assert len(whole) > 250
    assert {name: found for name, xml in whole.items() if (found := violations(xml))} == {}


def test_the_requests_of_every_door():
    """One folder a query, one file a door; what is refused (.txt) or asked in JSON has no schema."""
    found = {str(path.relative_to(DOORS)): violations(path.read_text("utf-8")) for path in DOORS.glob("*/*.xml")}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def wire() -> list:
    paths = sorted(WIRE.glob("*.request.xml"))
    return [pytest.param(path, id=path.name.removesuffix(".request.xml")) for path in paths]


@pytest.mark.parametrize("path", wire())
def test_the_requests_the_emulator_takes(path):
    """What the emulator refuses by the vendor's schema is refused here too, and the rest is valid.

    Except what this package never says: other functions, and the few that are listed above.
    """
    name = path.name.removesuffix(".request.xml")
    (reply,) = WIRE.glob(f"{name}.reply.*")
    refused = "XL03000003" in reply.read_text("utf-8")
    called = re.findall(r"<function [^>]*>\s*<(\w+)", path.read_text("utf-8"))
    ours = set(called) <= FUNCTIONS
    assert bool(violations(path.read_bytes(), "request")) == (refused or not ours or name in NARROWER)


def test_the_exceptions_are_there():
    assert all((WIRE / f"{name}.request.xml").exists() for name in NARROWER)


texts = st.one_of(st.sampled_from(GOOD), bent(), commented())
"""Texts of the corpus as they are, bent, and with comments; about half of them compile."""


def request(text: str, **settings) -> str:
    """The XML of a query; empty where it is wrong, or asks for nothing."""
    try:
        return iql.compile(text, **settings).xml
    except iql.QueryError:
        return ""


@pytest.mark.parametrize("target", XML_TARGETS)
@given(texts)
def test_a_query_that_compiles_is_valid(target, text):
    xml = request(text, target=target)
    assert xml == "" or violations(xml) == ()


@pytest.mark.parametrize("target", XML_TARGETS)
def test_the_corpus_is_valid_at_every_door(target):
    made = [request(text, target=target) for text in GOOD]
    assert sum(map(bool, made)) > 10
    assert [wrong for xml in made if xml and (wrong := violations(xml))] == []


@given(texts, st.integers(1, 2000), st.integers(0, 10**9))
def test_a_page_of_it_is_valid(text, page_size, offset):
    xml = request(text, page_size=page_size, offset=offset, docparid="A & B", case_insensitive=True, show_private=True)
    assert xml == "" or violations(xml, "query") == ()


@given(texts)
def test_a_query_that_compiles_without_a_catalog_is_valid(text):
    xml = request(text, catalog=None)
    quoted = "`" in text or '"' in text  # a quoted name is sent as it is, blanks and all
    assert xml == "" or quoted or violations(xml, "query") == ()


def test_the_texts_above_are_not_all_wrong():
    assert sum(bool(request(text)) for text in GOOD) > 200

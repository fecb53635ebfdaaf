"""Requests that nobody sane would send: each gets a clean answer, soon, and the emulator goes on."""

import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from intacct_ql.emulator import Gateway, Store, demo
from intacct_ql.emulator.demo import tables
from intacct_ql.emulator.functions import MOST_FUNCTIONS

LOOKUP = "<lookup><object>CUSTOMER</object></lookup>"
NAMED = "<equalto><field>NAME</field><value>a</value></equalto>"
QUERY = "<query><object>CUSTOMER</object><select><field>NAME</field></select>{}</query>"
BY_QUERY = "<readByQuery><object>CUSTOMER</object><fields>NAME</fields><query>{}</query></readByQuery>"
MANY = 40_000


def entities(levels: int) -> bytes:
    """A document that grows tenfold with each level, where entities are expanded."""
    inner = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, levels))
    return f'<!DOCTYPE request [<!ENTITY e0 "0123456789">{inner}]><request>&e{levels - 1};</request>'.encode()


DOCUMENTS = {
    "nothing": (b"", "Document is empty"),
    "no XML": (b"\xff\xfe\xfa\x00", "XML Parse schema error"),
    "a zero byte": (b"<request>\0</request>", "Invalid character"),
    "another root": (b"<html/>", "This element is not expected"),
    "deep": (b"<a>" * MANY + b"</a>" * MANY, "Excessive depth"),
    "wide": (b"<request>" + b"<a/>" * MANY + b"</request>", "Missing child element"),
    "attributes": (
        b"<request " + b" ".join(b'a%d=""' % number for number in range(MANY)) + b"/>",
        "attribute 'a0' is not allowed",
    ),
    "entities": (entities(10), "XML Parse schema error"),
    "an entity": (entities(1), "a DOCTYPE is not allowed"),
    "a file": (b'<!DOCTYPE request SYSTEM "file:///etc/passwd"><request/>', "a DOCTYPE is not allowed"),
    "a file included": (
        b'<request xmlns:x="http://www.w3.org/2001/XInclude"><x:include href="file:///etc/passwd"/></request>',
        "Missing child element",
    ),
    "more than may be": (b" " * (10 * 1024 * 1024) + b"<request/>", "larger than"),
}

FUNCTIONS = {
    "a name without end": (f"<lookup><object>{'x' * 1_000_000}</object></lookup>", "not found"),
    "conditions inside one another": (
        QUERY.format(f"<filter>{'<and>' * MANY}{'</and>' * MANY}</filter>"),
        "Excessive depth",
    ),
    "conditions side by side": (QUERY.format(f"<filter><or>{NAMED * MANY}</or></filter>"), "too many"),
    "orders": (
        QUERY.format(f"<orderby>{'<order><field>NAME</field><ascending/></order>' * MANY}</orderby>"),
        "too large",
    ),
    "a list": (
        QUERY.format(f"<filter><in><field>NAME</field>{'<value>1</value>' * 1001}</in></filter>"),
        "'value'",
    ),
    "a page": (QUERY.format(f"<pagesize>{'9' * 5000}</pagesize>"), "'pagesize'"),
    "a path": (QUERY.replace("NAME", "PARENT." * 20_000 + "NAME").format(""), "PARENT.PARENT"),
    "brackets": (BY_QUERY.format("(" * MANY + ")" * MANY), "100 brackets"),
    "comparisons": (BY_QUERY.format(" or ".join(["NAME = 'a'"] * MANY)), "too many"),
    "keys": (f"<read><object>CUSTOMER</object><keys>{'1,' * MANY}1</keys></read>", "at most 100"),
    "functions": (
        "</function><function controlid='2'>".join([LOOKUP] * (MOST_FUNCTIONS + 1)),
        f"{MOST_FUNCTIONS + 1} functions are in one request",
    ),
}


def words(body: bytes) -> str:
    """What a reply says is wrong; the reply is a whole document of the gateway's."""
    reply = etree.fromstring(body)
    assert reply.tag == "response"
    return " ".join(reply.xpath("//description2/text()"))


@pytest.mark.parametrize(("body", "said"), DOCUMENTS.values(), ids=DOCUMENTS)
def test_documents(gateway, body, said):
    assert said in words(gateway.handle(body).body)


@pytest.mark.parametrize(("function", "said"), FUNCTIONS.values(), ids=FUNCTIONS)
def test_functions(gateway, document, function, said):
    assert said in words(gateway.handle(document(function)).body)


def test_a_reply_does_not_grow_without_end(document):
    whole = QUERY.replace("<field>NAME</field>", "<field>NAME</field>" * 100).format("<pagesize>2000</pagesize>")
    many = "</function><function controlid='2'>".join([whole] * 500)
    gateway = demo(seed=1)
    reply = gateway.handle(document(many)).body
    results = etree.fromstring(reply, etree.XMLParser(huge_tree=True)).xpath("//result/status/text()")
    assert results.count("success") > 10
    assert results.count("failure") > 10
    assert b"The reply to this request is too large; send fewer functions in one request." in reply


def test_a_search_does_not_take_for_ever(document):
    store = Store(tables(scale=1), most_seconds=0)
    crossed = "".join(f"<like><field>NAME</field><value>%{number}%</value></like>" for number in range(5000))
    reply = words(Gateway(store).handle(document(QUERY.format(f"<filter><or>{crossed}</or></filter>"))).body)
    assert "The query could not be run: it takes longer than 0 seconds." in reply


TOKENS = st.sampled_from(
    b"< > & ]]> <![CDATA[ <!-- <?x?> &#0; &lt; &amp; \xc3 ' <and> <filter/> </query> </function> xmlns='x'".split()
)


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), TOKENS | st.binary(max_size=8)), max_size=4))
def test_documents_that_were_damaged(changes):
    damaged = DAMAGED
    for where, length, token in changes:
        at = int(where * len(damaged))
        damaged = damaged[:at] + token + damaged[at + length :]
    answer = FUZZED.handle(damaged)
    assert answer.status == 200
    etree.fromstring(answer.body)


FUZZED = demo(seed=1)
DAMAGED = (
    b'<?xml version="1.0" encoding="UTF-8"?><request><control><senderid>demo</senderid><password>demo</password>'
    b"<controlid>1</controlid><uniqueid>false</uniqueid><dtdversion>3.0</dtdversion></control><operation>"
    b"<authentication><login><userid>demo</userid><companyid>demo</companyid><password>demo</password></login>"
    b'</authentication><content><function controlid="1"><query><object>DEPARTMENT</object><select>'
    b"<field>RECORDNO</field><count>TITLE</count></select><filter><or><like><field>TITLE</field><value>%a_</value>"
    b"</like><in><field>RECORDNO</field><value>1</value><value>2</value></in></or></filter><orderby><order>"
    b"<field>RECORDNO</field><descending/></order></orderby><options><caseinsensitive>true</caseinsensitive></options>"
    b'<pagesize>2</pagesize><offset>1</offset></query></function><function controlid="2"><readByQuery><object>VENDOR'
    b"</object><fields>*</fields><query>NAME like 'A%' and not (RECORDNO &gt; 5)</query><pagesize>3</pagesize>"
    b"</readByQuery></function></content></operation></request>"
)


def resident(process: int) -> int:
    """Megabytes that a process holds."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found[1]) // 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only /proc tells what a process holds")
def test_bodies_of_a_hundred_megabytes_are_not_held(document):
    command = [sys.executable, "-m", "intacct_ql", "emulate", "--seed", "1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            url = server.stdout.readline().split()[0]
            with httpx.Client(timeout=60, trust_env=False) as client:
                xml = {"Content-Type": "application/xml"}
                assert client.post(url, content=document(LOOKUP), headers=xml).status_code == 200
                before = resident(server.pid)
                for _ in range(3):
                    pieces = (b"x" * 1_000_000 for _ in range(100))
                    assert client.post(url, content=pieces, headers=xml).status_code == 413
                assert client.post(url, content=document(LOOKUP), headers=xml).status_code == 200
                assert resident(server.pid) - before < 60
        finally:
            server.kill()

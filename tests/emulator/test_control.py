"""The emulator's own paths, asked over a port: by scripts, by the page's forms, and by pages of elsewhere."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from lxml import html

from intacct_ql.emulator import Gateway, Running, Store, Table
from intacct_ql.emulator.app import application
from intacct_ql.emulator.control_page import page

XML = {"Content-Type": "application/xml"}
JSON = {"Accept": "application/json"}
BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
QUERY = "<query><object>UOM</object><select><field>NAME</field></select></query>"
POSTS = ["/faults", "/reset", "/snapshot", "/ledger/reset"]


@pytest.fixture
def client():
    rows = ((1, "Each"), (2, "Box"))
    gateway = Gateway(Store([Table(object="UOM", columns=("RECORDNO", "NAME"), rows=rows)]))
    with Running(gateway) as server, httpx.Client(base_url=server.url.removesuffix("/ia/xml/xmlgw.phtml")) as client:
        client.gateway = gateway
        yield client


@pytest.fixture
def ask_it(client, document):
    """One query; gives the HTTP status."""
    return lambda: client.post("/", content=document(QUERY), headers=XML).status_code


def test_the_state_as_json(client, ask_it):
    assert client.get("/control", headers=JSON).json()["company"] == {"UOM": None}
    ask_it()
    state = client.get("/control", headers=JSON).json()
    assert state["company"] == {"UOM": 2}
    assert state["faults"] == ""
    assert state["ledger"]["metering"] == {"transactions": 1, "by_function": {"query": 1}}
    assert client.get("/ledger").json() == {**state["ledger"], "log": client.get("/ledger").json()["log"]}


def test_faults_are_set_and_taken_away(client, ask_it):
    reply = client.post("/faults", content="503@call=1, per-minute=2")
    assert (reply.status_code, reply.json()["faults"]) == (200, "503@call=1, per-minute=2")
    assert [ask_it() for _ in range(3)] == [503, 200, 429]
    client.post("/faults", content="")
    assert [ask_it() for _ in range(3)] == [200] * 3


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ("flood:2%", 400, "fault 'flood:2%': no such fault; there are 429, "),
        ("slow=fast", 400, "setting 'slow=fast': write it as slow=300ms"),
        (b"\xff\0", 400, "no such fault"),
        ("503:1%," * 2000, 413, "A specification of faults has at most 10000 bytes."),
    ],
)
def test_a_bad_specification_is_told_and_changes_nothing(client, body, status, words):
    client.post("/faults", content="503:5%")
    reply = client.post("/faults", content=body)
    assert reply.status_code == status
    assert words in reply.text
    assert client.gateway.faults.spec == "503:5%"


def test_rows_are_reset_to_the_beginning_or_to_a_snapshot(client, ask_it):
    def rows():
        return client.get("/control", headers=JSON).json()["company"].get("UOM")

    ask_it()
    client.gateway.store.delete("UOM", 1)
    assert rows() == 1
    state = client.post("/reset").json()
    assert state["ledger"]["requests"] == 0
    ask_it()
    assert rows() == 2
    client.gateway.store.delete("UOM", 1)
    client.post("/snapshot")
    client.gateway.store.delete("UOM", 2)
    client.post("/reset")
    assert rows() == 1


def test_the_ledger_alone_is_reset(client, ask_it):
    ask_it()
    client.gateway.store.delete("UOM", 1)
    assert client.post("/ledger/reset").json()["ledger"]["requests"] == 0
    assert client.get("/control", headers=JSON).json()["company"] == {"UOM": 1}


def test_the_page_shows_all_of_it_and_loads_nothing(client, ask_it):
    client.post("/faults", content="429@call=2")
    ask_it()
    ask_it()
    reply = client.get("/control", headers=BROWSER)
    assert reply.headers["content-type"] == "text/html; charset=UTF-8"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    tree = html.fromstring(reply.text)
    cells = {row[0].text: row[1].text for row in tree.iter("tr")}
    assert cells == {"requests": "2", "sign ins": "1", "rows": "2", "query": "1", "429": "1", "UOM": "2"}
    assert not tree.xpath("//script | //link | //img | //@src | //@href")


def test_the_forms_of_the_page_do_what_they_say(client, ask_it):
    forms = html.fromstring(client.get("/control", headers=BROWSER).text).forms
    assert sorted(form.action for form in forms) == sorted(POSTS)
    faults = next(form for form in forms if form.action == "/faults")
    faults.fields["spec"] = "429:2%, 503@call=1+"
    origin = {"Origin": str(client.base_url).rstrip("/")}
    reply = client.post("/faults", data=dict(faults.form_values()), headers=BROWSER | origin)
    assert (reply.status_code, reply.headers["location"]) == (303, "/control")
    again = html.fromstring(client.get("/control", headers=BROWSER).text)
    assert again.xpath("//input/@value") == ["429:2%, 503@call=1+"]
    assert ask_it() == 503
    assert client.post("/ledger/reset", headers=BROWSER | origin).status_code == 303
    assert client.gateway.ledger.requests == 0


@pytest.mark.parametrize(
    ("spec", "status", "words", "typed"),
    [
        ("<flood>:2%", 400, "fault '<flood>:2%': no such fault; there are 429, ", "<flood>:2%"),
        ("503:1%," * 2000, 413, "A specification of faults has at most 10000 bytes.", "503:5%"),
    ],
)
def test_a_browser_is_shown_the_page_again_with_what_is_wrong(client, spec, status, words, typed):
    client.post("/faults", content="503:5%")
    reply = client.post("/faults", data={"spec": spec}, headers=BROWSER)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "text/html; charset=UTF-8")
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    tree = html.fromstring(reply.text)
    (told,) = tree.xpath("//*[@role='alert']")
    assert told.text_content().startswith(words)
    assert told.text_content().endswith("In force is still: 503:5%")
    assert tree.xpath("//input/@value") == [typed]
    assert client.gateway.faults.spec == "503:5%"


def test_no_faults_in_force_are_called_none(client):
    (told,) = html.fromstring(client.post("/faults", data={"spec": "x"}, headers=BROWSER).text).xpath("//*[@role]")
    assert told.text_content().endswith("In force is still: none")


def test_nothing_is_wrong_with_the_page_that_is_asked_for(client):
    assert 'role="alert"' not in client.get("/control", headers=BROWSER).text


def test_the_root_leads_to_the_page(client):
    reply = client.get("/", headers=BROWSER)
    assert (reply.status_code, reply.headers["location"]) == (302, "/control")


def test_everything_on_the_page_is_escaped():
    evil = "\"'><script>alert(1)</script>"
    counts = {"requests": 1, "sign_ins": 1, "rows": 1, "calls": {evil: 1}, "faults": {evil: 1}}
    metering = {"transactions": 1, "by_function": {evil: 1}}
    made = page({"company": {evil: None}, "faults": evil, "ledger": {**counts, "metering": metering}})
    assert "<script" not in made
    assert html.fromstring(made).xpath("//input/@value") == [evil]
    assert len(re.findall("&lt;script&gt;", made)) == 5


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_other_pages_change_nothing(client, path, origin):
    client.gateway.faults = "503:5%"
    reply = client.post(path, content="spec=", headers={"Origin": origin})
    assert (reply.status_code, reply.text) == (403, "Other web pages may not change the emulator.\n")
    assert client.gateway.faults.spec == "503:5%"


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1", "[::2]", "[", ""])
def test_nor_do_names_that_were_pointed_here(client, path, host):
    origin = {"Host": host, "Origin": f"http://{host}"}
    assert client.post(path, headers=origin).status_code in {400, 403}
    assert client.get("/control", headers=origin).status_code in {400, 403}


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "emulator.localhost", "127.0.0.1:5", "[::1]:80"])
def test_names_of_the_loopback_are_its_own(client, host):
    assert client.post("/reset", headers={"Host": host, "Origin": f"http://{host}"}).status_code == 200


def test_elsewhere_it_may_be_called_by_any_name(gateway):
    import asyncio

    sent = []

    async def receive():
        return {"body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/reset",
        "server": ("172.17.0.2", 8000),
        "headers": [(b"host", b"emulator:8000")],
    }
    asyncio.run(application(gateway)(scope, receive, send))
    assert sent[0]["status"] == 200


@pytest.mark.unkept("threads decide who is first")
def test_it_answers_while_every_thread_of_the_gateway_is_at_work(document):
    go_on = threading.Event()
    gateway = Gateway(Store(), faults="slow=1s", sleep=lambda _: go_on.wait(30))
    limits = httpx.Limits(max_connections=None)
    with Running(gateway) as server, httpx.Client(limits=limits, timeout=30) as client, ThreadPoolExecutor(80) as pool:
        asked = [pool.submit(client.post, server.url, content=document(QUERY), headers=XML) for _ in range(70)]
        while gateway.ledger.requests < 64:
            threading.Event().wait(0.01)
        reply = client.post(httpx.URL(server.url).join("/faults"), content="")
        go_on.set()
        assert {future.result().status_code for future in asked} == {200}
    assert reply.status_code == 200

"""The emulator on a real port, spoken to by an ordinary HTTP client."""

import gzip
import itertools
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed

import httpx
import pytest
from lxml import etree

from intacct_ql.emulator import Gateway, Running, Store, Table, serve
from intacct_ql.emulator.app import PATH, application

XML = {"Content-Type": "application/xml"}
WIDE = "<lookup><object>CUSTOMER</object></lookup>"


@pytest.fixture(scope="module")
def running():
    with Running(Gateway(Store())) as server, httpx.Client() as client:
        server.client = client
        yield server


def test_a_session_over_the_port(running, document):
    reply = running.client.post(running.url, content=document("<getAPISession/>"), headers=XML)
    assert reply.status_code == 200
    assert f"<endpoint>{running.url}</endpoint>" in reply.text
    assert reply.headers["content-type"] == "text/xml; charset=UTF-8"


def test_large_replies_are_packed_for_who_takes_it(running, document):
    packed = running.client.post(running.url, content=document(WIDE), headers=XML)
    assert packed.headers["content-encoding"] == "gzip"
    plain = running.client.post(running.url, content=document(WIDE), headers=XML | {"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    timeless = [re.sub(r"<session(timestamp|timeout)>[^<]*", "", reply.text) for reply in (packed, plain)]
    assert timeless[0] == timeless[1]


def test_the_ledger_can_be_read(running, document):
    before = running.client.get(httpx.URL(running.url).join("/ledger")).json()
    running.client.post(running.url, content=document(WIDE), headers=XML)
    after = running.client.get(httpx.URL(running.url).join("/ledger")).json()
    assert after["calls"]["lookup"] == before["calls"].get("lookup", 0) + 1
    assert after["sign_ins"] == before["sign_ins"] + 1


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/", 400),
        ("POST", "/other", 404),
        ("GET", PATH, 405),
        ("GET", "/", 302),
        ("GET", "/other", 404),
        ("POST", "/ledger", 404),
    ],
)
def test_other_paths(running, method, path, status):
    reply = running.client.request(method, httpx.URL(running.url).join(path), headers={"Content-Type": "text/plain"})
    assert reply.status_code == status


def test_a_body_beyond_the_cap_is_not_kept(running):
    reply = running.client.post(running.url, content=b"x" * (10 * 1024 * 1024 + 1), headers=XML)
    assert reply.status_code == 413


def test_faults_really_break_the_connection(store, document):
    with Running(Gateway(store, faults="cut@call=1,drop@call=2,slow=20ms")) as server, httpx.Client() as client:
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            client.post(server.url, content=document(WIDE), headers=XML)
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            client.post(server.url, content=document(WIDE), headers=XML)
        assert client.post(server.url, content=document(WIDE), headers=XML).status_code == 200


def test_a_body_that_dribbles_arrives_whole_and_late(store, document):
    with Running(Gateway(store, faults="dribble@call=1,dribble=400ms")) as server, httpx.Client() as client:
        began = time.monotonic()
        with client.stream("POST", server.url, content=document(WIDE), headers=XML) as reply:
            pieces = [(time.monotonic() - began, len(piece)) for piece in reply.iter_raw()]
        whole = client.post(server.url, content=document(WIDE), headers=XML)
    assert len(pieces) > 5
    assert pieces[-1][0] - pieces[0][0] > 0.2
    assert sum(size for _, size in pieces) == int(reply.headers["content-length"])
    assert whole.status_code == 200


def test_a_connection_that_hangs_is_closed_in_the_end(store, document):
    with Running(Gateway(store, faults="hang@call=1,hang=300ms")) as server, httpx.Client() as client:
        began = time.monotonic()
        with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
            client.post(server.url, content=document(WIDE), headers=XML)
        assert time.monotonic() - began >= 0.3
        assert client.post(server.url, content=document(WIDE), headers=XML).status_code == 200


def test_a_hanging_connection_holds_nobody_else_up(store, document):
    with Running(Gateway(store, faults="hang@call=1,hang=20s")) as server, httpx.Client(timeout=0.3) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(server.url, content=document(WIDE), headers=XML)
        began = time.monotonic()
        assert client.post(server.url, content=document(WIDE), headers=XML, timeout=10).status_code == 200
        assert time.monotonic() - began < 10


def test_a_limit_at_a_time_that_is_above_the_threads_of_a_small_machine(store, document):
    go_on = threading.Event()
    gateway = Gateway(store, faults="at-most=12,slow=1s", sleep=lambda _: go_on.wait(30))
    limits = httpx.Limits(max_connections=None)
    with Running(gateway) as server, httpx.Client(limits=limits, timeout=30) as client, ThreadPoolExecutor(16) as pool:
        asked = [pool.submit(client.post, server.url, content=document(WIDE), headers=XML) for _ in range(16)]
        first = [future.result() for future in itertools.islice(as_completed(asked), 4)]
        go_on.set()
        statuses = sorted(future.result().status_code for future in asked)
    assert [(reply.status_code, reply.headers["retry-after"]) for reply in first] == [(429, "1")] * 4
    assert statuses == [200] * 12 + [429] * 4


def test_the_log_of_a_port(document):
    with Running(Gateway(Store(), faults="429@call=2")) as server, httpx.Client() as client:
        for _ in range(2):
            client.post(server.url, content=document("<getAPISession/>"), headers=XML)
        client.post(httpx.URL(server.url).join("/other"))
        log = client.get(httpx.URL(server.url).join("/ledger")).json()["log"]
    assert [(each["function"], each["status"], each["fault"]) for each in log] == [
        ("getAPISession", 200, None),
        (None, 429, "429"),
    ]
    assert abs(log[0]["at"] - time.time()) < 60
    assert log[0]["seconds"] > 0


def test_serving_says_where_and_a_taken_port_is_an_error():
    def stop(url):
        assert url.startswith("http://127.0.0.1:")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve(Gateway(Store()), on_ready=stop)
    with Running(Gateway(Store())) as server, pytest.raises(OSError, match="in use"):
        serve(Gateway(Store()), port=httpx.URL(server.url).port)


def test_serving_goes_on_until_interrupted(document):
    code = "from intacct_ql.emulator import *; serve(Gateway(Store()), on_ready=lambda url: print(url, flush=True))"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        url = process.stdout.readline().strip()
        assert httpx.post(url, content=document(WIDE), headers=XML).status_code == 200
        process.send_signal(signal.SIGINT)
        _, noise = process.communicate(timeout=10)
    assert noise.strip().endswith("KeyboardInterrupt")


async def _nothing(*_):
    raise AssertionError("not called")


def test_other_protocols_are_left_alone(gateway):
    import asyncio

    asyncio.run(application(gateway)({"type": "lifespan"}, _nothing, _nothing))


def test_gzip_of_the_same_reply_is_the_same(running, document):
    with running.client.stream("POST", running.url, content=document(WIDE), headers=XML) as reply:
        raw = b"".join(reply.iter_raw())
    assert gzip.decompress(raw).startswith(b"<?xml")


def test_a_query_is_read_to_its_end_over_the_port(document):
    rows = [(number, f"V{number}") for number in range(1, 6)]
    vendors = Table(object="VENDOR", columns=("RECORDNO", "VENDORID"), rows=rows)

    with Running(Gateway(Store([vendors]))) as server, httpx.Client() as client:

        def post(function, **settings):
            return etree.fromstring(
                client.post(server.url, content=document(function, **settings), headers=XML).content
            )

        session = f"<sessionid>{post('<getAPISession/>').findtext('.//sessionid')}</sessionid>"
        function = (
            "<readByQuery><object>VENDOR</object><query>VENDORID like 'V%'</query><pagesize>2</pagesize></readByQuery>"
        )
        found, remaining = [], 1
        while remaining:
            reply = post(function, authentication=session)
            data = reply.find("operation/result/data")
            found += [row.findtext("VENDORID") for row in data]
            remaining = int(data.get("numremaining"))
            function = f"<readMore><resultId>{data.get('resultId')}</resultId></readMore>"
        assert found == ["V5", "V4", "V3", "V2", "V1"]
        assert post(function, authentication=session).findtext(".//result/status") == "failure"
        listed = post('<get_list object="vendor" maxitems="1" start="4"/>', authentication=session, version="2.1")
        assert listed.findtext(".//vendor/vendorid") == "V1"
        assert client.get(httpx.URL(server.url).join("/ledger")).json()["calls"] == {
            "getAPISession": 1,
            "readByQuery": 1,
            "readMore": 3,
            "get_list": 1,
        }

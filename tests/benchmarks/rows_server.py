"""A gateway of canned rows, in a process of its own, that costs the machine next to nothing.

In: a number of rows, and how long a page takes. Out: sign-in and ``query`` over them, by key, order, offset and page
size; ``GET /ledger`` counts the calls. Refuses to know: conditions beside those on RECORDNO. The emulator would work
too hard, on the same two cores, to be beside what is measured here.

Run it by hand: ``python tests/benchmarks/rows_server.py ROWS MILLISECONDS [gzip]`` prints its URL. Bodies go out as
they are, whatever the client would take: packing one takes 16 ms of a processor, which the client has to share with the
gateway here and nowhere else, and carrying it over the loopback 5 ms. ``gzip`` packs them all the same. With httptools
and uvloop, where they are installed, a page of 300 ms is with a bare client after 303, else after 305.
"""

import asyncio
import json
import random
import socket
import sys
import zlib
from xml.sax.saxutils import escape

import uvicorn
from cells import cells
from lxml import etree

from intacct_ql.schema.catalog import BUNDLED

OBJECT = "GLDETAIL"
KEY = "RECORDNO"
KINDS = {"TEXT": 13, "INTEGER": 4, "CURRENCY": 6, "DATE": 4, "TIMESTAMP": 2, "BOOLEAN": 1}
POOL = 5_000
MOST = 2_000
ENVELOPE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<response><control><status>success</status><senderid>demo</senderid>'
    "<controlid>c</controlid><uniqueid>false</uniqueid><dtdversion>3.0</dtdversion></control><operation>"
    "<authentication><status>success</status><userid>demo</userid><companyid>demo</companyid><locationid></locationid>"
    "<sessiontimestamp>2026-01-01T00:00:00+00:00</sessiontimestamp>"
    "<sessiontimeout>2026-01-01T06:00:00+00:00</sessiontimeout></authentication>"
    "<result><status>success</status><function>%s</function><controlid>%s</controlid>%s</result></operation></response>"
)

FORMATTING = (
    "<data><userformatting><recordno>1</recordno><locale>en_US</locale><dateformat>/mdY</dateformat>"
    "<gmtoffset>+00:00</gmtoffset><clock>24</clock></userformatting></data>"
)
"""How the user has days and times: the usual way."""


def types() -> dict[str, str]:
    """Thirty fields of mixed types with short names, the key in front."""
    known = BUNDLED.object(OBJECT)
    assert known is not None
    found = {KEY: str(known.fields[KEY].type)}
    for kind, count in KINDS.items():
        names = [name for name, field in known.fields.items() if field.type == kind and name != KEY]
        found |= dict.fromkeys(sorted(names, key=len)[: count - (kind == found[KEY])], kind)
    assert len(found) == 30
    return found


def fields() -> list[str]:
    return list(types())


def pool(seed: int = 1) -> list[bytes]:
    """What stands behind the key in a row, over and over."""
    dice = random.Random(seed)
    drawn = cells(dice)
    rest = [(name, drawn[kind]) for name, kind in types().items() if name != KEY]
    return [
        "".join(f"<{name}>{'' if dice.random() < 1 / 7 else escape(cell())}</{name}>" for name, cell in rest).encode()
        + f"</{OBJECT}>".encode()
        for _ in range(POOL)
    ]


class Rows:
    """The rows 1 to ``count``, and the replies about them."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.calls: dict[str, int] = {}
        self._pool = pool()
        self._head = f"<{OBJECT}><{KEY}>".encode()
        self._foot = f"</{KEY}>".encode()

    def answer(self, body: bytes, url: str) -> bytes:
        """The reply to one request of one function."""
        function = etree.fromstring(body).find("operation/content/function")
        assert function is not None
        call, controlid = function[0], function.get("controlid", "")
        self.calls[call.tag] = self.calls.get(call.tag, 0) + 1
        if call.tag == "getAPISession":
            found = f"<data><api><sessionid>s</sessionid><endpoint>{url}</endpoint><locationid/></api></data>"
            return (ENVELOPE % (call.tag, controlid, found)).encode()
        if call.tag == "readUserFormatting":
            return (ENVELOPE % (call.tag, controlid, FORMATTING)).encode()
        return self.page(
            *self._bounds(call),
            falling=call.find("orderby/order/descending") is not None,
            offset=int(call.findtext("offset") or 0),
            size=min(MOST, int(call.findtext("pagesize") or 100)),
            controlid=controlid,
        )

    def page(
        self, low: int, high: int, *, falling: bool = False, offset: int = 0, size: int = MOST, controlid: str = ""
    ) -> bytes:
        """The reply with some of the rows behind ``low``, up to ``high``."""
        total = max(0, high - low)
        count = max(0, min(size, total - offset))
        first = high - offset if falling else low + 1 + offset
        keys = range(first, first - count, -1) if falling else range(first, first + count)
        rows = b"".join([b"%b%d%b%b" % (self._head, key, self._foot, self._pool[key % POOL]) for key in keys])
        head, tail = (ENVELOPE % ("query", controlid, "\0")).encode().split(b"\0")
        left = total - offset - count
        data = (
            f'<data listtype="{OBJECT}" totalcount="{total}" offset="{offset}" count="{count}" numremaining="{left}">'
        )
        return b"".join([head, data.encode(), rows, b"</data>", tail])

    def _bounds(self, query: etree._Element) -> tuple[int, int]:
        low, high = 0, self.count
        for comparison in query.iterfind("filter//field/.."):
            if comparison.findtext("field") != KEY:
                raise ValueError(f"only {KEY} can be compared")
            value = int(comparison.findtext("value") or 0)
            above, up_to = {
                "greaterthan": (value, high),
                "lessthanorequalto": (low, value),
                "lessthan": (low, value - 1),
                "greaterthanorequalto": (value - 1, high),
                "equalto": (value - 1, value),
            }[comparison.tag]
            low, high = max(low, above), min(high, up_to)
        return low, high


def packed(reply: bytes) -> bytes:
    """As gzip, the fastest way."""
    packer = zlib.compressobj(1, wbits=31)
    return packer.compress(reply) + packer.flush()


def application(rows: Rows, delay: float, *, packs: bool = False):
    """The ASGI application; a page takes ``delay`` seconds from its request on, and holds up nobody else meanwhile."""

    async def gateway(scope, body: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
        async def answered() -> bytes:
            host, port = scope["server"]
            reply = rows.answer(body, f"http://{host}:{port}/")
            return await asyncio.to_thread(packed, reply) if packs else reply

        _, reply = await asyncio.gather(asyncio.sleep(0 if b"getAPISession" in body else delay), answered())
        return [(b"content-type", b"text/xml"), *([(b"content-encoding", b"gzip")] if packs else [])], reply

    async def app(scope, receive, send) -> None:
        if scope["type"] != "http":
            return
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        if scope["path"] == "/ledger":
            headers, reply = [(b"content-type", b"application/json")], json.dumps(rows.calls).encode()
        else:
            headers, reply = await gateway(scope, body)
        headers.append((b"content-length", str(len(reply)).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": reply})

    return app


def main(count: str, milliseconds: str, packing: str = "") -> None:
    """Serve until killed; the URL is printed once connections are accepted."""
    bound = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{bound.getsockname()[1]}/", flush=True)
    app = application(Rows(int(count)), int(milliseconds) / 1000, packs=packing == "gzip")
    settings = {"lifespan": "off", "ws": "none", "access_log": False, "log_level": "critical", "log_config": None}
    uvicorn.Server(uvicorn.Config(app, timeout_keep_alive=300, **settings)).run(sockets=[bound])


if __name__ == "__main__":
    main(*sys.argv[1:])

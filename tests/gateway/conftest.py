"""Wire files, a reader of whole replies, and a gateway of thirty lines with a clock that a test turns."""

import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from intacct_ql.gateway.messages import ColumnShape, Credentials, Exchange, Reply, RowShape
from intacct_ql.gateway.reader import ReplyReader

WIRE = Path(__file__).parent / "wire"
SECRETS = ("s3nder&pw", "s3nder&amp;pw", "us3r<pw", "us3r&lt;pw", "s3ssion")


def text_columns(*names: str | tuple[str, ...]) -> RowShape:
    columns = [(name,) if isinstance(name, str) else name for name in names]
    return RowShape(columns=tuple(ColumnShape(names=accepted, decode=str) for accepted in columns))


@pytest.fixture
def wire() -> Callable[[str], bytes]:
    return lambda name: (WIRE / f"{name}.xml").read_bytes()


@pytest.fixture
def columns() -> Callable[..., RowShape]:
    return text_columns


@pytest.fixture
def vendor() -> RowShape:
    return RowShape(
        columns=(
            ColumnShape(names=("RECORDNO",), decode=int),
            ColumnShape(names=("NAME",), decode=str),
            ColumnShape(names=("VENDOR.TERM.NAME",), decode=str),
        )
    )


@pytest.fixture
def read() -> Callable[..., Reply]:
    def whole(data: bytes, shape: RowShape | None = None, *, step: int = 0, **settings: int) -> Reply:
        reader = ReplyReader(shape, **settings)
        for start in range(0, len(data), step or len(data) or 1):
            reader.feed(data[start : start + (step or len(data))])
        return reader.close()

    return whole


@pytest.fixture
def secrets() -> tuple[str, ...]:
    return SECRETS


@pytest.fixture
def credentials() -> Credentials:
    return Credentials(
        sender_id="acme-sender",
        sender_password="s3nder&pw",
        company_id="acme",
        user_id="reader",
        user_password="us3r<pw",
    )


class FakeGateway:
    """Opens sessions that live ``lifetime`` seconds of ``now`` and slide; notes every request."""

    def __init__(self, wire: Callable[[str], bytes]) -> None:
        self.wire = wire
        self.now = 1000.0
        self.lifetime = 3600
        self.says_lifetime = True
        self.endpoint = "https://na12.intacct.com/ia/xml/xmlgw.phtml"
        self.ends: dict[str, float] = {}
        self.log: list[tuple[str, str]] = []
        self.answer: bytes | None = None
        self.opened = 0

    def clock(self) -> float:
        return self.now

    def handle(self, exchange: Exchange) -> Reply:
        body = exchange.body.decode()
        signing_in = "<login>" in body
        self.log.append(("sign-in" if signing_in else "call", exchange.url))
        if self.answer is not None:
            reply = self.answer
        elif signing_in:
            reply = self._sign_in()
        else:
            reply = self._call(re.search("<sessionid>(.*?)</sessionid>", body)[1])  # type: ignore[index]
        echo = re.search('<function controlid="(.*?)">', body)[1]  # type: ignore[index]
        exchange.reader.feed(reply.replace(b"f-1", echo.encode()))
        return exchange.reader.close()

    def _sign_in(self) -> bytes:
        self.opened += 1
        self.ends[f"s3ssion-{self.opened}"] = self.now + self.lifetime
        reply = self.wire("sign_in").decode()
        reply = reply.replace("s3ssion-1", f"s3ssion-{self.opened}").replace(
            "https://na12.intacct.com/ia/xml/xmlgw.phtml", self.endpoint
        )
        # Server times of another year: only their difference may matter.
        hours, minutes = divmod(self.lifetime // 60, 60)
        reply = re.sub("<sessiontimestamp>.*?<", "<sessiontimestamp>2031-05-01T00:00:00+02:00<", reply)
        until = f"2031-05-01T{hours:02}:{minutes:02}:{self.lifetime % 60:02}+02:00"
        reply = re.sub("<sessiontimeout>.*?<", f"<sessiontimeout>{until}<", reply)
        if not self.says_lifetime:
            reply = re.sub("<sessiontimeout>.*?</sessiontimeout>", "", reply)
        return reply.encode()

    def _call(self, sessionid: str) -> bytes:
        if self.now >= self.ends.get(sessionid, 0):
            return self.wire("failure_session")
        self.ends[sessionid] = self.now + self.lifetime
        return self.wire("query")

    def run(self, steps: Generator[Exchange, Reply | None, Any]) -> Any:
        """A driver without locks."""
        reply = None
        try:
            while True:
                exchange = steps.send(reply)
                reply = self.handle(exchange) if exchange.needed() else None
        except StopIteration as done:
            return done.value


@pytest.fixture
def gateway(wire: Callable[[str], bytes]) -> FakeGateway:
    return FakeGateway(wire)

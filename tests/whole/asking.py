"""Ways to ask one gateway: over a port or in this process, blocking or async."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from threading import Lock
from typing import Any

from gateways import CREDENTIALS

import intacct_ql as iql
from intacct_ql.connecting import DEMO_ENDPOINT
from intacct_ql.emulator import Gateway, Running
from intacct_ql.executor.drive import AsyncLine, Line
from intacct_ql.gateway.messages import Credentials
from intacct_ql.gateway.session import Conversation
from intacct_ql.sessions import AsyncSession, Session
from intacct_ql.transport.checked import AsyncChecked, Checked
from intacct_ql.transport.loopback import AsyncLoopback, Loopback

WAYS = ("here", "here, async", "port", "port, async")


class Asker:
    """A session of either kind; ``ask`` gives a result that was read, and its rows. Requests are held to the schema."""

    def __init__(self, session: Session | AsyncSession, loop: asyncio.Runner | None = None) -> None:
        self.session = session
        self._loop = asyncio.Runner() if loop is None else loop

    def ask(
        self, text: str, params: Any = None, *, into: list[tuple] | None = None, **settings: Any
    ) -> tuple[Any, list[tuple]]:
        """The rows are put ``into`` a list one by one, where one is given."""
        rows = [] if into is None else into
        if isinstance(self.session, Session):
            result = self.session.query(text, params, **settings)
            for row in result:
                rows.append(row)  # one by one: a failure loses none
            return result, rows
        return self._loop.run(self._ask(text, params, rows, settings))

    async def _ask(self, text: str, params: Any, rows: list[tuple], settings: Any) -> tuple[Any, list[tuple]]:
        result = self.session.query(text, params, **settings)
        async for row in result:
            rows.append(row)  # noqa: PERF401 - as above
        return result, rows

    def inside(self, entity: str) -> "Asker":
        return Asker(self.session.inside(entity), self._loop)

    def close_session(self) -> None:
        if isinstance(self.session, Session):
            self.session.close()
        else:
            self._loop.run(self.session.close())

    def close(self) -> None:
        self.close_session()
        self._loop.close()


def _valid(body: bytes) -> None:
    from intacct_ql.gateway.validate import demand_valid

    demand_valid(body, "request")


@contextmanager
def asking(gateway: Gateway, way: str, **settings: Any) -> Iterator[Asker]:
    """A session with the gateway; ``settings`` are those of a session in this process."""
    name, _, kind = way.partition(", ")
    if name == "port":
        with Running(gateway) as running:
            connect = iql.connect_async if kind else iql.connect
            with closing(Asker(connect(endpoint_url=running.url, validate=True, **CREDENTIALS))) as asker:
                yield asker
        return

    def handle(body: bytes) -> tuple[int, dict[str, str], bytes]:
        answer = gateway.handle(body, url=DEMO_ENDPOINT)
        return answer.status, dict(answer.headers), answer.body

    conversation = Conversation(Credentials(**CREDENTIALS), DEMO_ENDPOINT, clock=lambda: 0.0)
    if kind:
        async_line = AsyncLine(transport=AsyncChecked(AsyncLoopback(handle), _valid), lock=asyncio.Lock())
        session: Session | AsyncSession = AsyncSession(conversation, async_line, "here", **settings)
    else:
        line = Line(transport=Checked(Loopback(handle), _valid), lock=Lock())
        session = Session(conversation, line, "here", **settings)
    with closing(Asker(session)) as asker:
        yield asker

import asyncio

import pytest

from intacct_ql.transport.base import AsyncTransport, Transport
from intacct_ql.transport.checked import AsyncChecked, Checked
from intacct_ql.transport.loopback import AsyncLoopback, Loopback

SENT: list[bytes] = []


@pytest.fixture(autouse=True)
def nothing_sent():
    SENT.clear()


def handle(body):
    SENT.append(body)
    return 200, {}, body.upper()


def check(body):
    if body != b"good":
        raise LookupError(body)


class Closing(Loopback):
    closed = False

    def close(self):
        self.closed = True


class AsyncClosing(AsyncLoopback):
    closed = False

    async def close(self):
        self.closed = True


def test_only_what_passes_is_sent():
    inner = Closing(handle)
    transport: Transport = Checked(inner, check)
    with transport.send("http://localhost/", b"good") as response:
        assert b"".join(response.chunks) == b"GOOD"
    with pytest.raises(LookupError), transport.send("http://localhost/", b"bad"):
        pass
    transport.close()
    assert (SENT, inner.closed) == ([b"good"], True)


def test_the_async_twin_does_the_same():
    async def main():
        inner = AsyncClosing(handle)
        transport: AsyncTransport = AsyncChecked(inner, check)
        async with transport.send("http://localhost/", b"good") as response:
            pieces = [piece async for piece in response.chunks]
        with pytest.raises(LookupError):
            async with transport.send("http://localhost/", b"bad"):
                pass
        await transport.close()
        return b"".join(pieces), inner.closed

    assert asyncio.run(main()) == (b"GOOD", True)
    assert SENT == [b"good"]

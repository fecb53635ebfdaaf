import asyncio

from intacct_ql.transport.base import AsyncTransport, Transport
from intacct_ql.transport.loopback import AsyncLoopback, Loopback


def handle(body):
    return 202, {"Content-Type": "text/xml"}, body * 100_000


def test_the_answer_comes_in_pieces():
    transport: Transport = Loopback(handle)
    with transport.send("http://localhost/", b"ab") as response:
        pieces = list(response.chunks)
        assert (response.status, response.headers) == (202, {"content-type": "text/xml"})
    assert b"".join(pieces) == b"ab" * 100_000
    assert max(map(len, pieces)) <= 65_536
    transport.close()


def test_the_async_twin_gives_the_same():
    async def main():
        transport: AsyncTransport = AsyncLoopback(handle)
        async with transport.send("http://localhost/", b"ab") as response:
            pieces = [piece async for piece in response.chunks]
        await transport.close()
        return response.status, b"".join(pieces)

    assert asyncio.run(main()) == (202, b"ab" * 100_000)

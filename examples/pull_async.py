"""Two pulls at once with the async session, against the emulator on a real port."""

import asyncio
from decimal import Decimal

import intacct_ql as iql
from intacct_ql.emulator import Running
from intacct_ql.emulator import demo as demo_gateway

DEMO: iql.Credentials = {
    "sender_id": "demo",
    "sender_password": "demo",
    "company_id": "demo",
    "user_id": "demo",
    "user_password": "demo",
}


async def main(url: str) -> None:
    async with iql.connect_async(endpoint_url=url, **DEMO) as session:
        customers = session.query("select CUSTOMERID, TOTALDUE from CUSTOMER where TOTALDUE > 0")
        details = session.query("select RECORDNO, AMOUNT from GLDETAIL")
        rows, more = await asyncio.gather(customers.fetchall(), details.fetchall())
        print(len(rows), "customers owe", sum(due for _, due in rows if isinstance(due, Decimal)))
        print(len(more), "lines in", details.stats.pages, "pages")


with Running(demo_gateway()) as running:
    asyncio.run(main(running.url))

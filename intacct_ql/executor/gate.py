"""In and out of a rate for async callers.

In: a rate, or a ticket of one. Out: what its ``enter`` gives, and later, that the call is over. Refuses to know: what
the call is.

The lock on a file may have to be waited for, and then a thread waits, not the event loop. What a thread has begun it
ends: who is cancelled meanwhile leaves no call under way.
"""

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from intacct_ql.executor.rate import Rate, Ticket


async def enter(rate: "Rate") -> "Ticket | float":
    """As ``rate.enter``."""
    if not rate.is_shared:
        return rate.enter()
    entering = asyncio.create_task(asyncio.to_thread(rate.enter))
    try:
        return await asyncio.shield(entering)
    except asyncio.CancelledError:
        entering.add_done_callback(_leave_again)
        raise


async def leave(ticket: "Ticket") -> None:
    """As ``ticket.leave``."""
    if ticket.is_shared:
        await asyncio.shield(asyncio.to_thread(ticket.leave))
    else:
        ticket.leave()


def _leave_again(entering: "asyncio.Task[Ticket | float]") -> None:
    if entering.cancelled() or entering.exception() is not None:
        return
    entered = entering.result()
    if not isinstance(entered, float):
        asyncio.get_running_loop().run_in_executor(None, entered.leave)

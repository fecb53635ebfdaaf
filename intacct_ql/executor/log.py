"""What a run says in the log, as records with fields.

In: exchanges and pauses. Out: records of the logger ``intacct_ql.calls``. Refuses to know: bodies, credentials and
session ids; nothing of them is ever handed to it.

``DEBUG`` tells of every exchange, ``INFO`` of every pause after a failure. The fields stand beside the message, under
the names that ``FIELDS`` has, for whoever writes records down as data.
"""

import logging

from intacct_ql.gateway.messages import Exchange, Pause

LOGGER = logging.getLogger("intacct_ql.calls")

FIELDS = ("function", "host", "status", "bytes", "seconds", "failure", "tries", "throttled", "wait")
"""The fields that records may have."""


def exchanged(exchange: Exchange, host: str, *, status: int | None, size: int, seconds: float) -> None:
    """One exchange is over; ``status`` None where no answer came."""
    if LOGGER.isEnabledFor(logging.DEBUG):
        came = "no answer" if status is None else f"status {status}, {size:,} bytes"
        fields = {"function": exchange.function, "host": host, "status": status, "bytes": size, "seconds": seconds}
        LOGGER.debug("%s: %s in %.3f s", exchange.function, came, seconds, extra=fields)


def paused(pause: Pause) -> None:
    """A failure passes: the same is asked again after a pause."""
    failure = str(pause.failure).partition("\n")[0]
    fields = {"failure": failure, "tries": pause.tries, "throttled": pause.throttled, "wait": pause.seconds}
    LOGGER.info("%s; asking again in %.1f s", failure, pause.seconds, extra=fields)

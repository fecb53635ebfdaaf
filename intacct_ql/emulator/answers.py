"""What goes back over HTTP, faults included.

In: bytes of a reply, or the name of a fault. Out: ``Answer`` records. Refuses to know: sockets, sessions, queries.

The bodies follow what clients report: a gateway failure GW-0010 with 429, Cloudflare pages with 524 and at times with
200, no XML at all when the process dies. None carries Retry-After: none is documented for XML.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from intacct_ql.emulator.replies import document, gateway_failure

XML = "text/xml; charset=UTF-8"
_HTML = "text/html; charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One reply. ``headers`` lack only the length.

    ``cut`` is how many bytes of the body arrive before the connection ends although all were announced; ``drop`` means
    that the connection ends without a reply. Whoever carries the answer must act on both.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cut: int | None = None
    drop: bool = False


def answer(body: bytes, *, status: int = 200, content_type: str = XML) -> Answer:
    """A whole reply of one content type."""
    return Answer(status=status, headers=(("Content-Type", content_type),), body=body)


def shortened(whole: Answer) -> Answer:
    """A reply of which half arrives."""
    return replace(whole, cut=len(whole.body) // 2)


def refused_by_gateway(errorno: str, description: str, *, status: int, ids: random.Random) -> Answer:
    """A reply of the layer before the application."""
    return answer(document(gateway_failure(errorno, description, ids)), status=status)


def _cloudflare(status: int, code: int, reason: str) -> Callable[[random.Random], Answer]:
    def build(ids: random.Random) -> Answer:
        ray = "".join(ids.choices("0123456789abcdef", k=16))
        page = (
            f'<!DOCTYPE html>\n<html lang="en-US">\n<head><title>api.intacct.com | {code}: {reason}</title></head>\n'
            f'<body>\n<div id="cf-wrapper"><div id="cf-error-details"><h1><span>{reason}</span> '
            f"<span>Error code {code}</span></h1>\n<p>Cloudflare Ray ID: <strong>{ray}</strong></p>"
            f"</div></div>\n</body>\n</html>\n"
        )
        return answer(page.encode(), status=status, content_type=_HTML)

    return build


def _too_many(ids: random.Random) -> Answer:
    return refused_by_gateway("GW-0010", "API rate limit exceeded", status=429, ids=ids)


def _unavailable(ids: random.Random) -> Answer:
    return refused_by_gateway("GW-0001", "Unable to process request", status=503, ids=ids)


def _died(_ids: random.Random) -> Answer:
    return answer(b"<html><body><h1>500 Internal Server Error</h1></body></html>", status=500, content_type=_HTML)


def _hostile(_ids: random.Random) -> Answer:
    """A reply with an entity: a client that expands it has trusted a stranger."""
    return answer(
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<!DOCTYPE response [<!ENTITY who "expanded">]>\n'
        b"<response><control><status>success</status><senderid>&who;</senderid></control></response>\n"
    )


def _dropped(_ids: random.Random) -> Answer:
    return Answer(status=0, headers=(), body=b"", drop=True)


FAULTS: dict[str, Callable[[random.Random], Answer]] = {
    "429": _too_many,
    "500": _died,
    "503": _unavailable,
    "524": _cloudflare(524, 524, "A timeout occurred"),
    "html": _cloudflare(200, 1020, "Access denied"),
    "drop": _dropped,
    "doctype": _hostile,
}
"""The replies that take the place of a real one. ``cut`` and ``expire`` let the request run."""

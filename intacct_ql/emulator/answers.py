"""What goes back over HTTP, faults included.

In: bytes of a reply, or the name of a fault. Out: ``Answer`` records. Refuses to know: sockets, sessions, queries.

The bodies follow what clients report: a gateway failure GW-0010 with 429, Cloudflare pages with 524 and at times with
200, no XML at all when the process dies. [?] Retry-After beside 429 is documented for REST only.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from intacct_ql.emulator.faults import Settings
from intacct_ql.emulator.replies import document, gateway_failure

XML = "text/xml; charset=UTF-8"
_HTML = "text/html; charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One reply. ``headers`` lack only the length.

    ``cut`` is how many bytes of the body arrive before the connection ends although all were announced; ``drop`` means
    that the connection ends without a reply. Whoever carries the answer must act on both. A wire spreads the body over
    ``dribble`` seconds, and is silent for ``hang`` seconds before it drops; elsewhere they mean nothing.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    cut: int | None = None
    drop: bool = False
    dribble: float = 0
    hang: float = 0


def answer(body: bytes, *, status: int = 200, content_type: str = XML) -> Answer:
    """A whole reply of one content type."""
    return Answer(status=status, headers=(("Content-Type", content_type),), body=body)


def plain(words: str, *, status: int) -> Answer:
    """A reply of the emulator itself, in words."""
    return answer(f"{words}\n".encode(), status=status, content_type="text/plain; charset=UTF-8")


def _shortened(whole: Answer, _settings: Settings) -> Answer:
    return replace(whole, cut=len(whole.body) // 2)


def _dribbling(whole: Answer, settings: Settings) -> Answer:
    return replace(whole, dribble=settings.dribble)


def refused_by_gateway(errorno: str, description: str, *, status: int, ids: random.Random) -> Answer:
    """A reply of the layer before the application."""
    return answer(document(gateway_failure(errorno, description, ids)), status=status)


def _cloudflare(status: int, code: int, reason: str) -> "Replacement":
    def build(ids: random.Random, _settings: Settings) -> Answer:
        ray = "".join(ids.choices("0123456789abcdef", k=16))
        page = (
            f'<!DOCTYPE html>\n<html lang="en-US">\n<head><title>api.intacct.com | {code}: {reason}</title></head>\n'
            f'<body>\n<div id="cf-wrapper"><div id="cf-error-details"><h1><span>{reason}</span> '
            f"<span>Error code {code}</span></h1>\n<p>Cloudflare Ray ID: <strong>{ray}</strong></p>"
            f"</div></div>\n</body>\n</html>\n"
        )
        return answer(page.encode(), status=status, content_type=_HTML)

    return build


def _too_many(ids: random.Random, settings: Settings) -> Answer:
    refused = refused_by_gateway("GW-0010", "API rate limit exceeded", status=429, ids=ids)
    return replace(refused, headers=(*refused.headers, ("Retry-After", f"{settings.retry_after:.0f}")))


def _unavailable(ids: random.Random, _settings: Settings) -> Answer:
    return refused_by_gateway("GW-0001", "Unable to process request", status=503, ids=ids)


def _page(status: int, words: str) -> "Replacement":
    body = f"<html><body><h1>{status} {words}</h1></body></html>".encode()
    return lambda _ids, _settings: answer(body, status=status, content_type=_HTML)


def _hostile(_ids: random.Random, _settings: Settings) -> Answer:
    """A reply with an entity: a client that expands it has trusted a stranger."""
    return answer(
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b'<!DOCTYPE response [<!ENTITY who "expanded">]>\n'
        b"<response><control><status>success</status><senderid>&who;</senderid></control></response>\n"
    )


def _dropped(_ids: random.Random, _settings: Settings) -> Answer:
    return Answer(status=0, headers=(), body=b"", drop=True)


def _hanging(_ids: random.Random, settings: Settings) -> Answer:
    return Answer(status=0, headers=(), body=b"", drop=True, hang=settings.hang)


Replacement = Callable[[random.Random, Settings], Answer]

INSTEAD: dict[str, Replacement] = {
    "429": _too_many,
    "500": _page(500, "Internal Server Error"),
    "502": _page(502, "Bad Gateway"),
    "503": _unavailable,
    "html": _cloudflare(200, 1020, "Access denied"),
    "doctype": _hostile,
}
"""Replies that take the place of a real one, before anything is looked at."""

AFTER: dict[str, Replacement] = {
    "504": _page(504, "Gateway Time-out"),
    "524": _cloudflare(524, 524, "A timeout occurred"),
    "drop": _dropped,
    "hang": _hanging,
}
"""Replies that take the place of a real one when the functions have run."""

CHANGES: dict[str, Callable[[Answer, Settings], Answer]] = {"cut": _shortened, "dribble": _dribbling}
"""What becomes of the real reply on its way."""

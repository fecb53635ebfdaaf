"""The emulator's own paths: what it has been asked, and its faults, snapshots and resets, for people and for scripts.

In: a request to one of these paths. Out: a page or JSON. Refuses to know: ASGI, the wire of the gateway.

=====================  ===========================================================================
GET ``/ledger``        the counts, the bill and the last requests, as JSON
GET ``/``              leads to the page
GET ``/control``       the company, the faults and the counts: a page, or JSON for who accepts that
POST ``/faults``       the body is the specification of the faults from now on; empty means none
POST ``/snapshot``     now is what a reset goes back to
POST ``/reset``        rows and sessions as at the last snapshot or the beginning; counts from nothing
POST ``/ledger/reset`` counts from nothing
=====================  ===========================================================================

A POST is answered with what GET ``/control`` gives, or leads a browser back to the page, which also tells it of a wrong
specification. Other web pages are kept out:
one that another origin sends is refused, and on the loopback so is every request that calls this host by a name of
elsewhere, which is how a page reaches it whose name has been pointed here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit

from intacct_ql.emulator.answers import Answer, answer, plain
from intacct_ql.emulator.control_page import page
from intacct_ql.emulator.gateway import Gateway

_LONGEST_SPEC = 10_000
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request to one of these paths. ``server`` is the address it came in on, ``host`` what it calls that."""

    scheme: str
    server: str
    host: str
    origin: str
    accept: str
    body: bytes


Route = Callable[[Gateway, Asked], Answer]


def respond(route: Route, gateway: Gateway, asked: Asked) -> Answer:
    """What a route answers, to whom it may."""
    if _is_loopback(asked.server) and not _is_loopback(_hostname(asked.host)):
        return plain(f"This is the emulator on {asked.server}, and not {asked.host}.", status=403)
    if asked.origin and asked.origin != f"{asked.scheme}://{asked.host}":
        return plain("Other web pages may not change the emulator.", status=403)
    return route(gateway, asked)


def state(gateway: Gateway) -> dict[str, object]:
    """What there is to see, as plain data; the rows of an object that have not been read yet are None."""
    return {"company": gateway.store.sizes(), "faults": gateway.faults.spec, "ledger": gateway.ledger.counts()}


def _ledger(gateway: Gateway, _: Asked) -> Answer:
    return _json(gateway.ledger.to_dict())


def _control(gateway: Gateway, asked: Asked) -> Answer:
    if "application/json" in asked.accept and "text/html" not in asked.accept:
        return _json(state(gateway))
    return _page(page(state(gateway)))


def _faults(gateway: Gateway, asked: Asked) -> Answer:
    if len(asked.body) > _LONGEST_SPEC:
        return _wrong(gateway, asked, 413, f"A specification of faults has at most {_LONGEST_SPEC} bytes.")
    text = asked.body.decode("utf-8", "replace")
    if text.startswith("spec="):  # the form of the page; no specification begins so
        text = "".join(parse_qs(text).get("spec", ()))
    try:
        gateway.faults = text.strip()
    except ValueError as wrong:
        return _wrong(gateway, asked, 400, str(wrong), spec=text)
    return _changed(gateway, asked)


def _wrong(gateway: Gateway, asked: Asked, status: int, words: str, *, spec: str | None = None) -> Answer:
    if "text/html" not in asked.accept:
        return plain(words, status=status)
    return _page(page(state(gateway), wrong=words, spec=spec), status=status)


def _doing(change: Callable[[Gateway], object]) -> Route:
    def do(gateway: Gateway, asked: Asked) -> Answer:
        change(gateway)
        return _changed(gateway, asked)

    return do


ROUTES: dict[tuple[str, str], Route] = {
    ("GET", "/"): lambda *_: _leading_to_page(302),
    ("GET", "/ledger"): _ledger,
    ("GET", "/control"): _control,
    ("POST", "/faults"): _faults,
    ("POST", "/snapshot"): _doing(Gateway.snapshot),
    ("POST", "/reset"): _doing(Gateway.reset),
    ("POST", "/ledger/reset"): _doing(lambda gateway: gateway.ledger.clear()),
}


def _changed(gateway: Gateway, asked: Asked) -> Answer:
    if "text/html" not in asked.accept:
        return _json(state(gateway))
    return _leading_to_page(303)


def _leading_to_page(status: int) -> Answer:
    return _with(answer(b"", status=status, content_type="text/plain"), ("Location", "/control"))


def _page(html: str, *, status: int = 200) -> Answer:
    made = answer(html.encode(), status=status, content_type="text/html; charset=UTF-8")
    return _with(made, ("Content-Security-Policy", _POLICY), ("Cache-Control", "no-store"))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _json(data: object) -> Answer:
    return answer(json.dumps(data).encode(), content_type="application/json")


def _with(given: Answer, *headers: tuple[str, str]) -> Answer:
    return Answer(status=given.status, headers=(*given.headers, *headers), body=given.body)

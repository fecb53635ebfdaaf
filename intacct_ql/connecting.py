"""How a session with a company comes about.

In: a profile, credentials, an endpoint; or nothing, for the embedded demo company. Out: sessions, not yet
signed in. Refuses to know: queries.
"""

import os
from collections.abc import Collection, Mapping
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, TypedDict, Unpack, cast

from intacct_ql.bounds import is_count
from intacct_ql.errors import ConfigError
from intacct_ql.schema.catalog import BUNDLED, Catalog

if TYPE_CHECKING:
    from intacct_ql.discovery.snapshot import Snapshot
    from intacct_ql.executor.lanes import Lanes
    from intacct_ql.executor.rate import Rate
    from intacct_ql.formatting import Formatting
    from intacct_ql.gateway.session import Conversation
    from intacct_ql.profiles import Settings
    from intacct_ql.sessions import AsyncSession, Session
    from intacct_ql.transport.base import Transport


class Credentials(TypedDict, total=False):
    """Who signs in, by the names that keyword arguments have; what is None counts as not given."""

    sender_id: str | None
    sender_password: str | None
    company_id: str | None
    user_id: str | None
    user_password: str | None
    entity_id: str | None


def demo(scale: int = 1, seed: int | None = None, *, validate: bool = False) -> "Session":
    """A session with the embedded demo company: no network, no licence.

    ``scale`` multiplies its transactions. ``validate`` is as for ``connect``. How its user has dates need not be asked:
    as the documentation writes them, in UTC.
    """
    from intacct_ql.executor.drive import Line
    from intacct_ql.executor.lanes import Lanes
    from intacct_ql.sessions import Session
    from intacct_ql.transport.checked import Checked

    embedded = demo_transport(scale, seed)
    transport = Checked(embedded, _demand_valid_request) if validate else embedded
    line = Line(transport=transport, lock=Lock(), lanes=Lanes(1))
    conversation = _conversation(DEMO, DEMO_ENDPOINT, ())
    return Session(conversation, line, "demo", ahead=False, formatting=demo_formatting())


def demo_transport(scale: int = 1, seed: int | None = None) -> "Transport":
    """What carries requests to the embedded demo company."""
    from intacct_ql.emulator import demo as demo_gateway
    from intacct_ql.transport.loopback import Loopback

    gateway = demo_gateway(scale=scale, seed=seed)

    def handle(body: bytes) -> tuple[int, dict[str, str], bytes]:
        answer = gateway.handle(body, url=DEMO_ENDPOINT)
        return answer.status, dict(answer.headers), answer.body

    return Loopback(handle)


DEMO_ENDPOINT = "http://localhost/ia/xml/xmlgw.phtml"
"""What the embedded company calls itself; nothing listens there."""

DEMO = dict.fromkeys(("sender_id", "sender_password", "company_id", "user_id", "user_password"), "demo")
"""Its credentials."""


def demo_formatting() -> "Formatting":
    """How its user has days and times."""
    from intacct_ql.formatting import Formatting

    return Formatting(gmtoffset="+00:00")


def connect(
    profile: str | None = None,
    *,
    endpoint_url: str | None = None,
    trusted_hosts: Collection[str] = (),
    timeout: float = 300.0,
    connections: int | None = None,
    calls_per_minute: int | None = None,
    rate_file: str | os.PathLike[str] | None = None,
    validate: bool = False,
    snapshot: bool = True,
    **credentials: Unpack[Credentials],
) -> "Session":
    """A session with a company over HTTP.

    ``credentials`` are those of ``Credentials``, ``sender_id`` and its like; what is not given comes from the
    environment and ``~/.intacct/credentials.ini``. ``timeout`` is in seconds.

    ``connections`` bounds the requests under way at a time, 2 unless given: fewer while the gateway throttles.
    ``calls_per_minute`` bounds the requests in any minute; with ``rate_file`` all processes that name the same file
    share it. ``validate`` holds each request to its schema before it is sent, and raises ``RequestError``. Without
    ``snapshot`` nothing that was learned of the company is used or kept. Raises ``ConfigError``.
    """
    from intacct_ql.executor.drive import Line
    from intacct_ql.sessions import Session
    from intacct_ql.transport.checked import Checked
    from intacct_ql.transport.http import HttpTransport

    given, endpoint = _credentials(profile, endpoint_url, credentials)
    lanes, rate = _lanes(connections), _rate(calls_per_minute, rate_file)
    http = HttpTransport(timeout=timeout, connections=lanes.most)
    transport = Checked(http, _demand_valid_request) if validate else http
    line = Line(transport=transport, lock=Lock(), lanes=lanes, rate=rate)
    kept = _snapshot(given, endpoint) if snapshot else None
    return Session(_conversation(given, endpoint, trusted_hosts), line, _name(given), snapshot=kept)


def connect_async(
    profile: str | None = None,
    *,
    endpoint_url: str | None = None,
    trusted_hosts: Collection[str] = (),
    timeout: float = 300.0,
    connections: int | None = None,
    calls_per_minute: int | None = None,
    rate_file: str | os.PathLike[str] | None = None,
    validate: bool = False,
    snapshot: bool = True,
    **credentials: Unpack[Credentials],
) -> "AsyncSession":
    """The same for async callers."""
    import asyncio

    from intacct_ql.executor.drive import AsyncLine
    from intacct_ql.sessions import AsyncSession
    from intacct_ql.transport.checked import AsyncChecked
    from intacct_ql.transport.http import HttpTransport
    from intacct_ql.transport.in_threads import InThreads

    given, endpoint = _credentials(profile, endpoint_url, credentials)
    lanes, rate = _lanes(connections), _rate(calls_per_minute, rate_file)
    http = InThreads(HttpTransport(timeout=timeout, connections=lanes.most))
    transport = AsyncChecked(http, _demand_valid_request) if validate else http
    line = AsyncLine(transport=transport, lock=asyncio.Lock(), lanes=lanes, rate=rate)
    kept = _snapshot(given, endpoint) if snapshot else None
    return AsyncSession(_conversation(given, endpoint, trusted_hosts), line, _name(given), snapshot=kept)


def catalog(
    profile: str | None = None,
    *,
    file: str | os.PathLike[str] | None = None,
    endpoint_url: str | None = None,
    **credentials: Unpack[Credentials],
) -> Catalog:
    """What names are checked by where nobody is asked: ``intacct_ql.check(text, catalog=intacct_ql.catalog())``.

    That is what the company of the profile said when it was asked last, above the bundled catalog; where nothing is
    configured, the bundled one alone. ``file`` is an exported catalog, which needs no profile. Raises ``ConfigError``.
    """
    if file is not None:
        from intacct_ql.discovery.shelf import catalog_in

        return catalog_in(file)
    settings = _settings(profile, endpoint_url, credentials)
    if settings is None:
        return BUNDLED
    from intacct_ql.discovery.kept import catalog_of

    return catalog_of(settings)


def _snapshot(given: Mapping[str, str], endpoint: str) -> "Snapshot":
    from intacct_ql.discovery.place import snapshot_file
    from intacct_ql.discovery.snapshot import Snapshot

    entity = given.get("entity_id")
    return Snapshot(snapshot_file(company=given["company_id"], user=given["user_id"], entity=entity, endpoint=endpoint))


def _lanes(connections: int | None) -> "Lanes":
    from intacct_ql.executor.lanes import CONNECTIONS, Lanes

    if connections is not None and not is_count(connections, 1):
        raise ConfigError(f"the number of connections is at least 1, not {connections!r}")
    return Lanes(CONNECTIONS if connections is None else connections)


def _rate(calls: int | None, file: "str | os.PathLike[str] | None") -> "Rate | None":
    if calls is None:
        if file is not None:
            raise ConfigError("a file for the rate of calls needs the number of calls a minute")
        return None
    from intacct_ql.executor.rate import Rate

    if not is_count(calls, 1):
        raise ConfigError(f"the number of calls a minute is at least 1, not {calls!r}")
    return Rate(calls, file=file)


def _demand_valid_request(body: bytes) -> None:
    from intacct_ql.gateway.validate import demand_valid

    demand_valid(body, "request")


def _credentials(profile: str | None, endpoint_url: str | None, given: Credentials) -> tuple[dict[str, str], str]:
    """Complete credentials and the endpoint; ``ConfigError`` when nothing is configured or half of it is missing."""
    from intacct_ql.profiles import ENDPOINT

    settings = _settings(profile, endpoint_url, given)
    if settings is None:
        raise ConfigError(
            "no credentials: intacct-ql profile add NAME asks for them, or set INTACCT_SENDER_ID and the rest"
        )
    found = {name: getattr(settings, name) for name in (*DEMO, "entity_id")}
    return {name: value for name, value in found.items() if value}, settings.endpoint_url or ENDPOINT


def _settings(profile: str | None, endpoint_url: str | None, credentials: Credentials) -> "Settings | None":
    from pathlib import Path

    from intacct_ql.profiles import load

    given = cast("Mapping[str, str | None]", credentials)
    unknown = sorted(set(given) - {*DEMO, "entity_id"})
    if unknown:
        raise ConfigError(f"unknown credential {unknown[0]}")
    overrides = {name: value for name, value in given.items() if value is not None}
    if endpoint_url is not None:
        overrides["endpoint_url"] = endpoint_url
    return load(profile, overrides, os.environ, Path.home())


def _conversation(given: Mapping[str, str], endpoint: str, trusted_hosts: Collection[str]) -> "Conversation":
    from intacct_ql.gateway import messages
    from intacct_ql.gateway.session import Conversation

    return Conversation(messages.Credentials(**given), endpoint, clock=monotonic, trusted_hosts=trusted_hosts)


def _name(given: Mapping[str, str]) -> str:
    entity = given.get("entity_id")
    return f"{given['company_id']}/{entity}" if entity else given["company_id"]

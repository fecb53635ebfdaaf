"""The steps before anything is sent: this program, the settings, the way to the gateway.

In: a ``Case``. Out: findings. Refuses to know: what the gateway answers.
"""

import platform
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from importlib.util import find_spec

from intacct_ql.diagnosing.case import Case
from intacct_ql.diagnosing.finding import Failed, Finding, State, failed
from intacct_ql.errors import ConfigError, TransportError
from intacct_ql.gateway.endpoint import check_endpoint, host_of
from intacct_ql.transport import reach

EXTRAS = {"arrow": "pyarrow", "excel": "xlsxwriter", "keyring": "keyring"}
"""Every extra that adds to the program, with the module it brings."""

_SOON = timedelta(days=14)


def program(_: Case) -> Iterator[Finding]:
    """Versions, and which extras are there."""
    there = {name: find_spec(module) is not None for name, module in EXTRAS.items()}
    ours, python = version("intacct-ql"), platform.python_version()
    extras = ", ".join(name if found else f"no {name}" for name, found in there.items())
    yield Finding(
        step="program",
        state=State.OK,
        words=f"intacct-ql {ours}, Python {python} on {platform.system() or 'an unknown system'}; extras: {extras}",
        details={"intacct_ql": ours, "python": python, "system": platform.system(), "extras": there},
    )


def settings(case: Case) -> Iterator[Finding]:
    """Where the credentials come from, and whether all of them are there."""
    try:
        case.settings = given = case.find()
    except ConfigError as wrong:
        raise failed(wrong) from None
    entity = given.entity_id or ""
    names = {"sender": given.sender_id, "company": given.company_id, "user": given.user_id, "entity": entity}
    told = ", ".join(f"{name} {value}" for name, value in names.items() if value)
    details = {**names, "endpoint": given.endpoint_url, "source": given.source}
    yield Finding(step="settings", state=State.OK, words=f"{told}; from {given.source}", details=details)
    if given.warning:
        words, _, advice = given.warning.partition("; ")
        yield Finding(step="settings", state=State.WARNING, words=words, advice=(advice,))


def endpoint(case: Case) -> Iterator[Finding]:
    """Whether credentials may go where they are to go."""
    try:
        check_endpoint(case.given.endpoint_url, case.trusted_hosts)
    except ConfigError as wrong:
        advice = "endpoint_url in the profile, INTACCT_ENDPOINT_URL or --endpoint names it; --trust-host allows a host"
        raise Failed(str(wrong), advice) from None
    yield Finding(step="endpoint", state=State.OK, words=case.given.endpoint_url)


def name(case: Case) -> Iterator[Finding]:
    """Whether the gateway's name has addresses."""
    url = case.given.endpoint_url
    if case.embedded:
        yield _skipped("name", "the company is in this process")
        return
    case.proxy = reach.proxy(url)
    if case.proxy:
        yield _skipped("name", f"the proxy {case.proxy} looks it up (HTTPS_PROXY, NO_PROXY)")
        return
    try:
        found = reach.addresses(url)
    except TransportError as wrong:
        raise failed(wrong) from None
    few = ", ".join(found[:3]) + (", ..." if len(found) > 3 else "")
    yield Finding(step="name", state=State.OK, words=f"{host_of(url)} is {few}", details={"addresses": found})


def connection(case: Case) -> Iterator[Finding]:
    """Whether a connection comes about, and whether its certificate is trusted."""
    if case.embedded:
        yield _skipped("connection", "the company is in this process")
        return
    if case.proxy:
        yield _skipped("connection", f"the proxy {case.proxy} makes it")
        return
    from intacct_ql.transport.http import trust  # noqa: PLC0415 - urllib3 is not needed for the steps before

    try:
        reached = reach.connect(case.given.endpoint_url, case.timeout, trust())
    except TransportError as wrong:
        raise failed(wrong) from None
    if reached.valid_until is None:
        yield Finding(step="connection", state=State.OK, words=f"port {reached.port} answers, without TLS")
        return
    ends = f"{reached.valid_until:%Y-%m-%d}"
    words = f"port {reached.port} answers, {reached.tls}, certificate valid until {ends}"
    yield Finding(step="connection", state=State.OK, words=words, details={"tls": reached.tls, "valid_until": ends})
    if reached.valid_until - datetime.now(UTC) < _SOON:
        yield Finding(step="connection", state=State.WARNING, words=f"the certificate ends soon: {ends}")


def _skipped(step: str, words: str) -> Finding:
    return Finding(step=step, state=State.SKIPPED, words=words)

"""Where credentials may go.

In: a URL. Out: the same URL, or an error. Refuses to know: how anything is sent there.

The official SDKs accept only hosts whose name ends in ``.intacct.com``, with or without a trailing dot. So does this,
over https; beside that the own machine, for an emulator, and hosts the caller names.
"""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from intacct_ql.errors import ConfigError
from intacct_ql.hosts import is_loopback

DEFAULT_ENDPOINT = "https://api.intacct.com/ia/xml/xmlgw.phtml"

# No backslash, blank or control character: parsers of URLs disagree about them, and then about the host.
_PLAIN = re.compile(r"[!-\[\]-~]+")


def check_endpoint(url: str, trusted_hosts: Collection[str] = ()) -> str:
    """Give the URL back if credentials may be sent to it.

    ``trusted_hosts`` are further host names, taken literally; they may be reached over http too. Raises
    ``ConfigError`` naming the host, never the user part of the URL.
    """
    try:
        parts = urlsplit(url)
        name, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ConfigError("the endpoint is not a URL") from None
    host = name.removesuffix(".")
    if parts.scheme not in ("https", "http") or not host or not _PLAIN.fullmatch(url):
        raise ConfigError("the endpoint is not an http or https URL: it has the form " + DEFAULT_ENDPOINT)
    if "@" in parts.netloc:
        raise ConfigError(f"the endpoint at {host} holds a user name or password; credentials go into the request")
    if is_loopback(name) or host in {trusted.lower().removesuffix(".") for trusted in trusted_hosts}:
        return url
    if not (host == "intacct.com" or host.endswith(".intacct.com")):
        raise ConfigError(
            f"credentials are not sent to {host}, which is not under intacct.com; if it is yours, name it as trusted "
            "(--trust-host, trusted_hosts=)"
        )
    if parts.scheme != "https":
        raise ConfigError(f"credentials are not sent to {host} without TLS; write https://")
    return url


def host_of(url: str) -> str:
    """The host name in a URL, lower-case, without user part and port; empty where there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""

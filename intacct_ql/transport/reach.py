"""How far a request would get: names, connections, proxies.

In: a URL. Out: addresses, what TLS agreed on, the proxy on the way; or a ``TransportError``. Refuses to know: HTTP,
and what would be asked.
"""

import socket
import ssl
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from intacct_ql.errors import TransportError
from intacct_ql.hosts import is_loopback

_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A connection that came about: its port, and for https the version of TLS and the certificate's last moment."""

    port: int
    tls: str = ""
    valid_until: datetime | None = None


def addresses(url: str) -> list[str]:
    """The addresses of a URL's host. Raises ``TransportError`` where its name has none."""
    host, port, _ = _parts(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise TransportError(f"the name {host} cannot be resolved", "check the endpoint and the network") from None
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def connect(url: str, timeout: float, trust: ssl.SSLContext | None = None) -> Reached:
    """Connect to a URL's host, by TLS for https, and leave. Raises ``TransportError``."""
    host, port, scheme = _parts(url)
    try:
        with closing(socket.create_connection((host, port), timeout)) as plain:
            if scheme != "https":
                return Reached(port=port)
            with (trust or ssl.create_default_context()).wrap_socket(plain, server_hostname=host) as secure:
                return Reached(port=port, tls=secure.version() or "", valid_until=_end(secure))
    except ssl.SSLCertVerificationError as refused:
        words = f"the certificate of {host} is not trusted: {refused.verify_message}"
        raise TransportError(words, "a proxy may be reading along; SSL_CERT_FILE names its certificate") from None
    except ssl.SSLError:
        words = f"no TLS connection with {host} port {port} came about"
        raise TransportError(words, "check that the endpoint speaks https") from None
    except TimeoutError:
        words = f"{host} port {port} does not answer the connection"
        raise TransportError(words, "check the network, its firewall and its proxy") from None
    except OSError as refused:
        words = f"no connection with {host} port {port} came about: {refused.strerror or 'unknown'}"
        raise TransportError(words, "check host and port of the endpoint, and the network") from None


def way(url: str) -> str:
    """The URL of the proxy that the environment puts on the way to a URL, '' for none. It may hold a password."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    found = getproxies()
    named = found.get(parts.scheme) or found.get("all") or ""
    if not named or is_loopback(host) or proxy_bypass(host):
        return ""
    return named if "://" in named else f"http://{named}"


def proxy(url: str) -> str:
    """Host and port of that proxy; never its user or password."""
    named = way(url)
    try:
        parts = urlsplit(named)
        name, port = parts.hostname or "", parts.port
    except ValueError:
        return "of the environment, whose address is no URL"
    return f"{name}:{port}" if port else name


def _parts(url: str) -> tuple[str, int, str]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 443), parts.scheme


def _end(secure: ssl.SSLSocket) -> datetime | None:
    end = (secure.getpeercert() or {}).get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC) if isinstance(end, str) else None

"""Names of hosts.

In: a host's name. Out: whether it is the own machine. Refuses to know: URLs, and what is sent there.
"""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a host name is the own machine: localhost, with or without a trailing dot, 127.0.0.0/8, ::1."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.removesuffix(".") == "localhost"

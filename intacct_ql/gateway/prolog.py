"""The first bytes of a reply: is this XML at all, and of the harmless kind?

In: the bytes before and with the first start tag. Out: go on, wait for more, or a ``TransportError`` that says
what arrived instead. Refuses to know: what the document says.

This runs before any XML parser: a DOCTYPE is refused before its entities could matter, and the web page of a proxy is
named for what it is. It reads ASCII; a document in another encoding family does not look like XML to it.
"""

import html
import re

from intacct_ql.errors import TransportError

MAX_PROLOG = 16_384
"""Bytes that may come before the first start tag, and that are kept of a web page to find its title."""

MAX_QUOTED = 80
"""Characters of a foreign text that are shown to the user."""

# Nothing is tried twice: a hostile prolog must not cost more than its length. Groups are atomic and none is possessive,
# because those match wrongly up to Python 3.11.4.
_PROLOG = re.compile(rb"(?>(?:\xef\xbb\xbf)?(?:[ \t\r\n]++|<\?(?>(?:[^?]|\?(?!>))*)\?>|<!--(?>(?:[^-]|-(?!->))*)-->)*)")
_ROOT = re.compile(rb"<([A-Za-z_:][^ \t\r\n/>]*+)[ \t\r\n/>]")
_UNFINISHED = re.compile(rb"<(?:[A-Za-z_:?!]|$)|$")
_WEB_PAGE = re.compile(rb"<(?:!doctype\s+)?html\b", re.IGNORECASE)
_DOCTYPE = re.compile(rb"<!doctype", re.IGNORECASE)
_TITLE = re.compile(rb"<title[^>]*>([^<]*)</title", re.IGNORECASE)


def starts_xml(head: bytes) -> bool:
    """True when the first start tag of an XML document without a DOCTYPE is there, False when it may still come.

    Raises ``TransportError`` when MAX_PROLOG bytes hold none.
    """
    root = _ROOT.match(_after_prolog(head))
    if root and root[1].lower() != b"html":
        return True
    if len(head) < MAX_PROLOG:  # certain to be refused, perhaps, but a title may follow
        return False
    raise what_arrived(head)


def what_arrived(head: bytes, wanted: str = "XML") -> TransportError:
    """The error that names what a reply is, from a beginning that is not ``wanted``."""
    rest = _after_prolog(head)
    if not head.strip():
        return TransportError("the reply is empty", passing=True)
    if _WEB_PAGE.match(rest):
        title = _TITLE.search(head, 0, MAX_PROLOG)
        named = f", titled “{_shown(html.unescape(_text(title[1])))}”" if title else ""
        return TransportError(
            f"the reply is an HTML page instead of {wanted}{named}",
            "a proxy, a firewall or a maintenance page answered",
            passing=True,
        )
    if _DOCTYPE.match(rest):
        return doctype_refused()
    if _UNFINISHED.match(rest) and len(head) < MAX_PROLOG:
        return cut_off()
    # Only up to the first tag: something that echoes the request must not show its passwords.
    beginning = _shown(_text(head).partition("<")[0])
    return TransportError(
        f"the reply is text instead of {wanted}" + (f", beginning “{beginning}”" if beginning else "")
    )


def doctype_refused() -> TransportError:
    """The error for a document type declaration, the carrier of entities."""
    return TransportError("the reply holds a DOCTYPE, which the gateway never sends; it was not read")


def cut_off() -> TransportError:
    """The error for a reply that ends too early."""
    return TransportError("the reply was cut off before its end", passing=True)


def _after_prolog(head: bytes) -> bytes:
    found = _PROLOG.match(head, 0, MAX_PROLOG)
    return head[found.end() if found else 0 : MAX_PROLOG]


def _text(data: bytes) -> str:
    return data[:4096].decode("utf-8", "replace")


def _shown(text: str) -> str:
    """One short printable line: a foreign text must not reach a terminal with its control characters."""
    line = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(line.split())
    return line if len(line) <= MAX_QUOTED else line[: MAX_QUOTED - 1] + "…"

"""Text made fit for XML.

In: text. Out: the same, escaped. Refuses to know: documents. Alone in its module, because compiling a query needs this
and nothing else of the conversation.
"""

import re

_SPECIAL = re.compile(r'[&<>"\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
# A bare carriage return would come out of the gateway's parser as a line feed.
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}


def escape(text: str) -> str:
    """Text made fit for an element or a double-quoted attribute.

    Raises ``ValueError`` for a character that XML 1.0 cannot carry, naming it and its place but not the text, which
    may be a secret.
    """
    return text if _SPECIAL.search(text) is None else _SPECIAL.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    char = found.group()
    try:
        return _ESCAPES[char]
    except KeyError:
        raise ValueError(f"XML cannot carry the character U+{ord(char):04X} (at position {found.start()})") from None

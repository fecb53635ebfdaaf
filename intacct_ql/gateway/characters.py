"""Characters that XML cannot carry.

In: text out of a reply that is no XML. Out: nothing, or an error. Refuses to know: what the text means.

JSON and CSV carry all of them, and then the same row would be there on one wire and an error on the other; and no page
could be asked for behind a text that holds one.
"""

import re

from intacct_ql.errors import TransportError

_UNCARRIED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r"})
_SURROGATES = re.compile("[\ud800-\udfff]")
NO_CHARACTERS = ("\ufffe", "\uffff")
NO_CHARACTERS_IN_UTF_8 = tuple(none.encode() for none in NO_CHARACTERS)
_ESCAPES = re.compile(r"\\u(?:[dD][89a-fA-F]|00[01]|[fF]{3}[efEF])")  # of JSON, beside \b and \f


def demand_characters(text: str) -> None:
    """Raise ``TransportError`` where a text, which has been decoded from UTF-8, holds what XML cannot carry."""
    if may_hold(text.encode()):
        demand_carried(text)


def may_hold(octets: bytes) -> bool:
    """Whether UTF-8 holds what XML cannot carry; octets that are no UTF-8 may."""
    if len(octets.translate(None, _CONTROLS)) != len(octets):
        return True
    return not octets.isascii() and any(none in octets for none in NO_CHARACTERS_IN_UTF_8)


def may_escape(json: str, end: int) -> bool:
    """Whether a text of JSON may, before ``end``, hold what XML cannot carry: as it stands or as an escape."""
    signs = () if json.isascii() else NO_CHARACTERS
    if json.find("\\", 0, end) >= 0:
        if _ESCAPES.search(json, 0, end) is not None:
            return True
        signs = ("\\b", "\\f", *signs)
    return any(json.find(sign, 0, end) >= 0 for sign in signs)


def demand_carried(text: str) -> None:
    """The same for any text, half characters included; slower."""
    found = _UNCARRIED.search(text)
    if found is None:
        return
    if _SURROGATES.match(found[0]):
        raise TransportError("the reply holds half of a character, which no text can carry")
    raise TransportError(
        f"the reply holds the character U+{ord(found[0]):04X}, which XML cannot carry",
        "correct the record in Intacct, or leave out the field that holds it",
    )

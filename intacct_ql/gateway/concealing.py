"""Secrets taken out of the words of others.

In: what is secret, and an error. Out: the same error, with a sign in the place of each secret. Refuses to know: which
error it is, and where its words come from.

A gateway, or a proxy before it, may quote the request that it refuses, with the passwords in it: as they are, or as XML
and URLs spell them. Whatever fails says so in words of ours around words of theirs, so all of them are looked through,
at one place.
"""

import re
from collections.abc import Iterable
from functools import partial

from intacct_ql.errors import Error

SIGN = "•••"
"""What stands for a secret."""

_NAMES = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos", " ": "nbsp"}


class Secrets:
    """What nobody may be told. A word that is ``public`` too, as ids are, is none. Threads may share it."""

    def __init__(self, secrets: Iterable[str], public: Iterable[str]) -> None:
        self._public = {*public, ""}
        self._secrets = [*secrets]

    def __repr__(self) -> str:
        return f"<Secrets: {len(self._secrets)}>"

    def add(self, secret: str) -> None:
        """One more."""
        self._secrets.append(secret)

    def conceal(self, error: Error) -> None:
        """Take them out of the words of an error."""
        hidden = sorted({*self._secrets} - self._public, key=len, reverse=True)  # one may begin with another
        if hidden:
            pattern = re.compile("|".join("".join(map(_any_form, secret)) for secret in hidden), re.IGNORECASE)
            error.reword(partial(pattern.sub, SIGN))


def _any_form(character: str) -> str:
    """A pattern of a character however it is spelled, once or twice over: as itself, for XML, in a URL."""
    code = ord(character)
    named = f"{_NAMES[character]}|" if character in _NAMES else ""
    forms = [
        re.escape(character),
        f"&(?:amp;)*(?:{named}#0*{code}|#x0*{code:x});",
        "".join(f"%(?:25)*{octet:02x}" for octet in character.encode("utf-8", "surrogatepass")),
    ]
    if character == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"

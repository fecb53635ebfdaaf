"""Exchanges as files: ``tests/exchanges/<client>/NN-step.request.xml`` and ``.reply.xml``.

Of each step the first exchange is kept and the last. Passwords and session ids are replaced by words.
"""

import re
from itertools import count
from pathlib import Path

from carrier import Exchange

EXCHANGES = Path(__file__).parents[1] / "exchanges"
SECRETS = {"password": b"PASSWORD", "sessionid": b"SESSION"}


def record(client: str, exchanges: dict[str, list[Exchange]]) -> None:
    """Put the exchanges of a client in the place of those that were kept before."""
    folder = EXCHANGES / word(client)
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.xml"):
        old.unlink()
    numbers = count(1)
    for step, all_ in exchanges.items():
        for exchange in all_ if len(all_) < 3 else (all_[0], all_[-1]):
            name = f"{next(numbers):02}-{word(step)}"
            (folder / f"{name}.request.xml").write_bytes(without_secrets(exchange.request))
            (folder / f"{name}.reply.xml").write_bytes(without_secrets(exchange.reply))


def word(text: str) -> str:
    """A text as a part of a path."""
    return re.sub(r"\W+", "-", text).strip("-")


def without_secrets(document: bytes) -> bytes:
    """A document in which no credential is left."""
    for name, replacement in SECRETS.items():
        document = re.sub(f"(?<=<{name}>)[^<]+".encode(), replacement, document)
    return document

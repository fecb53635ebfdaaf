"""Chance that is the same every time.

In: the seed, the name of a stream and, for documents, a number. Out: a ``Random`` a master table, or thirty-two dice a
document. Every stream stands alone, so a new table moves no other; and a document's dice depend on its number only, so
each table of a large company can be made in one pass without holding the others. Refuses to know: what is thrown for.
"""

from collections.abc import Callable
from hashlib import blake2b
from random import Random
from struct import Struct

Throw = tuple[int, ...]
"""Thirty-two numbers from 0 to 65,535."""

_unpack = Struct("<32H").unpack


def stream(seed: int, name: str) -> Random:
    """The source of chance of one master table."""
    return Random(f"{seed}/{name}")  # noqa: S311 - made-up data guards no secret


def thrower(seed: int, name: str) -> Callable[[int], Throw]:
    """The dice of every document of one kind, by its number: one hash costs a fifth of seeding a ``Random``."""
    start = blake2b(f"{seed}/{name}".encode(), digest_size=64)

    def throw(number: int) -> Throw:
        document = start.copy()
        document.update(number.to_bytes(8, "little"))
        return _unpack(document.digest())

    return throw

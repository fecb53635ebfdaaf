"""What is suggested, and how well it fits what has been typed.

In: a word, and what could stand in its place. Out: the suggestions that fit, best first. Refuses to know: queries.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter


class Kind(StrEnum):
    """What a suggestion is."""

    OBJECT = "object"
    FIELD = "field"
    WAY = "relationship"
    VALUE = "value"
    OPERATOR = "operator"
    KEYWORD = "keyword"
    FUNCTION = "function"
    ALIAS = "alias"
    PARAMETER = "parameter"
    OPTION = "option"
    COMMAND = "command"
    ARGUMENT = "argument"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Put ``text`` in place of what stands between ``start`` and the cursor.

    ``label`` is what people call it, ``detail`` its type, where it leads, or what it does.
    """

    text: str
    start: int
    kind: Kind
    label: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What may stand at a place: ``name`` is what the typed word is compared with, ``text`` what is put in."""

    name: str
    kind: Kind
    text: str = ""
    label: str = ""
    detail: str = ""


_WHOLE = frozenset({Kind.KEYWORD, Kind.OPERATOR, Kind.COMMAND, Kind.FUNCTION, Kind.PARAMETER})
"""Kinds of which only the beginning counts: there are few, and people know them by it."""

_PARTS = re.compile(r"[^\W_]+")
_FAR = 5
"""The rank of those that have the letters of the word, and others between them."""

_FUZZY = 3
"""Letters from which a word may have letters left out."""


def fitting(word: str, offers: Iterable[Offer], start: int) -> list[Suggestion]:
    """The offers that fit the word, best first; among equals in the order they come in. Each text once.

    Where one fits well, those that only have its letters somewhere are left out.
    """
    ranked = sorted(_ranked(word.casefold(), offers), key=itemgetter(0, 1))
    close = [one for one in ranked if one[0] < _FAR]
    found: dict[str, Suggestion] = {}
    for _, _, offer in close or ranked:
        text = offer.text or offer.name
        found.setdefault(
            text, Suggestion(text=text, start=start, kind=offer.kind, label=offer.label, detail=offer.detail)
        )
    return list(found.values())


def _ranked(wanted: str, offers: Iterable[Offer]) -> Iterator[tuple[int, int, Offer]]:
    for place, offer in enumerate(offers):
        rank = _rank(wanted, offer)
        if rank is not None:
            yield rank, place, offer


def _rank(wanted: str, offer: Offer) -> int | None:
    """How far the offer is from what is wanted; None where it does not fit."""
    name = offer.name.casefold()
    if name.startswith(wanted):
        return 0
    if offer.kind in _WHOLE:
        return None
    label = offer.label.casefold()
    if any(part.startswith(wanted) for part in _PARTS.findall(label)):
        return 1
    if any(part.startswith(wanted) for part in _PARTS.findall(name)):
        return 2
    if wanted in name:
        return 3
    if wanted in label:
        return 4
    return _FAR if len(wanted) >= _FUZZY and _letters_of(wanted, name) else None


def _letters_of(wanted: str, name: str) -> bool:
    """Whether the letters stand in the name in this order, the first of them first."""
    letters = iter(name)
    return name[:1] == wanted[:1] and all(letter in letters for letter in wanted)

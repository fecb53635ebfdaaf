"""Nearest names.

In: a word and the words that would have been valid. Out: the few that are close, best first; the one that is certain.
Refuses to know: what the words name.
"""

from collections.abc import Iterable

CLOSE_ENOUGH = 0.6
"""Share of matching characters from which a word counts as near."""

SHORTEST = 3
"""Letters from which a word can be a slip of another; shorter ones are a slip of too many."""


def nearest(word: str, valid: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """The at most ``most`` valid words nearest to ``word``, ignoring case, best first."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - only a wrong name pays for it

    wanted = word.upper()
    scored = []
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(wanted)
    for name in valid:
        upper = name.upper()
        matcher.set_seq1(upper)
        if matcher.real_quick_ratio() >= CLOSE_ENOUGH and matcher.quick_ratio() >= CLOSE_ENOUGH:
            ratio = matcher.ratio()
            if sorted(upper) == sorted(wanted):
                ratio = 1.0  # two letters swapped is the commonest slip of the hand
            if ratio >= CLOSE_ENOUGH:
                scored.append((-ratio, name))
    return tuple(name for _, name in sorted(scored)[:most])


def meant(word: str, valid: Iterable[str]) -> str | None:
    """The valid word that ``word`` is one slip of the hand away from, if there is exactly one; case is ignored.

    A slip is a character too many, left out, exchanged, or swapped with its neighbour. Digits are no slip: FIELD1 and
    FIELD2 are two names. What is only near is never certain enough to be written in place of the word.
    """
    wanted = word.upper()
    if len(wanted) < SHORTEST:
        return None
    found = [name for name in valid if _is_slip(wanted, name.upper())]
    return found[0] if len(found) == 1 else None


def listed(words: Iterable[str], most: int = 5) -> str:
    """The words with commas between; of many the first ones, and how many more there are."""
    every = [*words]
    rest = len(every) - most
    return ", ".join(every) if rest <= 1 else f"{', '.join(every[:most])} and {rest} more"


def _is_slip(word: str, name: str) -> bool:
    if abs(len(word) - len(name)) > 1 or _digits(word) != _digits(name):
        return False
    start = next((at for at, (one, other) in enumerate(zip(word, name, strict=False)) if one != other), None)
    if start is None:
        return True
    word, name = word[start:], name[start:]
    swapped = word[:2] == name[1::-1] and word[2:] == name[2:]
    return swapped or name[1:] in (word, word[1:]) or word[1:] == name


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))

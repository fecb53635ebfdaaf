"""Nearest names.

In: a word and the words that would have been valid. Out: the few that are close, best first.
Refuses to know: what the words name.
"""

from collections.abc import Iterable

CLOSE_ENOUGH = 0.6
"""Share of matching characters from which a word counts as near."""


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

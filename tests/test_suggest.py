"""What is certain is one slip of the hand away: the definition of an edit distance, held to every short word."""

from itertools import product

import pytest

from intacct_ql.suggest import listed, meant, nearest

WORDS = ["".join(letters) for length in (3, 4) for letters in product("abc", repeat=length)]


def distance(one: str, other: str) -> int:
    """Characters added, left out, exchanged or swapped with their neighbour, by the table of the textbooks."""
    rows = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i, j in product(range(1, len(one) + 1), range(1, len(other) + 1)):
        changed = one[i - 1] != other[j - 1]
        rows[i, j] = min(rows[i - 1, j] + 1, rows[i, j - 1] + 1, rows[i - 1, j - 1] + changed)
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            rows[i, j] = min(rows[i, j], rows[i - 2, j - 2] + 1)
    return rows[len(one), len(other)]


def test_a_slip_is_a_distance_of_one():
    for word in WORDS:
        assert [name for name in WORDS if meant(word, [name])] == [name for name in WORDS if distance(word, name) <= 1]


@pytest.mark.parametrize(
    ("word", "valid", "found"),
    [
        ("actve", ["active", "inactive"], "active"),
        ("MEDIAN", ["MIN", "MAX"], None),
        ("month", ["COUNT"], None),
        ("unposted", ["Posted"], None),
        ("STATES", ["STATE", "STATUS"], None),
        ("FIELD1", ["FIELD2"], None),
        ("sm", ["SUM"], None),
    ],
)
def test_what_has_two_readings_or_is_only_near_is_not_certain(word, valid, found):
    assert meant(word, valid) == found


def test_what_is_not_certain_may_still_be_told():
    assert nearest("unposted", ["Posted"]) == ("Posted",)


@pytest.mark.parametrize(
    ("count", "said"),
    [(0, ""), (2, "A, B"), (5, "A, B, C, D, E"), (6, "A, B, C, D, E, F"), (8, "A, B, C, D, E and 3 more")],
)
def test_of_many_words_some_are_listed(count, said):
    assert listed("ABCDEFGH"[:count]) == said

"""Rows that are not typed yet are those that are."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from replies import BAD, GOOD, KINDS, NAMES, SHAPE, cells, document, outcome, row_of

from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.table_reader import TableReader
from intacct_ql.gateway.untyped import Untyped

ROWS = st.lists(
    st.tuples(*[st.sampled_from([*cells(kind, GOOD), *cells(kind, BAD)[:3]]) for kind in KINDS if kind != "TEXT"]),
    min_size=1,
    max_size=5,
)
COLUMNS = [name for name, kind in zip(NAMES, KINDS, strict=True) if kind != "TEXT"]


def both(body):
    """The rows of a page, not typed and typed."""
    untyped, typed = (outcome(TableReader(SHAPE, typed=typed), body) for typed in (False, True))
    return untyped.results[0].page.rows, typed.results[0].page.rows


def some(count=4):
    texts = ([each[number % len(each)] for each in (cells(kind, GOOD) for kind in KINDS)] for number in range(count))
    return both(document("".join(map(row_of, texts))))


@given(ROWS, st.permutations(COLUMNS))
def test_any_regular_page(rows, order):
    places = [COLUMNS.index(name) for name in order]
    body = document("".join(row_of([row[place] for place in places], order) for row in rows))
    untyped, typed = both(body)
    assert repr(list(untyped)) == repr(typed)
    if isinstance(untyped, Untyped):
        assert repr(list(untyped[:0].load(untyped.dump()))) == repr(typed)


def test_a_sequence_of_typed_tuples():
    untyped, typed = some()
    assert isinstance(untyped, Untyped)
    assert (len(untyped), untyped[1], untyped[-1], typed[1] in untyped) == (4, typed[1], typed[3], True)
    for place in (4, -5):
        with pytest.raises(IndexError):
            untyped[place]
    for place in range(len(NAMES)):
        assert Page(rows=untyped, count=4).column(place) == Page(rows=typed, count=4).column(place)


@pytest.mark.parametrize(
    "part", [slice(1, 3), slice(None), slice(None, None, -1), slice(3, 0, -2), slice(9, 20), slice(-2, None)]
)
def test_a_part_is_untyped_again(part):
    untyped, typed = some()
    cut = untyped[part]
    assert isinstance(cut, Untyped)
    assert list(cut) == typed[part]


def test_fewer_columns():
    untyped, typed = some()
    assert list(untyped.narrow(2)) == [row[:2] for row in typed]
    for width in (0, len(NAMES) + 1):
        with pytest.raises(ValueError, match=f"of {len(NAMES)} columns"):
            untyped.narrow(width)


def test_a_page_that_is_irregular_is_typed():
    body = document(row_of([""] * len(NAMES)) + " " + row_of([""] * len(NAMES)))
    untyped, typed = both(body)
    assert untyped == typed == [(None,) * len(NAMES)] * 2


def test_cells_are_typed_when_they_are_asked_for():
    calls = count()
    untyped = Untyped([["1", "2"]], [lambda texts: [(next(calls), int(text)) for text in texts]])
    untyped = untyped[::-1][:0].load(untyped.dump())
    assert next(calls) == 0
    assert list(untyped) == [((1, 1),), ((2, 2),)]

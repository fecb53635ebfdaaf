"""One text, one meaning: every door gives the rows that a plain evaluation over the tables gives.

So do doors of which nothing is asked but to fetch: then all the work is done here. Long mode draws thousands.
"""

import pytest
from differential.asking import FETCHING, READING, SEARCHING, answers, case, fetched
from differential.queries import keyed, selects
from differential.refusals import says_key
from hypothesis import event, given, note, settings
from hypothesis import strategies as st

from intacct_ql.syntax.printer import print_select

pytestmark = pytest.mark.timeout(3_600)  # thousands of queries in long mode

many = settings(max_examples=max(40, settings.default.max_examples))
"""As many as elsewhere at the least, and thousands in the long mode: a query has many parts."""

PAGES = st.sampled_from([None, None, 1, 2, 7, 25])
"""Into how many pages an object is cut at the least; None leaves it to the door."""


@many
@given(select=selects(), pages=PAGES)
def test_every_door_gives_what_the_tables_hold(session, select, pages):
    note(print_select(select))
    drawn = case(select, pages)
    for target in SEARCHING:
        answered = answers(
            drawn, target, lambda to=target: session.query(drawn.text, target=to, page_size=drawn.page_size)
        )
        event(f"{target} {'answers' if answered else 'refuses'}")
        assert answered or target in ("readByQuery", "get_list")


@many
@given(select=keyed(), pages=PAGES)
def test_rows_found_by_a_key(session, select, pages):
    note(print_select(select))
    drawn = case(select, pages)
    for target in (*READING, *SEARCHING):
        answered = answers(
            drawn, target, lambda to=target: session.query(drawn.text, target=to, page_size=drawn.page_size)
        )
        event(f"{target} {'answers' if answered else 'refuses'}")
        assert answered or target == "get_list" or not says_key(drawn.select, target)


@many
@given(select=selects(), pages=PAGES)
def test_doors_that_do_nothing_but_fetch(conversation, transport, select, pages):
    note(print_select(select))
    drawn = case(select, pages)
    for target in FETCHING:
        answered = answers(drawn, target, lambda to=target: fetched(drawn, to, conversation, transport))
        event(f"{target} {'answers' if answered else 'refuses'}")
        assert answered or target != "query"

"""One text, one meaning: every door gives the rows that a plain evaluation over the tables gives.

So do doors of which nothing is asked but to fetch: then all the work is done here. Long mode draws thousands.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil

import pytest
from differential.comparison import difference
from differential.queries import COMPANY, keyed, selects
from differential.reference import Answer, answer
from differential.refusals import says_key, wrong_ones
from hypothesis import event, given, note, settings
from hypothesis import strategies as st

import intacct_ql as iql
from intacct_ql.backends.doors import door
from intacct_ql.binder.bind import bind
from intacct_ql.executor.run import Course, Pull, Settings, known
from intacct_ql.planner.abilities import Abilities
from intacct_ql.planner.plan import plan
from intacct_ql.result import Row, Stats
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.syntax import ast
from intacct_ql.syntax.parser import parse
from intacct_ql.syntax.printer import print_select

pytestmark = pytest.mark.timeout(3_600)  # thousands of queries in long mode

SEARCHING = ("query", "readByQuery", "get_list", "auto")
READING = ("read", "readByName", "get")


many = settings(max_examples=max(100, settings.default.max_examples))
"""More than elsewhere: a query has many parts."""

PAGES = st.sampled_from([None, None, 1, 2, 7, 25])
"""Into how many pages an object is cut at the least; None leaves it to the door."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A query as the parser reads its text, the text, and what the tables say."""

    select: ast.Select
    text: str
    expected: Answer
    page_size: int | None

    @property
    def is_single(self) -> bool:
        return any(option.name == "single" for option in self.select.options)


def case(select: ast.Select, pages: int | None) -> Case:
    text = print_select(select)
    note(text)
    read = parse(text)
    assert read == select
    size = None if pages is None else min(1_000, ceil(len(COMPANY.rows(select.source.object.text)) / pages))
    return Case(select=read, text=text, expected=answer(read, COMPANY), page_size=size)


def answers(drawn: Case, target: str, ask: Callable[[], Iterable[Row]]) -> bool:
    """Whether the door answers, and then rightly; it must refuse rightly otherwise."""
    refused = None
    try:
        result = ask()
    except iql.QueryError as error:
        refused = error
    if refused is not None:
        assert not wrong_ones(refused, drawn.select, target), f"{target} refuses {drawn.text}\n{refused}"
        event(f"{target} refuses")
        return False
    event(f"{target} answers")
    if drawn.is_single and drawn.expected.count > 1:
        with pytest.raises(iql.Error, match="more than one row matches"):
            list(result)
        return True
    wrong = difference(list(result), drawn.expected)
    assert not wrong, f"{target}: {wrong}\n{drawn.text}"
    return True


@many
@given(select=selects(), pages=PAGES)
def test_every_door_gives_what_the_tables_hold(session, select, pages):
    drawn = case(select, pages)
    for target in SEARCHING:
        answered = answers(
            drawn, target, lambda to=target: session.query(drawn.text, target=to, page_size=drawn.page_size)
        )
        assert answered or target in ("readByQuery", "get_list")


@many
@given(select=keyed(), pages=PAGES)
def test_rows_found_by_a_key(session, select, pages):
    drawn = case(select, pages)
    for target in (*READING, *SEARCHING):
        answered = answers(
            drawn, target, lambda to=target: session.query(drawn.text, target=to, page_size=drawn.page_size)
        )
        assert answered or target == "get_list" or not says_key(drawn.select, target)


@many
@given(select=selects(), pages=PAGES)
def test_doors_that_do_nothing_but_fetch(conversation, transport, select, pages):
    drawn = case(select, pages)
    for target in ("query", "readByQuery", "get_list"):
        answered = answers(drawn, target, lambda to=target: fetched(drawn, to, conversation, transport))
        assert answered or target != "query"


def fetched(drawn: Case, target: str, conversation, transport) -> Iterable[Row]:
    """The rows of a query of which the door says no condition, and neither orders, groups nor counts."""
    query = bind(drawn.select, BUNDLED, drawn.text).query
    assert query is not None
    through = door(target)
    made = plan(query, fetch_only(through.abilities), target=target)
    if made.fetch is None:
        return known(made)
    assert made.fetch.where is None
    assert not made.fetch.order_by
    course = Course(made, made.fetch, through, Settings(page_size=drawn.page_size), Stats())
    return Pull(made, course, conversation, transport, threading.Lock())


def fetch_only(abilities: Abilities) -> Abilities:
    """What is left of a door that gives pages of rows and knows no more."""
    return Abilities(
        operators=frozenset(),
        disjunction=False,
        related=abilities.related,
        pages=abilities.pages,
        most_rows=abilities.most_rows,
        unable=abilities.unable,
    )

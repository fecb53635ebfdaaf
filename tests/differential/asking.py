"""A query asked of a door, and what came back held against the tables.

In: a query and a target. Out: whether the door answered; wrong rows and wrong refusals are failures.
Refuses to know: where queries come from.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil

import pytest
from differential.comparison import difference
from differential.queries import COMPANY
from differential.reference import Answer, answer
from differential.refusals import wrong_ones

import intacct_ql as iql
from intacct_ql.backends.doors import door
from intacct_ql.binder.bind import bind
from intacct_ql.executor.course import Course
from intacct_ql.executor.drive import Line
from intacct_ql.executor.run import Pull, known
from intacct_ql.executor.settings import Settings
from intacct_ql.executor.threads import Crew
from intacct_ql.planner.abilities import Abilities
from intacct_ql.planner.plan import plan
from intacct_ql.result import Row, Stats
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.syntax import ast
from intacct_ql.syntax.parser import parse
from intacct_ql.syntax.printer import print_select

SEARCHING = ("query", "readByQuery", "get_list", "auto")
READING = ("read", "readByName", "get")
FETCHING = ("query", "readByQuery", "get_list")


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
        return False
    if drawn.is_single and drawn.expected.count > 1:
        with pytest.raises(iql.Error, match="more than one row matches"):
            list(result)
        return True
    wrong = difference(list(result), drawn.expected)
    assert not wrong, f"{target}: {wrong}\n{drawn.text}"
    return True


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
    line = Line(transport=transport, lock=threading.Lock())
    return Pull(made, course, lambda: "", Crew(course, conversation, line, 0))


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

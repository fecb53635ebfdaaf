"""A page whose numbers contradict each other is refused, and asked for again."""

import re
from itertools import product

import pytest

from intacct_ql.errors import TransportError
from intacct_ql.gateway.messages import Function, Page
from intacct_ql.gateway.patience import rule_for
from intacct_ql.gateway.session import Conversation
from intacct_ql.gateway.table_reader import TableReader
from intacct_ql.gateway.totals import check_totals

START = "https://api.intacct.com/ia/xml/xmlgw.phtml"


def page(total, offset, count, left):
    return Page(rows=[(0,)] * count, totalcount=total, offset=offset, count=count, numremaining=left)


@pytest.mark.parametrize(
    "numbers",
    [
        (500, 0, 100, 400),
        (500, 400, 100, 0),
        (0, 0, 0, 0),
        (500, 500, 0, 0),  # behind the last row
        (500, 700, 0, 0),
        (500, 0, 0, 500),  # the pagers say that this is not progress
    ],
)
def test_numbers_that_agree(numbers):
    check_totals("query", page(*numbers))


@pytest.mark.parametrize(
    "numbers",
    [
        (500, 0, 100, 0),  # the end too early
        (500, 0, 100, 399),
        (500, 400, 100, 400),
        (100, 0, 100, 400),
        (500, 0, 0, 0),
        (500, 700, 3, 0),
        (500, 700, 0, 5),
    ],
)
def test_numbers_that_contradict_each_other(numbers):
    with pytest.raises(TransportError, match="the page contradicts itself") as caught:
        check_totals("query", page(*numbers))
    assert caught.value.passing


def test_the_error_says_which_numbers():
    words = "the page contradicts itself: 3 rows, 500 in all, 100 before them and 0 behind them"
    with pytest.raises(TransportError, match=words):
        check_totals("query", page(500, 100, 3, 0))


@pytest.mark.parametrize("given", [given for given in product((True, False), repeat=3) if not all(given)])
def test_what_is_not_said_contradicts_nothing(given):
    total, offset, left = (7 if is_given else None for is_given in given)
    check_totals("query", page(total, offset, 3, left))


def test_the_numbers_of_get_list_mean_something_else():
    check_totals("get_list", page(10, 1, 10, 0))


@pytest.fixture
def conversation(credentials, gateway):
    conversation = Conversation(credentials, START, clock=gateway.clock)
    gateway.run(conversation.call(Function(name="query", xml="<query/>")))
    return conversation


@pytest.mark.parametrize("settings", [{}, {"reader": TableReader}])
def test_a_call_refuses_a_page_that_ends_too_early(conversation, gateway, vendor, wire, settings):
    gateway.answer = re.sub(rb'numremaining="\d+"', b'numremaining="0"', wire("query"))
    with pytest.raises(TransportError, match="contradicts itself") as caught:
        gateway.run(conversation.call(Function(name="query", xml="<query/>"), vendor, **settings))
    assert rule_for(caught.value).name == "broken"


def test_a_call_that_wants_no_rows_asks_no_questions(conversation, gateway, wire):
    gateway.answer = re.sub(rb'numremaining="\d+"', b'numremaining="0"', wire("query"))
    assert gateway.run(conversation.call(Function(name="query", xml="<query/>"))).page is None

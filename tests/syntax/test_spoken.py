"""Days and ranges in other words, and what they are here."""

import pytest

from intacct_ql.binder.moments import PLAIN_WORDS, is_range
from intacct_ql.syntax.spoken import CLOCKS, written


@pytest.mark.parametrize(
    ("text", "here"),
    [
        ("last month", "LAST_MONTH"),
        ("LASTMONTH", "LAST_MONTH"),
        ("previous-year", "LAST_YEAR"),
        ("current quarter", "THIS_QUARTER"),
        ("last 30 days", "LAST_N_DAYS:30"),
        ("LAST_30_DAYS", "LAST_N_DAYS:30"),
        ("next 1 week", "NEXT_N_WEEKS:1"),
        ("CURRENT_DATE", "TODAY"),
        ("this day", "TODAY"),
    ],
)
def test_a_range(text, here):
    assert written(text) == here
    assert is_range(here)


@pytest.mark.parametrize(
    "text",
    [
        "Jan 5 2026",
        "January 5, 2026",
        "5 Jan 2026",
        "05-JAN-2026",
        "5th Jan 2026",
        "Jan. 5 2026",
        "2026/1/5",
        "20260105",
    ],
)
def test_a_date(text):
    assert written(text) == "2026-01-05"


@pytest.mark.parametrize(
    "text",
    ["last", "last 0 days", "last 30 years", "31.12.2026", "5/1/26", "Feb 30 2026", "2026-13-01", "202601", "", "x"],
)
def test_what_is_not_certain(text):
    assert written(text) is None


@pytest.mark.parametrize("word", PLAIN_WORDS)
def test_a_range_of_the_language_is_itself(word):
    assert written(word) == word
    assert written(word.replace("_", " ").lower()) == word


def test_the_present_moment_is_no_day():
    assert not [word for word in CLOCKS if written(word)]

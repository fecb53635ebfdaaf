"""What binding alone says of a query, before anything is planned."""

from datetime import UTC, datetime

import pytest

import intacct_ql as iql
from intacct_ql.binder import tree
from intacct_ql.binder.bind import Bound, bind
from intacct_ql.binder.setting import Setting
from intacct_ql.errors import Severity
from intacct_ql.syntax.parser import parse

PLAIN = Setting()


def bound(text: str, params=None, setting: Setting = PLAIN) -> Bound:
    return bind(parse(text), iql.BUNDLED, text, params, setting)


@pytest.mark.parametrize(
    ("text", "star", "distinct", "grouped"),
    [
        ("select NAME from CUSTOMER", False, False, False),
        ("select * from CUSTOMER", True, False, False),
        ("select distinct NAME from CUSTOMER", False, True, True),
        ("select NAME from CUSTOMER group by NAME", False, True, True),
        ("select count(*) from CUSTOMER", False, False, True),
        ("select distinct STATUS, count(*) from CUSTOMER", False, False, True),
        ("select STATUS, count(*) from CUSTOMER group by STATUS", False, False, True),
    ],
)
def test_groups(text, star, distinct, grouped):
    query = bound(text).query
    assert (query.star, query.distinct, query.grouped) == (star, distinct, grouped)


def test_a_star_knows_the_values_of_its_fields():
    columns = {column.name: column.expression for column in bound("select * from CUSTOMER").query.columns}
    assert [value.label for value in columns["STATUS"].values] == ["active", "inactive"]


@pytest.mark.parametrize(
    ("text", "params", "asked", "slots"),
    [
        ("NAME = ? and TOTALDUE > ?", ["a", 5], (0, 1), [0, 1]),
        ("NAME = :a and TOTALDUE > :b", {"a": "x", "b": 5}, ("a", "b"), ["a", "b"]),
        ("NAME = :a and TOTALDUE > 5 and CUSTOMERID = :a", {"a": "x"}, ("a", "a"), ["a", None, "a"]),
    ],
)
def test_parameters_are_named_in_the_order_they_were_asked_for(text, params, asked, slots):
    found = bound(f"select NAME from CUSTOMER where {text}", params)
    assert found.asked == asked
    assert [condition.value.slot for condition in found.query.where.conditions] == slots


def test_one_day_in_a_list_is_that_day():
    alone, listed = (
        bound(f"select NAME from CUSTOMER where WHENMODIFIED {condition}").query.where
        for condition in ("= 2026-01-01", "in (2026-01-01)")
    )
    assert alone == listed


def test_a_mistake_leaves_no_query():
    found = bound("select NOPE from CUSTOMER")
    assert found.query is None
    assert [finding.code for finding in found.diagnostics] == ["IQL202"]


def test_a_remark_does():
    found = bound("select NAME from CUSTOMER where NAME = a and STATUS = active or NAME = b")
    assert isinstance(found.query.where, tree.Or)
    assert [(finding.code, finding.severity) for finding in found.diagnostics] == [("IQL130", Severity.WARNING)]


def test_the_clock_is_read_once():
    hours = iter([datetime(2026, 1, 1, 23, 59, 59), datetime(2026, 1, 2)])
    found = bound(
        "select RECORDNO from ARINVOICE where WHENDUE >= TODAY and WHENDUE <= TODAY",
        None,
        Setting(clock=lambda: next(hours)),
    )
    assert len({condition.value.data for condition in found.query.where.conditions}) == 1


@pytest.mark.parametrize(
    ("value", "dated"),
    [
        ("TODAY", True),
        ("LAST_N_DAYS:3", True),
        ("2026-01-01", False),
        ("1/1/2026", False),
        ("'2026-01-01'", False),
        ("WHENPAID", False),
    ],
)
def test_only_a_relative_range_depends_on_the_day(value, dated):
    assert bound(f"select RECORDNO from ARINVOICE where WHENDUE = {value}").dated is dated


@pytest.mark.parametrize("value", ["'2026-01-01T10:00:00+02:00'", ":moment"])
def test_an_offset_is_read_in_the_zone_of_the_session(value):
    text = f"select NAME from CUSTOMER where WHENMODIFIED = {value}"
    params = {"moment": "2026-01-01T10:00:00+02:00"} if value == ":moment" else None
    assert bound(text, params, Setting(zone=UTC)).query.where.value.data == datetime(2026, 1, 1, 8)

"""A statement used again says what compiling it anew would say, with whatever values."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

import intacct_ql as iql

TEXTS = {
    "select NAME from CUSTOMER where CUSTOMERID = :a": ["a"],
    "select NAME from CUSTOMER where NAME != :a and TOTALDUE > :b": ["a", "b"],
    "select NAME from CUSTOMER where not (RECORDNO = :a or NAME = :b) and STATUS = active": ["a", "b"],
    "select NAME from CUSTOMER where WHENMODIFIED >= :a and ONHOLD = :b": ["a", "b"],
    "select RECORDNO from ARINVOICE where WHENDUE < :a or WHENDUE = :a": ["a"],
    "select NAME from CUSTOMER where STATUS = :a": ["a"],
    "select RECORDNO from GLBATCH where STATE = :a": ["a"],
    "select NAME from CUSTOMER where NAME like :a and CUSTOMERID in :b": ["a", "b"],
    "select NAME from CUSTOMER where TOTALDUE between :a and :b": ["a", "b"],
    "select STATUS, count(*) from CUSTOMER where NAME = :a group by STATUS having count(*) > :b": ["a", "b"],
}

values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.decimals(allow_nan=True, places=2, min_value=-(10**9), max_value=10**9),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=st.none() | st.just(UTC)),
    st.text(max_size=12),
    st.sampled_from(["active", "x' or 1=1", "<&>", "\ue0000\ue001", "\x00", "2026-01-01", "24", "posted"]),
    st.lists(st.text(max_size=4), max_size=3),
)


def outcome(compile_it, *given):
    try:
        return compile_it(*given).xml
    except iql.QueryError as wrong:
        return [found.reason for found in wrong.diagnostics]


@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_used_again_it_says_what_it_said(text, data):
    statement = iql.prepare(text)
    for _ in range(4):
        params = {key: data.draw(values) for key in TEXTS[text]}
        again = outcome(statement.compile, params)
        anew = outcome(iql.prepare(text).compile, params)
        assert again == anew
        assert outcome(iql.compile, text, params) == anew


@given(st.sampled_from(sorted(TEXTS)), st.data())
def test_a_bound_value_changes_nothing_but_its_place(text, data):
    """Text bound to a text field arrives unchanged, and the rest of the request is the same for every value."""
    from lxml import etree

    params = {
        key: data.draw(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20))
        for key in TEXTS[text]
    }
    try:
        xml = iql.compile(
            "select NAME from CUSTOMER where NAME = :a and CUSTOMERID = :b", {"a": "1", "b": "2", **params}
        ).xml
    except iql.QueryError:
        return
    found = etree.fromstring(xml)
    assert [value.text for value in found.iter("value")] == [params.get("a", "1"), params.get("b", "2")]
    for value in found.iter("value"):
        value.text = "?"
    assert (
        etree.tostring(found, encoding="unicode")
        == iql.compile("select NAME from CUSTOMER where NAME = '?' and CUSTOMERID = '?'").xml
    )


def test_the_plan_of_a_filled_request_is_there():
    statement = iql.prepare("select NAME from CUSTOMER where CUSTOMERID = :a and TOTALDUE > :b")
    statement.compile({"a": "A1", "b": Decimal("1.50")})
    again = statement.compile({"a": "A2", "b": Decimal("2.50")})
    assert "A2" in again.xml
    assert again.plan.fetch.where.conditions[1].value.data == Decimal("2.50")


def test_questions_marks_by_place():
    statement = iql.prepare("select NAME from CUSTOMER where NAME = ? and CUSTOMERID = ?")
    statement.compile(["a", "b"])
    assert statement.compile(["c", "d"]).xml.count("<value>c</value>") == 1
    with pytest.raises(iql.QueryError):
        statement.compile(["c"])


def test_a_relative_date_is_read_anew():
    now = [datetime(2026, 1, 1)]
    statement = iql.prepare("select RECORDNO from ARINVOICE where WHENDUE = TODAY", clock=lambda: now[0])
    assert "01/01/2026" in statement.compile().xml
    now[0] = datetime(2026, 1, 2)
    assert "01/02/2026" in statement.compile().xml

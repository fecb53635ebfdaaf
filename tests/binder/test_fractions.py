"""A moment between two seconds: stored moments are whole seconds, and its fraction may neither lose nor win a row."""

import operator
import re
from datetime import datetime, timedelta

import pytest

import intacct_ql as iql

SIGNS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@pytest.fixture(scope="module")
def session():
    with iql.demo() as session:
        yield session


@pytest.fixture(scope="module")
def moments(session):
    return dict(tuple(row) for row in session.query("select CUSTOMERID, WHENMODIFIED from CUSTOMER"))


@pytest.fixture(scope="module")
def between(moments):
    """Half a second after the middle one of the moments that are stored."""
    stored = sorted(moment for moment in moments.values() if moment is not None)
    return stored[len(stored) // 2] + timedelta(seconds=0.5)


def asked(session, condition, **params):
    return {row[0] for row in session.query(f"select CUSTOMERID from CUSTOMER where {condition}", params)}


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("negated", [False, True])
def test_a_fraction_compares_as_it_does_here(session, moments, between, sign, negated):
    condition = f"{'not ' * negated}WHENMODIFIED {sign} :t"
    wanted = {
        name for name, moment in moments.items() if moment is not None and SIGNS[sign](moment, between) is not negated
    }
    assert asked(session, condition, t=between) == wanted


@pytest.mark.parametrize("negated", ["", "not "])
def test_a_fraction_in_a_list_is_nobodys(session, moments, between, negated):
    whole = between.replace(microsecond=0)
    found = asked(session, f"WHENMODIFIED {negated}in :t", t=[between, whole])
    assert found == {name for name, moment in moments.items() if moment and (moment == whole) is not bool(negated)}
    alone = asked(session, f"WHENMODIFIED {negated}in :t", t=[between])
    assert alone == ({name for name, moment in moments.items() if moment} if negated else set())


@pytest.mark.parametrize("negated", ["", "not "])
def test_a_range_with_fractions(session, moments, between, negated):
    low, high = between, between + timedelta(days=90)
    found = asked(session, f"WHENMODIFIED {negated}between :low and :high", low=low, high=high)
    assert found == {
        name for name, moment in moments.items() if moment and (low <= moment <= high) is not bool(negated)
    }


def test_written_in_the_text_it_is_the_same():
    text = "select NAME from CUSTOMER where WHENMODIFIED < '2026-01-01T00:00:00.5'"
    assert "<lessthanorequalto>" in iql.compile(text).xml
    bound = iql.compile("select NAME from CUSTOMER where WHENMODIFIED < :t", {"t": datetime(2026, 1, 1, 0, 0, 0, 1)})
    assert bound.xml == iql.compile(text).xml


def test_a_field_that_nobody_knows_is_not_cut_either():
    bound = iql.compile("select A from THING where B < :t", {"t": datetime(2026, 1, 1, 0, 0, 0, 1)}, catalog=None)
    assert "<lessthanorequalto>" in bound.xml


@pytest.mark.parametrize(
    ("low", "high", "signs"),
    [
        (1, 0, ["greaterthan", "lessthanorequalto"]),
        (0, 1, ["greaterthanorequalto", "lessthanorequalto"]),
    ],
)
def test_nor_is_a_range_of_it(low, high, signs):
    ends = {"low": datetime(2026, 1, 1, microsecond=low), "high": datetime(2026, 2, 1, microsecond=high)}
    xml = iql.compile("select A from THING where B between :low and :high", ends, catalog=None).xml
    assert re.findall("<((?:greater|less)than[a-z]*)>", xml) == signs


@pytest.mark.parametrize("later", [datetime(2026, 1, 1, microsecond=1), datetime.fromisoformat("2026-01-01T00:00Z")])
def test_a_request_that_was_kept_is_not_filled_with_it(later):
    text = "select NAME from CUSTOMER where WHENMODIFIED < :t"
    again = iql.prepare(text)
    again.compile({"t": datetime(2026, 1, 1)})
    assert outcome(again.compile, {"t": later}) == outcome(iql.prepare(text).compile, {"t": later})


def outcome(compile_it, params):
    try:
        return compile_it(params).xml
    except iql.QueryError as wrong:
        return str(wrong)

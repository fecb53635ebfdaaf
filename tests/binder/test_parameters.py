"""Whatever is bound, the answer is a request or a diagnostic."""

from decimal import Decimal

import pytest

import intacct_ql as iql

HUGE = 10**5_000


@pytest.mark.parametrize("params", [{"a"}, 5, "a", b"a", object(), (letter for letter in "a")])
@pytest.mark.parametrize("text", ["select NAME from CUSTOMER where NAME = ?", "select NAME from CUSTOMER"])
def test_what_is_no_list_and_no_mapping_is_said_once(text, params):
    with pytest.raises(iql.QueryError, match=f"a mapping or a list, not as a {type(params).__name__}") as caught:
        iql.compile(text, params)
    (found,) = caught.value.diagnostics
    assert found.code == "IQL220"
    assert found.hints == ("bind {'name': value} to :name, or [value] to ?",)
    again = iql.prepare("select NAME from CUSTOMER where NAME = ?")
    again.compile(["a"])
    with pytest.raises(iql.QueryError, match="a mapping or a list"):
        again.compile(params)


@pytest.mark.parametrize("value", [HUGE, "9" * 5_000, Decimal("1E+3000000"), [], None, 1.5], ids=lambda _: "value")
@pytest.mark.parametrize(
    "end", ["limit :n", "limit 1 offset :n", "option (pagesize = :n)", "option (single = :n)", "where RECORDNO = :n"]
)
def test_a_value_that_fits_nowhere_is_refused(end, value):
    if value is None and "where" in end:
        return
    with pytest.raises(iql.QueryError):
        iql.compile(f"select NAME from CUSTOMER {end}", {"n": value})


@pytest.mark.parametrize(
    "value",
    [HUGE, 10**40, -(10**40), Decimal("1E+40"), Decimal("1E-41"), Decimal("1E+3000000"), Decimal("1E-3000000")],
    ids=["int", "first", "negative", "first-large", "first-small", "large", "small"],
)
@pytest.mark.parametrize("catalog", [None, iql.BUNDLED])
def test_a_number_is_not_written_out_in_millions_of_digits(value, catalog):
    with pytest.raises(iql.QueryError, match="40 digits"):
        iql.compile("select NAME from CUSTOMER where TOTALDUE = :n", {"n": value}, catalog=catalog)


@pytest.mark.parametrize(("field", "first"), [("RECORDNO", 1), ("TOTALDUE", Decimal(1))])
def test_nor_into_a_request_that_was_kept(field, first):
    again = iql.prepare(f"select NAME from CUSTOMER where {field} = :n")
    again.compile({"n": first})
    with pytest.raises(iql.QueryError, match="40 digits"):
        again.compile({"n": type(first)(10**50)})


def test_an_option_of_the_caller_is_sent_too():
    with pytest.raises(iql.QueryError, match=r"U\+0001"):
        iql.compile("select NAME from CUSTOMER", docparid="a\x01")


@pytest.mark.parametrize("value", [True, False, "true", "FALSE"])
def test_a_switch_takes_a_truth(value):
    iql.compile("select NAME from CUSTOMER option (showprivate = :on)", {"on": value})


def test_options_ask_for_no_value_while_a_query_is_only_checked():
    assert iql.check("select NAME from CUSTOMER option (pagesize = :p, docparid = :d, single = :s)") == []


def test_checking_finds_names_beside_marks():
    found = iql.check("select NAME from CUSTOMER where NAME = ? and NAME = :x")
    assert [finding.code for finding in found] == ["IQL222"]


@pytest.mark.parametrize(
    "condition",
    [
        "STATUS = :a",
        "TOTALDUE between :a and :b",
        "TOTALDUE between 5 and :a",
        "WHENMODIFIED between :a and 2026-01-01",
        "NAME in :a",
        "NAME not in (:a, :b)",
        "NAME like :a",
        "NAME like :a || '%'",
    ],
)
def test_a_condition_whose_values_nobody_knows_yet_is_checked(condition):
    found = iql.check(f"select NAME from CUSTOMER where NAME = field(CUSTOMERID) or {condition} limit :n offset :m")
    assert [finding.code for finding in found] == ["IQL301"]


@pytest.mark.parametrize(
    ("end", "value"),
    [("limit :n", True), ("limit 1 offset :n", True), ("limit :n", 10**15), ("limit :n", -1), ("limit :n", "1.0")],
)
def test_what_is_no_number_of_rows(end, value):
    with pytest.raises(iql.QueryError, match="IQL115"):
        iql.compile(f"select NAME from CUSTOMER {end}", {"n": value})


def test_marks_beside_names_are_said_once():
    text = "select NAME from CUSTOMER where NAME = ? or NAME = :a or NAME = ? or NAME = :b"
    with pytest.raises(iql.QueryError) as caught:
        iql.compile(text, ["x", "y", "z"])
    assert [found.code for found in caught.value.diagnostics] == ["IQL222"]


@pytest.mark.parametrize("value", [24, 24.0, Decimal("24.0"), Decimal("2.4E+1"), "24"])
def test_a_whole_number_is_one_in_every_type(value):
    xml = iql.compile("select NAME from CUSTOMER where RECORDNO = :n", {"n": value}).xml
    assert "<value>24</value>" in xml


@pytest.mark.parametrize("value", [24.5, Decimal("24.5")])
def test_a_fraction_is_none(value):
    with pytest.raises(iql.QueryError):
        iql.compile("select NAME from CUSTOMER where RECORDNO = :n", {"n": value})


@pytest.mark.parametrize(
    "condition",
    [
        "where NOPE between ? and ?",
        "where NOPE in (?, ?)",
        "where NOPE like ? and NOPE = ?",
        "where NOPE not in ? and count(*) > ?",
        "having NAME between ? and ?",
        "having NAME = ? or NAME like ?",
    ],
)
def test_the_values_of_a_mistaken_condition_are_counted_all_the_same(condition):
    text = f"select NAME from CUSTOMER {condition} limit ? option (nope = ?, pagesize = ?)"
    with pytest.raises(iql.QueryError) as caught:
        iql.compile(text, ["a", "b", 5, 6, 7])
    assert {found.code for found in caught.value.diagnostics} <= {"IQL202", "IQL206", "IQL207", "IQL230"} | (
        {"IQL223"} if " in ?" in text else set()
    )

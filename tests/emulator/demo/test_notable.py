"""Rows that documentation, examples and other tests rely on, and the awkwardness that is there on purpose."""

from collections import Counter

import pytest

BOUNDARY = "2010-10-22 00:00:00"


def test_the_published_customer(books):
    [customer] = books["CUSTOMER"].find(CUSTOMERID="ZAB001", RECORDNO=24)
    assert customer["NAME"] == "Zabriskie Point Outfitters"
    assert customer["STATUS"] == "active"
    assert customer["TOTALDUE"] > customer["CREDITLIMIT"]


@pytest.mark.parametrize("number", ["00123", "24", "3.AP", "50%_OFF", "100--East", "142507-P"])
def test_awkward_ids(books, number):
    assert len(books["CUSTOMER"].find(CUSTOMERID=number)) == 1


@pytest.mark.parametrize(
    "name",
    [
        "Regal Services",
        "Black and Decker Supply",
        "O'Brien \\ Co",
        'Smith <Holdings> "East"',
        "Müller & Söhne GmbH",
        "東京商事株式会社",
        "Happy Paws \U0001f43e Pet Care",
        "Trailing Space Traders ",
        "null",
    ],
)
def test_awkward_names(books, name):
    assert len(books["CUSTOMER"].find(NAME=name)) == 1


def test_awkward_documents(books):
    assert len(books["ARINVOICE"].find(RECORDID="142507-P")) == 1
    assert len(books["APBILL"].find(RECORDID="142507-P")) == 1
    assert len(books["LOCATION"].find(LOCATIONID="100--East")) == 1


def test_customers_have_parents_and_grandparents(books):
    parents = dict(books["CUSTOMER"].column("CUSTOMERID", "PARENTID"))
    assert parents["ZAB002"] == "ZAB001"
    assert parents["ZAB0010"] == "ZAB002"
    assert all(parents[number] != number for number in parents)


def test_invoices_before_on_and_after_the_published_moment(books):
    stamps = [stamp for stamp in books["ARINVOICE"].column("WHENMODIFIED") if stamp]
    early = [stamp for stamp in stamps if stamp < BOUNDARY]
    assert len(early) == 2
    assert stamps.count(BOUNDARY) == 2
    assert len(stamps) > 300


def test_history_is_a_little_of_2010_and_then_from_2024(books):
    for name in ("ARINVOICE", "APBILL", "ARPYMT"):
        days = books[name].column("WHENCREATED")
        assert {day[:4] for day in days} == {"2010", "2024", "2025", "2026"}, name
        assert max(days) <= "2026-10-31", name
        assert sum(1 for day in days if day < "2011") < 20, name


@pytest.mark.parametrize(
    "name", ["CUSTOMER", "VENDOR", "ARINVOICE", "APBILL", "ARPYMT", "GLBATCH", "GLENTRY", "GLDETAIL"]
)
def test_some_rows_were_never_modified(books, name):
    missing = sum(1 for stamp in books[name].column("WHENMODIFIED") if stamp is None)
    assert 0 < missing < len(books[name].rows) / 3


def test_nothing_is_modified_before_it_is_entered(books):
    for name, sheet in books.items():
        entered = "AUWHENCREATED" if "AUWHENCREATED" in sheet.columns else "WHENCREATED"
        if {entered, "WHENMODIFIED"} <= set(sheet.columns):
            assert not [pair for pair in sheet.column(entered, "WHENMODIFIED") if pair[1] and pair[1] < pair[0]], name


def test_one_time_stamp_fills_more_than_a_page(books):
    stamp, count = Counter(books["GLDETAIL"].column("WHENMODIFIED")).most_common(1)[0]
    assert stamp == "2025-07-01 02:00:00"
    assert count > 2_000
    ties = [count for stamp, count in Counter(books["ARINVOICE"].column("WHENMODIFIED")).items() if stamp and count > 1]
    assert len(ties) > 1


def test_sizes_at_scale_one(small):
    sizes = {name: len(sheet.rows) for name, sheet in small.items()}
    assert sizes["CUSTOMER"] == 60
    assert sizes["VENDOR"] == 40
    assert sizes["EMPLOYEE"] == 25
    assert sizes["ITEM"] == 40
    assert sizes["PROJECT"] == 20
    assert 55 < sizes["GLACCOUNT"] < 75
    assert sizes["ARINVOICE"] == 400
    assert sizes["APBILL"] == 300
    assert 4_000 < sizes["GLDETAIL"] < 7_000


def test_inactive_rows_and_customers_who_never_bought(small):
    for name in ("CUSTOMER", "VENDOR", "EMPLOYEE", "ITEM", "PROJECT", "LOCATION", "DEPARTMENT", "CLASS", "ARTERM"):
        assert set(small[name].column("STATUS")) == {"active", "inactive"}, name
    assert set(small["CUSTOMER"].column("CUSTOMERID")) > set(small["ARINVOICE"].column("CUSTOMERID"))

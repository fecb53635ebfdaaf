"""The table of tiers: the bundled one, one of the user's, and what is no table."""

import json
from decimal import Decimal

import pytest

from intacct_ql.errors import ConfigError
from intacct_ql.planner.cost import Range
from intacct_ql.planner.price import Price
from intacct_ql.planner.tiers import tier

OURS = {
    "default": "Ours",
    "source": {"name": "our contract", "date": "2026-01-31"},
    "tiers": [
        {"name": "Ours", "calls": 750_000, "overage": {"calls": 100, "price": 1.10, "currency": "EUR"}},
        {"name": "unknown"},
    ],
}


@pytest.fixture
def file(tmp_path):
    def write(content: object):
        path = tmp_path / "tiers.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        return path

    return write


def words(price: Price) -> list[str]:
    return [*price.lines(), *price.sources()]


def test_the_bundled_tiers():
    calls = {name: tier(name).calls for name in ("1", "2", "2-500k", "3", "4")}
    assert calls == {"1": 100_000, "2": 250_000, "2-500k": 500_000, "3": 1_000_000, "4": 2_500_000}
    assert tier() == tier("Tier 1") == tier(" tier 1")


def test_only_what_somebody_told_has_a_price():
    first = tier("1").overage
    assert first is not None
    assert [first.of(calls) for calls in (0, 1, 10, 11)] == [0, Decimal("0.15"), Decimal("0.15"), Decimal("0.30")]
    assert (first.currency, first.source.date) == ("USD", "2026-04-26")
    assert tier("2").overage is None


def test_a_table_of_the_user(file):
    ours = tier(None, file(OURS))
    assert (ours.name, ours.calls, ours.source.name, ours.source.date) == (
        "Ours",
        750_000,
        "our contract",
        "2026-01-31",
    )
    assert ours.overage is not None
    assert (ours.overage.price, ours.overage.source) == (Decimal("1.1"), ours.source)
    price = Price(tier=ours, calls=Range(at_least=3, at_most=3), runs=300_000)
    assert words(price) == [
        "0.0004 % of the 750,000 calls a month of tier Ours",
        "1.10 EUR where those are used up",
        "300,000 runs a month: 900,000 calls, 120 %",
        "150,000 of them beyond the tier, if nothing else calls: 1,650.00 EUR",
        "calls a month according to our contract (2026-01-31)",
        "1.1 EUR for each 100 begun beyond the tier, according to our contract (2026-01-31)",
    ]


def test_what_is_not_known_stays_unknown(file):
    unknown = tier("UNKNOWN", file(OURS))
    price = Price(tier=unknown, calls=Range(at_least=1, at_most=1), runs=5)
    assert words(price) == [
        "how many calls a month tier unknown has is not known",
        "5 runs a month: 5 calls",
        "the price of calls beyond the tier is not known",
    ]
    record = price.to_dict()
    assert record["currency"] is record["run"]["share"] is record["run"]["if_used_up"] is None
    assert record["month"]["share"] is record["month"]["calls_beyond"] is record["month"]["overage"] is None


def test_a_file_without_sources_is_the_source(file):
    path = file({"tiers": [{"name": "x", "calls": 1}]})
    assert tier("x", path).source.name == str(path)


def test_a_tier_that_does_not_exist():
    with pytest.raises(ConfigError, match=r"no tier 2-500; there is 1, 2, 2-500k, 3, 4; 2-500k might be meant"):
        tier("2-500")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is not JSON"),
        ("[" * 100_000, "is no table of tiers"),
        ("[]", "is no table of tiers"),
        ("{}", "tiers is missing"),
        ({"tiers": []}, "is no table of tiers"),
        ({"tiers": [3]}, "is no table of tiers"),
        ({"tiers": [{"calls": 3}]}, "name is missing"),
        ({"tiers": [{"name": "", "calls": 3}]}, "names, addresses and dates are text, not ''"),
        ({"tiers": [{"name": "x", "calls": 0}]}, "calls are a whole number from 1 on, not 0"),
        ({"tiers": [{"name": "x", "calls": True}]}, "calls are a whole number from 1 on, not True"),
        ({"tiers": [{"name": "x", "calls": 1.5}]}, "calls are a whole number from 1 on"),
        ({"tiers": [{"name": "x", "overage": {"calls": 1, "price": -1, "currency": "USD"}}]}, "a price is 0 or more"),
        (
            {"tiers": [{"name": "x", "overage": {"calls": 1, "price": "NaN", "currency": "USD"}}]},
            "a price is 0 or more",
        ),
        ({"tiers": [{"name": "x", "overage": {"calls": 1, "price": "x", "currency": "USD"}}]}, "is no table of tiers"),
        ({"tiers": [{"name": "x", "overage": {"calls": 1, "price": None, "currency": "USD"}}]}, "a price is a number"),
        ({"tiers": [{"name": "x", "overage": {"calls": 1, "price": 1}}]}, "currency is missing"),
        ({"tiers": [{"name": "x"}], "default": "y"}, "there is no tier y; there is x"),
    ],
)
def test_what_is_no_table(file, content: object, said: str):
    with pytest.raises(ConfigError) as refused:
        tier(None, file(content))
    assert said in str(refused.value)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        tier(None, tmp_path / "none.json")
    (tmp_path / "bytes").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        tier(None, tmp_path / "bytes")

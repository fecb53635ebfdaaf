"""Values bound to parameters, by the type of the field they stand beside."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

import intacct_ql as iql

FIELDS = {
    "text": "NAME",
    "integer": "RECORDNO",
    "currency": "TOTALDUE",
    "boolean": "ONHOLD",
    "timestamp": "WHENMODIFIED",
    "enum": "STATUS",
}


def sent(kind: str, value: object) -> list[str]:
    xml = iql.prepare(f"select NAME from CUSTOMER where {FIELDS[kind]} = :v").compile({"v": value}).xml
    return [part.partition("<")[0] for part in xml.split("<value>")[1:]]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("text", "x", "x"),
        ("text", 24, "24"),
        ("integer", 24, "24"),
        ("integer", "024", "024"),
        ("integer", 24.0, "24"),
        ("integer", Decimal("24.0"), "24"),
        ("currency", Decimal("0.10"), "0.10"),
        ("currency", Decimal("1E+3"), "1000"),
        ("currency", -5, "-5"),
        ("currency", "7.50", "7.50"),
        ("currency", Decimal("1E+39"), "1" + "0" * 39),
        ("currency", Decimal("-1E-40"), "-0." + "0" * 39 + "1"),
        ("integer", 10**40 - 1, "9" * 40),
        ("boolean", True, "true"),
        ("boolean", False, "false"),
        ("boolean", "FALSE", "false"),
        ("enum", "Active", "active"),
        ("timestamp", datetime(2026, 1, 2, 3, 4, 5), "01/02/2026 03:04:05"),
    ],
)
def test_what_is_sent(kind, value, text):
    assert sent(kind, value) == [text]


def test_a_day_beside_a_moment_is_the_whole_day():
    assert sent("timestamp", date(2026, 1, 2)) == ["01/02/2026 00:00:00", "01/03/2026 00:00:00"]


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("currency", 0.1, "a float is not exact enough for TOTALDUE"),
        ("currency", 24.0, "a float is not exact enough for TOTALDUE"),
        ("integer", 24.5, "a float is not exact enough for RECORDNO"),
        ("currency", Decimal("NaN"), "NaN"),
        ("currency", Decimal("Infinity"), "Infinity"),
        ("currency", Decimal("1E+3000000"), "40 digits at the most"),
        ("integer", "1" * 41, "40 digits at the most"),
        ("currency", "-" + "1234567890" * 5, "40 digits at the most"),
        ("currency", "+" + "1234567890" * 5, "40 digits at the most"),
        ("currency", "5." + "1234567890" * 5, "40 digits at the most"),
        ("currency", "." + "1234567890" * 5, "40 digits at the most"),
        ("text", Decimal(1), "NAME is TEXT, not a number"),
        ("text", True, "NAME is TEXT, not BOOLEAN"),
        ("integer", True, "RECORDNO is INTEGER, not BOOLEAN"),
        ("boolean", 1, "ONHOLD is BOOLEAN, not a number"),
        ("text", date(2026, 1, 1), "NAME is TEXT, not a date"),
        ("timestamp", 5, "WHENMODIFIED is TIMESTAMP, not a number"),
        ("timestamp", datetime(2026, 1, 1, tzinfo=UTC), "needs the session's zone"),
        ("text", b"x", "a bytes cannot be sent"),
        ("text", "a\x01", "U+0001 cannot be sent"),
        ("enum", "sleeping", "sleeping is not a value of STATUS"),
        ("integer", "x", "x is not a whole number"),
        ("currency", "1,000", "1,000 is not a number"),
        ("boolean", "maybe", "neither true nor false"),
        ("timestamp", "22/10/2010", "no month 22"),
    ],
)
def test_what_is_refused(kind, value, words):
    with pytest.raises(iql.QueryError) as wrong:
        sent(kind, value)
    (found,) = wrong.value.diagnostics
    assert words in found.reason
    assert found.code == "IQL212" or "cannot be sent" in words


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("-1.5E+10", "no exponent: write the digits"),
        ("+12e-5", "no exponent: write the digits"),
        ("1,5", "no thousands separator; the decimal point is ."),
        ("x5", "write digits, with . as the decimal point"),
        ("x", None),
        (".", None),
    ],
)
@pytest.mark.parametrize("kind", ["integer", "currency"])
def test_how_a_number_is_written(kind, text, hint):
    with pytest.raises(iql.QueryError) as wrong:
        sent(kind, text)
    assert wrong.value.diagnostics[0].hints == ((hint,) if hint else ())


def test_none_is_null_and_only_equal_or_not():
    assert "<isnull><field>NAME" in iql.compile("select NAME from CUSTOMER where NAME = :v", {"v": None}).xml
    assert "<isnotnull><field>NAME" in iql.compile("select NAME from CUSTOMER where NAME != :v", {"v": None}).xml
    with pytest.raises(iql.QueryError, match="IQL211"):
        iql.compile("select NAME from CUSTOMER where NAME < :v", {"v": None})

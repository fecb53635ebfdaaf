"""Which rows an operator takes, NULLs included."""

import pytest


def compare(operator: str, name: str, *values: str) -> str:
    inside = "".join(f"<value>{value}</value>" for value in values)
    return f"<{operator}><field>{name}</field>{inside}</{operator}>"


ALL = ["11", "12", "13", "14"]
A_HUNDRED = [str(number) for number in range(12, 1012)]

BOTH = f"<and>{compare('equalto', 'STATUS', 'active')}{compare('greaterthan', 'TOTALDUE', '100')}</and>"

CASES = [
    (compare("equalto", "RECORDNO", "12"), ["12"]),
    (compare("equalto", "RECORDNO", "12.0"), ["12"]),
    (compare("equalto", "RECORDNO", "12.5"), []),
    (compare("greaterthan", "RECORDNO", "12.5"), ["13", "14"]),
    (compare("lessthan", "RECORDNO", "99999999999999999999999"), ALL),
    (compare("lessthan", "TOTALDUE", "1" + "0" * 1_000_000), ["11", "12", "13"]),
    (compare("notequalto", "RECORDNO", "12"), ["11", "13", "14"]),
    (compare("equalto", "CUSTOMERID", "ABC001"), ["13"]),
    (compare("notequalto", "NAME", "O'Neil &lt;co&gt;"), ["11", "12"]),
    (compare("equalto", "NAME", ""), []),
    (compare("notequalto", "NAME", ""), []),
    (compare("lessthan", "CUSTOMERID", "ZAB001"), ["13"]),
    (compare("lessthanorequalto", "CUSTOMERID", "ZAB001"), ["11", "13"]),
    (compare("greaterthan", "CUSTOMERID", "ZAB001"), ["12", "14"]),
    (compare("greaterthanorequalto", "CUSTOMERID", "ZAB001"), ["11", "12", "14"]),
    (compare("equalto", "TOTALDUE", "6.5"), ["11"]),
    (compare("equalto", "TOTALDUE", "6.50"), ["11"]),
    (compare("equalto", "TOTALDUE", "-1.2345"), ["13"]),
    (compare("equalto", "TOTALDUE", "-1.23451"), []),
    (compare("lessthan", "TOTALDUE", "-1.23441"), ["13"]),
    (compare("greaterthan", "TOTALDUE", "-1.23451"), ["11", "12", "13"]),
    (compare("between", "TOTALDUE", "6.50", "205375"), ["11", "12"]),
    (compare("between", "TOTALDUE", "205375", "6.50"), []),
    (compare("equalto", "RETAINAGEPERCENTAGE", "12.5"), ["11"]),
    (compare("like", "CUSTOMERID", "ZAB%"), ["11", "12"]),
    (compare("like", "CUSTOMERID", "%001"), ["11", "13", "14"]),
    (compare("like", "CUSTOMERID", "___001"), ["11", "13", "14"]),
    (compare("like", "NAME", "Zabel &amp; S_hne"), ["11"]),
    (compare("like", "NAME", "%"), ["11", "12", "13"]),
    (compare("notlike", "NAME", "Zabel%"), ["12", "13"]),
    (compare("like", "COMMENTS", "50\\% off\\_hand"), ["11"]),
    (compare("like", "COMMENTS", "50\\%%"), ["11"]),
    (compare("like", "COMMENTS", "C:\\temp"), ["12"]),
    (compare("like", "COMMENTS", "C:\\\\%"), ["12"]),
    (compare("like", "COMMENTS", "\\_%"), []),
    (compare("equalto", "COMMENTS", "line\none"), ["13"]),
    (compare("in", "RECORDNO", "11", "13", "99"), ["11", "13"]),
    (compare("in", "RECORDNO", *A_HUNDRED), ["12", "13", "14"]),
    (compare("in", "NAME", 'zabel "north"', "x"), ["12"]),
    (compare("notin", "RECORDNO", "11", "13"), ["12", "14"]),
    (compare("notin", "NAME", "x"), ["11", "12", "13"]),
    (compare("notin", "NAME", "x", ""), []),
    (compare("isnull", "NAME"), ["14"]),
    (compare("isnotnull", "NAME"), ["11", "12", "13"]),
    (compare("equalto", "ONHOLD", "true"), ["12"]),
    (compare("equalto", "ONHOLD", "false"), ["11", "13"]),
    (compare("notequalto", "ONHOLD", "true"), ["11", "13"]),
    (compare("equalto", "STATUS", "active"), ["11", "12", "14"]),
    (compare("in", "STATUS", "inactive"), ["13"]),
    (compare("equalto", "LAST_INVOICEDATE", "02/29/2024"), ["12"]),
    (compare("equalto", "LAST_INVOICEDATE", "02/29/2024 00:00:00"), ["12"]),
    (compare("equalto", "LAST_INVOICEDATE", "02/29/2024 00:00:01"), []),
    (compare("lessthan", "LAST_INVOICEDATE", "02/29/2024 00:00:01"), ["11", "12", "14"]),
    (compare("greaterthanorequalto", "LAST_INVOICEDATE", "01/31/2024 12:00:00"), ["12"]),
    (compare("between", "LAST_INVOICEDATE", "12/31/2023", "01/31/2024"), ["11", "14"]),
    (compare("equalto", "WHENMODIFIED", "02/29/2024"), ["12"]),
    (compare("greaterthan", "WHENMODIFIED", "02/29/2024"), ["13"]),
    (compare("lessthanorequalto", "WHENMODIFIED", "02/29/2024 00:00:00"), ["11", "12"]),
    (f"<and>{compare('isnotnull', 'NAME')}{compare('lessthan', 'RECORDNO', '13')}</and>", ["11", "12"]),
    (f"<or>{compare('isnull', 'NAME')}{compare('equalto', 'NAME', 'x')}</or>", ["14"]),
    (
        f"<or>{compare('equalto', 'RECORDNO', '14')}{BOTH}</or>",
        ["12", "14"],
    ),
]


@pytest.mark.parametrize(("condition", "expected"), CASES, ids=[case[0][:80] for case in CASES])
def test_takes_exactly_these_rows(ask, condition, expected):
    reply = ask("CUSTOMER", "RECORDNO", f"<filter>{condition}</filter>")
    assert sorted(reply.column("RECORDNO")) == expected
    assert reply.data["totalcount"] == str(len(expected))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (compare("equalto", "CUSTOMERID", "aBc001"), ["13", "14"]),
        (compare("in", "CUSTOMERID", "ABC001", "zab002"), ["12", "13", "14"]),
        (compare("notin", "CUSTOMERID", "abc001"), ["11", "12"]),
        (compare("like", "NAME", "ZABEL%"), ["11", "12"]),
        (compare("like", "NAME", "%SÖHNE"), ["11"]),
        (compare("notlike", "NAME", "ZABEL%"), ["13"]),
        (compare("equalto", "STATUS", "INACTIVE"), ["13"]),
        (compare("equalto", "RECORDNO", "11"), ["11"]),
    ],
)
def test_ignores_case_when_asked(ask, condition, expected):
    options = "<options><caseinsensitive>true</caseinsensitive></options>"
    reply = ask("CUSTOMER", "RECORDNO", f"<filter>{condition}</filter>{options}")
    assert sorted(reply.column("RECORDNO")) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RECORDNO", "twelve"),
        ("RECORDNO", "1e3"),
        ("RECORDNO", "1,000"),
        ("RECORDNO", " 12"),
        ("TOTALDUE", "$5"),
        ("TOTALDUE", "٣"),
        ("ONHOLD", "T"),
        ("ONHOLD", "True"),
        ("STATUS", "T"),
        ("STATUS", "Active"),
        ("LAST_INVOICEDATE", "2024-02-29"),
        ("LAST_INVOICEDATE", "2/9/2024"),
        ("LAST_INVOICEDATE", "02/30/2024"),
        ("WHENMODIFIED", "02/29/2024 24:00:00"),
        ("WHENMODIFIED", "02/29/2024 10:00"),
        ("WHENMODIFIED", "02/29/2024T10:00:00"),
    ],
)
def test_refuses_what_is_no_literal_of_the_type(ask, name, value):
    level, number, words = ask("CUSTOMER", "RECORDNO", f"<filter>{compare('equalto', name, value)}</filter>").error
    assert (level, number) == ("result", "DL02000001")
    assert words.startswith(f"Invalid value '{value}' for field {name}")


@pytest.mark.parametrize("name", ["RECORDNO", "TOTALDUE", "ONHOLD", "LAST_INVOICEDATE", "WHENMODIFIED"])
@pytest.mark.parametrize("operator", ["like", "notlike"])
def test_patterns_are_for_text(ask, name, operator):
    reply = ask("CUSTOMER", "RECORDNO", f"<filter>{compare(operator, name, '1%')}</filter>")
    assert reply.error[2].startswith(f"Operator {operator} needs a text field: {name}")


def test_a_filter_may_be_very_wide_and_deep(ask):
    wide = "".join(compare("equalto", "RECORDNO", str(number)) for number in range(3000))
    deep = compare("equalto", "RECORDNO", "12")
    for _ in range(100):
        deep = f"<and>{deep}{compare('isnotnull', 'RECORDNO')}</and>"
    reply = ask("CUSTOMER", "RECORDNO", f"<filter><and><or>{wide}</or>{deep}</and></filter>")
    assert reply.column("RECORDNO") == ["12"]

"""Which rows a predicate of readByQuery takes, and which texts are none."""

from xml.sax.saxutils import escape

import pytest

ALL = ["11", "12", "13", "14"]


def by_query(text, name="CUSTOMER", rest="<fields>RECORDNO</fields>"):
    return f"<readByQuery><object>{name}</object><query>{escape(text)}</query>{rest}</readByQuery>"


CASES = [
    ("", ALL),
    (" \n", ALL),
    ("RECORDNO = 12", ["12"]),
    ("RECORDNO='12'", ["12"]),
    ("recordno=12.0", ["12"]),
    ("RECORDNO < 12", ["11"]),
    ("RECORDNO <= 12", ["11", "12"]),
    ("RECORDNO > 12", ["13", "14"]),
    ("RECORDNO >= 12.5", ["13", "14"]),
    ("TOTALDUE = -1.2345", ["13"]),
    ("TOTALDUE > +.5", ["11", "12"]),
    ("CUSTOMERID = 'ABC001'", ["13"]),
    ("CUSTOMERID = 'Abc001'", []),
    ("NAME = 'O\\'Neil <co>'", ["13"]),
    ("NAME = 'zabel \"north\"'", ["12"]),
    ("NAME = 'Zabel & Söhne'", ["11"]),
    ("NAME = ''", []),
    ("COMMENTS = 'C:\\temp'", ["12"]),
    ("COMMENTS = 'C:\\\\temp'", ["12"]),
    ("COMMENTS = 'line\none'", ["13"]),
    ("CUSTOMERID like 'ZAB%'", ["11", "12"]),
    ("CUSTOMERID LIKE '___001'", ["11", "13", "14"]),
    ("NAME not like 'Zabel%'", ["12", "13"]),
    ("COMMENTS like '50\\% off\\_hand'", ["11"]),
    ("COMMENTS like '50\\%%'", ["11"]),
    ("COMMENTS like 'C:\\\\\\\\%'", ["12"]),
    ("COMMENTS like '\\_%'", []),
    ("RECORDNO in (11, '13', 99)", ["11", "13"]),
    ("RECORDNO Not In (11,13)", ["12", "14"]),
    ("NAME not in ('x')", ["11", "12", "13"]),
    ("NAME IS NULL", ["14"]),
    ("NAME is not null", ["11", "12", "13"]),
    ("NOT NAME IS NULL", ["11", "12", "13"]),
    ("not not NAME is null", ["14"]),
    ("not TOTALDUE > 1", ["13"]),
    ("ONHOLD = 'T'", ["12"]),
    ("ONHOLD = 'F'", ["11", "13"]),
    ("ONHOLD = 'true'", ["12"]),
    ("ONHOLD in ('T', 'F')", ["11", "12", "13"]),
    ("STATUS = 'T'", ["11", "12", "14"]),
    ("STATUS = 'F'", ["13"]),
    ("STATUS > 'F'", ["11", "12", "14"]),
    ("STATUS like 'F%'", ["13"]),
    ("STATUS in ('F')", ["13"]),
    ("STATUS not in ('F')", ["11", "12", "14"]),
    ("LAST_INVOICEDATE = '02/29/2024'", ["12"]),
    ("LAST_INVOICEDATE < '02/29/2024 00:00:01'", ["11", "12", "14"]),
    ("WHENMODIFIED > '02/29/2024'", ["13"]),
    ("WHENMODIFIED >= '02/29/2024 00:00:00'", ["12", "13"]),
    ("RECORDNO = 11 or RECORDNO = 12 and NAME = 'x'", ["11"]),
    ("(RECORDNO = 11 or RECORDNO = 12) and NAME like 'z%'", ["12"]),
    ("not RECORDNO = 11 and RECORDNO < 13", ["12"]),
    ("NOT (RECORDNO = 11 AND STATUS = 'T')", ["12", "13", "14"]),
    ("NOT (NAME = 'x' OR STATUS = 'F')", ["11", "12"]),
    ("((((RECORDNO = 12))))", ["12"]),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[case[0] for case in CASES])
def test_takes_exactly_these_rows(post, text, expected):
    reply = post(by_query(text))
    assert sorted(reply.column("RECORDNO")) == expected
    assert reply.data["totalcount"] == str(len(expected))


MISTAKES = [
    ("RECORDNO", "at character 9: an operator expected, the end found"),
    ("= 1", "at character 1: a field expected, '=' found"),
    ("RECORDNO = ", "at character 12: a number or a string in single quotes expected, the end found"),
    ("RECORDNO != 1", "at character 10: there is no operator != here, write NOT RECORDNO = value"),
    ("RECORDNO <> 1", "at character 10: there is no operator <> here, write NOT RECORDNO = value"),
    ("RECORDNO between 1 and 2", "at character 10: an operator expected, 'between' found"),
    ("NAME = null", "(NULL is asked for with is null) expected, 'null' found"),
    ("NAME = Zabel", "a number or a string in single quotes expected, 'Zabel' found"),
    ('NAME = "Zabel"', "at character 8: here stands a double quote"),
    ("NAME = 'Zabel", "at character 8: here stands a string that does not end"),
    ("NAME = 'Zabel\\'", "a string that does not end"),
    ("NAME = 'O''Neil'", "at character 11: and, or, or the end expected, \"'Neil'\" found"),
    ("WHENDUE = 01/01/2024", "at character 13: here stands a slash; dates stand in single quotes"),
    ("RECORDNO = 12abc", "here stands '1', which begins nothing"),
    ("RECORDNO = 1e3", "here stands '1'"),
    ("RECORDNO = 1,000", "and, or, or the end expected, ',' found"),
    ("NAME is 'x'", "null expected"),
    ("NAME not = 'x'", "like or in expected, '=' found"),
    ("NAME in 'x'", "( and a list expected"),
    ("NAME in ()", "a number or a string in single quotes expected, ')' found"),
    ("NAME in ('x'", "a comma or ) expected, the end found"),
    ("NAME in ('x' 'y')", "a comma or ) expected"),
    ("(RECORDNO = 1", "and, or, or ) expected, the end found"),
    ("RECORDNO = 1)", "and, or, or the end expected, ')' found"),
    ("RECORDNO = 1 and", "a field expected, the end found"),
    ("RECORDNO = 1 RECORDNO = 2", "and, or, or the end expected"),
    ("RECORDNO = 1; drop", "here stands ';'"),
    ("and = 1", "a field expected, 'and' found"),
    ("DISPLAYCONTACT.CONTACTNAME = 'x'", "DISPLAYCONTACT.CONTACTNAME is a dotted name"),
    ("PARENT.NAME = 'x'", "PARENT.NAME is a dotted name"),
    ("RECORDNO\u00a0= 1", "here stands '\\xa0'"),
    ("(" * 101 + "RECORDNO = 1" + ")" * 101, "at character 101: more than 100 brackets inside one another"),
    ("(" * 5_000, "more than 100 brackets"),
]


@pytest.mark.parametrize(("text", "words"), MISTAKES, ids=[case[0][:40] for case in MISTAKES])
def test_a_mistake_fails_the_query_and_says_where_it_is(post, text, words):
    level, number, said = post(by_query(text)).error
    assert (level, number) == ("result", "Query Failed")
    assert said.startswith("Invalid query at character ")
    assert words in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("NONSENSE = 1", "Field NONSENSE not found in object CUSTOMER."),
        ("rownum = 1", "Field rownum not found in object CUSTOMER."),
        ("RECORDNO = 'twelve'", "Invalid value 'twelve' for field RECORDNO"),
        ("STATUS = 'active'", "Invalid value 'active' for field STATUS."),
        ("STATUS = 't'", "Invalid value 't' for field STATUS."),
        ("ONHOLD = 'yes'", "Invalid value 'yes' for field ONHOLD: BOOLEAN takes T or F."),
        ("LAST_INVOICEDATE = '2024-02-29'", "Invalid value '2024-02-29' for field LAST_INVOICEDATE"),
        ("RECORDNO like '1%'", "Operator like needs a text field: RECORDNO is INTEGER."),
    ],
)
def test_what_the_fields_do_not_allow_fails_the_query(post, text, words):
    level, number, said = post(by_query(text)).error
    assert (level, number) == ("result", "Query Failed")
    assert said.startswith(words)


def test_a_label_is_taken_where_no_code_is_known(post, store):
    store.insert(
        "GLACCOUNT", {"ACCOUNTNO": "1", "NORMALBALANCE": "debit"}, {"ACCOUNTNO": "2", "NORMALBALANCE": "credit"}
    )
    reply = post(by_query("NORMALBALANCE = 'debit'", "GLACCOUNT", "<fields>ACCOUNTNO</fields>"))
    assert reply.rows == [{"ACCOUNTNO": "1"}]


def test_five_thousand_conditions(post):
    wide = " or ".join(f"RECORDNO = {number}" for number in range(5_000))
    assert post(by_query(f"({wide}) and NAME is not null")).data["totalcount"] == "3"


def test_a_list_of_five_thousand(post):
    assert post(by_query(f"RECORDNO in ({','.join(map(str, range(12, 5_012)))})")).data["totalcount"] == "3"


def deep(levels):
    text = "RECORDNO = 12"
    for level in range(levels):
        text = f"RECORDNO < 0 or not (RECORDNO > 99 or {text})" if level % 2 else f"RECORDNO > 0 and ({text})"
    return text


@pytest.mark.parametrize("levels", [10, 30])
def test_deep_predicates_are_run(post, levels):
    negated = (levels // 2) % 2
    assert sorted(post(by_query(deep(levels))).column("RECORDNO")) == (["11", "13", "14"] if negated else ["12"])


def test_too_deep_a_predicate_is_refused_in_plain_words(post):
    assert post(by_query(deep(90))).error == ("result", "Query Failed", "The filter nests too deep.")

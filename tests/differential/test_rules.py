"""The rules of the language that a drawn query meets rarely, one text each, through every door."""

import pytest
from differential.asking import FETCHING, SEARCHING, answers, case, fetched

from intacct_ql.syntax.parser import parse

DAY = "2023-12-31"  # a second before its end, and at the midnight after it, something was created
WHERE = {
    **{f"{sign} a whole day": f"VENDOR where WHENCREATED {sign} {DAY}" for sign in ("=", "!=", "<", "<=", ">", ">=")},
    "the midnight": "VENDOR where WHENCREATED = '2024-01-01 00:00:00'",
    "a last second": "VENDOR where WHENCREATED <= 12/31/2023 23:59:59 and WHENCREATED > 2023-12-30",
    "between days": f"VENDOR where WHENCREATED between {DAY} and {DAY}",
    "not between days": f"VENDOR where not (WHENCREATED between {DAY} and 1/1/2024)",
    "in days": f"VENDOR where WHENCREATED in ({DAY}, '2024-01-01 23:59:59')",
    "not in days": f"VENDOR where WHENMODIFIED not in ({DAY}, 2024-01-01)",
    "between two seconds": (
        "VENDOR where WHENCREATED < '2023-12-31T23:59:59.5' and WHENCREATED != '2024-01-01T00:00:00.5'"
    ),
    "a day beside a time": "CUSTOMER where LAST_INVOICEDATE < field(WHENMODIFIED)",
    "letters that fold to two": "CUSTOMER where NAME ilike 'strasse'",
    "letters that fold elsewhere": (
        "CUSTOMER where NAME in ('ǆ Ǆ', 'STRASSE', 'i\u0307STANBUL') option (caseinsensitive)"
    ),
    "cases apart": "CUSTOMER where NAME = 'a' or NAME > 'straße'",
    "wildcards as themselves": "CUSTOMER where NAME like '100\\%%' or NAME like '\\\\%' or NAME like '%\\_sure\\_'",
    "apostrophes and backslashes": "CUSTOMER where NAME = 'O''Brien \\\\ Co' or CUSTOMERID like 'odd''_'",
    "white space": (
        "CUSTOMER where NAME = 'two  spaces' or NAME like '%\t%' or NAME like '%\n%' or NAME like '%\u00a0%'"
    ),
    "the word null": "CUSTOMER where NAME = 'null' or PARENTID = null and NAME < 'B'",
    "neither like nor unlike NULL": "CUSTOMER where PARENTID like '9%' or not (PARENTID like '9%')",
    "neither in nor out": "CUSTOMER where not (PARENTID in ('9') or CREDITLIMIT between 1 and 2)",
    "more digits than a number holds": "CUSTOMER where CREDITLIMIT > 1.23449 and CREDITLIMIT < 1.23451",
    "beyond floating point": "CUSTOMER where TOTALDUE > 900719925474.0992",
    "two fields of a row": "CUSTOMER where TOTALDUE > CREDITLIMIT and ONHOLD != field(ONETIME)",
    "an empty list": "CUSTOMER where NAME in () or PARENTID not in ()",
    "a window over ties": "CUSTOMER order_by STATUS desc, TERMNAME limit 7 offset 9",
    "empty values first": "CUSTOMER order_by CREDITLIMIT nulls first, NAME desc limit 40",
    "empty values last": "CUSTOMER order_by CREDITLIMIT desc nulls last limit 60",
}
GROUPS = {
    "groups of nothing": "select count(*), sum(TOTALDUE), min(NAME) from CUSTOMER where RECORDNO < 0",
    "no group at all": "select STATUS, count(*) from CUSTOMER where RECORDNO < 0 group by STATUS",
    "never true": "select count(*), max(TOTALDUE) from CUSTOMER where 1 = 0",
    "ten places": "select TERMNAME, avg(TOTALDUE), avg(RECORDNO), count(PARENTID) from CUSTOMER group by TERMNAME",
    "groups of NULL": "select distinct PARENTID, ONHOLD from CUSTOMER",
    "the first and the last": "select CURRENCY, min(WHENCREATED), max(ONHOLD), max(STATUS) from CUSTOMER",
    "having nothing": "select STATUS from CUSTOMER group by STATUS having max(CREDITLIMIT) > 9999999999999",
    "having a field": "select CUSTTYPE, sum(TOTALDUE) from CUSTOMER having CUSTTYPE is null or count(*) > 12",
    "ordered by what is not shown": (
        "select CUSTOMERID from ARINVOICE group by CUSTOMERID order_by count(*) desc, max(WHENDUE)"
    ),
    "grouped here": (
        "select STATUS, count(*), sum(CREDITLIMIT) from CUSTOMER where TOTALDUE <= CREDITLIMIT group by STATUS"
    ),
}
TEXTS = {name: f"select RECORDNO, NAME from {rest}" for name, rest in WHERE.items()} | GROUPS


def scanning(text: str) -> str:
    """The text with a scan allowed."""
    if "option (" in text:
        return text.replace("option (", "option (allow_scan, ")
    return f"{text} option (allow_scan)"


@pytest.mark.parametrize("name", TEXTS)
def test_every_door_keeps_the_rule(session, name):
    drawn = case(parse(scanning(TEXTS[name])), None)
    for target in SEARCHING:
        assert answers(drawn, target, lambda to=target: session.query(drawn.text, target=to))


@pytest.mark.parametrize("name", TEXTS)
def test_the_rule_is_kept_here(conversation, transport, name):
    drawn = case(parse(scanning(TEXTS[name])), 3)
    for target in FETCHING:
        assert answers(drawn, target, lambda to=target: fetched(drawn, to, conversation, transport))


def test_nearly_every_rule_has_rows():
    empty = {name for name, text in TEXTS.items() if not case(parse(scanning(text)), None).expected.count}
    assert empty == {"no group at all", "having nothing"}

"""Queries on which doors once differed, each with what was wrong."""

import pytest
from differential.comparison import difference
from differential.queries import COMPANY
from differential.reference import answer

from intacct_ql.syntax.parser import parse

FOUND = {
    # get refuses a key that no row has, where all others give no rows.
    "get: no such key": ("get", "select NAME from CUSTOMER where CUSTOMERID = 'nobody'"),
    "get in place of get_list: no such key": (
        "get_list",
        "select NAME from CUSTOMER where CUSTOMERID = 'nobody' option (single)",
    ),
    # The empty text is NULL to the gateway; compared here it was a text before all others.
    "unlike the empty text, by a door that cannot say so": (
        "readByQuery",
        "select NAME from CUSTOMER where STATUS not like '' option (allow_scan)",
    ),
    "the empty text here": (
        "query",
        "select NAME from CUSTOMER where NAME > '' or TOTALDUE > CREDITLIMIT option (allow_scan)",
    ),
    "unlike the empty text here": (
        "query",
        "select NAME from CUSTOMER where NAME not like '' or TOTALDUE > CREDITLIMIT option (allow_scan)",
    ),
    "not in a list with the empty text here": (
        "query",
        "select NAME from CUSTOMER where NAME not in ('', 'a') or TOTALDUE > CREDITLIMIT option (allow_scan)",
    ),
    "in a list with the empty text here": (
        "query",
        "select NAME from CUSTOMER where not (NAME in ('', 'a')) or TOTALDUE > CREDITLIMIT option (allow_scan)",
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_a_door_gives_what_the_tables_hold(session, name):
    target, text = FOUND[name]
    assert not difference(list(session.query(text, target=target)), answer(parse(text), COMPANY))

"""A star is every field that can be queried, whether the door has a star of its own or not."""

import pytest
from differential.company import known_object
from differential.comparison import difference
from differential.queries import COMPANY, OBJECTS
from differential.reference import answer

import intacct_ql as iql
from intacct_ql.syntax.parser import parse

CLAUSES = {
    "all": "",
    "some": " where WHENCREATED is not null and RECORDNO > 3 order_by RECORDNO desc limit 30",
    "sorted here": " where RECORDNO < 300 order_by WHENMODIFIED nulls first, RECORDNO limit 20 offset 2",
    "filtered here": " where WHENCREATED <= field(WHENMODIFIED) order_by RECORDNO limit 50",
}


@pytest.mark.parametrize("target", ["query", "readByQuery", "get_list", "auto"])
@pytest.mark.parametrize("clauses", CLAUSES)
@pytest.mark.parametrize("name", sorted({*OBJECTS} - {"GLDETAIL"}))
def test_a_star_is_every_field(session, name, clauses, target):
    rest = f"from {name}{CLAUSES[clauses]} option (allow_scan)"
    named = ", ".join(f"`{field.name}`" for field in known_object(name).queryable_fields())
    expected = answer(parse(f"select {named} {rest}"), COMPANY)
    assert expected.count
    assert not difference(list(session.query(f"select * {rest}", target=target)), expected)


@pytest.mark.parametrize("key", ["RECORDNO = 24", "CUSTOMERID = 'ZAB001'"])
@pytest.mark.parametrize("target", ["read", "readByName", "get"])
def test_a_star_of_one_row(session, key, target):
    text = f"select * from CUSTOMER where {key}"
    if target != "read" and key.startswith("RECORDNO"):
        with pytest.raises(iql.QueryError, match="finds rows by CUSTOMERID"):
            session.query(text, target=target)
    else:
        assert list(session.query(text, target=target)) == list(session.query(text))

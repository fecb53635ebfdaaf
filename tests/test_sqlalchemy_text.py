"""The text that SQLAlchemy 2.1's generic dialect writes for a plain select is read; the rest is refused by name."""

import pytest

import intacct_ql as iql

T = '"CUSTOMER"'
S = f'{T}."STATUS"'

ACCEPTED = [
    (f'SELECT {T}."CUSTOMERID", {T}."NAME" \nFROM {T}', None),
    ('SELECT customer.name, customer."status" \nFROM customer', None),
    (
        f'SELECT {T}."NAME" \nFROM {T} \nWHERE {T}."TOTALDUE" > ? AND ({T}."NAME" LIKE ? OR {T}."NAME" IS NULL)',
        [1, "A%"],
    ),
    (f'SELECT {T}."NAME" \nFROM {T} \nWHERE {T}."NAME" NOT LIKE ? AND {T}."NAME" IS NOT NULL', ["A%"]),
    (f'SELECT {T}."NAME" \nFROM {T} \nWHERE {T}."NAME" != ? AND {T}."TOTALDUE" BETWEEN ? AND ?', ["x", 1, 2]),
    (f'SELECT {T}."NAME" \nFROM {T} \nWHERE {T}."RECORDNO" IN (?, ?)', [1, 2]),
    (f'SELECT {T}."NAME" \nFROM {T} \nWHERE ({T}."RECORDNO" NOT IN (?, ?))', [1, 2]),
    (f'SELECT {T}."NAME" \nFROM {T} \nWHERE {T}."RECORDNO" IN (NULL) AND (1 != 1)', None),
    (f'SELECT {T}."NAME" \nFROM {T} \nWHERE ({T}."RECORDNO" NOT IN (NULL) OR (1 = 1))', None),
    (f'SELECT {T}."NAME" \nFROM {T} \nWHERE 1 = 1', None),
    (f'SELECT {T}."NAME" \nFROM {T} ORDER BY {T}."NAME" DESC, {T}."RECORDNO"\n LIMIT ? OFFSET ?', [10, 5]),
    (f'SELECT {T}."NAME" \nFROM {T} ORDER BY {T}."NAME" DESC NULLS LAST', None),
    (f'SELECT {T}."NAME" AS "customer name", {T}."NAME" AS n \nFROM {T}', None),
    (f'SELECT {T}."DISPLAYCONTACT.MAILADDRESS.CITY" \nFROM {T}', None),
    ('SELECT t."NAME" \nFROM "CUSTOMER" AS t', None),
    (f"SELECT count(*) AS count_1 \nFROM {T}", None),
    (
        f'SELECT sum({T}."TOTALDUE") AS due, {S} \nFROM {T} GROUP BY {S} \nHAVING sum({T}."TOTALDUE") > ?',
        [1],
    ),
    (f'SELECT DISTINCT {T}."STATUS" \nFROM {T}', None),
    (f"SELECT {T}.\"NAME\" \nFROM {T} \nWHERE ({T}.\"NAME\" LIKE ? || '%' ESCAPE '/')", ["50/%"]),
    (f"SELECT {T}.\"NAME\" \nFROM {T} \nWHERE ({T}.\"NAME\" LIKE '%' || ? || '%' ESCAPE '/')", ["a"]),
    (f"SELECT {T}.\"NAME\" \nFROM {T} \nWHERE ({T}.\"NAME\" LIKE '%' || ? || '%')", ["a"]),
    (f'SELECT {T}."NAME" \nFROM {T} \nWHERE lower({T}."NAME") LIKE lower(?)', ["a%"]),
    (f'SELECT {T}."NAME" \nFROM {T} \nWHERE {T}."TOTALDUE" > 100 AND {T}."NAME" LIKE \'A%\'', None),
    (f'SELECT {T}."NAME" \nFROM {T} \nWHERE {T}."WHENMODIFIED" > \'2026-01-01 02:03:04\'', None),
]

REFUSED = {
    f'SELECT {T}."NAME" \nFROM {T} JOIN "VENDOR" ON {T}."NAME" = "VENDOR"."NAME"': "JOIN",
    f'SELECT {T}."NAME" \nFROM {T} LEFT OUTER JOIN "VENDOR" ON 1 = 1': "LEFT",
    f'SELECT anon_1."N" \nFROM (SELECT {T}."NAME" AS "N" \nFROM {T}) AS anon_1': "query inside a query",
    f'SELECT {T}."NAME" \nFROM {T} UNION ALL SELECT "VENDOR"."NAME" \nFROM "VENDOR"': "UNION",
    f'SELECT CASE WHEN ({T}."NAME" = ?) THEN ? ELSE ? END AS anon_1 \nFROM {T}': "CASE",
    f'SELECT {T}."NAME" \nFROM {T} \nWHERE EXISTS (SELECT * \nFROM "VENDOR")': "EXISTS",
}


@pytest.mark.parametrize(("text", "params"), ACCEPTED)
def test_a_plain_select_runs(session, text, params):
    assert len(session.query(text, params).columns) >= 1
    list(session.query(text, params))
    assert iql.parse(iql.format(text)) == iql.parse(text)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused_is_named(text):
    (found,) = iql.check(text)
    assert found.code == "IQL113"
    assert REFUSED[text] in found.reason
    assert found.hints


@pytest.fixture(scope="module")
def session():
    with iql.demo() as session:
        yield session


def names(session, condition, *params):
    return {name for (name,) in session.query(f"select NAME from CUSTOMER where {condition}", list(params))}


def test_escapes_of_generated_patterns(session):
    assert names(session, "CUSTOMERID like ? || '%' escape '/'", "50/%") == {"Half Price Outlet 50% & More"}
    assert names(session, "NAME like ? escape '/'", "O'Brien \\ Co") == {"O'Brien \\ Co"}
    assert names(session, "NAME like '%' || ? || '%'", "Brien") == {"O'Brien \\ Co"}
    assert "Regal Services" in names(session, "lower(NAME) like lower(?)", "REGAL%")


def test_nulls_go_where_the_text_says(session):
    def limits(order):
        return [limit for (limit,) in session.query(f"select CREDITLIMIT from CUSTOMER order by CREDITLIMIT {order}")]

    assert limits("desc nulls last")[-1] is None
    assert limits("nulls first")[0] is None
    filled = [limit for limit in limits("desc nulls last") if limit is not None]
    assert filled == sorted(filled, reverse=True)


def test_a_list_of_null_holds_for_no_row_and_neither_does_its_negation(session):
    for condition in ("RECORDNO in (NULL)", "RECORDNO not in (NULL)", "not (RECORDNO in (NULL))"):
        assert names(session, condition) == set()
    assert len(names(session, "RECORDNO not in (NULL) or 1 = 1")) > 50

"""Which door a query goes through, and what a run through each of them needs."""

import pytest

import intacct_ql as iql
from intacct_ql.backends.doors import door


def through(text: str, target: str) -> str:
    return iql.compile(text, target=target).plan.target


@pytest.mark.parametrize(
    ("condition", "target", "taken"),
    [
        ("RECORDNO = 24", "query", "read"),
        ("RECORDNO = 24", "readByQuery", "read"),
        ("CUSTOMERID = C1", "query", "readByName"),
        ("CUSTOMERID = C1", "get_list", "get"),
        ("CUSTOMERID = C1", "read", "readByName"),
        ("RECORDNO = 24", "get_list", "get_list"),  # get finds customers by their id
        ("RECORDNO = 24 and STATUS = active", "query", "query"),
        ("RECORDNO > 24", "query", "query"),
        ("NAME = C1", "query", "query"),
        ("CUSTOMERID = 'C1,C2'", "query", "query"),  # a list of keys has commas between
        ("CUSTOMERID = ' C1'", "query", "query"),
        ("RECORDNO = 24", "rest", "rest"),
    ],
)
def test_one_row_by_its_key(condition: str, target: str, taken: str):
    assert through(f"select CUSTOMERID from CUSTOMER where {condition} option (single)", target) == taken


def test_a_related_field_keeps_one_row_at_the_door_that_can_read_it():
    assert through("select CUSTOMER.NAME from ARINVOICE where RECORDNO = 24 option (single)", "query") == "query"


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("select NAME from CUSTOMER where STATUS = active", "query"),
        ("select count(*) from CUSTOMER", "query"),
        ("select NAME from CUSTOMER where RECORDNO = 24", "read"),
        ("select NAME from CUSTOMER where RECORDNO in (1, 2, 3)", "read"),
        ("select CUSTOMER.NAME from ARINVOICE where RECORDNO = 24", "query"),
        ("select NAME from CUSTOMER where STATUS = active order_by NAME limit 5", "query"),
    ],
)
def test_auto_takes_the_door_that_reads_least(text: str, taken: str):
    assert through(text, "auto") == taken


def test_auto_refuses_as_query_does():
    with pytest.raises(iql.QueryError, match="IQL301"):
        iql.compile("select NAME from CUSTOMER where TOTALDUE > CREDITLIMIT", target="auto")


def test_a_list_of_keys_has_an_end():
    with pytest.raises(iql.QueryError, match="IQL304"):
        iql.compile(f"select NAME from CUSTOMER where RECORDNO in ({', '.join(map(str, range(101)))})", target="read")


@pytest.mark.parametrize("name", ["NAME or 1=1", "NAME,STATUS", "NAME'"])
@pytest.mark.parametrize("target", ["readByQuery", "read"])
def test_a_name_is_no_way_into_a_request(name: str, target: str):
    text = f"select `{name}` from CUSTOMER where RECORDNO = 24"
    with pytest.raises(iql.QueryError, match="cannot name the field"):
        iql.compile(text, target=target, catalog=None)
    hidden = f"select NAME from CUSTOMER where RECORDNO = 24 and `{name}` = 1"
    with pytest.raises(iql.QueryError, match="cannot name the field"):
        iql.compile(hidden, target=target, catalog=None)


@pytest.mark.parametrize(
    ("target", "settings", "said"),
    [
        ("readByQuery", {"page_size": 1001}, "a page of readByQuery holds 1 to 1000 rows, not 1001"),
        ("readByQuery", {"offset": 5}, "readByQuery cannot skip rows"),
        ("query", {"page_size": 2001}, "a page of query holds 1 to 2000 rows, not 2001"),
        ("query", {"page_size": 0}, "a page holds 1 row or more, not 0"),
        ("nowhere", {}, "unknown target nowhere"),
    ],
)
def test_pages_a_door_does_not_have(target: str, settings: dict[str, int], said: str):
    with pytest.raises(iql.ConfigError, match=said):
        iql.compile("select NAME from CUSTOMER where RECORDNO = 24", target=target, **settings)  # type: ignore[arg-type]


def test_explain_knows_them_too():
    with pytest.raises(iql.ConfigError, match="a page of readByQuery holds 1 to 1000 rows, not 1001"):
        iql.explain("select NAME from CUSTOMER where RECORDNO = 24", target="readByQuery", page_size=1001)


def test_rest_is_written_and_never_sent():
    with iql.demo() as session, pytest.raises(iql.ConfigError, match="never sent"):
        session.query("select NAME from CUSTOMER", target="rest")


def test_a_key_that_is_not_there_is_no_row():
    with iql.demo() as session:
        for target in ("query", "readByQuery", "get_list", "get", "read", "readByName"):
            assert list(session.query("select NAME from CUSTOMER where CUSTOMERID = nobody", target=target)) == []


def test_another_refusal_of_get_is_one():
    found_nothing = door("get").found_nothing
    assert found_nothing is not None
    missing = ("BL01001973", "Could not find customer record with key X.")
    assert found_nothing(iql.GatewayError("function", [missing]))
    assert not found_nothing(iql.GatewayError("function", [missing, ("PL04000005", "You may not find this.")]))
    assert not found_nothing(iql.GatewayError("function", [("BL01001973", "Could not create the record.")]))


def test_a_kept_result_is_read_part_by_part_and_cut_at_the_limit():
    with iql.demo() as session:
        result = session.query("select RECORDNO from ARINVOICE limit 25", target="readByQuery", page_size=10)
        assert len(set(result)) == 25
        assert result.stats.pages == 3
        everything = session.query("select RECORDNO from ARINVOICE", target="readByQuery", page_size=150)
        assert sorted(everything) == sorted(session.query("select RECORDNO from ARINVOICE"))


def test_little_memory_gives_the_same_rows():
    text = "select CUSTOMERID, RECORDNO from ARINVOICE where TOTALDUE >= 0 order_by CUSTOMERID desc"
    with iql.demo() as session:
        expected = list(session.query(text, target="readByQuery"))
        assert [row[0] for row in session.query(text, target="readByQuery", memory=5_000)] == [
            row[0] for row in expected
        ]
        with pytest.raises(iql.ConfigError, match="number of bytes"):
            session.query(text, memory=0)


@pytest.mark.parametrize(
    ("target", "text", "allowed"),
    [
        ("readByQuery", "select RECORDNO from CUSTOMER", 55),
        ("readByQuery", "select count(*) from CUSTOMER", 55),
        ("read", "select RECORDNO from CUSTOMER where RECORDNO in (3, 5, 6)", 2),
        ("read", "select count(*) from CUSTOMER where RECORDNO in (3, 5, 6)", 2),
    ],
)
def test_a_budget_is_told_at_doors_that_give_more_than_it(target: str, text: str, allowed: int):
    with iql.demo() as session:
        result = session.query(text, target=target, page_size=10 if target == "readByQuery" else None, max_rows=allowed)
        with pytest.raises(iql.BudgetExceeded) as stopped:
            list(result)
    assert (stopped.value.limit, stopped.value.rows) == ("max_rows", allowed)


@pytest.mark.parametrize(
    "text",
    [
        "select A from THING order_by A",
        "select max(A) from THING",
        "select B, count(*) from THING having max(A) > 5",
        "select B from THING where A in (1, 2) and C > 5 option (caseinsensitive, allow_scan)",
    ],
)
def test_what_nobody_knows_the_type_of_is_not_compared_here(text: str):
    with pytest.raises(iql.QueryError, match="IQL305"):
        iql.compile(text, target="readByQuery", catalog=None)


def test_groups_and_counts_need_no_type():
    made = iql.compile("select distinct B from THING where A = 'x'", target="readByQuery", catalog=None)
    assert made.xml == "<readByQuery><object>THING</object><fields>B</fields><query>A = 'x'</query></readByQuery>"
    assert iql.compile("select B, count(A), sum(A) from THING", target="readByQuery", catalog=None).plan.local


@pytest.mark.parametrize("target", ["readByQuery", "rest"])
@pytest.mark.parametrize("condition", ["STATUS = :s", "STATUS in :s", "CREDITLIMIT > :s", "NAME = :s"])
def test_a_value_that_is_not_bound_yet_is_no_obstacle(target: str, condition: str):
    assert iql.check(f"select NAME from CUSTOMER where {condition}", target=target) == []


def test_what_was_compiled_before_has_no_say():
    text = "select NAME from CUSTOMER where CUSTOMERID = :id option (single)"
    statement = iql.prepare(text)
    assert statement.compile({"id": "A,B"}).xml.startswith("<query>")
    made = statement.compile({"id": "C1"})
    assert made.xml.startswith("<readByName>")
    assert made.plan.target == "readByName"


@pytest.mark.parametrize("name", ["1", "NOT", "rownum", "IN"])
def test_a_word_that_means_something_else_is_no_name(name: str):
    with pytest.raises(iql.QueryError, match="IQL30"):
        iql.compile(f"select A from THING where `{name}` = 'x'", target="readByQuery", catalog=None)


def test_an_empty_text_is_no_value_anywhere():
    with iql.demo() as session:
        for condition in ("NAME != ''", "NAME not in ('', 'x')", "NAME > ''", "NAME not like ''", "NAME = ''"):
            text = f"select NAME from CUSTOMER where {condition} and RECORDNO < 9 option (caseinsensitive)"
            for target in ("query", "readByQuery", "get_list"):
                assert list(session.query(text, target=target)) == [], (condition, target)


@pytest.mark.parametrize("target", ["query", "readByQuery", "get_list", "auto"])
@pytest.mark.parametrize("size", [1, 2, 50])
def test_a_second_row_is_found_out_whatever_the_page(target: str, size: int):
    with iql.demo() as session:
        result = session.query("select NAME from VENDOR option (single)", target=target, page_size=size)
        with pytest.raises(iql.Error, match="more than one row matches"):
            list(result)

"""The division of a query: what the gateway does and what is done here together give what doing it all here gives."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from intacct_ql.backends.query import ABILITIES, column_names, render
from intacct_ql.binder import tree
from intacct_ql.binder.tree import And, Between, Column, Compare, CompareFields, In, IsNull, Like, Not, Or, Order, Value
from intacct_ql.emulator import demo
from intacct_ql.executor.local import Row, run
from intacct_ql.gateway.envelope import function_request, sign_in_request
from intacct_ql.gateway.messages import Credentials, Function
from intacct_ql.planner.pages import after, key_index, paged
from intacct_ql.planner.plan import plan
from intacct_ql.planner.steps import Fetch, Group, Plan
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.types import DataType, decoder

CREDENTIALS = Credentials(
    sender_id="demo", sender_password="demo", company_id="demo", user_id="demo", user_password="demo"
)
CUSTOMER = BUNDLED.object("CUSTOMER")
assert CUSTOMER is not None


def field(name: str) -> tree.Field:
    assert CUSTOMER is not None
    return tree.Field(path=name, type=CUSTOMER.fields[name].type)


RECORDNO = field("RECORDNO")
TEXTS = [field(name) for name in ("CUSTOMERID", "NAME", "STATUS", "TERMNAME", "PARENTID")]
NUMBERS = [field(name) for name in ("RECORDNO", "TOTALDUE", "CREDITLIMIT")]
TIMES = [field("WHENMODIFIED")]
ALL = [*TEXTS, *NUMBERS[1:], *TIMES]
ABLE_TO_FETCH = replace(ABILITIES, operators=frozenset(), aggregates=frozenset(), order=False, limit=False)
SCAN = tree.Options(allow_scan=True)

Ask = Callable[[Fetch, int, int], list[Row]]


@pytest.fixture(scope="module")
def ask() -> Ask:
    """One page of a fetch, asked of the demo company's gateway."""
    gateway = demo()

    def post(body: bytes) -> etree._Element:
        return etree.fromstring(gateway.handle(body).body)

    session = post(sign_in_request(CREDENTIALS, "c")).findtext(".//sessionid")
    assert session

    def page(fetch: Fetch, size: int, offset: int) -> list[Row]:
        xml = render(fetch, page_size=size, offset=offset)
        data = post(function_request(CREDENTIALS, session, Function(name="query", xml=xml), "c")).find(".//data")
        assert data is not None, xml
        names = [names[0] for names in column_names(fetch)]
        read = [decoder(expression.type) for expression in fetch.select]
        return [
            tuple(one(row.findtext(f"{{*}}{name}") or "") for one, name in zip(read, names, strict=True))
            for row in data
        ]

    return page


def rows_of(made: Plan, ask: Ask, size: int) -> list[Row]:
    """All rows of a plan, page by page, after its local steps."""
    assert made.fetch is not None
    fetch = first = paged(made)
    rows: list[Row] = []
    wanted = made.fetch.limit
    while page := ask(fetch, size, 0 if made.paging == "keyset" else made.fetch.offset + len(rows)):
        rows += page
        assert len(rows) <= 1_000, "pages without end"
        if len(page) < size or (wanted is not None and len(rows) >= wanted):
            break
        if made.paging == "keyset":
            fetch = after(first, made, str(rows[-1][key_index(first, made)]))
    width = len(made.fetch.select)
    cut = [row[:width] for row in rows[:wanted]]
    return list(run(cut, made.local, options=made.fetch.options))


@cache
def values(name: str) -> tuple[Value, ...]:
    """What the demo company has in a field, in the spelling of the wire."""
    gateway = demo()
    session = etree.fromstring(gateway.handle(sign_in_request(CREDENTIALS, "c")).body).findtext(".//sessionid")
    assert session
    xml = render(Fetch(object="CUSTOMER", select=(field(name),)), page_size=2000)
    body = function_request(CREDENTIALS, session, Function(name="query", xml=xml), "c")
    cells = {
        row.findtext(f"{{*}}{name}") or "" for row in etree.fromstring(gateway.handle(body).body).iterfind(".//data/*")
    }
    return tuple(Value(data=decoder(field(name).type)(cell), text=cell) for cell in sorted(cells) if cell)


def leaves_of(left: tree.Field) -> st.SearchStrategy[tree.Predicate]:
    some = st.deferred(lambda: st.sampled_from(values(left.path)))
    operators = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    alike = TEXTS if left in TEXTS else NUMBERS if left in NUMBERS else TIMES
    leaves = [
        st.builds(Compare, left=st.just(left), operator=operators, value=some),
        st.builds(CompareFields, left=st.just(left), operator=operators, right=st.sampled_from(alike)),
        st.builds(Between, left=st.just(left), low=some, high=some, negated=st.booleans()),
        st.builds(IsNull, left=st.just(left), negated=st.booleans()),
        st.builds(
            In, left=st.just(left), values=st.lists(some, min_size=1, max_size=4).map(tuple), negated=st.booleans()
        ),
    ]
    if left in TEXTS:
        patterns = st.text("%_aeC0", min_size=1, max_size=4)
        leaves.append(st.builds(Like, left=st.just(left), pattern=patterns, negated=st.booleans()))
    return st.one_of(leaves)


LEAVES = st.sampled_from([RECORDNO, *ALL]).flatmap(leaves_of)
PREDICATES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(And, conditions=st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, conditions=st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Not, condition=inner),
    ),
    max_leaves=8,
)
ORDERS = st.lists(
    st.builds(Order, expression=st.sampled_from([RECORDNO, *ALL]), descending=st.booleans()), max_size=2
).map(lambda orders: (*orders, Order(expression=RECORDNO)))  # a total order: both sides break ties alike
COUNT = tree.Aggregate(function="COUNT", argument=RECORDNO, type=DataType.INTEGER)
SLOW_START = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


def query(shown: Sequence[tree.Expression], **clauses: object) -> tree.Query:
    columns = tuple(Column(name=one.path, expression=one) for one in shown)
    return tree.Query(object="CUSTOMER", schema=None, key=RECORDNO, columns=columns, options=SCAN, **clauses)  # type: ignore[arg-type]


@SLOW_START
@given(
    where=PREDICATES,
    order_by=ORDERS,
    limit=st.none() | st.integers(1, 30),
    offset=st.sampled_from([0, 0, 3]),
    size=st.sampled_from([7, 2000]),
)
def test_a_divided_query_gives_the_same_rows(
    ask: Ask, where: tree.Predicate, order_by: tuple[Order, ...], limit: int | None, offset: int, size: int
):
    asked = query([RECORDNO, TEXTS[1]], where=where, order_by=order_by, limit=limit, offset=offset)
    divided = plan(asked, ABILITIES)
    here = plan(asked, ABLE_TO_FETCH)
    assert rows_of(divided, ask, size) == rows_of(here, ask, 2000)


@SLOW_START
@given(where=PREDICATES, shown=st.lists(st.sampled_from(ALL), min_size=1, max_size=2), size=st.sampled_from([3, 2000]))
def test_distinct_there_and_here(ask: Ask, where: tree.Predicate, shown: list[tree.Expression], size: int):
    asked = query(shown, where=where, distinct=True)
    there = rows_of(plan(asked, ABILITIES), ask, size)
    assert len(set(there)) == len(there)
    assert set(there) == set(rows_of(plan(asked, ABLE_TO_FETCH), ask, 2000))


AGGREGATES = [COUNT] + [
    tree.Aggregate(function=function, argument=one, type=DataType.DECIMAL if function == "AVG" else one.type)
    for one in ALL
    for function in (("SUM", "AVG", "MIN", "MAX") if one in NUMBERS else ("MIN", "MAX"))
]


@SLOW_START
@given(
    where=PREDICATES,
    keys=st.lists(st.sampled_from(TEXTS[2:]), max_size=2, unique=True),
    aggregates=st.lists(st.sampled_from(AGGREGATES), min_size=1, max_size=3, unique=True),
    size=st.sampled_from([3, 2000]),
)
def test_groups_there_and_here(
    ask: Ask, where: tree.Predicate, keys: list[tree.Field], aggregates: list[tree.Aggregate], size: int
):
    asked = query([*keys, *aggregates], where=where)
    there, here = plan(asked, ABILITIES), plan(asked, ABLE_TO_FETCH)
    assert any(isinstance(step, Group) for step in here.local)
    assert sorted(map(repr, rows_of(there, ask, size))) == sorted(map(repr, rows_of(here, ask, 2000)))


@pytest.mark.parametrize("size", [1, 7, 2000])
@pytest.mark.parametrize(
    "order_by", [(), (Order(expression=RECORDNO, descending=True),), (Order(expression=TEXTS[2]),)]
)
def test_every_row_once(ask: Ask, size: int, order_by: tuple[Order, ...]):
    rows = rows_of(plan(query([TEXTS[0]], order_by=order_by), ABILITIES), ask, size)
    assert len(rows) == len(set(rows)) == len(values("CUSTOMERID"))

"""The explanation: for people as one page, for programs as plain data."""

import json
from typing import get_args

import pytest

from intacct_ql.binder import tree
from intacct_ql.binder.tree import (
    Aggregate,
    And,
    Between,
    Column,
    Compare,
    Constant,
    Field,
    In,
    IsNull,
    Like,
    Or,
    Value,
)
from intacct_ql.errors import info
from intacct_ql.planner import parts
from intacct_ql.planner.abilities import HERE, Abilities
from intacct_ql.planner.cost import Counted
from intacct_ql.planner.explain import explain
from intacct_ql.planner.plain import pretty
from intacct_ql.planner.plan import plan
from intacct_ql.planner.steps import Step
from intacct_ql.planner.words import describe
from intacct_ql.schema.types import DataType

DOOR = Abilities(
    operators=HERE.operators, aggregates=frozenset({"COUNT"}), order=True, limit=True, offset=True, related=True
)
RECORDNO = Field(path="RECORDNO", type=DataType.INTEGER)
NAME = Field(path="NAME", type=DataType.TEXT)
STATE = Field(path="STATE", type=DataType.TEXT)
DUE = Field(path="TOTALDUE", type=DataType.CURRENCY)
PAID = Field(path="TOTALPAID", type=DataType.CURRENCY)
COUNT = Aggregate(function="COUNT", argument=RECORDNO, type=DataType.INTEGER)
POSTED = Compare(left=STATE, operator="=", value=Value(data="Posted", text="Posted"))
LATE = tree.CompareFields(left=DUE, operator=">", right=PAID)

PAGE = """\
Query     SELECT NAME FROM ARINVOICE
          WHERE TOTALDUE > TOTALPAID AND STATE = 'Posted' LIMIT 5
Asked of  ARINVOICE, by query
Columns   NAME (TEXT)
Gateway   fetch  NAME; hidden: TOTALDUE, TOTALPAID, RECORDNO
          filter STATE = 'Posted'
          order  by RECORDNO
Here      1. filter TOTALDUE > TOTALPAID
             because the gateway compares a field with a value only, never with a field
          2. limit 5
             because rows are counted after the steps before
          3. show NAME
Paging    keyset: each page asks for the rows behind the last RECORDNO
          2000 rows a page
Rows      unknown before the run; a COUNT would tell, for one call; fewer may be left after the steps here
Calls     ceil(rows / 2000), at least 1, fewer where the limit is reached before, and one sign-in
Price     at least 0.001 % of the 100,000 calls a month of tier 1
          at least 0.15 USD where those are used up
          calls a month according to Sage Intacct developer portal (undated)
          0.15 USD for each 10 begun beyond the tier, according to APIWORX blog (2026-04-26)

IQL299 info: a note

<query>
  <object>ARINVOICE</object>
</query>
"""


def query(*shown: tree.Expression, **clauses: object) -> tree.Query:
    columns = tuple(Column(name=one.path, expression=one) for one in shown or (NAME,))
    return tree.Query(object="ARINVOICE", schema=None, key=RECORDNO, columns=columns, **clauses)  # type: ignore[arg-type]


def test_the_page_for_people():
    explanation = explain(
        plan(query(where=And(conditions=(LATE, POSTED)), limit=5), DOOR),
        source="select name ...",
        text="SELECT NAME FROM ARINVOICE\nWHERE TOTALDUE > TOTALPAID AND STATE = 'Posted' LIMIT 5",
        request="<query><object>ARINVOICE</object></query>",
        diagnostics=[info("IQL299", None, "a note")],
    )
    assert str(explanation) == PAGE


def test_the_record_for_programs():
    made = plan(query(STATE, COUNT, order_by=(tree.Order(expression=COUNT, descending=True),)), DOOR)
    record = explain(made, source="...", text="...", request="<query/>", page_size=100).to_dict()
    assert json.loads(json.dumps(record)) == record
    assert record["columns"] == [{"name": "STATE", "type": "TEXT"}, {"name": "COUNT.RECORDNO", "type": "INTEGER"}]
    assert record["gateway"] == [
        {"what": "fetch", "how": "STATE, COUNT(RECORDNO)"},
        {"what": "group", "how": "by STATE"},
        {"what": "order", "how": "by STATE"},
    ]
    assert record["local"] == [
        {
            "what": "sort",
            "how": "by COUNT(RECORDNO) DESC",
            "why": "the gateway orders by fields only, never by an aggregate",
        }
    ]
    assert record["paging"] == {
        "method": "keyset",
        "reason": "each page asks for the groups behind the last STATE",
        "page_size": 100,
    }
    assert record["xml"] == "<query/>"
    assert record["json"] is None


def test_what_programs_learn_of_the_price():
    record = explain(
        plan(query(), DOOR),
        source="",
        text="",
        request="<query/>",
        counted=Counted(rows=5432, calls=1),
        runs_per_month=50_000,
    ).to_dict()
    assert json.loads(json.dumps(record)) == record
    figures = {"at_least": 1, "at_most": None, "estimated": 3}
    assert record["rows"] == {
        "text": "an estimated 5,432; a COUNT found 5,432, for 1 call",
        "at_least": 0,
        "at_most": None,
        "estimated": 5432,
    }
    assert record["pages"] == figures
    assert record["calls"] == {"text": "an estimated 3: ceil(5,432 / 2000), and one sign-in", **figures}
    assert record["count"] == {"rows": 5432, "calls": 1}
    assert record["tier"]["name"] == "1"
    assert record["tier"]["calls_a_month"] == 100_000
    assert record["tier"]["overage"]["source"]["date"] == "2026-04-26"
    assert record["price"] == {
        "currency": "USD",
        "run": {
            "calls": figures,
            "share": {"at_least": 0.00001, "at_most": None, "estimated": 0.00003},
            "if_used_up": {"at_least": "0.15", "at_most": None, "estimated": "0.15"},
        },
        "month": {
            "runs": 50_000,
            "calls": {"at_least": 50_000, "at_most": None, "estimated": 150_000},
            "share": {"at_least": 0.5, "at_most": None, "estimated": 1.5},
            "calls_beyond": {"at_least": 0, "at_most": None, "estimated": 50_000},
            "overage": {"at_least": "0.00", "at_most": None, "estimated": "750.00"},
        },
    }


def test_a_request_in_json():
    told = explain(plan(query(), DOOR), source="", text="", request='{"object":"x","filters":[{"a":1}]}')
    assert (told.xml, told.to_dict()["json"]) == (None, told.request)
    assert str(told).endswith('\n{\n  "object": "x",\n  "filters": [\n    {\n      "a": 1\n    }\n  ]\n}\n')


def test_a_group_made_here_names_what_it_makes():
    sums = Aggregate(function="SUM", argument=DUE, type=DataType.CURRENCY)
    made = plan(query(STATE, sums, where=And(conditions=(LATE, POSTED)), order_by=(tree.Order(expression=sums),)), DOOR)
    group, order = (
        part for part in explain(made, source="", text="", request=None).local if part.what in ("group", "sort")
    )
    assert (group.how, group.why) == ("by STATE", "rows are filtered here first, so the gateway cannot group them")
    assert order.how == "by SUM(TOTALDUE)"


def test_every_kind_of_step_has_its_words():
    assert set(get_args(Step)) == set(parts.KINDS)


@pytest.mark.parametrize(
    ("clauses", "calls"),
    [
        ({"where": Constant(truth=False)}, "0"),
        ({"limit": 2000}, "1, and one sign-in"),
        ({"options": tree.Options(single=True)}, "1, and one sign-in"),
        ({}, "ceil(rows / 2000), at least 1, and one sign-in"),
        ({"limit": 2001}, "1 to 2: ceil(min(rows, 2001) / 2000), and one sign-in"),
        ({"options": tree.Options(page_size=50)}, "ceil(rows / 50), at least 1, and one sign-in"),
    ],
)
def test_the_calls(clauses: dict[str, object], calls: str):
    assert explain(plan(query(**clauses), DOOR), source="", text="", request=None).cost.calls.text == calls


def value(data: object) -> Value:
    return Value(data=data, text=str(data))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("predicate", "words"),
    [
        (And(conditions=(POSTED, Or(conditions=(LATE, POSTED)))), "STATE = 'Posted' AND (TOTALDUE > TOTALPAID OR {})"),
        (tree.Not(condition=POSTED), "NOT ({})"),
        (Like(left=NAME, pattern="O'B%", negated=True), "NAME NOT LIKE 'O''B%'"),
        (Between(left=DUE, low=value(1), high=value(2)), "TOTALDUE BETWEEN 1 AND 2"),
        (In(left=DUE, values=tuple(map(value, range(2)))), "TOTALDUE IN (0, 1)"),
        (In(left=DUE, values=tuple(map(value, range(1000)))), "TOTALDUE IN (0, 1, 2, 3, 4, 5, 6, 7 and 992 more)"),
        (IsNull(left=NAME, negated=True), "NAME IS NOT NULL"),
        (Compare(left=COUNT, operator=">", value=value(3)), "COUNT(RECORDNO) > 3"),
    ],
)
def test_predicates_in_words(predicate: tree.Predicate, words: str):
    assert describe(predicate) == words.format("STATE = 'Posted'")


def test_line_breaks_never_touch_text():
    xml = "<a><b> x\ny </b><c/><d></d><e><f>1 &gt; 0</f></e></a>"
    assert pretty(xml).split("\n") == [
        "<a>",
        "  <b> x",
        "y </b>",
        "  <c/>",
        "  <d></d>",
        "  <e>",
        "    <f>1 &gt; 0</f>",
        "  </e>",
        "</a>",
    ]


def test_deep_conditions():
    deep: tree.Predicate = POSTED
    for level in range(200):
        deep = (And if level % 2 else Or)(conditions=(POSTED, deep))
    assert describe(deep).count("STATE") == 201

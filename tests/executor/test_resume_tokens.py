"""Tokens: what goes in comes out, and what is no token is refused in words."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

import intacct_ql as iql
from intacct_ql.binder.setting import Setting
from intacct_ql.errors import ConfigError, Error
from intacct_ql.executor.resume import Resume, as_mark, check_resumable, fingerprint, resumed, token
from intacct_ql.gateway.paging import PageRequest
from intacct_ql.gateway.place import Frontier
from intacct_ql.prepared import statement
from intacct_ql.schema.catalog import BUNDLED

OF = fingerprint("query", "company")
CELLS = (
    Decimal("12.30"),
    Decimal("-1E+7"),
    datetime(2026, 1, 31, 23, 59, 59),
    datetime(2026, 1, 31, 23, 59, 59, 123, tzinfo=UTC),
    date(2026, 1, 31),
    "",
    'a "quoted" \u00fc\u6771\n\x7f',
    "2026-01-31",
    True,
    False,
    None,
    0,
    -(2**70),
)
NESTED = Frontier(
    open=((None, Frontier(open=((24, None),), met=(24,))), (date(2026, 1, 1), Frontier())), met=(date(2026, 1, 1), None)
)
PLACES = [
    PageRequest(size=0),
    PageRequest(size=0, offset=4000),
    PageRequest(size=0, behind=Frontier(open=((7, None),), met=(7,))),
    PageRequest(size=0, behind=NESTED, offset=3),
    ((-inf, inf),),
    ((24, inf),),
    ((-inf, -24), (-20, 3), (3, 2**80)),
]


def there_and_back(resume):
    return resumed(token(OF, resume), OF)


@pytest.mark.parametrize("place", PLACES, ids=repr)
@pytest.mark.parametrize("limits", [(), ((3, None),), ((0, 12), (5, 0))])
def test_every_mark_comes_back_as_it_was(place, limits):
    back = there_and_back(Resume(place=place, rows=4711, limits=limits))
    assert repr(back.place) == repr(place)
    assert back.rows == 4711
    assert tuple(map(tuple, back.limits)) == limits


@pytest.mark.parametrize("cell", CELLS, ids=repr)
def test_every_cell_keeps_its_type(cell):
    place = PageRequest(size=0, behind=Frontier(open=((cell, None),), met=(cell,)))
    assert repr(there_and_back(Resume(place=place)).place) == repr(place)


sendable = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
cells = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(sendable),
    st.dates(),
    st.datetimes().map(lambda moment: moment.replace(fold=0)),  # no reply can say one
    st.decimals(allow_nan=False),
)
frontiers = st.recursive(
    st.none(),
    lambda inner: st.builds(
        Frontier,
        open=st.lists(st.tuples(cells, inner), max_size=3).map(tuple),
        met=st.lists(cells, max_size=3).map(tuple),
    ),
    max_leaves=6,
)
ranges = (
    st.lists(st.integers(), min_size=2, max_size=8, unique=True)
    .map(sorted)
    .map(lambda ends: tuple(zip(ends[::2], ends[1::2], strict=False)))
)
requests = st.builds(PageRequest, behind=frontiers, offset=st.integers(0), size=st.just(0))
resumes = st.builds(
    Resume,
    place=requests | ranges,
    rows=st.integers(0),
    limits=st.lists(st.tuples(st.integers(0), st.none() | st.integers(0)), max_size=2).map(tuple),
)


@given(resumes)
def test_whatever_is_kept_comes_back(resume):
    back = there_and_back(resume)
    assert repr(back.place) == repr(resume.place)
    assert (back.rows, tuple(map(tuple, back.limits))) == (resume.rows, resume.limits)


# Damaged and hostile ones.

junk = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | st.text(max_size=3) | st.just("2026-13-41"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["decimal", "datetime", "date", "a"]), inner, max_size=2)
    ),
    max_leaves=5,
)


@st.composite
def bent(draw, kept):
    """The JSON value with one place of it replaced, dropped or doubled."""
    if isinstance(kept, dict) and kept and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(kept)))
        rest = {key: value for key, value in kept.items() if key != name}
        return rest if draw(st.booleans()) else {**rest, name: draw(bent(kept[name]))}
    if isinstance(kept, list) and kept and draw(st.integers(0, 3)):
        place = draw(st.integers(0, len(kept) - 1))
        middle = draw(st.sampled_from([[], [kept[place]] * 2]) | bent(kept[place]).map(lambda one: [one]))
        return [*kept[:place], *middle, *kept[place + 1 :]]
    return draw(junk)


@given(resumes.flatmap(lambda resume: bent(json.loads(token(OF, resume)))))
def test_a_token_that_was_changed_is_read_or_refused_and_what_is_read_can_be_kept(record):
    try:
        back = resumed(json.dumps(record), OF)
    except ConfigError:
        return
    again = there_and_back(back)
    assert repr(again) == repr(back)
    assert back.rows >= 0
    if isinstance(back.place, tuple):
        ends = [end for gap in back.place for end in gap]
        assert ends
        assert ends == sorted(ends)
        assert all(low < high for low, high in back.place)
    else:
        assert back.place.offset >= 0


@given(resumes, st.data())
def test_a_token_that_was_cut_is_refused(resume, data):
    text = token(OF, resume)
    with pytest.raises(ConfigError, match="cannot be read"):
        resumed(text[: data.draw(st.integers(0, len(text) - 1))], OF)


@given(st.text())
def test_no_text_is_taken_for_a_token(text):
    with pytest.raises(ConfigError, match="cannot be read"):
        resumed(text, OF)


def record(**changed):
    """A good token of ranges, with something else in it."""
    good = {"intacct-ql resume": 1, "query": OF, "rows": 3, "gaps": [[3, 9]]}
    return {name: value for name, value in {**good, **changed}.items() if value is not ...}


def request(behind):
    return record(gaps=..., offset=0, behind=behind)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        "[]",
        "1",
        '"text"',
        "null",
        "9" * 5_000,
        *map(
            json.dumps,
            [
                record(rows=...),
                record(rows=-1),
                record(rows=1.5),
                record(rows=inf),
                record(rows=True),
                record(rows="3"),
                record(gaps=...),
                record(gaps=[]),
                record(gaps=[[9, 3]]),
                record(gaps=[[3, 3]]),
                record(gaps=[[3, 9], [8, 12]]),
                record(gaps=[[12, 15], [3, 9]]),
                record(gaps=[["3", "9"]]),
                record(gaps=[[3, float("nan")]]),
                record(gaps=[[3, 9, 12]]),
                record(gaps={"ab": 1}),
                record(gaps=..., offset=-1),
                record(gaps=..., offset=inf),
                record(gaps=..., offset=None),
                record(limits=[[1]]),
                record(limits=[[-1, None]]),
                record(limits=[[0, "1"]]),
                record(limits="ab"),
                record(limits=None),
                request([]),
                request([[[7, None]], "ab"]),
                request([[[[], None]], []]),
                request([[[{"decimal": "one"}, None]], []]),
                request([[[{"pickle": "x"}, None]], []]),
                request([[], [{"pickle": "x"}]]),
                request([[], "ab"]),
                request([[[{"date": "2026-13-41"}, None]], []]),
                request([[[{"date": "2026-01-01", "decimal": "1"}, None]], []]),
                request([[[{"decimal": 5}, None]], []]),
                request([[[1.5, None]], []]),
                request([[["a\0b", None]], []]),
                request([[], ["\ud800"]]),
            ],
        ),
    ],
    ids=lambda text: text[-50:],
)
def test_a_damaged_token_is_refused_in_words(text):
    with pytest.raises(ConfigError, match="cannot be read; run the query from its start"):
        resumed(text, OF)


@pytest.mark.parametrize("text", [None, 5, {}, [], b"\xff"])
def test_what_is_no_text_is_refused_likewise(text):
    with pytest.raises(ConfigError, match="cannot be read"):
        resumed(text, OF)


def test_another_version_is_named():
    with pytest.raises(ConfigError, match="of version 2; this program reads version 1"):
        resumed(json.dumps(record(**{"intacct-ql resume": 2})), OF)


def test_the_token_of_another_query_is_refused():
    text = token(fingerprint("query", "elsewhere"), Resume(place=((3, 9),)))
    with pytest.raises(ConfigError, match="belongs to another query, company or entity"):
        resumed(text, OF)


def test_fingerprints_tell_parts_apart():
    prints = [fingerprint(*parts) for parts in (("a", "b"), ("ab",), ("a", "b", ""), ("b", "a"), ("a", "B"))]
    assert len(set(prints)) == len(prints)
    assert fingerprint("a", "b") == prints[0]


@pytest.mark.parametrize("mark", [None, (), [], PageRequest(size=0, resultid="123")])
def test_what_cannot_be_gone_on_from_is_no_mark(mark):
    assert as_mark(mark) is None


@pytest.mark.parametrize("mark", [PageRequest(size=3), [(3, 9)], ((3, 9),)])
def test_any_other_mark_is_kept(mark):
    assert as_mark(mark) == (mark if isinstance(mark, PageRequest) else ((3, 9),))


# Queries.


def plan(text, target="query"):
    return statement(text, BUNDLED, target, Setting()).prepare(None).plan


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("select NAME from CUSTOMER", "query"),
        ("select NAME from CUSTOMER order by NAME, CREDITLIMIT desc limit 10 offset 3", "query"),
        ("select NAME from CUSTOMER where TOTALDUE < CREDITLIMIT and STATUS = active limit 10", "query"),
        ("select STATUS, count(*) n from CUSTOMER", "query"),
    ],
)
def test_plans_that_can_be_gone_on_with(text, target):
    check_resumable(plan(text, target))


@pytest.mark.parametrize(
    ("text", "target", "reason"),
    [
        ("select NAME from CUSTOMER order by NAME nulls first", "query", "sorted, grouped or made distinct here"),
        (
            "select distinct NAME from CUSTOMER where TOTALDUE < CREDITLIMIT and STATUS = active",
            "query",
            "sorted, grouped or made",
        ),
        ("select NAME from CUSTOMER where RECORDNO in (1, 2)", "read", "cannot be gone on with"),
        ("select NAME from CUSTOMER", "readByQuery", "cannot be gone on with"),
    ],
)
def test_plans_that_cannot_say_why(text, target, reason):
    with pytest.raises(ConfigError, match=reason):
        check_resumable(plan(text, target))


QUERIES = {
    "key": "select RECORDNO, NAME from CUSTOMER",
    "keyset": "select RECORDNO, NAME from CUSTOMER order by STATUS, TOTALDUE desc, NAME",
    "groups": "select CUSTOMERID, count(*) n from ARINVOICE limit 4000 offset 3",
    "limits": "select RECORDNO from ARINVOICE where TOTALDUE < TOTALENTERED and RECORDNO > 0 limit 30 offset 5",
}


@pytest.fixture(scope="module")
def company():
    with iql.demo() as session:
        yield session


@pytest.fixture(scope="module")
def tokens(company):
    """A token of each query after its first page."""
    found = {}
    for name, text in QUERIES.items():
        with pytest.raises(iql.BudgetExceeded) as stopped:
            list(company.query(text, page_size=20, max_calls=1))
        found[name] = json.loads(stopped.value.resume)
    return found


PLACES_ELSEWHERE = {
    "key": [{"offset": 0, "behind": [[["A", [[[24, None]], [24]]]], ["A"]]}, {"gaps": []}],
    "groups": [
        {"gaps": [[3, 9]]},
        {"offset": 0, "behind": [[["A", [[["B", None]], ["B"]]]], ["A"]]},
    ],
    "keyset": [
        {"gaps": [[3, 9]]},
        {"offset": 0, "behind": [[["active", None]], ["active"]]},
    ],
}


@pytest.mark.parametrize(
    ("name", "place"), [(name, one) for name, places in PLACES_ELSEWHERE.items() for one in places]
)
def test_a_place_in_another_kind_of_run_is_refused(company, tokens, name, place):
    kept = {key: value for key, value in tokens[name].items() if key not in ("gaps", "behind", "offset")}
    with pytest.raises(ConfigError, match="cannot be read"):
        company.query(QUERIES[name], resume=json.dumps({**kept, **place}))


@pytest.mark.parametrize("name", QUERIES)
@given(data=st.data())
def test_a_run_with_a_token_that_was_changed_ends_in_rows_or_in_words(company, tokens, name, data):
    changed = data.draw(bent(tokens[name]))
    try:
        rows = list(company.query(QUERIES[name], page_size=20, max_calls=5, resume=json.dumps(changed)))
    except Error:
        return
    assert len(rows) == len(set(rows))

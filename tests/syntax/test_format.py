"""The formatter: comments and the tree are kept, a second time changes nothing, and what it looks like."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import anything, commented, parses, scripts

import intacct_ql as iql
from intacct_ql.syntax.comments import comments_between
from intacct_ql.syntax.pieces import _read
from intacct_ql.syntax.script import entries


def comments(text):
    """Each comment with how many terminals stand before it, and all terminals."""
    found, end = [], 0
    for token in _read(text)[0]:
        found += comments_between(text, end, token.start)
        end = token.end
    return [comment.text for comment in [*found, *comments_between(text, end, len(text))]]


def hold(text):
    tree, formatted = iql.parse(text), iql.format(text)
    assert iql.parse(formatted) == tree
    assert comments(formatted) == comments(text)
    assert iql.format(formatted) == formatted
    assert all(line == line.rstrip() for line in formatted.split("\n")) or "'" in text or "*/" in text


@given(anything)
def test_formatting_keeps_the_tree_and_the_comments(text):
    if parses(text):
        hold(text)


@given(commented())
def test_comments_stay_wherever_they_stand(text):
    if parses(text):  # a comment that ends its line may take a word into a value of two
        hold(text)


@given(commented(), st.integers(1, 120))
def test_the_same_on_narrow_pages(text, width):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("intacct_ql.syntax.layout.WIDTH", width)
        if parses(text):
            hold(text)


@given(scripts)
def test_a_script_is_its_queries(texts):
    script = ";".join(texts)
    try:
        trees = iql.parse_script(script)
    except iql.QuerySyntaxError:
        return
    formatted = iql.format_script(script)
    assert iql.parse_script(formatted) == trees
    assert iql.format_script(formatted) == formatted


def test_what_stands_between_semicolons_hides_nothing():
    script = (
        "-- a; b\nselect A from T where B = 'x;y' /* ; */;;\\\nselect `a;b` from T; -- c;\n;select 100--East from T\n;"
    )
    spans = [statement.span for statement in entries(script)]
    assert [script[span.start : span.end] for span in spans] == [
        "-- a; b\nselect A from T where B = 'x;y' /* ; */",
        "select `a;b` from T",
        "select 100--East from T",
    ]


@given(st.one_of(anything, st.text("'\"`;/*-\\ \na", max_size=30)))
def test_a_query_is_a_script_of_one(text):
    assert all(text[found.span.start : found.span.end] for found in entries(text))
    if parses(text):
        assert iql.parse_script(text) == (iql.parse(text),)
        assert iql.check_script(text) == iql.check(text)


@pytest.mark.parametrize(
    "sign", ["'", '"', "`", "/*", "\u2018", "\\", "'\\", "''x", "-- \n", "\\ ", ";", ";\\", "a'", "|"]
)
def test_splitting_takes_no_longer_than_reading(sign):
    assert len(entries(sign * 200_000)) <= 1


def test_the_mistakes_of_all_queries_come_together():
    with pytest.raises(iql.QuerySyntaxError) as caught:
        iql.parse_script("select A frm T;\nselect A from T;\nselect A from T where B == 1")
    assert [(found.code, found.span) for found in caught.value.diagnostics] == [
        ("IQL100", (9, 12)),
        ("IQL106", (57, 59)),
    ]
    assert [found.fixes[0].span for found in caught.value.diagnostics] == [(9, 12), (57, 59)]


@pytest.mark.parametrize("text", ["", ";;", "-- nothing\n;"])
def test_a_script_without_a_query_is_refused(text):
    with pytest.raises(iql.QuerySyntaxError, match="IQL110"):
        iql.parse_script(text)
    assert [found.code for found in iql.check_script(text)] == ["IQL110"]


LOOKS = {
    "a short query is one line": (
        "Select Name\n from CUSTOMER /* c */ ;",
        "SELECT NAME FROM CUSTOMER /* c */",
    ),
    "a comment at a line's end stays there": (
        "select NAME, -- the name\n STATUS from CUSTOMER -- all\n where STATUS = active -- only\n and NAME = x",
        """\
SELECT
    NAME, -- the name
    STATUS
FROM CUSTOMER -- all
WHERE
    STATUS = active -- only
    AND NAME = x""",
    ),
    "a comment with its own line keeps it": (
        "-- one\nselect NAME\n/* two */\nfrom CUSTOMER\n-- three",
        "-- one\nSELECT NAME\n/* two */\nFROM CUSTOMER\n-- three",
    ),
    "a comment before a dropped bracket goes on": (
        "select A from T where B = 1 and /* c */ ((C = 2) /* d */ ) or[D = 3 /* e */, /* f */ E = 4]",
        "SELECT A FROM T WHERE (B = 1 AND /* c */ C = 2) /* d */ OR D = 3 /* e */ OR /* f */ E = 4",
    ),
    "chains and lists": (
        "select NAME from CUSTOMER where STATUS = active and[CREDITLIMIT between 1 and 2, not [NAME = x or FIELD in"
        " [" + ", ".join(f"C{number}" for number in range(30)) + "]]] order by NAME",
        """\
SELECT NAME
FROM CUSTOMER
WHERE
    STATUS = active
    AND CREDITLIMIT BETWEEN 1 AND 2
    AND NOT (
        NAME = x
        OR FIELD IN (
            C0, C1, C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13, C14, C15, C16, C17, C18,
            C19, C20, C21, C22, C23, C24, C25, C26, C27, C28, C29
        )
    )
ORDER_BY NAME""",
    ),
}


@pytest.mark.parametrize("name", LOOKS)
def test_looks(name):
    text, formatted = LOOKS[name]
    assert iql.format(text) == formatted
    hold(text)


def test_a_script_keeps_its_comments():
    text = "-- one\nselect A from T; -- about one\n/* two */; select B from T -- end\n;\n-- done"
    formatted = "-- one\nSELECT A\nFROM T; -- about one\n/* two */\nSELECT B\nFROM T -- end\n;\n-- done"
    assert iql.format_script(text) == formatted
    assert iql.format_script(formatted) == formatted
    assert iql.format_script("select A from T;;select B from T;") == "SELECT A FROM T;\nSELECT B FROM T"


def test_long_and_deep_texts():
    values = ", ".join(f"'C{number}'" for number in range(100_000))
    deep = f"select A from T where {'not (A = 1 and ' * 45}A in ({values}) -- c\n{')' * 45}"
    formatted = iql.format(deep)
    assert iql.format(formatted) == formatted
    assert max(map(len, formatted.split("\n"))) <= 110
    assert len(formatted) < 3 * len(deep)

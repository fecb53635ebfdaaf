"""The formatter: comments and the tree are kept, a second time changes nothing, and what it looks like."""

import string
from dataclasses import replace

import corpus_files
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import anything, commented, parses, scripts

import intacct_ql as iql
from intacct_ql.errors import error
from intacct_ql.source import Span
from intacct_ql.syntax.comments import comments_between
from intacct_ql.syntax.pieces import _read, parameters
from intacct_ql.syntax.script import each_query, entries


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


def test_a_comment_that_comes_to_the_end_keeps_its_line():
    script = "select A from T where [B = 4 --\n ]; select C from T"
    formatted = iql.format_script(script)
    assert formatted == "SELECT A\nFROM T\nWHERE B = 4 --\n;\nSELECT C FROM T"
    assert iql.parse_script(formatted) == iql.parse_script(script)


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


def test_an_entry_goes_on_over_the_semicolons_behind_it():
    script = " select A from T;; \\\n/* b */ select B from T where C = 10/22/2010 ; -- c\n"
    assert [(one.span, one.text, one.alone) for one in entries(script)] == [
        ((1, 16), "select A from T;; \\", False),
        ((21, 65), "/* b */ select B from T where C = 10/22/2010 ; -- c", False),
    ]
    assert entries("/* a */ ; select A from T -- b") == (((10, 30), "select A from T -- b", True),)


ODD_SPACES = (
    "".join(sign for sign in map(chr, range(128, 0x10000)) if sign.isspace()) + "\u200b\u200c\u200d\u2060\ufeff"
)


@given(st.one_of(anything, st.text("'\"`;/*-\\ \na", max_size=30)))
def test_a_query_is_a_script_of_one(text):
    assert all(text[found.span.start : found.span.end] for found in entries(text))
    if parses(text):
        assert iql.parse_script(text) == (iql.parse(text),)
        inner = text.strip(f"{string.whitespace}{ODD_SPACES}")  # around a query they are of no query: nothing is said
        assert iql.check_script(inner) == iql.check(inner)


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


def test_a_mistake_without_a_place_stands_at_its_query():
    def refuse(text):
        kind = iql.QuerySyntaxError if text.startswith("a") else iql.QueryError
        raise kind([replace(error("IQL231", Span(0, 1), "wrong"), span=None)], text)

    for script, kind, spans in (
        ("a; a", iql.QuerySyntaxError, [(0, 1), (3, 4)]),
        ("a; b", iql.QueryError, [(0, 1), (3, 4)]),
        ("a;", iql.QuerySyntaxError, [None]),
        ("", iql.QueryError, [None]),
    ):
        with pytest.raises(iql.QueryError) as caught:
            each_query(script, refuse)
        assert type(caught.value) is kind
        assert [found.span for found in caught.value.diagnostics] == spans
        assert caught.value.text == script


@pytest.mark.parametrize("text", ["", ";;", "-- nothing\n;"])
def test_a_script_without_a_query_is_refused(text):
    with pytest.raises(iql.QuerySyntaxError, match="IQL110") as caught:
        iql.parse_script(text)
    assert [found.span for found in caught.value.diagnostics] == [(0, len(text))]
    assert [found.code for found in iql.check_script(text)] == ["IQL110"]


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in corpus_files.cases("layouts")])
def test_a_query_has_its_layout(path, update_corpus):
    case = corpus_files.read(path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("intacct_ql.syntax.layout.WIDTH", int(case.settings.get("width", "100")))
        formatted = iql.format(case.text)
        if update_corpus:
            corpus_files.write(case, {"layout": formatted})
        assert corpus_files.read(path).sections["layout"] == formatted
        hold(case.text)


def test_a_script_keeps_its_comments():
    text = "-- one\nselect A from T; -- about one\n/* two */; select B from T -- end\n;\n-- done"
    formatted = "-- one\nSELECT A\nFROM T; -- about one\n/* two */\nSELECT B\nFROM T -- end\n;\n-- done"
    assert iql.format_script(text) == formatted
    assert iql.format_script(formatted) == formatted
    assert iql.format_script("select A from T;;select B from T;") == "SELECT A FROM T;\nSELECT B FROM T"


@pytest.mark.parametrize(
    ("script", "formatted"),
    [
        ("select A from T; -- c", "SELECT A FROM T; -- c"),
        ("select A from T -- c\n", "SELECT A\nFROM T -- c"),
        ("select A from X", "SELECT A FROM X"),
        ("select A from T /* c */; select B from T", "SELECT A FROM T /* c */;\nSELECT B FROM T"),
        ("select A from T where B = --x; select B from T", "SELECT A FROM T WHERE B = --x;\nSELECT B FROM T"),
        ("/* a */ /* b */; select A from T -- c", "/* a */\n/* b */\nSELECT A\nFROM T -- c"),
        ("/* a */;; /* b */; select A from T /* c */", "/* a */ /* b */ SELECT A FROM T /* c */"),
        ("select A from T;\n; -- c\nselect B from T", "SELECT A FROM T; -- c\nSELECT B\nFROM T"),
        ("select A from T; -- a\n; -- b\n", "SELECT A FROM T; -- a\n-- b"),
        ("-- a\nselect A from T\n/* b */\n ; select B from T", "-- a\nSELECT A\nFROM T\n/* b */;\nSELECT B FROM T"),
    ],
)
def test_scripts_are_laid_out(script, formatted):
    assert iql.format_script(script) == formatted
    assert iql.format_script(formatted) == formatted


def test_laying_out_a_script_tells_the_mistakes_of_all_queries():
    with pytest.raises(iql.QuerySyntaxError) as caught:
        iql.format_script("select A frm T; select A from T where B == 1")
    assert [found.code for found in caught.value.diagnostics] == ["IQL100", "IQL106"]


def test_the_parameters_of_a_text_stand_in_order():
    text = "select A from T where A = :b and C = ? and D = ':e' and F in :b -- :g ?\n limit :h option (pagesize = ?)"
    assert parameters(text) == ["b", "?", "b", "h", "?"]


def test_no_line_starts_further_in_than_sixty_columns():
    deep = f"select A from T where {'not (A = 1 and ' * 30}A is -- c\n null{')' * 30}"
    indents = [len(line) - len(line.lstrip()) for line in iql.format(deep).split("\n")]
    assert max(indents) == 60
    assert indents.count(60) > 30


@pytest.mark.parametrize("count", [5_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_long_and_deep_texts(count):
    values = ", ".join(f"'C{number}'" for number in range(count))
    deep = f"select A from T where {'not (A = 1 and ' * 45}A in ({values}) -- c\n{')' * 45}"
    formatted = iql.format(deep)
    assert iql.format(formatted) == formatted
    assert max(map(len, formatted.split("\n"))) <= 110
    assert len(formatted) < 3 * len(deep)


def test_two_dashes_before_a_semicolon_are_a_value():
    script = "select A from T where A = --; select B from T--\n; select C from T where C like --;"
    formatted = "SELECT A FROM T WHERE A = '--';\nSELECT B\nFROM T --\n;\nSELECT C FROM T WHERE C LIKE '--'"
    assert iql.format_script(script) == formatted
    assert iql.parse_script(formatted) == iql.parse_script(script)

"""What holds for every text."""

import functools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark
from strategies import anything

import intacct_ql as iql
from intacct_ql.errors import draw_all
from intacct_ql.syntax.notes import notes
from intacct_ql.syntax.tables import grammar_text, tables


@given(anything)
def test_a_text_parses_or_raises_our_error_at_a_place_inside_it(text):
    diagnostics = found_in(text)
    for found in diagnostics:
        assert found.span is not None
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert found.reason
    assert bool(draw_all(diagnostics, text)) == bool(diagnostics)


def found_in(text):
    try:
        iql.parse(text)
    except iql.QuerySyntaxError as wrong:
        return wrong.diagnostics
    return notes(text)


@given(anything)
def test_formatting_keeps_the_tree_and_formatting_twice_changes_nothing(text):
    try:
        tree = iql.parse(text)
    except iql.QuerySyntaxError:
        return
    canonical = iql.format(text)
    assert iql.parse(canonical) == tree
    assert iql.format(canonical) == canonical


@given(anything)
def test_checking_raises_nothing(text):
    for found in iql.check(text):
        assert found.span is None or 0 <= found.span.start <= found.span.end <= len(text)


@pytest.mark.parametrize("depth", [90, 1_000, pytest.param(50_000, marks=pytest.mark.long)])
def test_depth_is_no_danger(depth):
    nested = f"select A from THING where {'(' * depth}A = 1{')' * depth}"
    assert iql.compile(nested, catalog=None).xml.count("equalto") == 2
    negated = f"select A from THING where {'not ' * depth}A = 1"
    alternating = f"select A from THING where {'(A = 1 or (B = 2 and ' * depth}C = 3{'))' * depth}"
    for text in (negated, alternating):
        if depth == 90 and text is negated:
            assert iql.compile(text, catalog=None).xml.count("equalto") == 2
            continue
        with pytest.raises(iql.QuerySyntaxError, match="IQL112"):
            iql.compile(text, catalog=None)


NESTS = {
    "groups": ("A = 1 or (B = 2 and (", "C = 3", "))", 2),
    "groups of three": ("(A = 1 and B = 2) or C = 3 and (D = 4 or (", "E = 5", "))", 3),
    "negations": ("not ", "A = 1", "", 1),
}


@pytest.mark.parametrize("clause", ["where", "having"])
@pytest.mark.parametrize("name", NESTS)
def test_conditions_nest_a_hundred_deep(name, clause):
    before, inmost, behind, levels = NESTS[name]
    times = 99 // levels
    odd = "not " * (99 % levels)
    for negated, fits in (("", True), ("not ", False)):
        text = f"select A from T {clause} {before * times}{odd}{negated}{inmost}{behind * times}"
        if fits:
            iql.parse(text)
        else:
            with pytest.raises(iql.QuerySyntaxError, match="IQL112") as caught:
                iql.parse(text)
            (found,) = caught.value.diagnostics
            assert text[found.span.start : found.span.end].startswith(inmost)


def test_a_deep_condition_is_found_beside_others():
    text = f"select A from T where {'not ' * 100}A = 1 or (B = 2 and C = 3) having D = 4 and (E = 5 or F = 6)"
    with pytest.raises(iql.QuerySyntaxError, match="IQL112"):
        iql.parse(text)


HOSTILE = {
    "an open quote": ("select A from T where A = 'aaaa", "b''", ""),
    "an open double quote": ('select A from T where A = "', "a", ""),
    "escaped quotes": ("select A from T where A = '", "\\'", ""),
    "escaped double quotes": ('select A from T where A = "', '\\"', ""),
    "open curly quotes": ("select A from T where A = ", "‘", ""),
    "backslashes": ("select A from T where A = ", "\\", ""),
    "backslashes and spaces": ("select A from T where A = x", "\\ ", ""),
    "open comments": ("select A from T ", "/*", ""),
    "marks": ("select A from T where [A = 1]", "| ", ""),
    "spaces": ("select", " ", "A"),
    "brackets": ("select A from T where ", "([", ""),
    "commas": ("select ", ",", ""),
    "dots": ("select A", ".A", ". from T"),
    "quotes": ("select A from T where A = '", "''", ""),
    "semicolons": ("select A from T", ";\\", ""),
    "dates": ("select A from T where A = ", "1/1/2020 1:00", ""),
    "words": ("select A from T where A = ", "and ", ""),
}


@pytest.mark.parametrize("size", [20_000, pytest.param(100_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_refused_without_delay(name, size):
    """A pattern that reads again what it has read would sit here for hours."""
    before, piece, behind = HOSTILE[name]
    hostile = before + piece * (size // len(piece)) + behind
    for text in (hostile, hostile + "\n"):
        assert iql.check(text, catalog=None)


@pytest.mark.parametrize("values", [20_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_long_lists_compile(values):
    conditions = " or ".join(f"A = {number}" for number in range(values // 20))
    assert iql.compile(f"select A from THING where {conditions}", catalog=None).xml.count("<equalto>") == values // 20
    listed = ", ".join(f"'C{number}'" for number in range(values))
    xml = iql.compile(f"select NAME from CUSTOMER where CUSTOMERID in ({listed})").xml
    assert (xml.count("<in>"), xml.count("<value>")) == (values // 1_000, values)


@functools.cache
def by_grammar():
    """Texts of the grammar itself, words apart; the grammar is read without what it skips."""
    grammar = re.sub(r"%ignore.*", "", grammar_text())
    words = {"NAME": ["NAME", "Customerid", "a.b"], "WORD": ["x", "24", "10/22/2010"], "NUMBER": ["1", "20"]}
    return from_lark(
        Lark(grammar, parser="lalr", lexer="contextual"),
        explicit={
            **{name: st.sampled_from([f" {word} " for word in options]) for name, options in words.items()},
            **{name: st.just(f" {word} ") for word, name in tables().keywords.items()},
            "ORDER_BY": st.just(" order by "),
            "GROUP_BY": st.just(" group by "),
            "DATETIME": st.just(" 10/22/2010 00:00:00 "),
            "STRING": st.just(" 'it''s' "),
            "QUESTION_MARK": st.just(" ? "),
            "NAMED_PARAMETER": st.just(" :p "),
        },
    )


@given(st.data())
def test_a_text_of_the_grammar_parses_or_raises_our_error(data):
    text = data.draw(by_grammar())
    for found in found_in(text):
        assert found.span is not None
        assert 0 <= found.span.start <= found.span.end <= len(text)
    try:
        tree = iql.parse(text)
    except iql.QuerySyntaxError:
        return
    assert iql.parse(iql.format(text)) == tree

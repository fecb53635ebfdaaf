"""What is suggested: cases in ``completions.txt``, and what holds of every suggestion anywhere."""

import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import CORPUS, anything

import intacct_ql as iql
from intacct_ql.schema.catalog import BUNDLED, read_object
from intacct_ql.shell.command_table import COMMANDS
from intacct_ql.shell.completion import Kind, complete
from intacct_ql.shell.completion.names import OPTIONS
from intacct_ql.syntax.machine import Machine, StopError
from intacct_ql.syntax.tables import tables

CASES = Path(__file__).with_name("completions.txt")
SHOWN = 6
PARAMETERS, PROFILES = ("due", "ids"), ("acme", "sandbox")

LINES = CASES.read_text("utf-8").split("\n")
TEXTS = [line.partition(" =>")[0] for line in LINES if " =>" in line and not line.startswith("#")]


def suggested(text: str, cursor: int | None = None) -> list[str]:
    found = complete(text, cursor, BUNDLED, parameters=PARAMETERS, profiles=PROFILES)
    return [one.text for one in found]


def told(text: str) -> str:
    """What stands behind the arrow."""
    before, _, behind = text.replace("¶", "\n").partition("|")
    found = suggested(before + behind, len(before))
    return "  ".join([*found[:SHOWN], "..."] if len(found) > SHOWN else found) or "nothing"


def test_every_case_says_what_is_suggested(update_corpus: bool) -> None:
    now = [
        f"{line.partition(' =>')[0]} => {told(line.partition(' =>')[0])}" if is_case(line) else line for line in LINES
    ]
    if update_corpus:
        CASES.write_text("\n".join(now), "utf-8")
    else:
        assert now == LINES


def is_case(line: str) -> bool:
    return " =>" in line and not line.startswith("#")


def test_there_are_many_cases() -> None:
    assert len(set(TEXTS)) >= 120


# What the grammar refuses is never suggested. The machine that says so here is the parser's own, without actions.

ACCEPTING = Machine(tables(), {action: lambda *_: None for _, _, action in tables().rules if action})


@cache  # one place of a text suggests what the next one does
def begins_a_query(text: str) -> bool:
    """Whether a query may begin with this text: the machine gets to its end."""
    try:
        ACCEPTING.run(text)
    except StopError as stop:
        return stop.position == len(text)
    return True


def check_what_is_suggested_at(text: str, cursor: int, most: int) -> None:
    """Suggestions, ``most`` of each kind, put in, leave the beginning of a query (the last of several)."""
    left = Counter(dict.fromkeys(Kind, most))
    for one in complete(text, cursor, BUNDLED, parameters=PARAMETERS):
        assert 0 <= one.start <= cursor
        if one.kind in (Kind.COMMAND, Kind.ARGUMENT) or not left[one.kind]:
            continue
        left[one.kind] -= 1
        assert begins_a_query(last_query(text[: one.start]) + one.text), one


def last_query(text: str) -> str:
    """The text behind the last semicolon that ends a query."""
    from intacct_ql.syntax.script import entries

    found = entries(text + "x")
    return text[found[-1].span.start :]


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_suggested_in_a_case_is_accepted(text: str) -> None:
    before, _, behind = text.replace("¶", "\n").partition("|")
    if not before.startswith((".", "\\")):
        check_what_is_suggested_at(before + behind, len(before), most=1_000)


FIFTHS = [pytest.param(start, marks=pytest.mark.long if start else (), id=f"fifth {start + 1}") for start in range(5)]

TENTHS = [
    pytest.param(CORPUS[part::10], marks=pytest.mark.long if part > 1 else (), id=f"tenth {part + 1}")
    for part in range(10)
]


@pytest.mark.parametrize("start", FIFTHS)
@pytest.mark.parametrize("texts", TENTHS)
def test_at_every_place_of_the_corpus_only_what_the_grammar_accepts(texts: list[str], start: int) -> None:
    """Every fifth place of a fifth of the texts each time, all of them in the long run; a hundred places of texts there
    for their length.
    """
    for number, text in enumerate(texts):
        first = (start + number) % 5
        for cursor in range(first, len(text) + 1, 5 if len(text) < 1_000 else len(text) // 20):
            check_what_is_suggested_at(text[:cursor], cursor, most=3)


@given(anything, st.data())
def test_at_any_place_of_any_text(text: str, data: st.DataObject) -> None:
    check_what_is_suggested_at(text, data.draw(st.integers(0, len(text))), most=3)


@given(st.sampled_from([*COMMANDS, "\\d", "\\x", ".", "\\"]), anything)
def test_behind_any_command(command: str, text: str) -> None:
    line = f"{command} {text}"
    for one in complete(line, len(line), BUNDLED, parameters=PARAMETERS, profiles=PROFILES):
        assert 0 <= one.start <= len(line)


# Single facts.


def test_a_suggestion_says_what_it_is() -> None:
    (found,) = complete("select creditl from CUSTOMER", 14)
    assert (found.text, found.start, found.kind) == ("CREDITLIMIT", 7, Kind.FIELD)
    assert (found.label, found.detail) == ("Credit Limit", "CURRENCY")


def test_a_way_says_where_it_leads() -> None:
    found = complete("select VENDO from APBILL", 12)
    assert ("VENDOR.", Kind.WAY, "to VENDOR") in [(one.text, one.kind, one.detail) for one in found]


def test_names_and_values_that_are_words_of_the_language_are_quoted() -> None:
    entry = {
        "label": "Odd",
        "coverage": "live",
        "fields": [
            {
                "id": "ORDER",
                "label": "Order",
                "type": "ENUM",
                "valid_values": ["and", "Net 30", "it's", "plain", "100%"],
            },
            {"id": "LIMIT", "label": "Limit", "type": "INTEGER"},
        ],
        "relationships": [],
    }

    class Odd(type(BUNDLED)):
        def object(self, name):
            return read_object("ODD", entry) if name.upper() == "ODD" else None

    texts = [one.text for one in complete("select  from ODD", 7, Odd()) if one.kind is Kind.FIELD]
    assert texts == ["ORDER", "`LIMIT`"]
    values = [one.text for one in complete("select X from ODD where `ORDER` = ", None, Odd()) if one.label]
    assert values == ["'and'", "'Net 30'", "'it''s'", "plain", "100%"]


def test_every_option_of_the_language_is_known() -> None:
    (mistake,) = iql.check("select NAME from CUSTOMER option (nosuch)")
    assert mistake.hints[0] == f"options are {', '.join(OPTIONS)}"


def test_the_cases_are_in_order() -> None:
    assert [text for text in TEXTS if text.count("|") != 1] == []
    assert not re.search(r"[^\S\n]\n", CASES.read_text("utf-8"))

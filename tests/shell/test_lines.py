"""What is typed or piped in, cut into queries and commands; and the colours it has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import GOOD, anything

from intacct_ql.shell.acts import ACTS
from intacct_ql.shell.colours import STYLES, coloured
from intacct_ql.shell.command_table import COMMANDS, SPELLINGS, read_command
from intacct_ql.shell.lines import is_whole, pieces


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("select NAME from CUSTOMER", False),
        ("select NAME from CUSTOMER;", True),
        ("select NAME\nfrom CUSTOMER;", True),
        ("select NAME from CUSTOMER; select", False),
        ("select NAME from CUSTOMER where NAME = 'a;", False),
        ("select NAME from CUSTOMER where NAME = 'a;';", True),
        ("select NAME from CUSTOMER -- all;", False),
        ("select NAME from CUSTOMER; -- all", True),
        ("select NAME /* ; */ from CUSTOMER", False),
        ("-- nothing", True),
        ("", True),
        (".tables", True),
        ("\\d", True),
        ("exit", True),
        ("exits", False),
    ],
)
def test_enter_ends_what_is_whole(text: str, whole: bool) -> None:
    assert is_whole(text) is whole


def test_a_script_is_cut_where_its_queries_end() -> None:
    text = (
        ".mode csv\n\nselect A\nfrom X; select B from Y;\n  .timing on\n"
        "select '.tables\n.tables;' from Z;\nselect C from V"
    )
    found = [*pieces(text.splitlines(keepends=True))]
    assert [(piece.text.strip(), piece.command) for piece in found] == [
        (".mode csv", True),
        ("select A\nfrom X; select B from Y;", False),
        (".timing on", True),
        ("select '.tables\n.tables;' from Z;", False),
        ("select C from V", False),
    ]
    for piece in found:
        assert text[piece.start :].lstrip().startswith(piece.text.strip())
    assert [entry.text for entry in found[1].queries] == ["select A\nfrom X;", "select B from Y;"]


def test_a_piece_comes_as_soon_as_it_is_whole() -> None:
    def lines():
        yield "select A from X;\n"
        pytest.fail("the next line was wanted before the first query was given")

    assert next(pieces(lines())).text == "select A from X;\n"


@given(st.lists(st.sampled_from(GOOD), min_size=1, max_size=4))
def test_no_query_of_a_script_is_lost(texts: list[str]) -> None:
    script = ";\n".join(texts)
    from intacct_ql.syntax.script import entries

    found = [script[piece.start + one.span.start :][: len(one.text)] for piece in cut(script) for one in piece.queries]
    assert [text.rstrip("; \n") for text in found] == [one.text.rstrip("; \n") for one in entries(script)]


def cut(script: str):
    return [*pieces(script.splitlines(keepends=True))]


@given(anything)
def test_the_coloured_pieces_are_the_text(text: str) -> None:
    found = [*coloured(text)]
    assert "".join(piece for _, piece in found) == text
    assert {style for style, _ in found} <= set(STYLES)


@given(anything)
def test_any_text_is_a_script(text: str) -> None:
    for piece in cut(text):
        assert piece.text


def test_colours_go_by_the_terminals() -> None:
    found = [pair for pair in coloured("select from_x, 'from' /* c */ from X where A = from") if pair[0] != "plain"]
    assert found == [
        ("keyword", "select"),
        ("name", "from_x"),
        ("value", "'from'"),
        ("comment", " /* c */ "),
        ("keyword", "from"),
        ("keyword", "where"),
        ("operator", "="),
        ("keyword", "from"),
    ]


def test_the_query_of_a_command_is_coloured_too() -> None:
    assert ("keyword", "select") in [*coloured(".explain select NAME from CUSTOMER")]


def test_every_command_is_described_and_done() -> None:
    assert [*ACTS] == [*COMMANDS]
    assert {one.partition(" ")[0] for one in SPELLINGS.values()} <= set(COMMANDS)
    for name, command in COMMANDS.items():
        assert command.usage.startswith(name)


@pytest.mark.parametrize(
    ("line", "read"),
    [
        (".tables", (".tables", "")),
        (".TABLES  inv ", (".tables", "inv")),
        (".tab inv", (".tables", "inv")),
        (".p", ("", "")),
        (".pr", (".profile", "")),
        (".", ("", "")),
        (".nosuch", ("", "")),
        ("\\d", (".tables", "")),
        ("\\d CUSTOMER", (".schema", "CUSTOMER")),
        ("\\x", (".mode", "vertical")),
        ("quit;", (".quit", "")),
    ],
)
def test_a_command_may_be_shortened_or_said_as_elsewhere(line: str, read: tuple[str, str]) -> None:
    assert read_command(line) == read

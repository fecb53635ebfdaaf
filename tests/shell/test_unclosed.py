"""A quote or a comment that is still open: a semicolon in it ends no query, and the prompt says so."""

import pytest

from intacct_ql.shell.lines import unclosed


@pytest.mark.parametrize(
    ("text", "by", "closing"),
    [
        ("", "", ""),
        ("select NAME from CUSTOMER where NAME = 'a", "'", "'"),
        ("select NAME from CUSTOMER where NAME = 'a''", "'", "'"),
        ("select NAME from CUSTOMER where NAME = 'a;\n", "'", "'"),
        ("select NAME from CUSTOMER where NAME = 'a\\\n", "'", "'"),
        ("select NAME from CUSTOMER where NAME = 'a'", "", ""),
        ("select NAME from CUSTOMER where NAME = 'it\"s'", "", ""),
        ("select \"it's", '"', '"'),
        ("select ‘a", "‘", "’"),
        ("select “a", "“", "”"),
        ("select /* it's", "/*", "*/"),
        ("-- it's\n", "", ""),
        ("select NAME -- it's", "", ""),
        ("select NAME from CUSTOMER;", "", ""),
        ("select NAME from CUSTOMER; select 'a", "'", "'"),
        ("select `a", "", ""),
    ],
)
def test_what_is_open_is_known(text: str, by: str, closing: str) -> None:
    assert unclosed(text) == (by, closing)


def test_the_prompt_says_that_a_quote_is_open(opens) -> None:
    terminal = opens("--demo")
    terminal.type("select NAME from VENDOR")
    terminal.press("enter")
    terminal.sees("from VENDOR +; ends the query$", r"^ *\.>$")
    terminal.type("where NAME = 'a;")
    terminal.press("enter")
    terminal.sees("from VENDOR +' ends the quote$", r"^ *\.> where NAME = 'a;\n *'>$")
    terminal.type("' /* b")
    terminal.press("enter")
    terminal.sees(r"from VENDOR +\*/ ends the comment$", r"^ *'> ' /\* b\n *\*>$")
    terminal.type("*/ limit 1;")
    terminal.press("enter")
    terminal.sees("^0 rows")

"""The shell on a narrow terminal: words are kept whole, and what matters of the status is seen."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from terminals import Terminal

from intacct_ql.shell.pager import fitting


@pytest.fixture
def narrow(environment: dict[str, str], tmp_path: Path) -> Iterator[Terminal]:
    terminal = Terminal("--demo", env=environment, folder=tmp_path, width=40, height=60)
    yield terminal
    terminal.close()


@pytest.mark.parametrize(
    ("width", "status"),
    [
        (99, " rows 1-9 of 40 read so far, columns 1-2 of 8, q leaves"),
        (54, " 1-9/40, col 1-2/8, q leaves"),
        (20, " q leaves"),
    ],
)
def test_the_status_has_a_short_form(width: int, status: str) -> None:
    forms = (("rows 1-9 of 40 read so far", "columns 1-2 of 8"), ("1-9/40", "col 1-2/8"))
    assert fitting(width, *forms, now="q leaves") == status


def test_the_pager_says_how_it_is_left(narrow: Terminal) -> None:
    narrow.sees("demo>$")
    narrow.type("select * from GLENTRY limit 60;")
    narrow.press("enter")
    narrow.sees(r"^ 1-58/60, col 1-\d/\d+, q leaves$")
    narrow.press("end")
    narrow.sees(r"^ 3-60/60, col 1-\d/\d+, q leaves$")


def test_no_word_is_broken(narrow: Terminal) -> None:
    narrow.sees("demo>$")
    assert narrow.screen.split("\n")[:2] == [
        "The demo company answers. Queries end",
        "with ;  .help helps, Ctrl-D leaves.",
    ]
    narrow.type(".help")
    narrow.press("enter")
    screen = narrow.sees(r"^with a semicolon\.\ndemo>$")
    assert (
        ".tables [WORD]\n    list the objects, or those with WORD\n    in their name or label\n"
        ".schema OBJECT[.PATH]\n    list the fields of an object, and\n    where its paths lead\n"
    ) in screen
    narrow.type(".help pager")
    narrow.press("enter")
    narrow.sees("^More rows are asked for as one scrolls,\nfor each page of them is a metered call.\nArrows,")

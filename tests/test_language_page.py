"""The page on the language cannot drift: its examples compile, its lists are those of the program."""

import re
from pathlib import Path

import corpus_files
import pytest

import intacct_ql as iql
from intacct_ql.backends.doors import TARGETS
from intacct_ql.binder.moments import RELATIVE_WORDS
from intacct_ql.binder.options import _OPTIONS
from intacct_ql.errors import Severity
from intacct_ql.syntax.tables import tables
from intacct_ql.syntax.words import AGGREGATES, CLAUSES, KEYWORDS

PAGE = (Path(iql.__file__).parent / "docs" / "language.md").read_text("utf-8")
EXAMPLES = re.findall(r"```sql\n(.*?)\n```", PAGE, re.DOTALL)
CODE = re.compile(r"`([^`]+)`")


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def first_cells(text: str) -> set[str]:
    rows = re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)
    return {word for row in rows for word in CODE.findall(row)}


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_compiles_without_a_warning(example):
    case = corpus_files.parse(Path("page"), example)
    compiled = iql.compile(case.text, case.params, clock=lambda: case.now, strict=True)
    remarks = [one for one in compiled.diagnostics if one.severity is not Severity.INFO]
    assert remarks == []
    assert compiled.xml.startswith("<readByName>" if "(single)" in example else "<query>")


@pytest.mark.unkept("its days are told by the clock")
def test_every_example_runs_on_the_demo_company():
    cases = [corpus_files.parse(Path("page"), example) for example in EXAMPLES]
    with iql.demo() as session:
        found = [len(list(session.query(case.text, case.params))) for case in cases]
    assert sum(map(bool, found)) > len(found) / 2


def test_there_are_examples():
    assert len(EXAMPLES) >= 15


def test_the_words_of_the_language_are_those_of_the_grammar():
    quoted, elsewhere = PAGE.partition("These words are:")[2].partition("\n\n")[0].split("A few more")
    assert set(CODE.findall(quoted)) == KEYWORDS
    assert set(CODE.findall(elsewhere)) == {*tables().keywords} - KEYWORDS
    spelled = [word for word in KEYWORDS if "BY" in word]
    patterns = [tables().patterns[name] for name in ("GROUP_BY", "ORDER_BY")]
    assert {word for word in spelled if any(re.fullmatch(pattern, word) for pattern in patterns)} == {*spelled}


def test_every_word_stands_in_an_example():
    shown = set(
        re.findall(r"\w+", " ".join(EXAMPLES).upper().replace("GROUP BY", "GROUP_BY").replace("ORDER BY", "ORDER_BY"))
    )
    words = {*tables().keywords, *AGGREGATES, *(name.upper() for name in _OPTIONS)} - {"GROUPBY", "ORDERBY"}
    assert words - shown == set()
    signs = set(tables().patterns["OPERATOR"].split("|")) - {"<>"}
    assert {sign for sign in signs if f" {sign} " not in " ".join(EXAMPLES)} == set()


def test_the_clauses_are_those_of_the_grammar():
    text = section("Shape").partition("| clause |")[2]
    words = {word.replace(" ", "_") for word in first_cells(text)}
    assert words == {*CLAUSES, "DISTINCT"}
    assert words <= {*tables().keywords, *(name for name in tables().patterns if name.endswith("_BY"))}


def test_the_operators_are_those_of_the_grammar():
    words = first_cells(section("Comparisons"))
    signs = {word for word in words if not word[0].isalpha()}
    assert signs == set(tables().patterns["OPERATOR"].split("|"))
    named = {word.replace("NOT ", "").replace(" NULL", "") for word in words - signs}
    assert named == {"IN", "BETWEEN", "LIKE", "ILIKE", "IS"}
    assert named <= {*tables().keywords}


def test_the_relative_ranges_are_those_that_are_read():
    words = re.findall(r"`([A-Z_]+(?::n)?)`", section("Dates and times").partition("| range |")[2])
    assert sorted(words) == sorted(RELATIVE_WORDS)


def test_the_functions_and_options_are_those_that_there_are():
    said = set(CODE.findall(section("Groups").partition("functions are")[2].partition(".")[0]))
    assert said == AGGREGATES
    assert first_cells(section("Options")) == {*_OPTIONS}


def test_the_targets_are_those_that_there_are():
    assert [*re.findall(r"^\| `(\w+)` \|", section("Targets"), re.MULTILINE)] == [*TARGETS]


def test_the_readme_leads_there():
    readme = Path(__file__).parents[1] / "README.md"
    assert "(intacct_ql/docs/language.md)" in readme.read_text("utf-8")

"""Every diagnostic code has a page whose wrong query gives it and whose right query does not."""

import re
from dataclasses import replace
from pathlib import Path

import corpus_files
import pytest

import intacct_ql as iql
from intacct_ql.backends.doors import door
from intacct_ql.binder import tree
from intacct_ql.binder.bind import bind
from intacct_ql.errors import Diagnostic, QueryError, Severity
from intacct_ql.planner.plan import plan
from intacct_ql.syntax.parser import parse

PACKAGE = Path(iql.__file__).parent
PAGES = sorted((PACKAGE / "docs" / "codes").glob("*.md"))
SHAPE = re.compile(r"# (IQL\d{3}): (.+)\n\n(.+?)\n\n```wrong\n(.+?)\n```\n\n```right\n(.+?)\n```\n", re.DOTALL)
PLAN_ONLY: dict[str, set[str]] = {"IQL303": {"IQL207"}, "IQL259": set(), "IQL401": set()}
"""Codes that the text of a query cannot bring about, and what the text gives instead."""


def emitted() -> set[str]:
    sources = (path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    return {code for source in sources for code in re.findall(r'"(IQL\d{3})"', source)}


def findings(block: str) -> tuple[Diagnostic, ...]:
    case = corpus_files.parse(Path("page"), block)
    catalog = None if case.settings.get("catalog") == "none" else iql.BUNDLED
    strict = case.settings.get("strict") == "yes"
    try:
        target = case.settings.get("target", "query")
        settings = {"target": target, "catalog": catalog, "strict": strict, "clock": lambda: case.now}
        return iql.compile(case.text, case.params, **settings).diagnostics
    except QueryError as wrong:
        return wrong.diagnostics


def parts(path: Path) -> tuple[str, str, str]:
    found = SHAPE.fullmatch(path.read_text("utf-8"))
    assert found, "a page is a title, a few sentences, a wrong and a right query"
    return found[1], found[4], found[5]


def test_every_code_has_a_page_and_every_page_a_code():
    assert {path.stem for path in PAGES} == emitted()


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in PAGES])
def test_a_page_shows_its_code(path):
    code, wrong, right = parts(path)
    assert code == path.stem
    assert {found.code for found in findings(wrong)} == PLAN_ONLY.get(code, {code})
    after = findings(right)
    assert code not in {found.code for found in after}
    assert Severity.ERROR not in {found.severity for found in after}


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in PAGES])
def test_a_page_is_plain(path):
    text = path.read_text("utf-8")
    prose = SHAPE.fullmatch(text)[3]
    assert 1 <= prose.count(". ") + prose.count(".\n") + 1 <= 5
    assert max(map(len, text.partition("```")[0].splitlines())) <= 120


def bound(text: str) -> tree.Query:
    query = bind(parse(text), iql.BUNDLED, text).query
    assert query is not None
    return query


def test_a_program_may_order_groups_by_a_field_they_do_not_have():
    other = tree.Order(expression=bound("select NAME from CUSTOMER").columns[0].expression)
    query = replace(bound("select distinct STATUS from CUSTOMER"), order_by=(other,))
    with pytest.raises(QueryError) as caught:
        plan(query, door("query").abilities)
    assert [found.code for found in caught.value.diagnostics] == ["IQL303"]

"""Every case of the corpus: what it says is what it becomes, and the emulator takes what it becomes."""

import dataclasses
from collections import Counter
from pathlib import Path

import corpus_files
import pytest
from corpus_files import Case

import intacct_ql as iql
from intacct_ql.binder.setting import Setting
from intacct_ql.errors import draw_all
from intacct_ql.prepared import Prepared, statement
from intacct_ql.syntax.parser import parse


def catalog_of(case: Case):
    return None if case.settings.get("catalog") == "none" else iql.BUNDLED


def setting_of(case: Case) -> Setting:
    return Setting(strict=case.settings.get("strict") == "yes", clock=lambda: case.now)


def target_of(case: Case) -> str:
    return case.settings.get("target", "query")


def prepared(case: Case) -> Prepared:
    return statement(case.text, catalog_of(case), target_of(case), setting_of(case)).prepare(case.params)


def findings(case: Case, text: str) -> Counter[str]:
    try:
        compiled = statement(text, catalog_of(case), target_of(case), setting_of(case)).prepare(case.params)
    except iql.QueryError as wrong:
        return Counter(found.code for found in wrong.diagnostics)
    return Counter(found.code for found in compiled.diagnostics)


def names(paths: list[Path]) -> list:
    by_the_clock = [pytest.mark.unkept("the case has a day of its own, the gateway that of the clock")]
    marks = [by_the_clock if "today" in corpus_files.read(path).settings else () for path in paths]
    return [pytest.param(path, id=path.stem, marks=mark) for path, mark in zip(paths, marks, strict=True)]


def hold(case: Case, sections: dict[str, str], update: bool) -> None:
    sections = {name: body for name, body in sections.items() if body}
    if update:
        corpus_files.write(case, sections)
    assert (case.sections if not update else sections) == sections


@pytest.mark.parametrize("path", names(corpus_files.cases("queries")))
def test_a_query_becomes_its_tree_plan_and_xml(path, update_corpus):
    case = corpus_files.read(path)
    compiled = prepared(case)
    xml = compiled.door.render(compiled.plan.fetch) if compiled.plan.fetch else "(nothing is asked)"
    sections = {
        "ast": corpus_files.dump(parse(case.text)),
        "plan": corpus_files.dump(compiled.plan),
        "xml": corpus_files.shorten(xml),
        "notes": draw_all(compiled.diagnostics, case.text),
    }
    hold(case, sections, update_corpus)


@pytest.mark.parametrize("path", names(corpus_files.cases("queries")))
def test_the_canonical_spelling_means_the_same(path):
    case = corpus_files.read(path)
    again = iql.format(case.text)
    assert iql.format(again) == again
    assert prepared(dataclasses.replace(case, text=again)).plan == prepared(case).plan


@pytest.fixture(scope="module")
def company():
    with iql.demo(validate=True) as session:
        yield session


@pytest.mark.parametrize(
    "path", names([path for path in corpus_files.cases("queries") if catalog_of(corpus_files.read(path))])
)
def test_the_emulator_takes_the_query(path, company):
    case = corpus_files.read(path)
    result = company.query(case.text, case.params, target=target_of(case))
    if any(found.code == "IQL253" for found in result.diagnostics):  # a field that nobody knows
        with pytest.raises(iql.GatewayError, match="not found in object"):
            result.fetchmany(1)
    else:
        assert len(result.fetchmany(3)) <= 3


@pytest.mark.parametrize("path", names([*corpus_files.cases("mistakes"), *corpus_files.cases("awkward")]))
def test_a_mistake_has_its_message(path, update_corpus):
    case = corpus_files.read(path)
    with pytest.raises(iql.QueryError) as caught:
        prepared(case)
    hold(case, {"message": str(caught.value)}, update_corpus)
    for found in caught.value.diagnostics:
        assert found.span is None or 0 <= found.span.start <= found.span.end <= len(case.text)


@pytest.mark.parametrize(
    "path", names([path for folder in ("queries", "mistakes", "awkward") for path in corpus_files.cases(folder)])
)
def test_every_rewrite_mends_what_it_is_for(path):
    case = corpus_files.read(path)
    try:
        found = prepared(case).diagnostics
    except iql.QueryError as wrong:
        found = wrong.diagnostics
    before = Counter(one.code for one in found)
    for one in found:
        for fix in one.fixes:
            after = findings(case, case.text[: fix.span.start] + fix.text + case.text[fix.span.end :])
            assert after[one.code] < before[one.code]
            assert after.total() <= before.total()  # what was hidden behind it may come out


def test_every_awkward_message_says_what_would_be_kinder():
    paths = corpus_files.cases("awkward")
    assert paths
    assert all("kinder" in corpus_files.read(path).settings for path in paths)


def test_every_conformance_case_is_there():
    stems = {path.stem for folder in ("queries", "mistakes") for path in corpus_files.cases(folder)}
    found = {int(stem.partition("-")[2].rstrip("abc")) for stem in stems if stem.startswith("conformance-")}
    assert found == set(range(1, 29))


def test_conformance_spellings_agree():
    """Cases that must mean the same thing do."""
    folder = corpus_files.CORPUS / "queries"
    for same in (("21a", "21b", "21c"), ("13a", "13b")):
        cases = [corpus_files.read(folder / f"conformance-{name}.iql") for name in same]
        assert len({case.sections["xml"] for case in cases}) == 1


def test_the_cached_tables_are_those_of_the_grammar():
    from intacct_ql.syntax.generate import cached_text
    from intacct_ql.syntax.tables import CACHED

    assert Path(CACHED).read_text("utf-8") == cached_text(), "run: python -m intacct_ql.syntax.generate"

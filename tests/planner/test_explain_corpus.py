"""Golden explanations: telling queries, with what is said of each. ``--update-corpus`` writes them anew."""

import corpus_files
import pytest

import intacct_ql as iql
from intacct_ql.explained import telling
from intacct_ql.planner.cost import Counted


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in corpus_files.cases("explain")])
def test_what_is_said(path, update_corpus):
    case = corpus_files.read(path)
    counted, runs = (case.settings.get(name) for name in ("counted", "runs"))
    told = telling(
        case.text,
        case.params,
        target=case.settings.get("target", "query"),
        catalog=iql.BUNDLED,
        clock=lambda: case.now,
        tier=case.settings.get("tier"),
        runs_per_month=None if runs is None else int(runs),
    ).tell(None if counted is None else Counted(rows=int(counted), calls=1))
    sections = {"explain": str(told).rstrip("\n")}
    if update_corpus:
        corpus_files.write(case, sections)
    assert (sections if update_corpus else case.sections) == sections


def test_there_are_telling_queries():
    assert len(corpus_files.cases("explain")) >= 12

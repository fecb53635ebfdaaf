"""Every query of ``tests/corpus/doors`` through every door: one file a door, so that a difference is one diff.

    tests/corpus/doors/label/text.iql            the query
                             query.xml           the request, its lines broken; below it what is done here
                             readByQuery.xml
                             read.txt            the refusal, where the door cannot answer
                             rest.json

``--update-corpus`` writes the files anew, to be read in the diff.
"""

import json
from pathlib import Path

import corpus_files
import pytest
from lxml import etree

import intacct_ql as iql
from intacct_ql.backends.doors import TARGETS

FOLDERS = sorted((corpus_files.CORPUS / "doors").iterdir())


def laid_out(request: str) -> str:
    root = etree.fromstring(request)
    etree.indent(root)
    return etree.tostring(root, encoding="unicode")


def written(text: str, target: str) -> tuple[str, str]:
    """The ending of the file and what it holds."""
    try:
        made = iql.compile(text, target=target)
    except iql.QueryError as wrong:
        return "txt", "\n".join(found.reason for found in wrong.diagnostics if found.severity == "error")
    if made.plan.fetch is None:
        return "txt", f"nothing is asked: {made.plan.paging_reason}"
    here = [f"{part.what} {part.how}" for part in iql.explain(text, target=target).local]
    if made.xml.startswith("{"):
        return "json", json.dumps({"request": json.loads(made.xml), "here": here}, indent=2, ensure_ascii=False)
    through = [] if made.plan.target == target else [f"through {made.plan.target}"]
    notes = [f"<!-- {note.replace('--', '- -')} -->" for note in (*through, *here)]
    return "xml", "\n".join([laid_out(made.xml), *notes])


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("folder", [pytest.param(folder, id=folder.name) for folder in FOLDERS])
def test_what_a_door_is_asked(folder: Path, target: str, update_corpus: bool):
    case = corpus_files.read(folder / "text.iql")
    ending, expected = written(case.text, target)
    if update_corpus:
        for old in folder.glob(f"{target}.*"):
            old.unlink()
        (folder / f"{target}.{ending}").write_text(expected + "\n", "utf-8")
    (found,) = folder.glob(f"{target}.*")
    assert (found.suffix[1:], found.read_text("utf-8")) == (ending, expected + "\n")


def test_a_door_refuses_or_answers_every_query():
    """No file is left over from a door or a query that is no more."""
    for folder in FOLDERS:
        assert {path.stem for path in folder.iterdir()} == {"text", *TARGETS}

"""Where the next rows of the shell go: files that can be written, and those that cannot."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from intacct_ql.cli import main

Run = Callable[..., Result]
COUNT = "select count(*) as n from VENDOR;"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(*lines: str) -> Result:
        script = "\n".join(lines)
        arguments = ["shell", "--demo", "--keep-going", "--output", "csv"]
        return CliRunner().invoke(main, arguments, input=script, prog_name="intacct-ql")

    return run


@pytest.mark.parametrize(
    ("out", "words"),
    [
        ("nowhere/a.csv", "nowhere/a.csv cannot be written: there is no folder {}/nowhere."),
        ("nowhere/a.db", "nowhere/a.db cannot be written: there is no folder {}/nowhere."),
        ("folder", "folder cannot be written: Is a directory."),
        ("/dev/fd/987", "/dev/fd/987 cannot be written: Bad file descriptor."),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_at_once(run: Run, tmp_path: Path, out: str, words: str) -> None:
    (tmp_path / "folder").mkdir()
    result = run(f".output {out}", COUNT)
    assert result.stderr == f"standard input:1: error: {words.format(tmp_path)}\n"
    assert (result.exit_code, result.stdout) == (1, "n\n40\n")


@pytest.mark.parametrize("out", ["a.foo", "a", "/dev/null"])
def test_a_name_that_tells_no_format_is_refused(run: Run, tmp_path: Path, out: str) -> None:
    result = run(".mode table", f".output {out}", ".mode csv", COUNT)
    assert result.stderr.startswith(f"standard input:2: error: the name of {out} tells no format (.txt, .csv,")
    assert result.stderr.endswith("): give it another name, or choose a format with .mode before\n")
    assert result.stdout == "n\n40\n"
    assert [*tmp_path.iterdir()] == []


def test_a_format_that_was_chosen_goes_to_a_file_of_any_name(run: Run, tmp_path: Path) -> None:
    assert run(".output a.foo", COUNT).exit_code == 0
    assert (tmp_path / "a.foo").read_text() == "n\n40\n"


def test_rows_do_not_go_where_only_xml_goes(run: Run, tmp_path: Path) -> None:
    result = run(".mode table", ".output a.xml", COUNT, ".mode csv", COUNT)
    assert "standard input:3: error: the name of a.xml tells no format" in result.stderr
    assert result.stdout == "n\n40\n"
    assert [*tmp_path.iterdir()] == []


def test_no_text_replaces_a_database(run: Run, tmp_path: Path) -> None:
    result = run(".output a.db", COUNT, ".output a.db", f".xml {COUNT}", COUNT)
    assert "standard input:4: error: a.db is for rows: .output FILE says where else text goes" in result.stderr
    assert (tmp_path / "a.db").read_bytes().startswith(b"SQLite format 3")
    assert result.stdout == "n\n40\n"


@pytest.mark.parametrize("asked", [COUNT, f".explain {COUNT}"])
def test_a_file_that_can_no_longer_be_written_is_told_of_once(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    from intacct_ql.shell import acts

    (tmp_path / "folder").mkdir()
    monkeypatch.setitem(acts.ACTS, ".quit", lambda *_: shutil.rmtree("folder"))
    result = run(".output folder/a.csv", ".quit", asked, COUNT)
    assert result.stderr == (
        f"standard input:3: error: folder/a.csv cannot be written: there is no folder {tmp_path}/folder.\n"
    )
    assert result.stdout == "n\n40\n"


@pytest.mark.parametrize("asked", [COUNT, f".explain {COUNT}"])
def test_a_full_disk_is_told_of_once(run: Run, asked: str) -> None:
    result = run(".output /dev/full", asked, COUNT)
    assert result.stderr == "standard input:2: error: full: No space left on device\n"
    assert result.stdout == "n\n40\n"


def test_a_table_that_is_there_is_told_of_once(run: Run) -> None:
    result = run(".output a.db", COUNT, ".output a.db", COUNT, COUNT)
    assert 'standard input:4: error: there is a table "a" already' in result.stderr
    assert result.stdout == "n\n40\n"


@pytest.mark.parametrize(
    ("query", "words"),
    [("select NAM from CUSTOMER;", "IQL202"), ("select NAM from VENDOR;", "Field NAM not found")],
    ids=["wrong", "refused"],
)
def test_a_query_that_is_wrong_leaves_the_file_to_the_next(run: Run, tmp_path: Path, query: str, words: str) -> None:
    result = run(".output a.csv", query, COUNT, COUNT)
    assert words in result.stderr
    assert (tmp_path / "a.csv").read_text() == result.stdout == "n\n40\n"


def test_the_home_is_found_and_a_dash_is_here(run: Run, tmp_path: Path) -> None:
    assert run(".output ~/a.csv", COUNT).exit_code == 0
    assert (tmp_path / "a.csv").read_text() == "n\n40\n"
    assert run(".output a.csv", ".output -", COUNT).stdout == "n\n40\n"

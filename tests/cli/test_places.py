"""What the name of a file leads to: a file that is replaced whole, or a stream that is written to as it stands."""

import io
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from intacct_ql.cli.outputs import destination
from intacct_ql.cli.places import place_of
from intacct_ql.errors import Error

QUERY = f"{sys.executable} -m intacct_ql query --demo -q --output csv"
ONE = '"select VENDORID from VENDOR order_by VENDORID limit 1"'
OWN = pytest.mark.parametrize(
    "folder",
    ["/dev/fd", "/proc/self/fd", "/proc/thread-self/fd", f"/proc/{os.getpid()}/fd"],
    ids=["dev", "self", "thread", "number"],  # the same in every process that runs tests
)


def bash(script: str) -> str:
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stderr == ""
    return ran.stdout


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_what_is_behind_standard_output_is_kept(name: str) -> None:
    Path("log.txt").write_text("precious\n")
    bash(f"(echo before; {QUERY} -o {name} {ONE}; echo after) >> log.txt")
    assert Path("log.txt").read_text() == "precious\nbefore\nVENDORID\n00124\nafter\n"


def test_standard_output_may_be_a_pipe() -> None:
    assert bash(f"{QUERY} -o /dev/stdout {ONE} | cat") == "VENDORID\n00124\n"
    assert bash(f"{QUERY} -o >(cat) {ONE} | cat") == "VENDORID\n00124\n"


@OWN
def test_a_descriptor_is_written_to_from_where_it_stands(tmp_path: Path, folder: str) -> None:
    file = tmp_path / "log.txt"
    with file.open("w") as log:
        log.write("before\n")
        log.flush()
        with destination(f"{folder}/{log.fileno()}") as stream:
            stream.write("rows\r\n")
        log.write("after\n")
    assert file.read_bytes() == b"before\nrows\r\nafter\n"
    assert [*tmp_path.iterdir()] == [file]


def test_links_lead_to_descriptors_too(tmp_path: Path) -> None:
    with (tmp_path / "log.txt").open("w") as log:
        (tmp_path / "descriptors").symlink_to("/dev/fd")
        (tmp_path / "one").symlink_to("two")
        (tmp_path / "two").symlink_to(f"descriptors/{log.fileno()}")
        with destination(str(tmp_path / "one")) as stream:
            stream.write("rows")
    assert (tmp_path / "log.txt").read_text() == "rows"
    assert (tmp_path / "two").is_symlink()


def test_the_descriptor_of_another_process_is_added_to() -> None:
    Path("log.txt").write_text("precious\n")
    bash(f"exec 5>>log.txt; (exec 5>&-; {QUERY} -o /proc/$$/fd/5 {ONE}; exit 0)")
    assert Path("log.txt").read_text() == "precious\nVENDORID\n00124\n"


def test_nobody_goes_back_in_a_stream(tmp_path: Path) -> None:
    file = tmp_path / "log"
    with file.open("wb") as log, destination(f"/dev/fd/{log.fileno()}", "bytes") as stream:
        assert not stream.seekable()
        with pytest.raises(io.UnsupportedOperation):
            stream.seek(0)
        stream.write(b"PAR1")
    assert file.read_bytes() == b"PAR1"


@pytest.mark.parametrize("form", ["parquet", "arrow", "xlsx"])
def test_formats_that_are_files_are_whole_in_a_file_that_is_added_to(form: str) -> None:
    bash(f"{QUERY} --output {form} -o /dev/stdout {ONE} >> alone; {QUERY} --output {form} -o - {ONE} | cat > piped")
    if form == "xlsx":
        import zipfile

        assert zipfile.ZipFile("alone").testzip() is None
    else:
        assert Path("alone").read_bytes() == Path("piped").read_bytes()


def test_rows_wait_for_what_was_printed_before() -> None:
    script = ".mode csv\nselect count(*) as n from VENDOR;\n.output /dev/stdout\nselect count(*) as n from VENDOR;\n"
    shell = f"{sys.executable} -m intacct_ql shell --demo"
    assert bash(f"printf '{script}{script.split(chr(10))[1]}' | {shell} | cat") == "n\n40\nn\n40\n\nn\n40\n"


@pytest.mark.parametrize(
    ("out", "medium", "told"),
    [
        ("nowhere/rows.csv", "text", "there is no folder {}/nowhere"),
        ("nowhere/rows.db", "database", "there is no folder {}/nowhere"),
        (".", "text", "Is a directory"),
        (".", "database", "Is a directory"),
        ("/dev/fd/987", "text", "Bad file descriptor"),
        ("/dev/fd/1", "database", "a database is a file, and no stream"),
        ("/dev/null", "database", "a database is a file, and no stream"),
        ("log.txt/rows.csv", "text", "Not a directory"),
        ("log.txt/rows.db", "database", "Not a directory"),
    ],
)
@pytest.mark.parametrize("trying", [False, True])
def test_what_cannot_be_written_is_said_before_anything_is_asked(
    out: str, medium: str, told: str, trying: bool
) -> None:
    Path("log.txt").touch()
    with pytest.raises(click.UsageError) as refused, destination(out, medium, trying=trying):
        pytest.fail("nothing can be written there")
    assert isinstance(refused.value, Error)
    assert str(refused.value) == f"{out} cannot be written: {told.format(Path.cwd())}."


def test_a_descriptor_that_is_read_from_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "log.txt").touch()
    with (
        (tmp_path / "log.txt").open() as log,
        pytest.raises(click.UsageError, match="Bad file descriptor"),
        destination(f"/dev/fd/{log.fileno()}"),
    ):
        pytest.fail("nothing can be written there")


def test_trying_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("old")
    os.mkfifo(tmp_path / "pipe")
    for name in ("old.csv", "new.csv", "pipe"):
        with destination(str(tmp_path / name), trying=True):
            pass
    assert sorted(path.name for path in tmp_path.iterdir()) == ["old.csv", "pipe"]
    assert (tmp_path / "old.csv").read_text() == "old"


def test_a_terminal_that_is_named_obeys_no_cell() -> None:
    controller, terminal = os.openpty()
    with destination(f"/dev/fd/{terminal}", draws=False) as stream:
        assert stream.isatty()
        stream.write("a\x1b[2J")
    assert os.read(controller, 99) == b"a\\x1b[2J"
    os.close(controller)
    os.close(terminal)


@pytest.mark.parametrize("names", [("one",), ("one", "two")])
def test_links_that_lead_to_themselves_lead_nowhere(tmp_path: Path, names: tuple[str, ...]) -> None:
    for name, other in zip(names, (*names[1:], names[0]), strict=True):
        (tmp_path / name).symlink_to(other)
    with pytest.raises(click.UsageError, match=r"one cannot be written: its links lead back to themselves\."):
        place_of(str(tmp_path / "one"))


def test_an_own_descriptor_is_tried_and_not_foretold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where another user made a pipe, who may open it anew says nothing of who may write to it."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    with (tmp_path / "log.txt").open("w") as log, destination(f"/dev/fd/{log.fileno()}") as stream:
        stream.write("rows")
    assert (tmp_path / "log.txt").read_text() == "rows"


@pytest.mark.parametrize("medium", ["text", "bytes"])
def test_nobody_reads_meanwhile_who_may_not_read_the_file_that_is_replaced(tmp_path: Path, medium: str) -> None:
    old = tmp_path / "rows.csv"
    old.touch(0o600)
    with place_of(str(old)).opened(medium):
        modes = {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert (modes, old.stat().st_mode & 0o777) == ({0o600}, 0o600)

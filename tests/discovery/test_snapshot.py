"""A snapshot: what is kept, what a crash or another process may do to it, and what is said of a file that is none."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from intacct_ql.discovery import database
from intacct_ql.discovery.database import Damaged
from intacct_ql.discovery.snapshot import Listed, Refusal, Snapshot
from intacct_ql.errors import ConfigError

CUSTOMER = {"name": "CUSTOMER", "label": "Customer", "fields": [{"id": "RECORDNO"}], "relationships": []}
PROPERTY = {"name": "rental_property", "label": "Property", "fields": [], "relationships": []}


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    return Snapshot(tmp_path / "cache" / "acme.sqlite", clock=lambda: 1000.0)


def test_reading_makes_no_file(snapshot: Snapshot) -> None:
    assert (snapshot.objects(), snapshot.entry("CUSTOMER"), snapshot.fact("entities"), snapshot.refusals) == (
        (),
        None,
        None,
        (),
    )
    assert not snapshot.file.parent.exists()


def test_entries_are_kept_by_name_in_any_case(snapshot: Snapshot) -> None:
    assert snapshot.put([CUSTOMER, PROPERTY]) == {"CUSTOMER": None, "rental_property": None}
    again = Snapshot(snapshot.file)
    assert again.entry("Rental_Property") == PROPERTY
    assert [one.name for one in again.objects()] == ["CUSTOMER", "rental_property"]
    assert again.about("customer").looked_up == 1000.0


def test_what_was_there_before_is_given(snapshot: Snapshot) -> None:
    snapshot.put([CUSTOMER])
    assert snapshot.put([{**CUSTOMER, "fields": []}]) == {"CUSTOMER": CUSTOMER}


def test_the_list_of_objects_adds_and_drops(snapshot: Snapshot) -> None:
    snapshot.put([CUSTOMER, PROPERTY])
    snapshot.put_refused("GONE", "no")
    assert snapshot.put_list({"CUSTOMER": "Client", "VENDOR": "Vendor"}) == ("rental_property",)
    assert [one.name for one in snapshot.objects()] == ["CUSTOMER", "rental_property", "VENDOR"]
    snapshot.drop("rental_property")
    assert snapshot.objects() == (
        Listed(name="CUSTOMER", label="Client", looked_up=1000.0, refused=None, listed=True),
        Listed(name="VENDOR", label="Vendor", looked_up=None, refused=None, listed=True),
    )
    assert snapshot.entry("rental_property") is None


def test_an_object_that_may_not_be_looked_up_keeps_what_was_known(snapshot: Snapshot) -> None:
    snapshot.put([CUSTOMER])
    snapshot.put_refused("CUSTOMER", "You do not have permission.")
    assert snapshot.objects()[0].refused == "You do not have permission."
    assert snapshot.entry("CUSTOMER") == CUSTOMER
    snapshot.put([CUSTOMER])
    assert snapshot.objects()[0].refused is None


def test_refused_fields(snapshot: Snapshot) -> None:
    snapshot.refuse("project", "Agency", "no such field")
    snapshot.refuse("PROJECT", "AGENCY", "still none")
    snapshot.refuse("CUSTOMER", "PASSWORD", "no")
    assert snapshot.about("Project").refusals == (
        Refusal(object="PROJECT", field="AGENCY", words="still none", told=1000.0),
    )
    assert len(snapshot.refusals) == 2
    assert [one.field for one in snapshot.forgive(["project", "VENDOR"])] == ["AGENCY"]
    assert [one.object for one in snapshot.refusals] == ["CUSTOMER"]


def test_facts(snapshot: Snapshot) -> None:
    snapshot.put_fact("formatting", {"date": "/dmY", "zone": "Europe/Berlin"})
    snapshot.put_fact("entities", ["E1", "E2"])
    snapshot.put_fact("entities", [])
    assert snapshot.fact("formatting") == {"date": "/dmY", "zone": "Europe/Berlin"}
    told = snapshot.told("entities")
    assert told is not None
    assert (told.value, told.told) == ([], 1000.0)


def test_only_the_user_may_read_the_file(snapshot: Snapshot) -> None:
    snapshot.put([CUSTOMER])
    assert snapshot.file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"not a database at all, but long enough to be looked at as one" * 20, b"SQLite"])
def test_a_file_that_is_no_database_is_said_so_and_made_anew(snapshot: Snapshot, content: bytes) -> None:
    snapshot.file.parent.mkdir()
    snapshot.file.write_bytes(content)
    assert snapshot.is_damaged()
    for use in (lambda: snapshot.entry("CUSTOMER"), lambda: snapshot.put([CUSTOMER])):
        with pytest.raises(Damaged, match=r"is damaged: file is not a database\n  hint: intacct-ql schema refresh"):
            use()
    snapshot.rebuild()
    snapshot.put([CUSTOMER])
    assert snapshot.entry("CUSTOMER") == CUSTOMER


def test_a_database_of_something_else_is_damaged(snapshot: Snapshot) -> None:
    snapshot.file.parent.mkdir()
    with closing(sqlite3.connect(snapshot.file)) as other:
        other.execute("CREATE TABLE notes (text)")
    with pytest.raises(Damaged, match="a database of something else"):
        snapshot.objects()


def test_pages_that_were_overwritten_are_found(snapshot: Snapshot) -> None:
    snapshot.put([{**CUSTOMER, "name": f"OBJECT{number}", "description": "x" * 500} for number in range(100)])
    size = snapshot.file.stat().st_size
    with open(snapshot.file, "r+b") as file:
        file.seek(4096)
        file.write(os.urandom(size - 4096))
    assert snapshot.is_damaged()
    with pytest.raises(Damaged):
        snapshot.objects()
    snapshot.rebuild()
    assert snapshot.objects() == ()


def test_rebuilding_leaves_a_sound_file_alone(snapshot: Snapshot) -> None:
    snapshot.put([CUSTOMER])
    snapshot.rebuild()
    assert snapshot.entry("CUSTOMER") == CUSTOMER


def test_an_empty_file_is_a_snapshot_without_content(snapshot: Snapshot) -> None:
    snapshot.file.parent.mkdir()
    snapshot.file.touch()
    assert (snapshot.objects(), snapshot.is_damaged()) == ((), False)
    assert snapshot.file.stat().st_size == 0


def test_a_newer_version_is_refused_with_what_to_do(snapshot: Snapshot) -> None:
    snapshot.put([CUSTOMER])
    with closing(sqlite3.connect(snapshot.file)) as newer:
        newer.execute("PRAGMA user_version = 99")
    for use in (lambda: snapshot.entry("CUSTOMER"), lambda: snapshot.put([CUSTOMER]), snapshot.rebuild):
        with pytest.raises(
            ConfigError, match=r"written by a newer intacct-ql \(its version is 99, .*\n  hint: install"
        ):
            use()


def test_an_older_version_is_brought_up(snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot.put([CUSTOMER])
    monkeypatch.setattr(database, "STEPS", (*database.STEPS, ("CREATE TABLE later (name)",)))
    assert snapshot.entry("CUSTOMER") == CUSTOMER
    with closing(sqlite3.connect(snapshot.file)) as now:
        assert now.execute("PRAGMA user_version").fetchone() == (2,)
        assert now.execute("SELECT count(*) FROM later").fetchone() == (0,)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be used"):
        Snapshot(tmp_path).objects()  # a folder


WRITER = """
import sys
from intacct_ql.discovery.snapshot import Snapshot

snapshot, mark = Snapshot(sys.argv[1]), sys.argv[2]
fields = [{"id": f"FIELD{number}", "label": mark * 40} for number in range(100)]
print("ready", flush=True)
sys.stdin.readline()
for turn in range(int(sys.argv[3])):
    snapshot.put_list({f"OBJECT{number}": mark for number in range(40)})
    snapshot.put([{"name": f"OBJECT{number}", "label": mark, "fields": fields} for number in range(40)])
    snapshot.put_fact("writer", mark)
"""


def writer(file: Path, mark: str, turns: int) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-c", WRITER, str(file), mark, str(turns)]
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def whole(snapshot: Snapshot, marks: str) -> None:
    """Every object is there, and each is of one writer from its first field to its last."""
    assert not snapshot.is_damaged()
    for number in range(40):
        entry = snapshot.entry(f"OBJECT{number}")
        assert entry is not None
        assert len(entry["fields"]) == 100
        assert {field["label"] for field in entry["fields"]} == {entry["label"] * 40}
        assert entry["label"] in marks


def test_two_processes_that_write_at_once_leave_one_good_snapshot(snapshot: Snapshot) -> None:
    writers = [writer(snapshot.file, mark, 5) for mark in "ab"]
    for process in writers:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in writers:
        process.communicate()
        assert process.returncode == 0
    whole(snapshot, "ab")
    assert {json.dumps(snapshot.entry(f"OBJECT{number}")) for number in range(40)}


def test_a_process_that_is_killed_while_it_writes_leaves_a_good_snapshot(snapshot: Snapshot) -> None:
    snapshot.put([{"name": f"OBJECT{n}", "label": "a", "fields": [{"label": "a" * 40}] * 100} for n in range(40)])
    for delay in (0.0, 0.003, 0.01, 0.02, 0.04):
        process = writer(snapshot.file, "b", 10_000)
        process.stdin.write("go\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(timeout=0.05 + delay)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        whole(snapshot, "ab")
        snapshot.put_fact("after", delay)  # it may still be written to

"""schema refresh as processes: two at once, and one that is killed, leave one good snapshot."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import companies
import pytest

from intacct_ql.discovery.place import snapshot_file
from intacct_ql.discovery.snapshot import Snapshot
from intacct_ql.emulator import Running

NAMES = ["APBILL", "APTERM", "ARINVOICE", "CLASS", "CONTACT", "CUSTOMER", "PROJECT", "rental_property", "VENDOR"]


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    slow = companies.gateway(tmp_path_factory.mktemp("slow") / "company", faults="slow=20ms")
    with Running(slow) as server:
        yield server.url


@pytest.fixture
def snapshot(url) -> Snapshot:
    return Snapshot(snapshot_file(company="demo", user="demo", entity=None, endpoint=url))


def refreshing(url: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "intacct_ql", "schema", "refresh", "--endpoint", url, *NAMES]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def is_whole(snapshot: Snapshot, *, names: list[str]) -> None:
    with closing(sqlite3.connect(snapshot.file)) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert [one.name for one in snapshot.objects() if one.looked_up] == names
    for name in names:
        entry = snapshot.entry(name)
        assert entry is not None
        assert (entry["name"], bool(entry["fields"])) == (name, True)


def test_two_that_refresh_at_once_leave_one_good_snapshot(url, snapshot) -> None:
    both = [refreshing(url), refreshing(url)]
    for process in both:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said
    is_whole(snapshot, names=NAMES)


def test_one_that_is_interrupted_keeps_what_it_learned(url, snapshot) -> None:
    process = refreshing(url)
    wait_for(Path(snapshot.file), process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode in (0, 130), said  # it may have been done already
    assert (process.returncode == 130) == (b"what was looked up until now is kept" in said)
    assert b"Traceback" not in said


def test_one_that_is_killed_leaves_a_good_snapshot(url, snapshot) -> None:
    process = refreshing(url)
    wait_for(Path(snapshot.file), process)
    process.kill()
    process.communicate()
    assert not snapshot.is_damaged()
    again = refreshing(url)
    _, said = again.communicate(timeout=120)
    assert again.returncode == 0, said
    is_whole(snapshot, names=NAMES)


def wait_for(file: Path, process: "subprocess.Popen[bytes]") -> None:
    """Until the process has begun to write, or is done."""
    while not file.exists():
        assert process.poll() in (None, 0)

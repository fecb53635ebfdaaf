"""Processes that share a rate through a file, judged by when their requests reached a server of another process."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from bisect import bisect_right
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import pytest

from intacct_ql.executor.rate import Rate, Ticket

WORKER = Path(__file__).with_name("rate_worker.py")


@pytest.fixture
def gateway():
    """The URL of an emulator in a process of its own, whose answers take a while."""
    command = [sys.executable, "-m", "intacct_ql", "emulate", "--faults", "slow=100ms"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().split()[0]
        finally:
            process.send_signal(signal.SIGINT)


@pytest.fixture
def worker(gateway, tmp_path):
    @contextmanager
    def start(calls, seconds, duration):
        arguments = [gateway, tmp_path / "rate", calls, seconds, duration]
        command = [sys.executable, WORKER, *map(str, arguments)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout.readline() == "begun\n"
            try:
                yield process
            finally:
                process.kill()

    return start


def arrivals(gateway):
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(urljoin(gateway, "/ledger"), timeout=30) as reply:
        return [arrival["at"] for arrival in json.load(reply)["log"]]


def fullest(moments, seconds):
    """The most arrivals within any window, its two ends counted in."""
    moments = sorted(moments)
    return max(bisect_right(moments, start + seconds) - at for at, start in enumerate(moments))


def sent(process):
    return int(process.communicate(timeout=60)[0])


@pytest.mark.parametrize("duration", [5, pytest.param(30, marks=pytest.mark.long)])
def test_two_processes_keep_one_rate(gateway, worker, duration):
    with worker(12, 2, duration) as first, worker(12, 2, duration) as second:
        counts = sent(first), sent(second)
    moments = arrivals(gateway)
    assert fullest(moments, 2) <= 12
    assert len(moments) == sum(counts) >= 4 * duration
    assert min(counts) > 0


def test_the_stricter_of_two_waits_and_the_other_keeps_its_number(gateway, worker):
    with worker(12, 2, 4) as first, worker(3, 2, 4) as second:
        counts = sent(first), sent(second)
    assert fullest(arrivals(gateway), 2) <= 12
    assert counts[1] <= 9


def test_a_process_that_is_killed_at_work_breaks_nothing(gateway, worker):
    with worker(12, 2, 7) as survivor, worker(12, 2, 60) as victim:
        time.sleep(2.2)
        victim.kill()
        died = time.time()
        assert victim.wait(10) == -signal.SIGKILL
        sent(survivor)
    moments = arrivals(gateway)
    assert fullest(moments, 2) <= 12
    assert len([each for each in moments if each > died]) >= 12


HOLDER = """
import sys, time
from intacct_ql.executor.rate import Rate
rate = Rate(12, seconds=0.5, timeout=1.0, file=sys.argv[1])
began = time.time()
tickets = [rate.enter() for _ in range(12)]
print(began, flush=True)
time.sleep(60)
"""


def test_the_slots_of_a_dead_process_come_back(tmp_path):
    file = tmp_path / "rate"
    with subprocess.Popen([sys.executable, "-c", HOLDER, file], stdout=subprocess.PIPE, text=True) as holder:
        taken = float(holder.stdout.readline())
        holder.kill()
    rate = Rate(12, seconds=0.5, timeout=1.0, file=file)
    tickets = []
    while len(tickets) < 12:
        assert time.time() < taken + 30
        answer = rate.enter()
        if isinstance(answer, Ticket):
            tickets.append(time.time())
        else:
            time.sleep(answer)
    assert min(tickets) >= taken + 1.5


@pytest.mark.long
def test_sixty_calls_a_minute_for_more_than_two_minutes(gateway, worker):
    with worker(60, 60, 130) as first, worker(60, 60, 130) as second:
        counts = int(first.communicate(timeout=200)[0]), int(second.communicate(timeout=60)[0])
    moments = arrivals(gateway)
    assert fullest(moments, 60) <= 60
    assert len(moments) == sum(counts) >= 121
    assert min(counts) > 0

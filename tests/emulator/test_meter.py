"""The limits of a gateway: requests at a time, requests in a minute."""

import threading

import pytest

from intacct_ql.emulator import Faults, Gateway
from intacct_ql.emulator.meter import Meter

LOOKUP = "<lookup><object>UOM</object></lookup>"


class Seconds:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_a_request_beside_too_many_is_turned_away_and_takes_no_place():
    meter = Meter(at_most=2, per_minute=None, clock=Seconds())
    with meter.request() as first, meter.request() as second, meter.request() as third, meter.request() as fourth:
        assert (first, second, third, fourth) == (True, True, False, False)
    with meter.request() as first, meter.request() as second:
        assert (first, second) == (True, True)


def test_a_request_that_fails_gives_its_place_back():
    meter = Meter(at_most=1, per_minute=None, clock=Seconds())
    with pytest.raises(ValueError, match="failed"), meter.request():
        raise ValueError("failed")
    with meter.request() as let_in:
        assert let_in


def test_any_minute_counts_and_what_was_turned_away_does_not():
    clock = Seconds()
    meter = Meter(at_most=None, per_minute=2, clock=clock)

    def ask():
        with meter.request() as let_in:
            return let_in

    answers = []
    for moment in (0, 40, 50, 59.9, 60, 99.9, 100):
        clock.now = 100 + moment
        answers.append(ask())
    assert answers == [True, True, False, False, True, False, True]


def test_too_many_in_a_minute_are_answered_429(store, document):
    clock = Seconds()
    gateway = Gateway(store, faults=Faults.parse("per-minute=2,retry-after=9s", clock=clock))
    assert [gateway.handle(document(LOOKUP)).status for _ in range(4)] == [200, 200, 429, 429]
    assert dict(gateway.handle(document(LOOKUP)).headers)["Retry-After"] == "9"
    assert gateway.ledger.to_dict()["faults"] == {"429": 3}
    clock.now += 60
    assert gateway.handle(document(LOOKUP)).status == 200


def test_too_many_at_a_time_are_answered_429_at_once(store, document):
    at_work, go_on = threading.Semaphore(0), threading.Event()

    def slow(_):
        at_work.release()
        assert go_on.wait(10)

    gateway = Gateway(store, faults="at-most=2,slow=1s", sleep=slow)
    statuses = []
    threads = [
        threading.Thread(target=lambda: statuses.append(gateway.handle(document(LOOKUP)).status)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    assert at_work.acquire(timeout=10)
    assert at_work.acquire(timeout=10)
    assert gateway.handle(document(LOOKUP)).status == 429
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert statuses == [200, 200]
    assert gateway.ledger.to_dict()["faults"] == {"429": 1}
    assert gateway.handle(document(LOOKUP)).status == 200


def test_a_request_that_is_turned_away_is_counted_by_the_faults(store, document):
    gateway = Gateway(store, faults="per-minute=1,500@call=3")
    assert [gateway.handle(document(LOOKUP)).status for _ in range(3)] == [200, 429, 429]
    assert gateway.faults.next() is None

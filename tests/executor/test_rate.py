"""The limit of calls in a time: exact by a fake clock, then under anything that may happen between enter and leave."""

import sqlite3
import threading
import time
from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import ConfigError, Error
from intacct_ql.executor import rate_book
from intacct_ql.executor.rate import MARGIN, Rate, Ticket

BOTH = pytest.mark.parametrize("shared", [False, True], ids=["memory", "file"])


class Clock:
    """Shows the time ``now`` and is ``ahead`` of it."""

    def __init__(self):
        self.now = 1_000.0
        self.ahead = 0.0

    def __call__(self):
        return self.now + self.ahead


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def rate(clock, tmp_path):
    def make(calls, *, shared=False, **settings):
        file = tmp_path / "rate" if shared else None
        return Rate(calls, file=file, clock=clock, **settings)

    return make


def entered(rate):
    ticket = rate.enter()
    assert isinstance(ticket, Ticket)
    return ticket


def fullest(arrivals, seconds):
    """The most arrivals within any window, its two ends counted in."""
    moments = sorted(arrivals)
    return max((bisect_right(moments, start + seconds) - at for at, start in enumerate(moments)), default=0)


@BOTH
def test_a_slot_is_free_a_window_after_leave_and_not_after_enter(rate, clock, shared):
    limit = rate(2, shared=shared)
    first = entered(limit)
    clock.now += 10
    second = entered(limit)
    clock.now += 20
    first.leave()
    assert limit.enter() == pytest.approx(60 + MARGIN)
    clock.now += 5
    second.leave()
    assert limit.enter() == pytest.approx(55 + MARGIN)
    clock.now += 55
    assert limit.enter() == pytest.approx(MARGIN)
    clock.now += MARGIN
    entered(limit)
    assert limit.enter() == pytest.approx(5)


@BOTH
def test_while_all_are_under_way_the_wait_is_as_if_one_left_now(rate, clock, shared):
    limit = rate(1, shared=shared, seconds=2)
    ticket = entered(limit)
    clock.now += 30
    assert limit.enter() == pytest.approx(2 + MARGIN)
    ticket.leave()
    clock.now += 2 + MARGIN
    entered(limit)


@BOTH
def test_a_call_that_never_leaves_counts_as_over_after_its_time_out(rate, clock, shared):
    limit = rate(1, shared=shared, seconds=60, timeout=300)
    entered(limit)
    clock.now += 359
    assert limit.enter() == pytest.approx(1 + MARGIN)
    clock.now += 1 + MARGIN
    entered(limit)


@BOTH
def test_a_call_that_was_given_up_and_leaves_after_all_takes_a_slot(rate, clock, shared):
    limit = rate(1, shared=shared)
    late = entered(limit)
    clock.now += 400
    entered(limit).leave()
    clock.now += 50
    late.leave()
    clock.now += 20
    assert limit.enter() == pytest.approx(40 + MARGIN)


@BOTH
def test_leaving_twice_is_leaving_once(rate, clock, shared):
    limit = rate(1, shared=shared)
    ticket = entered(limit)
    ticket.leave()
    clock.now += 30
    ticket.leave()
    assert limit.enter() == pytest.approx(30 + MARGIN)


@BOTH
def test_a_clock_that_jumps_back_costs_a_window_and_no_hours(rate, clock, shared):
    limit = rate(2, shared=shared)
    entered(limit).leave()
    entered(limit)
    clock.now -= 7_200
    assert limit.enter() == pytest.approx(60 + MARGIN)
    clock.now += 60 + MARGIN
    entered(limit)
    clock.now += 299
    assert limit.enter() == pytest.approx(1)


def test_the_wait_is_never_so_short_that_asking_would_spin(rate, clock):
    limit = rate(1)
    entered(limit).leave()
    clock.now += 60 + MARGIN - 0.000_1
    assert limit.enter() == 0.005


def test_each_keeps_to_its_own_number_on_a_shared_file(rate, clock):
    strict, loose = rate(2, shared=True), rate(4, shared=True)
    for limit in (loose, strict, loose, loose):
        entered(limit).leave()
        clock.now += 1
    assert loose.enter() == pytest.approx(56 + MARGIN)
    assert strict.enter() == pytest.approx(58 + MARGIN)
    clock.now += 57 + MARGIN
    assert isinstance(strict.enter(), float)
    entered(loose)


def test_the_file_outlives_its_users(rate, clock):
    entered(rate(1, shared=True)).leave()
    clock.now += 20
    assert rate(1, shared=True).enter() == pytest.approx(40 + MARGIN)


def test_the_file_does_not_grow(rate, clock, tmp_path):
    limit = rate(3, shared=True, seconds=1)
    for _ in range(50):
        entered(limit).leave()
        clock.now += 0.5
    with sqlite3.connect(tmp_path / "rate") as connection:
        assert connection.execute("SELECT count(*) FROM call").fetchone()[0] <= 3
    connection.close()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"calls": 0}, "a rate is 1 call or more, not 0"),
        ({"calls": 1, "seconds": 0}, "the window of a rate is more than 0 seconds, not 0"),
        ({"calls": 1, "seconds": float("inf")}, "the window of a rate is more than 0 seconds, not inf"),
        ({"calls": 1, "timeout": -1}, "the time-out of a rate is more than 0 seconds, not -1"),
    ],
)
def test_numbers_that_make_no_sense(settings, words):
    with pytest.raises(ConfigError) as caught:
        Rate(settings.pop("calls"), **settings)
    assert str(caught.value) == words


def refused(file, **settings):
    with pytest.raises(ConfigError) as caught:
        Rate(1, file=file, **settings)
    words = str(caught.value)
    assert str(file) in words
    assert "\n" not in words
    return words


def test_a_file_that_cannot_be_a_file_of_counts(tmp_path):
    text, other, ours = tmp_path / "text", tmp_path / "other", tmp_path / "ours"
    text.write_text("no database at all\n" * 100)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE call (id)")
    connection.close()
    Rate(1, file=ours, seconds=60)
    assert "in a folder that exists" in refused(tmp_path / "missing" / "rate")
    assert "cannot be opened" in refused(tmp_path)
    assert "delete this one" in refused(text)
    assert "of another program" in refused(other)
    assert "within 60 seconds, and 5 are wanted" in refused(ours, seconds=5)
    assert text.read_text().startswith("no database")


def test_a_file_that_is_damaged_later(rate, tmp_path):
    limit = rate(1, shared=True)
    ticket = entered(limit)
    (tmp_path / "rate").write_bytes(b"x" * 8192)
    ticket.leave()
    with pytest.raises(ConfigError, match="delete"):
        limit.enter()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("SQLITE_READONLY_DIRECTORY", "cannot be written to; change its permissions, or name another file"),
        ("SQLITE_FULL", "the disk is full; make room there, or name another file"),
        ("SQLITE_CORRUPT_INDEX", "is damaged; delete it once no program uses it"),
        ("SQLITE_IOERR_READ", "cannot be used: odd; delete it, or name another file"),
    ],
)
def test_what_else_sqlite_refuses(rate, tmp_path, monkeypatch, name, words):
    limit = rate(1, shared=True)
    refused = sqlite3.OperationalError("odd")
    refused.sqlite_errorname = name

    def connect(*_, **__):
        raise refused

    monkeypatch.setattr(rate_book.sqlite3, "connect", connect)
    with pytest.raises(ConfigError) as caught:
        limit.enter()
    assert str(caught.value).startswith(f"the file of the rate, {tmp_path / 'rate'}, ")
    assert str(caught.value).endswith(words)


def test_a_file_that_stays_locked(rate, tmp_path, monkeypatch):
    limit = rate(1, shared=True)
    ticket = entered(limit)
    monkeypatch.setattr(rate_book, "LOCKED", 0.05)
    holder = sqlite3.connect(tmp_path / "rate", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Error, match=r"rate has been locked for 0\.05 seconds by another program; end that"):
        limit.enter()
    ticket.leave()
    holder.close()
    assert isinstance(limit.enter(), float)  # what could not be written counts as under way


KINDS = ("enter", "enter", "enter", "leave", "leave", "leave", "wait", "wait", "sleep", "back", "die")
TIMES = (0.0, 0.05, 0.5, 1.0, 1.7, 2.0, 2.05, 3.0)
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.integers(0, 9), st.floats(0, 1), st.sampled_from(TIMES)),
    min_size=6,
    max_size=80,
)


TIMEOUT = 5.0


def history(steps, rates, clock):
    """Every call as (enter, the latest it can arrive, where in between it does), in true time.

    A call that dies arrives within its time-out, and so does one that leaves later than that.
    """
    under_way, done = [], []
    for what, number, share, seconds in steps:
        if what == "wait":
            clock.now += seconds
        elif what == "back":
            clock.ahead -= seconds * 50
        elif what in {"leave", "die"} and under_way:
            ticket, since, place = under_way.pop(number % len(under_way))
            done.append((since, since + TIMEOUT if what == "die" else min(clock.now, since + TIMEOUT), place))
            if what == "leave":
                ticket.leave()
        elif what in {"enter", "sleep"}:
            answer = rates[number % 3].enter()
            if what == "sleep" and isinstance(answer, float):
                assert 0.005 <= answer <= 2 + MARGIN + 1e-6
                clock.now += answer
                answer = rates[number % 3].enter()
            if isinstance(answer, Ticket):
                under_way.append((answer, clock.now, share))
    return done + [(since, since + TIMEOUT, place) for _, since, place in under_way]


@given(steps=STEPS, calls=st.integers(1, 4))
def test_no_window_sees_more_arrivals_than_calls(steps, calls):
    clock = Clock()
    limit = Rate(calls, seconds=2, timeout=TIMEOUT, clock=clock)
    done = history(steps, [limit] * 3, clock)
    assert fullest([since + (until - since) * place for since, until, place in done], 2) <= calls
    # the worst that could have happened: all early calls arrive late, all late ones early
    for at in {until for _, until, _ in done}:
        worst = [min(max(since, at), until) for since, until, _ in done]
        assert fullest(worst, 2) <= calls


@given(steps=STEPS, calls=st.tuples(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4)))
def test_nor_where_several_share_a_file(steps, calls, tmp_path_factory):
    clock = Clock()
    file = tmp_path_factory.mktemp("rate") / "file"
    done = history(steps, [Rate(each, seconds=2, timeout=TIMEOUT, file=file, clock=clock) for each in calls], clock)
    assert fullest([since + (until - since) * place for since, until, place in done], 2) <= max(calls)


@BOTH
def test_threads(tmp_path, shared):
    limit = Rate(20, seconds=0.3, file=tmp_path / "rate" if shared else None)
    arrivals, end = [], time.monotonic() + 60  # a busy machine takes longer, and must not let more in

    def work():
        while time.monotonic() < end and len(arrivals) < 60:
            answer = limit.enter()
            if isinstance(answer, float):
                time.sleep(min(answer, end - time.monotonic()) if end > time.monotonic() else 0)
                continue
            arrivals.append(time.monotonic())
            answer.leave()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert fullest(arrivals, 0.3) <= 20
    assert len(arrivals) >= 60

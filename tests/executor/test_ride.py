"""Replies that wait to be read: which do, where, and what becomes of them then."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.errors import TransportError
from intacct_ql.executor import ride as ride_module
from intacct_ql.executor.drive import Line, Traffic, carry, drive
from intacct_ql.executor.ride import Ride, Rooms
from intacct_ql.gateway.messages import Exchange, Reply
from intacct_ql.transport.loopback import Loopback

URL = "http://localhost/ia/xml/xmlgw.phtml"


class Whole:
    """A reader to which everything is a good reply, but 'bad'."""

    max_bytes = 2**30

    def __init__(self):
        self.body = b""

    def feed(self, data):
        self.body += data

    def close(self):
        if self.body.startswith(b"bad"):
            raise TransportError("no reply")
        return Reply(status=self.body.decode())


def asking(*numbers, exclusive=False):
    """Ask for these, one after the other; what fails is asked for as 'again'."""
    found = []
    for number in numbers:
        try:
            reply = yield Exchange(function="f", url=URL, body=number, reader=Whole(), exclusive=exclusive)
        except TransportError:
            reply = yield Exchange(function="f", url=URL, body=b"again", reader=Whole())
        found.append(reply.status)
    return found


def line(answers, status=200):
    return Line(transport=Loopback(lambda body: (status, {}, answers[body])), lock=threading.Lock())


@pytest.fixture
def _short(monkeypatch):
    monkeypatch.setattr(ride_module, "LONG", 10)


@pytest.mark.usefixtures("_short")
def test_a_long_reply_waits_until_it_is_read():
    ride, over = Ride(asking(b"1", b"2", b"3")), line({b"1": b"short", b"2": b"a long reply", b"3": b"short"})
    carry(ride, over, traffic := Traffic())
    assert (ride.waits, ride.ended, traffic.calls) == (True, False, 2)
    assert ride.ends() == b"a long reply"
    carry(ride, over, traffic)  # it does not go on by itself
    assert traffic.calls == 2
    ride.absorb(ride.reply())
    carry(ride, over, traffic)
    assert (ride.waits, ride.ended, ride.value) == (False, True, ["short", "a long reply", "short"])


@pytest.mark.usefixtures("_short")
def test_who_reads_a_reply_that_is_none_goes_on_with_what_follows_from_it():
    answers = {b"1": b"bad, and long enough", b"again": b"short"}
    ride, over = Ride(asking(b"1")), line(answers)
    carry(ride, over, Traffic())
    assert ride.waits
    ride.absorb(ride.reply())
    carry(ride, over, Traffic())
    assert ride.value == ["short"]
    assert drive(asking(b"1"), over) == ["short"]


@pytest.mark.usefixtures("_short")
def test_what_others_wait_for_is_read_at_once():
    ride = Ride(asking(b"1", exclusive=True))
    carry(ride, line({b"1": b"a long reply"}), Traffic())
    assert ride.value == ["a long reply"]


@pytest.mark.usefixtures("_short")
def test_bad_news_is_read_at_once():
    answers = {b"1": b"a long page of HTML", b"again": b"the same"}
    with pytest.raises(TransportError, match="HTTP status 502: the reply claims success"):
        carry(Ride(asking(b"1")), line(answers, status=502), Traffic())


@given(st.lists(st.binary(max_size=200_000), max_size=6), st.randoms())
def test_replies_that_wait_in_the_same_rooms_stay_as_they_are(bodies, dice):
    rooms, waiting = Rooms(), []
    for body in [*bodies, *bodies]:
        room = rooms.take()
        room.write(body)
        waiting.append((body, ride_module.Answer(200, None, room, rooms)))
        if dice.random() < 0.5:
            given_, answer = waiting.pop(dice.randrange(len(waiting)))
            assert (answer.size, answer.body()) == (len(given_), given_)
    for given_, answer in waiting:
        assert answer.ends()[:4096] == given_[:4096]
        assert answer.ends()[-4096:] == given_[-4096:] or len(given_) < 4096
        assert answer.body() == given_


def test_a_room_that_has_grown_large_is_not_kept():
    rooms = Rooms()
    room = rooms.take()
    room.write(bytes(9 * 2**20))
    rooms.leave(room)
    assert rooms.take() is not room
    small = rooms.take()
    rooms.leave(small)
    assert rooms.take() is small

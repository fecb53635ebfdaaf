"""A conversation on its way, and the replies that wait to be read.

In: a generator of exchanges and pauses, and the answers to them as bytes. Out: what the generator asks for next, and
what it returns. Refuses to know: what carries the bytes, and how long it takes.

A long reply can wait: its bytes are a fraction of what its rows take, and to read it takes the interpreter, while to
carry others takes next to nothing of it. So whoever carries goes on, and who wants the rows reads.
"""

from collections import deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from io import BytesIO
from typing import Generic, TypeVar

from intacct_ql.errors import TransportError
from intacct_ql.gateway.glimpse import HEAD, TAIL
from intacct_ql.gateway.messages import Exchange, Pause, Reply

T = TypeVar("T")
Steps = Generator[Exchange | Pause, Reply | None, T]

LONG = 65_536
"""Bytes of a reply that takes longer to be read than to be handed to somebody else."""

_LARGEST = 8 * 2**20
"""Bytes of a room that is used again."""


class Rooms:
    """Where replies wait, each room used again and again; threads may share it.

    Made anew for each reply, in whichever thread brings it, it would cost a millisecond, and a heap that several
    threads take pieces of never gives back what they took.
    """

    def __init__(self) -> None:
        self._free: deque[BytesIO] = deque()

    def take(self) -> BytesIO:
        """A room to be written into from its beginning; what it holds is of no interest."""
        try:
            return self._free.pop()
        except IndexError:
            return BytesIO()

    def leave(self, room: BytesIO) -> None:
        """Whoever took it needs it no more."""
        if room.tell() <= _LARGEST:
            room.seek(0)
            self._free.append(room)


@dataclass(slots=True)
class Answer:
    """A body, which fills the first part of its room, and what came with it; not yet read.

    Not ``counted``: nothing but the body itself says whether it is whole.
    """

    status: int
    retry_after: float | None
    room: BytesIO
    rooms: Rooms
    counted: bool = True

    @property
    def size(self) -> int:
        """How many bytes."""
        return self.room.tell()

    def ends(self) -> bytes:
        """The first and the last bytes, of which a glimpse takes what it needs."""
        size = self.size
        with self.room.getbuffer() as found:
            return bytes(found[: min(HEAD, size)]) + bytes(found[max(HEAD, size - TAIL) : size])

    def body(self) -> bytes:
        """All of it, once."""
        with self.room.getbuffer() as found:
            body = bytes(found[: self.size])
        self.rooms.leave(self.room)
        return body


class Ride(Generic[T]):
    """A generator on its way, which is carried until it has returned ``value``, or a long reply is here.

    Such a reply can wait: its bytes are a fraction of what its rows take, and to read it takes the interpreter, while
    to carry others takes next to nothing of it.
    """

    value: T

    def __init__(self, steps: Steps[T]) -> None:
        self._steps = steps
        self._unread: Answer | None = None
        self.asked: Exchange | Pause | None = None
        self.absorb(None)

    @property
    def ended(self) -> bool:
        """Whether it has returned."""
        return self.asked is None

    @property
    def waits(self) -> bool:
        """Whether a reply has to be read first."""
        return self._unread is not None

    def ends(self) -> bytes:
        """The first and the last bytes of the reply that is to be read."""
        return b"" if self._unread is None else self._unread.ends()

    def reply(self) -> Reply | TransportError:
        """What the reply says, to be absorbed then. Any thread may read it, once."""
        assert self._unread is not None  # noqa: S101 - for the type checker
        assert isinstance(self.asked, Exchange)  # noqa: S101
        answer, self._unread = self._unread, None
        with self.closing():
            return _read(self.asked, answer)

    def absorb(self, outcome: Reply | TransportError | None) -> None:
        """Let the generator go on with this. Raises what it raises."""
        try:
            if isinstance(outcome, TransportError):
                self.asked = self._steps.throw(outcome)
            else:
                self.asked = self._steps.send(outcome)
        except StopIteration as done:
            self.asked, self.value = None, done.value

    def arrive(self, answer: Answer | TransportError, *, read: bool) -> None:
        """An answer is here. It waits if it is long and looks good, unless it is to be ``read`` at once."""
        if isinstance(answer, TransportError):
            self.absorb(answer)
            return
        self._unread = answer
        if read or answer.size < LONG or answer.status >= 300:
            self.absorb(self.reply())

    @contextmanager
    def closing(self) -> Iterator[None]:
        """Where it fails, that is its end."""
        try:
            yield
        except BaseException:
            self._unread = None  # nobody could absorb it any more
            self._steps.close()
            raise


_IN_XML = "have pages come in xml, which shows it (--wire xml, wire='xml')"


def _read(exchange: Exchange, answer: Answer) -> Reply | TransportError:
    """The whole reply. An XML refusal counts whatever the status; good news under a bad status is not believed."""
    try:
        exchange.reader.feed(answer.body())
        reply = exchange.reader.close()
    except TransportError as error:
        return _told(answer, error)
    if answer.status >= 300 and not reply.failed:
        return _told(answer, TransportError("the reply claims success"))
    if not (answer.counted or exchange.reader.shows_end):
        return _told(answer, TransportError("nothing says where the reply ends, and it may have been cut off", _IN_XML))
    return reply if answer.retry_after is None else replace(reply, retry_after=answer.retry_after)


def _told(answer: Answer, error: TransportError) -> TransportError:
    """The error with all that the answer says of it."""
    told = with_status(answer.status, error)
    told.retry_after = answer.retry_after
    return told


def seconds(header: str | None) -> float | None:
    """What ``Retry-After`` asks for: a number of seconds, or a day and time of the clock; None where it is neither."""
    if header is None:
        return None
    if header.isascii() and header.strip().isdecimal() and len(header) < 10:
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):  # the latter for numbers that no date has
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


_STATUS_HINTS = {
    401: "something before the gateway asks for a login of its own",
    403: "something before the gateway forbids the request",
    404: "check the path of the endpoint",
    407: "the proxy asks for a login",
    429: "too many requests; wait, and use fewer connections",
    503: "the service may be under maintenance",
    524: "the answer took too long; ask for smaller pages (--page-size, page_size=)",
}


def with_status(status: int, error: TransportError) -> TransportError:
    """The error with the HTTP status in front, where the status was bad."""
    if status < 300:
        return error
    hint = _STATUS_HINTS.get(
        status, "redirects are not followed, the request holds credentials" if status < 400 else ""
    )
    hints = [hint] if hint else list(error.hints)
    return TransportError(f"HTTP status {status}: {error.reason}", *hints, status=status)

"""What the gateway was asked for and what it gave: the meter a real company is billed by.

In: events. Out: counts, and the requests that came last. Refuses to know: what they mean.
"""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

_log = logging.getLogger(__name__)

KEPT = 10_000
"""How many requests the log holds."""

DELIVERIES = 100
"""How many answers to requests with a transport policy are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One request that was answered.

    ``at`` is when it came in, in seconds since the epoch; ``seconds`` how long the answer took to make, pauses of the
    carrier not included. ``function`` is the first one of the request, None where none was looked at, and ``object``
    what it names as its object; the request has so many ``functions``. ``status`` is the HTTP status, or ``drop`` where
    the connection ends without one. ``error`` is the number of the first refusal, be it of a function, of the sign-in
    or of the whole request. ``rows`` were given by all functions together.
    """

    at: float
    function: str | None
    object: str | None = None
    functions: int = 0
    status: int | str
    fault: str | None
    error: str | None = None
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The answer to a request with a transport policy, which was only acknowledged to whoever sent it."""

    policyid: str
    controlid: str
    body: str


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Counts since the start, or since ``clear``. Safe to share between threads.

    ``requests`` counts documents, faulty ones included; ``calls`` counts functions that ran, by name: each page of a
    query is one. ``transactions`` counts them as the bill does, where a batch is many. The last 10,000 requests are
    kept one by one, and the last 100 deliveries. ``on_answer`` is told of each request as it is answered.
    """

    requests: int = 0
    rows: int = 0
    sign_ins: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    transactions: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    on_answer: Callable[[Arrival], object] | None = None
    deliveries: deque[Delivery] = field(default_factory=lambda: deque(maxlen=DELIVERIES), repr=False)
    _arrivals: deque[Arrival] = field(default_factory=lambda: deque(maxlen=KEPT), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def log(self) -> tuple[Arrival, ...]:
        """The requests that came last and have been answered, in the order in which they came."""
        with self._lock:
            return tuple(sorted(self._arrivals, key=lambda arrival: arrival.at))

    def request(self) -> None:
        """A document came in."""
        with self._lock:
            self.requests += 1

    def sign_in(self) -> None:
        """Credentials of a user were accepted."""
        with self._lock:
            self.sign_ins += 1

    def call(self, name: str, rows: int, transactions: int = 1) -> None:
        """A function ran, gave so many rows and is so much on the bill."""
        with self._lock:
            self.calls[name] += 1
            self.transactions[name] += transactions
            self.rows += rows

    def fault(self, name: str) -> None:
        """A fault was made."""
        with self._lock:
            self.faults[name] += 1

    def answered(self, arrival: Arrival) -> None:
        """A request was answered."""
        with self._lock:
            self._arrivals.append(arrival)
        try:
            if self.on_answer:
                self.on_answer(arrival)
        except Exception:  # noqa: BLE001 - who listens may fail, the answer goes out all the same
            _log.exception("the listener of the ledger failed")

    def delivered(self, delivery: Delivery) -> None:
        """An answer went to where a transport policy says."""
        with self._lock:
            self.deliveries.append(delivery)

    def clear(self) -> None:
        """Start counting again."""
        with self._lock:
            self.requests = self.rows = self.sign_ins = 0
            self.calls.clear()
            self.transactions.clear()
            self.faults.clear()
            self.deliveries.clear()
            self._arrivals.clear()

    def to_dict(self) -> dict[str, object]:
        """The counts, the bill and the log as plain data."""
        log = [asdict(arrival) for arrival in self.log]
        return {**self.counts(), "log": log}

    def counts(self) -> dict[str, object]:
        """The counts and the bill alone."""
        with self._lock:
            return {
                "requests": self.requests,
                "sign_ins": self.sign_ins,
                "calls": dict(self.calls),
                "rows": self.rows,
                "metering": {"transactions": self.transactions.total(), "by_function": dict(self.transactions)},
                "faults": dict(self.faults),
                "deliveries": [asdict(delivery) for delivery in self.deliveries],
            }

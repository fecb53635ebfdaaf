"""What the gateway was asked for and what it gave: the meter a real company is billed by.

In: events. Out: counts. Refuses to know: what they mean.
"""

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Counts since the start, or since ``clear``. Safe to share between threads.

    ``requests`` counts documents, faulty ones included; ``calls`` counts functions that ran, by name: each page of a
    query is one, as it is on the bill.
    """

    requests: int = 0
    rows: int = 0
    sign_ins: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def request(self) -> None:
        """A document came in."""
        with self._lock:
            self.requests += 1

    def sign_in(self) -> None:
        """Credentials of a user were accepted."""
        with self._lock:
            self.sign_ins += 1

    def call(self, name: str, rows: int) -> None:
        """A function ran and gave so many rows."""
        with self._lock:
            self.calls[name] += 1
            self.rows += rows

    def fault(self, name: str) -> None:
        """A fault was made."""
        with self._lock:
            self.faults[name] += 1

    def clear(self) -> None:
        """Start counting again."""
        with self._lock:
            self.requests = self.rows = self.sign_ins = 0
            self.calls.clear()
            self.faults.clear()

    def to_dict(self) -> dict[str, object]:
        """The counts as plain data."""
        with self._lock:
            return {
                "requests": self.requests,
                "sign_ins": self.sign_ins,
                "calls": dict(self.calls),
                "rows": self.rows,
                "faults": dict(self.faults),
            }

"""A company whose rows change while they are read.

In: a seed and what goes wrong. Out: answers, the rows that existed unchanged from beginning to end, and those that a
quiet company would give. Whatever happens hangs on the seed alone, as long as requests are made one after the other.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from intacct_ql.emulator import Gateway, Store, Table
from intacct_ql.emulator.faults import Faults
from intacct_ql.errors import TransportError

URL = "http://localhost/ia/xml/xmlgw.phtml"
COLUMNS = ("RECORDNO", "CUSTOMERID", "NAME", "STATUS", "ONHOLD", "TOTALDUE", "WHENMODIFIED")

# Few values, so that ties and empty cells are everywhere.
_VALUES = {
    "NAME": (None, "Acme", "acme", "Beta & Sons", "O'Brien", "zebra", "Ärzte"),
    "STATUS": (None, "active", "inactive"),
    "ONHOLD": (None, 0, 1),
    "TOTALDUE": (None, 0, 1, 10_000, -25_500, 99_999_900),
    "WHENMODIFIED": (None, "2024-01-01 00:00:00", "2024-01-01 00:00:01", "2026-02-28 23:59:59"),
}


@dataclass(slots=True)
class World:
    """A gateway, and a hand that moves the rows in it before and after each answer: ``steady`` rows are left alone."""

    dice: random.Random
    rows: int
    faults: str = ""
    store: Store = field(init=False)
    gateway: Gateway = field(init=False)
    steady: set[int] = field(init=False)
    _living: set[int] = field(init=False)
    _quiet: bool = field(init=False, default=False)
    _lock: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        sparse = self.dice.choice((1, 1, 3, 1000))
        numbers = self.dice.sample(range(1, self.rows * sparse + 2), self.rows)
        table = [(number, *self._cells(number)) for number in numbers]
        self.store = Store([Table(object="CUSTOMER", columns=COLUMNS, rows=table)])
        self._living = set(numbers)
        self.steady = set(self.dice.sample(sorted(numbers), self.rows * 3 // 4))
        self.gateway = Gateway(
            self.store,
            strict=True,
            faults=Faults.parse(self.faults, seed=self.dice.getrandbits(32)),
            sleep=lambda _: None,
            seed=7,
        )

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """For the length of the block nothing changes, and nothing goes wrong."""
        faults, self.gateway.faults, self._quiet = self.gateway.faults, Faults(), True
        try:
            yield
        finally:
            self.gateway.faults, self._quiet = faults, False

    def handle(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Answer, between two changes; a connection that hangs is given up by whoever waits for it."""
        with self._lock:
            self._change()
            answer = self.gateway.handle(body, url=URL)
            self._change()
        headers = dict(answer.headers)
        if answer.drop:
            raise TransportError("no bytes came", passing=not answer.hang)
        if answer.cut is None:
            return answer.status, headers, answer.body
        if "xml" not in headers["Content-Type"] or self.dice.random() < 0.5:
            raise TransportError("the length that was announced did not come", passing=True)
        return answer.status, headers, answer.body[: answer.cut]

    def _change(self) -> None:
        """Insert, update or delete rows, or none."""
        if self._quiet:
            return
        for _ in range(self.dice.choice((0, 1, 1, 1, 8))):
            what = self.dice.randrange(5)
            moving = sorted(self._living - self.steady)
            if what == 0:
                self._insert()
            elif what == 1 and moving:
                changes = {name: self._cell(name) for name in self.dice.sample(list(_VALUES), 2)}
                self.store.update("CUSTOMER", self.dice.choice(moving), changes)
            elif what == 2 and moving:
                number = self.dice.choice(moving)
                self.store.delete("CUSTOMER", number)
                self._living.discard(number)

    def _insert(self) -> None:
        number = self.dice.randrange(1, max(self._living, default=1) + 5)
        if number not in self._living:
            self.store.insert("CUSTOMER", dict(zip(COLUMNS, (number, *self._cells(number)), strict=True)))
            self._living.add(number)

    def _cells(self, number: int) -> tuple[object, ...]:
        return (f"C{number:05}", *(self._cell(name) for name in COLUMNS[2:]))

    def _cell(self, name: str) -> object:
        return self.dice.choice(_VALUES[name])


_CHANCES = ("429", "500", "502", "503", "504", "524", "html", "doctype", "busy", "offline", "later", "dl", "expire")
_DAMAGE = ("short", "miscount", "cut", "dribble", "drop", "hang")


def faults_by_lot(dice: random.Random) -> str:
    """What goes wrong in one world: nothing, one thing often, or everything now and then."""
    names = _CHANCES + _DAMAGE
    drawn = dice.choice(([], [dice.choice(names)], dice.sample(names, 4), names))
    each = dice.choice((2, 10, 30)) / max(1, len(drawn) // 2)
    return ", ".join(["retry-after=0s", *(f"{name}:{each:.1f}%" for name in drawn)])

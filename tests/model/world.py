"""A company whose rows change while they are read, and a run whose connections take turns by lot.

In: a seed and how much happens. Out: the rows a run gave, and those that existed unchanged from its start to its end.
Everything runs in one thread: a request is answered when it is made and taken in later, in any order, so that each
interleaving of connections can be had again from its seed.
"""

import random
import threading
from dataclasses import dataclass, field
from functools import partial

from intacct_ql.binder.bind import Setting
from intacct_ql.emulator import Gateway, Store, Table
from intacct_ql.emulator.faults import Faults
from intacct_ql.errors import TransportError
from intacct_ql.executor.course import Course, errand_steps
from intacct_ql.executor.drive import Line, Traffic, drive
from intacct_ql.executor.lanes import Lanes
from intacct_ql.executor.run import Run
from intacct_ql.executor.settings import Settings
from intacct_ql.gateway.messages import Credentials
from intacct_ql.gateway.session import Conversation
from intacct_ql.prepared import statement
from intacct_ql.result import Row, Stats
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.transport.loopback import Loopback

URL = "http://localhost/ia/xml/xmlgw.phtml"
DEMO = Credentials(sender_id="demo", sender_password="demo", company_id="demo", user_id="demo", user_password="demo")
COLUMNS = ("RECORDNO", "CUSTOMERID", "NAME", "STATUS", "ONHOLD", "TOTALDUE", "WHENMODIFIED")

# Few values, so that ties and empty cells are everywhere.
_NAMES = (None, "Acme", "acme", "Beta & Sons", "O'Brien", "zebra", "Ärzte")
_VALUES = {
    "NAME": _NAMES,
    "STATUS": (None, "active", "inactive"),
    "ONHOLD": (None, 0, 1),
    "TOTALDUE": (None, 0, 1, 10_000, -25_500, 99_999_900),
    "WHENMODIFIED": (None, "2024-01-01 00:00:00", "2024-01-01 00:00:01", "2026-02-28 23:59:59"),
}


@dataclass(slots=True)
class World:
    """A gateway, and a hand that moves the rows in it: those in ``steady`` are left alone."""

    dice: random.Random
    rows: int
    faults: str = ""
    store: Store = field(init=False)
    gateway: Gateway = field(init=False)
    steady: set[int] = field(init=False)
    living: set[int] = field(init=False)

    def __post_init__(self) -> None:
        sparse = self.dice.choice((1, 1, 3, 1000))
        numbers = self.dice.sample(range(1, self.rows * sparse + 2), self.rows)
        table = [(number, *self._cells(number)) for number in numbers]
        self.store = Store([Table(object="CUSTOMER", columns=COLUMNS, rows=table)])
        self.living = set(numbers)
        self.steady = set(self.dice.sample(sorted(numbers), self.rows * 3 // 4))
        self.gateway = Gateway(
            self.store, faults=Faults.parse(self.faults, seed=self.dice.getrandbits(32)), sleep=lambda _: None, seed=7
        )

    def handle(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Answer, between two changes."""
        self.change()
        answer = self.gateway.handle(body, url=URL)
        self.change()
        headers = {name.lower(): value for name, value in answer.headers}
        if answer.drop:
            raise TransportError("the connection broke", passing=True)
        body = answer.body if answer.cut is None else answer.body[: answer.cut]
        return answer.status, headers, body

    def change(self) -> None:
        """Insert, update or delete a row, or none."""
        what = self.dice.randrange(5)
        moving = sorted(self.living - self.steady)
        if what == 0:
            number = self.dice.randrange(1, max(self.living, default=1) + 5)
            if number not in self.living:
                self.store.insert("CUSTOMER", dict(zip(COLUMNS, (number, *self._cells(number)), strict=True)))
                self.living.add(number)
        elif what == 1 and moving:
            number = self.dice.choice(moving)
            self.store.update(
                "CUSTOMER", number, {name: self._cell(name) for name in self.dice.sample(list(_VALUES), 2)}
            )
        elif what == 2 and moving:
            number = self.dice.choice(moving)
            self.store.delete("CUSTOMER", number)
            self.living.discard(number)

    def _cells(self, number: int) -> tuple[object, ...]:
        return (f"C{number:05}", *(self._cell(name) for name in COLUMNS[2:]))

    def _cell(self, name: str) -> object:
        return self.dice.choice(_VALUES[name])


class TurnsByLot:
    """A run whose errands are made and settled in an order drawn by lot."""

    def __init__(self, world: World, text: str, *, target: str, connections: int, settings: Settings) -> None:
        made = statement(text, BUNDLED, target, Setting()).prepare()
        self.stats = Stats()
        self.plan = made.plan
        self._course = Course(made.plan, made.plan.fetch, made.door, settings, self.stats, connections=connections)
        self._conversation = Conversation(DEMO, URL, clock=lambda: 0.0)
        self._run = Run(made.plan, self._course, lambda: "the query")
        self._line = Line(
            transport=Loopback(world.handle), lock=threading.Lock(), lanes=Lanes(99), pause=lambda _: None
        )
        self._dice = world.dice
        self._most = connections + 1
        self._under_way: list[tuple[object, object]] = []

    @property
    def resume(self) -> str | None:
        return self._run.resume

    def rows(self) -> list[Row]:
        """Every row, in the order given. Raises what the run raises."""
        rows: list[Row] = []
        self.into(rows)
        return rows

    def into(self, rows: list[Row]) -> None:
        """The same, keeping what came before a failure."""
        while True:
            while (row := self._run.ready()) is not None:
                rows.append(row)
            if not self._step():
                self._run.finish()
                rows.extend(iter(self._run.ready, None))
                return

    def _step(self) -> bool:
        """Do one thing; False at the end."""
        course = self._course
        if self._dice.random() < 0.5 and (ready := course.ready()) is not None:
            self._run.push(ready)
            return True
        errand = course.ask() if len(self._under_way) < self._most else None
        if errand is not None:
            self._under_way.append((errand, self._outcome(errand)))
        if self._under_way and (errand is None or self._dice.random() < 0.5):
            course.settle(*self._under_way.pop(self._dice.randrange(len(self._under_way))))
            return True
        if errand is not None:
            return True
        if (ready := course.ready()) is not None:
            self._run.push(ready)
            return True
        course.raise_failure()
        return False

    def _outcome(self, errand):
        traffic = Traffic()
        try:
            steps = errand_steps(self._conversation, self._course, errand, partial(self._course.glimpse, errand))
            return self._course.page_of(drive(steps, self._line, traffic))
        except Exception as failure:  # noqa: BLE001 - settled as what it is
            return failure
        finally:
            self._course.count(traffic, 0.0)

"""Runs over a changing world: their connections take turns by lot, or are threads, or tasks.

In: a world, a query, and how it is to be run. Out: the rows that came, over every failure, stop and kill. By lot
everything is done in one thread: a request is answered when it is made and taken in later, in any order, so that each
interleaving of connections can be had again from its seed.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from model.world import URL, World

from intacct_ql.binder.setting import Setting
from intacct_ql.errors import BudgetExceeded, Error, TransportError
from intacct_ql.executor.course import Course, Errand, errand_steps
from intacct_ql.executor.drive import AsyncLine, Line, Traffic, carry
from intacct_ql.executor.lanes import Lanes
from intacct_ql.executor.resume import resumed
from intacct_ql.executor.ride import Ride
from intacct_ql.executor.run import AsyncPull, Pull, Run
from intacct_ql.executor.settings import Budget, Settings
from intacct_ql.executor.tasks import AsyncCrew
from intacct_ql.executor.threads import Crew
from intacct_ql.gateway.messages import Credentials, Page, Reply
from intacct_ql.gateway.patience import Patience
from intacct_ql.gateway.session import Conversation
from intacct_ql.prepared import statement
from intacct_ql.result import Row, Stats
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.transport.loopback import AsyncLoopback, Loopback

DEMO = Credentials(sender_id="demo", sender_password="demo", company_id="demo", user_id="demo", user_password="demo")
PATIENCE = Patience(factor=0)
QUERY = "the query"

_MOST_FAILURES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A query and how it is run."""

    text: str
    target: str = "query"
    connections: int = 1
    settings: Settings = Settings(patience=PATIENCE)  # noqa: RUF009 - it is frozen

    def course(self) -> Course:
        made = statement(self.text, BUNDLED, self.target, Setting()).prepare()
        return Course(made.plan, made.plan.fetch, made.door, self.settings, Stats(), connections=self.connections)


def plan_of(asked: Asked):
    return statement(asked.text, BUNDLED, asked.target, Setting()).prepare().plan


def conversation() -> Conversation:
    return Conversation(DEMO, URL, clock=lambda: 0.0)


class TurnsByLot:
    """A run whose errands are made and settled in an order drawn by lot."""

    def __init__(self, world: World, asked: Asked) -> None:
        self._course = asked.course()
        self._conversation = conversation()
        self._run = Run(plan_of(asked), self._course, lambda: QUERY)
        self._line = Line(
            transport=Loopback(world.handle), lock=threading.Lock(), lanes=Lanes(99), pause=lambda _: None
        )
        self._dice = world.dice
        self._under_way: list[tuple[Errand, Ride, Page | Error | None]] = []
        self._unread: dict[Errand, Ride] = {}

    @property
    def resume(self) -> str | None:
        return self._run.resume

    def pages(self) -> Iterator[list[Row]]:
        """The rows, page by page. Raises what the run raises; asked for pages again it goes on."""
        while not self._run.is_full and self._step():
            if rows := [*iter(self._run.ready, None)]:
                yield rows
        self._run.finish()
        yield [*iter(self._run.ready, None)]

    def _step(self) -> bool:
        """Do one thing; False at the end."""
        course = self._course
        if self._dice.random() < 0.5 and self._hand_on():
            return True
        if self._dice.random() < 0.3 and self._read():
            return True
        errand = course.ask() if self._dice.random() < 0.9 else None
        if errand is not None:
            self._begin(errand)
        if self._under_way and (errand is None or self._dice.random() < 0.5):
            self._arrive(*self._under_way.pop(self._dice.randrange(len(self._under_way))))
            return True
        if errand is not None or self._hand_on() or self._read():
            return True
        course.raise_failure()
        errand = course.ask()
        if errand is not None:
            self._begin(errand)
        assert errand is not None or course.is_idle, "the run stands still"
        return errand is not None

    def _begin(self, errand: Errand) -> None:
        ride = Ride(errand_steps(self._conversation, self._course, errand))
        self._under_way.append((errand, ride, self._outcome(ride)))

    def _read(self) -> bool:
        errand = self._course.unread()
        if errand is not None:
            ride = self._unread.pop(errand)
            self._arrive(errand, ride, self._outcome(ride, ride.reply()))
        return errand is not None

    def _arrive(self, errand: Errand, ride: Ride, outcome: Page | Error | None) -> None:
        if outcome is None:
            self._unread[errand] = ride
            self._course.arrive(errand, ride.ends())
        else:
            self._course.settle(errand, outcome)

    def _hand_on(self) -> bool:
        rows = self._course.ready()
        if rows is not None:
            self._run.push(rows)
        return rows is not None

    def _outcome(self, ride: Ride, reply: Reply | TransportError | None = None) -> Page | Error | None:
        """What becomes of an errand, now that this has been read; None where the next reply has to be read."""
        traffic = Traffic()
        try:
            if reply is not None:
                ride.absorb(reply)
            carry(ride, self._line, traffic)
            return self._course.page_of(ride.value) if ride.ended else None
        except Error as failure:
            return failure
        finally:
            self._course.count(traffic, 0.0)


@contextmanager
def threads(world: World, asked: Asked) -> Iterator[Pull]:
    """A run as blocking callers have it."""
    line = Line(transport=Loopback(world.handle), lock=threading.Lock(), lanes=Lanes(asked.connections))
    course = asked.course()
    pull = Pull(plan_of(asked), course, lambda: QUERY, Crew(course, conversation(), line, asked.connections))
    try:
        yield pull
    finally:
        pull.close()


def by_lot(world: World, asked: Asked) -> list[Row]:
    """Every row, over every failure."""
    return _over_failures(TurnsByLot(world, asked).pages)


def by_threads(world: World, asked: Asked) -> list[Row]:
    """The same, by threads."""
    with threads(world, asked) as pull:
        return _over_failures(pull.pages)


def by_tasks(world: World, asked: Asked) -> list[Row]:
    """The same, by tasks of an event loop."""
    return asyncio.run(_by_tasks(world, asked))


async def _by_tasks(world: World, asked: Asked) -> list[Row]:
    line = AsyncLine(transport=AsyncLoopback(world.handle), lock=asyncio.Lock(), lanes=Lanes(asked.connections))
    course, rows = asked.course(), []
    pull = AsyncPull(plan_of(asked), course, lambda: QUERY, AsyncCrew(course, conversation(), line, asked.connections))
    try:
        for _ in range(_MOST_FAILURES):
            try:
                async for page in pull.pages():
                    rows += page
            except Error:
                continue
            return rows
    finally:
        await pull.aclose()
    raise AssertionError("it fails without end")


def _over_failures(pages: Callable[[], Iterator[list[Row]]]) -> list[Row]:
    rows: list[Row] = []
    for _ in range(_MOST_FAILURES):
        try:
            for page in pages():
                rows += page
        except Error:  # what is not asked again by itself, the caller asks for again
            continue
        return rows
    raise AssertionError("it fails without end")


def over_stops(world: World, asked: Asked, stops: int = 8) -> list[Row]:
    """Every row, though the run is stopped by budgets, or killed between any two pages, and begun again."""
    rows: list[Row] = []
    token = None
    for left in range(stops, -1, -1):
        resume = None if token is None else resumed(token, QUERY)
        budget = _budget(world) if left else Budget()
        run = TurnsByLot(world, replace(asked, settings=replace(asked.settings, budget=budget, resume=resume)))
        killed_at = world.dice.choice((1, 2, 3, 7, None)) if left else None
        ended, token = _until_stopped(run, rows, killed_at)
        if ended:
            return rows
    raise AssertionError("it never came to its end")


def _until_stopped(run: TurnsByLot, rows: list[Row], killed_at: int | None) -> tuple[bool, str | None]:
    """Whether the run came to its end, and else the token behind the rows that it added."""
    given, failures = 0, 0
    token = run.resume
    while True:
        try:
            for page in run.pages():
                if given == killed_at:
                    return False, token
                rows += page
                given, token = given + 1, run.resume
                if token is None:
                    return True, None
        except BudgetExceeded as stopped:
            return False, stopped.resume or "none was given"
        except Error:
            failures += 1
            assert failures < _MOST_FAILURES
        else:
            return True, None


def _budget(world: World) -> Budget:
    dice = world.dice
    return dice.choice(
        (
            Budget(),
            Budget(calls=dice.randint(1, 5)),
            Budget(rows=dice.randint(1, 30)),
            Budget(bytes=dice.randint(1, 20_000)),
            Budget(rows=dice.randint(1, 30), calls=dice.randint(1, 5)),
        )
    )

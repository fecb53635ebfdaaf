"""A plan, run: the rows of page after page, handed through the local steps.

In: a course and the crew that runs its errands. Out: rows as they arrive. Refuses to know: query text, what a door
writes, and how pages are fetched.

``Pull`` is for blocking callers, ``AsyncPull`` for async ones. A page that fails is asked for again, whole, when the
caller goes on; a row is never given before its page has arrived whole.
"""

from collections.abc import AsyncIterator, Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any, Self

from intacct_ql.errors import BudgetExceeded, Diagnostic, Error, GatewayError
from intacct_ql.executor.course import Course
from intacct_ql.executor.local import Pipeline, run
from intacct_ql.executor.resume import token
from intacct_ql.executor.start import Start
from intacct_ql.executor.tasks import AsyncCrew
from intacct_ql.executor.threads import Crew
from intacct_ql.formatting import USUAL, Formatting
from intacct_ql.planner.steps import Plan
from intacct_ql.result import BATCH, ResultColumn, Row
from intacct_ql.result.records import INTERRUPTED
from intacct_ql.schema.types import DataType

Query = Callable[[], str]
"""Gives the fingerprint of a query, where somebody wants it."""


class Run:
    """Where a run stands: the local steps, and the rows that may be given. ``query`` tells it from others.

    Until the first page has come, ``start`` may have something asked, or the query made anew.
    """

    def __init__(self, plan: Plan, course: Course, query: Query, start: Start[Any] | None = None) -> None:
        self._query = query
        self._start = start
        self._halted = self._columnar = False
        self._take_up(plan, course)
        self._rows: Iterator[Row] = iter(())
        self._page: Sequence[Row] | None = None
        self._given = 0
        self._ended = False
        self._broken: Exception | None = None

    @property
    def resume(self) -> str | None:
        """A token to go on with behind the rows of every page given so far; None where that is not possible.

        It is exact when the rows of the last page have all been given: between pages, or after the rows ended. Before
        it is known what the query means it is the one that the run goes on with.
        """
        if self._start is not None and self._start.waits:
            return self._start.resume
        mark, limits = self._course.mark, self._pipeline.limits
        if mark is None or limits is None:
            return None
        return token(self._query(), replace(mark, limits=limits))

    @property
    def columns(self) -> tuple[ResultColumn, ...]:
        """The columns, final when the first page has come: until then one may be left out."""
        formatting = USUAL if self._start is None else self._start.formatting
        return result_columns(self._plan, formatting)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The remarks about the query, final when the first page has come."""
        return () if self._start is None else self._start.diagnostics

    def stop(self) -> None:
        """Ask for nothing more: the rows end with ``Stopped`` behind those that are here. For signal handlers too."""
        self._halted = self._course.halted = True

    def _take_up(self, plan: Plan, course: Course) -> None:
        """Run this plan, from its beginning."""
        self._plan = plan
        self._course = course
        course.halted = self._halted
        options = plan.fetch.options if plan.fetch is not None else None
        self._pipeline = Pipeline(plan.local, options, course.settings.storage)
        if course.settings.resume is not None:
            self._pipeline.go_on(course.settings.resume.limits)
        self._by_column()

    def _by_column(self) -> None:
        if self._columnar:
            self._course.asking.columnar = self._pipeline.is_empty

    def _take_up_anew(self) -> Course:
        """Run the query as it was made anew; nothing has been given yet."""
        assert self._start is not None  # noqa: S101 - for the type checker
        self._pipeline.close()
        course = self._start.course()
        course.follow(self._course)
        self._take_up(self._start.made.plan, course)
        return course

    def _leaves_out(self, refusal: GatewayError) -> bool:
        """Whether the query was made anew without what is refused."""
        return self._start is not None and not self._course.stats.pages and self._start.without(refusal)

    def ready(self) -> Row | None:
        """The next row that is here already. Raises for good what went wrong in a local step: its rows are lost."""
        if self._broken is not None:
            raise self._broken
        self._page = None
        try:
            for row in self._rows:
                if self._plan.at_most_one:
                    self._refuse_second()
                return row
        except BaseException as failure:
            self._fail(failure)
            raise
        return None

    def batch(self) -> Sequence[Row]:
        """All rows that are here already, a page of them at the most where they come from the local steps' memory."""
        if self._broken is not None:
            raise self._broken
        page, self._page = self._page, None
        if page is not None:
            self._rows = iter(())
            return page
        rows: list[Row] = []
        while len(rows) < BATCH and (row := self.ready()) is not None:
            rows.append(row)
        return rows

    def read_by_column(self) -> None:
        """Ask for pages by column, where no local step wants rows; before the first page only."""
        self._columnar = True
        self._by_column()

    def push(self, rows: Sequence[Row]) -> None:
        """Hand the rows of a page through the local steps, and tell of the page."""
        if self._start is not None:
            self._start.answered()
        try:
            passed = self._pipeline.push(rows)
            self._page = rows if passed is rows and not self._plan.at_most_one else None
            self._rows = iter(passed)
            if self._course.settings.on_page is not None:
                self._course.settings.on_page(self._course.stats)
        except BaseException as failure:
            self._fail(failure)
            raise

    def finish(self) -> None:
        """No page can add anything: what was held back is ready. Raises ``BudgetExceeded`` where one stopped it."""
        if not self._pipeline.full:
            try:
                self._course.check_end()
            except BudgetExceeded as stopped:
                stopped.held, stopped.resume = self._pipeline.held, self.resume
                raise
        self._ended = True
        try:
            self._rows = self._pipeline.finish()
        except BaseException as failure:
            self._fail(failure)
            raise

    @property
    def is_full(self) -> bool:
        """Whether no further page could add a row."""
        return self._pipeline.full

    def _refuse_second(self) -> None:
        self._given += 1
        if self._given > 1:
            raise Error("the query says single, and more than one row matches")

    def _fail(self, failure: BaseException) -> None:
        self._broken = failure if isinstance(failure, Exception) else Error(INTERRUPTED)
        self._give_up()

    def _give_up(self) -> None:
        """No more rows: what the local steps held is freed."""
        self._ended = True
        self._rows = iter(())
        self._pipeline.close()


class Pull(Run):
    """The rows of a plan, blocking. It survives a failed page: the next call asks again."""

    def __init__(self, plan: Plan, course: Course, query: Query, crew: Crew, start: Start[Any] | None = None) -> None:
        super().__init__(plan, course, query, start)
        self._crew = crew

    @property
    def survives(self) -> bool:
        """Whether an interruption that came now lost nothing: no row was on its way from the books to the caller."""
        return self._crew.is_settled

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Row:
        while (row := self.ready()) is None:
            if not self._go_on():
                raise StopIteration
        return row

    def pages(self) -> Iterator[Sequence[Row]]:
        """The rows, as many at a time as came together; ``resume`` is exact between them."""
        while True:
            if rows := self.batch():
                yield rows
            elif not self._go_on():
                return

    def _go_on(self) -> bool:
        """Let the next page in; False when there is none."""
        if self._ended:
            return False
        try:
            if self._start is not None and self._start.waits:
                self._crew.ask(self._start.steps(self._course.settings.patience))
                self._start.settle()
                self._crew = self._crew.for_course(self._take_up_anew())
            rows = None if self.is_full else self._crew.next_page()
        except BudgetExceeded as stopped:
            stopped.resume = self.resume
            raise
        except GatewayError as refusal:
            if not self._leaves_out(refusal):
                raise
            self._crew.close()
            self._crew = self._crew.for_course(self._take_up_anew())
            return True
        if rows is None:
            self.finish()
        else:
            self.push(rows)
        return True

    def close(self) -> None:
        """End the rows, the threads, and what the local steps hold. Closing twice is harmless."""
        self._crew.close()
        self._give_up()

    def __del__(self) -> None:
        with suppress(AttributeError):  # it was never made whole
            self._crew.close()


class AsyncPull(Run):
    """The same for async callers."""

    def __init__(
        self, plan: Plan, course: Course, query: Query, crew: AsyncCrew, start: Start[Any] | None = None
    ) -> None:
        super().__init__(plan, course, query, start)
        self._crew = crew

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Row:
        while (row := self.ready()) is None:
            if not await self._go_on():
                raise StopAsyncIteration
        return row

    async def pages(self) -> AsyncIterator[Sequence[Row]]:
        """The rows, as many at a time as came together; ``resume`` is exact between them."""
        while True:
            if rows := self.batch():
                yield rows
            elif not await self._go_on():
                return

    async def _go_on(self) -> bool:
        """Let the next page in; False when there is none."""
        if self._ended:
            return False
        try:
            if self._start is not None and self._start.waits:
                await self._crew.ask(self._start.steps(self._course.settings.patience))
                self._start.settle()
                self._crew = self._crew.for_course(self._take_up_anew())
            rows = None if self.is_full else await self._crew.next_page()
        except BudgetExceeded as stopped:
            stopped.resume = self.resume
            raise
        except GatewayError as refusal:
            if not self._leaves_out(refusal):
                raise
            crew, self._crew = self._crew, self._crew.for_course(self._take_up_anew())
            await crew.close()  # last, for it may be cancelled
            return True
        if rows is None:
            self.finish()
        else:
            self.push(rows)
        return True

    async def aclose(self) -> None:
        """End the rows, the tasks, and what the local steps hold. Closing twice is harmless."""
        await self._crew.close()
        self._give_up()

    def __del__(self) -> None:
        with suppress(AttributeError):
            self._crew.forget()


def result_columns(plan: Plan, formatting: Formatting = USUAL) -> tuple[ResultColumn, ...]:
    """What the user is told of the columns of a plan."""
    return tuple(
        ResultColumn(
            name=column.name,
            type=column.expression.type,
            path=column.expression.path,
            zone=formatting.zone_name if column.expression.type is DataType.TIMESTAMP else None,
        )
        for column in plan.columns
    )


def known(plan: Plan) -> Generator[Row]:
    """The rows of a plan that asks nothing."""
    return run((), plan.local)


async def known_async(plan: Plan) -> AsyncIterator[Row]:
    """The same for async callers."""
    with closing(known(plan)) as rows:
        for row in rows:
            yield row

"""Rows for async callers.

In: an async iterator of typed rows. Out: rows, in every way that callers want them. Refuses to know: threads.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Self

from intacct_ql.errors import Diagnostic
from intacct_ql.result.records import BATCH, ResultColumn, Row, Stats, Told, only, unique_names
from intacct_ql.schema.types import Value


class AsyncResult(Told[AsyncIterator[Row]]):
    """The twin of ``Result`` for async callers: ``async for``, and the fetching methods awaited."""

    def __init__(
        self,
        columns: Sequence[ResultColumn],
        rows: AsyncIterator[Row],
        stats: Stats,
        diagnostics: Sequence[Diagnostic] = (),
        close: Callable[[], Awaitable[object]] | None = None,
    ) -> None:
        super().__init__(columns, rows, stats, diagnostics)
        self._on_close = close

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Row:
        if self._reading:
            raise self._refusal()
        self._reading = True
        try:
            if self._held:
                return self._held.popleft()
            if self._closed:
                raise StopAsyncIteration  # noqa: TRY301 - a call a row less
            row = await anext(self._rows)
        except StopAsyncIteration:
            await self._end()
            raise
        except Exception as failure:
            self._failure = failure
            raise
        finally:
            self._reading = False
        self._failure = None
        return row

    async def pages(self) -> AsyncIterator[Sequence[Row]]:
        """The rows that are left, as many at a time as came together; ``resume`` is exact between them."""
        if self._held:
            yield self._take_held()
        pages = getattr(self._rows, "pages", None)
        if pages is None:
            while fetched := await self.fetchmany(BATCH):
                yield fetched
            return
        source = pages()
        while (rows := await self._alone(source)) is not None:
            yield rows

    async def _alone(self, pages: AsyncIterator[Sequence[Row]]) -> Sequence[Row] | None:
        """The next page, None behind the last one, while nobody else reads."""
        if self._reading:
            raise self._refusal()
        self._reading = True
        try:
            return await anext(pages, None)
        finally:
            self._reading = False

    async def dicts(self) -> AsyncIterator[dict[str, Value]]:
        """The rows as dictionaries from column name to cell."""
        names: tuple[str, ...] = ()
        async for row in self:
            names = names or unique_names(self.columns)
            yield dict(zip(names, row, strict=True))

    async def fetchmany(self, size: int = 1000) -> list[Row]:
        """At most ``size`` rows; none at the end.

        Rows before a failure are given first; the next call asks again, and raises if that fails too.
        """
        try:
            return await self._gathered(size)
        except Exception as failure:
            if not self._held:
                raise
            self._failure = failure
            return self._take_held()

    async def fetchall(self) -> list[Row]:
        """Every row that is left. After a failure the rows read are still here for the next fetch."""
        return await self._gathered()

    async def one(self) -> Row:
        """The only row; an Error that says how many where there is not exactly one. Reads no further than two."""
        rows = await self._gathered(2)
        await self.close()
        return only(rows)

    async def _gathered(self, most: int | None = None) -> list[Row]:
        """The next rows; those before a failure or a cancellation are held for the next one who asks."""
        rows: list[Row] = []
        try:
            while most is None or len(rows) < most:
                rows.append(await anext(self))
        except StopAsyncIteration:
            pass
        except BaseException:
            self._held.extendleft(reversed(rows))
            raise
        return rows

    async def close(self) -> None:
        """Stop reading and free what the rows came from; iteration ends. Closing twice is harmless."""
        if self._closed:
            return
        self._closed = True
        self._held.clear()
        try:
            end = getattr(self._rows, "aclose", None)
            if end is not None:
                await end()
        finally:
            if self._on_close is not None:
                await self._on_close()

    async def _end(self) -> None:
        self._check_whole()
        await self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

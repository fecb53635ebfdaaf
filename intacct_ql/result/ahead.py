"""Rows of which a page has been looked at.

In: a source of rows, and its next page. Out: the same rows, that page first. Refuses to know: why somebody looked.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Self

from intacct_ql.result.records import BATCH, Row


class Ahead:
    """The rows of ``page``, None once it was given, and behind it those of the source; all else is the source's."""

    def __init__(self, source: Iterator[Row], page: Sequence[Row]) -> None:
        self._source = source
        self._begun: Iterator[Row] | None = None
        self.page: Sequence[Row] | None = page

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Row:
        if self.page is not None:
            self._begun = iter(self._given())
        for row in self._begun or ():
            return row
        self._begun = None
        return next(self._source)

    @property
    def survives(self) -> bool:
        """As of the source; a row of the page may be lost where its reader is interrupted."""
        return self._begun is None and getattr(self._source, "survives", False)

    def pages(self) -> Iterator[Sequence[Row]]:
        """The rows, as many at a time as came together; the page is kept no longer than it is needed."""
        if rest := list(self._begun or ()):
            self._begun = None
            yield rest
        if self.page is not None:
            yield self._given()
        pages = getattr(self._source, "pages", None)
        yield from iter(lambda: list(islice(self._source, BATCH)), []) if pages is None else pages()

    def _given(self) -> Sequence[Row]:
        page, self.page = self.page, None
        return page or ()

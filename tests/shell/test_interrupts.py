"""An interrupt stops a pull; one that comes too late is not lost."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from intacct_ql.result import Result, Stats
from intacct_ql.shell.interrupts import stopping


@contextmanager
def at_once(result) -> Iterator[None]:
    result.stop()
    yield


@contextmanager
def never(result) -> Iterator[None]:
    yield


def result() -> Result:
    return Result([], iter(()), Stats())


def test_rows_that_were_stopped_are_all_there_is_to_say() -> None:
    with stopping(result(), at_once, ["stopped"]):
        pass


def test_an_interrupt_behind_the_last_row_ends_what_comes_next() -> None:
    with pytest.raises(KeyboardInterrupt), stopping(result(), at_once, []):
        pass


def test_no_interrupt_is_made_up() -> None:
    with stopping(result(), never, []):
        pass

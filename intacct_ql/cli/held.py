"""What a state tells of the file of rows beside it, and whether that file is still as it was left.

In: how rows are written and what they are called, and how much of the file holds. Out: a record that stands in the
state of a run, or words on a file that somebody else has written. Refuses to know: what is asked, and how a run goes
on.

Bytes alone would not tell: a spreadsheet that saves the file makes it longer, and a cut where the rows ended before
would go through the middle of one. So the last bytes of what holds are told by a digest.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, Self

from intacct_ql.cli.forms import spelled
from intacct_ql.errors import ConfigError

_LAST = 4096
"""Bytes that tell: whoever saves a file in another form moves or changes them."""

_AGAIN = "put back what it was, or remove it, and the state, to begin again"


class Extent(NamedTuple):
    """How much of a file holds: ``size`` bytes, of which ``digest`` tells the last ones; None where nobody noted it."""

    size: int = 0
    digest: str | None = None

    @classmethod
    def of(cls, handle: int) -> Self:
        """All of an open file that can be read."""
        size = os.fstat(handle).st_size
        return cls(size, _digest(handle, size))

    def is_of(self, handle: int) -> bool:
        """Whether an open file that is large enough has the same bytes there."""
        return self.digest in (None, _digest(handle, self.size))


def check_left(path: Path, extent: Extent | None) -> None:
    """Raise ``ConfigError`` where a file is not as it was left; None: nothing was left there, and it is to be empty."""
    try:
        with path.open("rb") as file:
            check_handle(file.fileno(), path, extent)
    except FileNotFoundError:
        if extent is not None and extent.size:
            raise _lost(path) from None


def check_handle(handle: int, path: Path, extent: Extent | None) -> None:
    """Raise as ``check_left`` does, for a file that is open."""
    size = os.fstat(handle).st_size
    if extent is None:
        if size:
            raise ConfigError(
                f"{path} holds rows that no state tells of: name another file, remove it, or give the state that it "
                "belongs to"
            )
    elif size < extent.size:
        raise _lost(path)
    elif not extent.is_of(handle):
        raise ConfigError(f"{path} was changed since rows were added to it, as by a program that saved it: {_AGAIN}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """The rows at ``out``, None for none: their ``form`` with its ``options``, their ``columns``, and how much holds.

    No columns: none are known yet. Without a ``size`` nothing of the file is this run's. Raises ``TypeError`` for what
    is no such record.
    """

    out: str | None
    form: str
    options: Mapping[str, object]
    columns: Sequence[str] = ()
    size: int | None = None
    digest: str | None = None

    def __post_init__(self) -> None:
        texts = [self.form, *self.columns, *(text for text in (self.out, self.digest) if text is not None)]
        sized = self.size is None or type(self.size) is int
        if not (sized and isinstance(self.options, dict) and all(isinstance(text, str) for text in texts)):
            raise TypeError

    @property
    def extent(self) -> Extent | None:
        """How much holds."""
        return None if self.size is None else Extent(self.size, self.digest)

    def reaching(self, extent: Extent | None, **changes: Any) -> Self:
        """The same where so much holds, and with other changes."""
        size, digest = (None, None) if extent is None else extent
        return replace(self, size=size, digest=digest, **changes)

    def check_left(self) -> None:
        """Raise ``ConfigError`` where the file is not as it was left."""
        if self.out is not None:
            check_left(Path(self.out), self.extent)

    def check_same(self, path: Path, now: "Held") -> None:
        """Raise ``ConfigError`` where rows of ``now`` are not written as those that the state at ``path`` tells of."""
        if (self.out, self.form) != (now.out, now.form):
            where = "no file" if self.out is None else self.out
            raise ConfigError(f"{path} belongs to a run that writes {self.form} to {where}")
        if self.out is not None and self.options != now.options:
            were, are = spelled(self.options), spelled(now.options)
            words = f"{path} belongs to a run with {were}, and this one has {are}: give the same"
            raise ConfigError(f"{words}, or take another file and another state")

    def of_other_columns(self, columns: Sequence[str]) -> ConfigError:
        """What there is to say where rows of these columns would stand behind those before."""
        were, are = ", ".join(self.columns), ", ".join(columns)
        return ConfigError(
            f"{self.out} has the columns {were}, and now there are {are}: ask for the same, or take another file and "
            "another state"
        )


def _lost(path: Path) -> ConfigError:
    return ConfigError(f"{path} has lost rows that were added to it: {_AGAIN}")


def _digest(handle: int, size: int) -> str:
    last = min(size, _LAST)
    os.lseek(handle, size - last, os.SEEK_SET)
    return sha256(os.read(handle, last)).hexdigest()

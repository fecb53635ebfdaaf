"""What is wrong with the data of a company, and where.

In: places and words. Out: ``DataError``, which lists them. Refuses to know: files, rows, fields.
"""

from dataclasses import dataclass, field
from pathlib import Path

MOST = 20
"""How many mistakes are listed before reading stops."""

_LONGEST = 60


class DataError(ValueError):
    """The data cannot be a company; the message has a line for each mistake."""


class Enough(Exception):  # noqa: N818 - not an error: as many mistakes as anybody wants to read
    """Leaves the reading of rows."""


@dataclass(slots=True)
class Mistakes:
    """The mistakes found so far."""

    found: list[str] = field(default_factory=list)

    def add(self, place: str, words: str) -> None:
        """Note one; ``Enough`` when there are enough."""
        self.found.append(f"{place}: {words}")
        if len(self.found) >= MOST:
            raise Enough

    def error(self) -> DataError:
        """All of them as an exception."""
        more = ["there may be more mistakes: reading stopped here"] if len(self.found) >= MOST else []
        return DataError("\n".join(self.found + more))


def not_utf_8(path: Path) -> DataError:
    """A file is not in UTF-8: says in which line that shows."""
    raw = path.read_bytes()
    try:
        raw.decode()
    except UnicodeDecodeError as wrong:
        raw = raw[: wrong.start]
    line = raw.count(b"\n") + 1
    return DataError(f"{path} line {line}: this is not UTF-8 text; save the file as UTF-8")


def shown(text: str) -> str:
    """A text of a file as a message quotes it: in one line, and not endless."""
    short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return ascii(short) if not short.isprintable() else f"'{short}'"

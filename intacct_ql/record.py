"""What the trees' records share: how they print, and when two are equal.

In: nothing. Out: a base for frozen dataclasses that leaves these methods to it (``repr=False, eq=False``): writing them
anew for each of sixty records would cost every start of the program some 15 ms. Refuses to know: any tree.

A field marked ``compare=False`` takes no part in equality, one marked ``repr=False`` is not shown.
"""

from dataclasses import fields
from typing import Any


class Record:
    """Equal when of one kind and equal in every field that is compared."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._compared() == other._compared()

    def __hash__(self) -> int:
        return hash((type(self), self._compared()))

    def __repr__(self) -> str:
        shown = (f"{field.name}={getattr(self, field.name)!r}" for field in fields(self) if field.repr)  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _compared(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in fields(self) if field.compare)  # type: ignore[arg-type]

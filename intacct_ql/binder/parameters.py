"""Parameters: typed values that are bound after parsing, so that nothing bound can change the structure.

In: what the caller hands over, and the places of a query that ask for it. Out: one Python value a place, and
diagnostics for what is missing or left over. Refuses to know: fields and types.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from intacct_ql.errors import Diagnostic, error
from intacct_ql.syntax import ast

Parameters = Mapping[str, object] | Sequence[object] | None


class _Missing:
    """Stands for a value that was not handed over; the place has been reported, or is only being checked."""


MISSING: Final = _Missing()


def not_bindable(values: object) -> Diagnostic | None:
    """Why these are no parameters at all: a caller without types may hand over anything."""
    if values is None or (isinstance(values, Mapping | Sequence) and not isinstance(values, str | bytes)):
        return None
    reason = f"parameters are bound as a mapping or a list, not as a {type(values).__name__}"
    return error("IQL220", None, reason, "bind {'name': value} to :name, or [value] to ?")


_BIND = "params={'name': value} in Python, --param name=value on the command line"


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class Bindings:
    """The values of one run, handed out place by place.

    With ``checking`` no values are asked for: a query can be checked before anybody knows them.
    """

    values: Parameters
    checking: bool
    found: list[Diagnostic]
    asked: list[str | int] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    marks: int = 0
    mixed: bool = False

    def value(self, place: ast.Parameter) -> object:
        """The value bound to a place, or ``MISSING``. Places must be asked in the order of the text."""
        if place.key is None:
            self.marks += 1
            self.asked.append(self.marks - 1)
            return self._at(place, self.marks - 1)
        self.asked.append(place.key)
        return self._named(place, place.key)

    def _at(self, place: ast.Parameter, index: int) -> object:
        if self._mixes(place, bool(self.used)) or self.checking:
            return MISSING
        if isinstance(self.values, Mapping):
            self.found.append(
                error("IQL220", place.span, "values were bound by name, and ? counts places", "bind a list")
            )
            return MISSING
        if self.values is None or index >= len(self.values):
            self.found.append(error("IQL220", place.span, f"no value is bound to ? number {index + 1}", _BIND))
            return MISSING
        return self.values[index]

    def _named(self, place: ast.Parameter, key: str) -> object:
        self.used.add(key)
        if self._mixes(place, self.marks > 0) or self.checking:
            return MISSING
        if not isinstance(self.values, Mapping) or key not in self.values:
            self.found.append(error("IQL220", place.span, f"no value is bound to :{key}", _BIND))
            return MISSING
        return self.values[key]

    def _mixes(self, place: ast.Parameter, other: bool) -> bool:
        if other and not self.mixed:
            self.mixed = True
            self.found.append(error("IQL222", place.span, "? and :name stand in one query", "use one of the two"))
        return self.mixed

    def finish(self) -> None:
        """Report the values that no place asked for."""
        if self.checking or self.mixed or not self.values:
            return
        if isinstance(self.values, Mapping):
            spare = [f":{key}" for key in self.values if key not in self.used]
            if spare:
                self.found.append(error("IQL221", None, f"nothing in the query uses {', '.join(sorted(spare))}"))
        elif len(self.values) > self.marks:
            self.found.append(
                error("IQL221", None, f"{len(self.values)} values are bound, the query asks for {self.marks}")
            )

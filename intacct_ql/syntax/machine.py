"""The LALR machine: text through the tables to whatever the actions make.

In: text, tables, actions by name. Out: what the start rule's action made, or ``StopError`` with the place and what
could have stood there. Refuses to know: what the actions make.

The lexer is contextual: in states where a value may stand a bareword runs up to the next space or sign; everywhere else
words are names, numbers and keywords. A keyword is one only where the grammar has a place for it. The machine keeps its
own stack, so nothing here recurses, however deep a text nests.
"""

import re
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any, NamedTuple

from intacct_ql.syntax.tables import Tables

END = "$END"

Actions = Mapping[str, Callable[..., Any]]


class Token(NamedTuple):
    """A terminal as it stands in the text; the first two fields are its span."""

    start: int
    end: int
    kind: str
    text: str


class StopError(Exception):
    """The text goes on in a way the grammar does not; ``accepts`` are the terminals that could have stood there."""

    def __init__(self, position: int, accepts: frozenset[str]) -> None:
        self.position = position
        self.accepts = accepts
        super().__init__(position)


class Machine:
    """Runs texts; holds no state between them, so threads may share it."""

    def __init__(self, tables: Tables, actions: Actions) -> None:
        self._start = tables.start
        self._end = tables.end
        self._moves = tables.moves
        self._gotos = tables.gotos
        self._keywords = {
            spelling: kind for word, kind in tables.keywords.items() for spelling in (word, word.lower(), word.title())
        }
        self._longest = max(map(len, tables.keywords))
        self._rules = [_compiled(name, shape, action, actions) for name, shape, action in tables.rules]
        values, names = _scanners(tables)
        self._scanners = [values if "WORD" in row else names for row in tables.moves]

    def run(self, text: str, see: Callable[[Token], object] | None = None) -> Any:
        """What the start rule's action makes of the text; ``see`` is shown each terminal. Raises ``StopError``."""
        moves, gotos, rules, scanners, keywords = self._moves, self._gotos, self._rules, self._scanners, self._keywords
        state, end, longest = self._start, self._end, self._longest
        new = tuple.__new__  # spares the call of the named tuple's own __new__, once a terminal
        states, position = [state], 0
        values: list[Any] = []
        while True:
            found = scanners[state](text, position)
            row = moves[state]
            kind = found.lastgroup or ""
            word = found[found.lastindex or 0]
            if kind == "NAME":
                keyword = keywords.get(word)
                if keyword is None and len(word) <= longest and word.isascii():
                    keyword = keywords.get(word.upper())
                if keyword is not None and keyword in row:
                    kind = keyword
            elif kind not in row:
                kind = _reread(kind, word, row)
            position = found.end()
            start = position - len(word)
            # No shift leads back to the start, so 0 is free to mean that there is no move.
            move = row.get(kind, 0)
            while move <= 0:
                if not move:
                    raise StopError(start, self._accepts(states))
                origin, size, build = rules[~move]
                if size == 1:
                    if build is not None:
                        values[-1] = build(values[-1])
                    states[-1] = state = gotos[states[-2]][origin]
                else:
                    del states[-size:]
                    parts = values[-size:]
                    del values[-size:]
                    values.append(build(parts))
                    state = gotos[states[-1]][origin]
                    states.append(state)
                if state == end:
                    return values[0]
                move = moves[state].get(kind, 0)
            state = move
            states.append(state)
            token = new(Token, (start, position, kind, word))
            values.append(token)
            if see is not None:
                see(token)

    def _accepts(self, states: list[int]) -> frozenset[str]:
        """The terminals that lead on from here, each tried on a copy of the stack."""
        return frozenset(kind for kind in self._moves[states[-1]] if self._leads_on(list(states), kind))

    def _leads_on(self, states: list[int], kind: str) -> bool:
        move = self._moves[states[-1]].get(kind)
        while move is not None and move < 0:
            origin, size, _ = self._rules[~move]
            del states[-size:]
            states.append(self._gotos[states[-1]][origin])
            if states[-1] == self._end:
                return True
            move = self._moves[states[-1]].get(kind)
        return move is not None


def _reread(kind: str, word: str, row: Mapping[str, int]) -> str:
    """The end of the text, or ORDER_BY where it has no place: if that reads as a name, it is one."""
    if kind == "_END":
        return END
    return "NAME" if "NAME" in row and word.isidentifier() else kind


Built = tuple[str, int, Any]
"""What a rule makes, how many parts it has, and what builds its value: from the list of the parts, or from the part
itself where there is but one; None hands that on."""


def _compiled(name: str, shape: str, action: str | None, actions: Actions) -> Built:
    """A rule ready to run."""
    make = actions[action] if action else None
    if len(shape) == 1:
        return name, 1, _unit(shape, action, make)
    pick = _picker(shape)
    if action is None:
        return name, len(shape), itemgetter(shape.index("k"))
    if make is None:
        return name, len(shape), pick or list
    return name, len(shape), _applied(make) if pick is None else _applied_to(make, pick)


def _unit(shape: str, action: str | None, make: Callable[..., Any] | None) -> Callable[[Any], Any] | None:
    if action is None:
        return None
    if shape == "k":
        return make or (lambda part: [part])
    if shape == "-":
        return (lambda _: make()) if make else (lambda _: [])
    return (lambda parts: make(*parts)) if make else None


def _applied(make: Callable[..., Any]) -> Callable[[list[Any]], Any]:
    return lambda parts: make(*parts)


def _applied_to(make: Callable[..., Any], pick: Callable[[list[Any]], list[Any]]) -> Callable[[list[Any]], Any]:
    return lambda parts: make(*pick(parts))


def _picker(shape: str) -> Callable[[list[Any]], list[Any]] | None:
    """The parts an action is given, None where that is all of them."""
    if set(shape) == {"k"}:
        return None
    if "s" not in shape:
        kept = [place for place, sign in enumerate(shape) if sign == "k"]
        return lambda parts: [parts[place] for place in kept]
    if shape[0] == "s" and shape.count("s") == 1:
        more = [place for place, sign in enumerate(shape) if sign == "k"]
        if len(more) == 1:
            return _appending(more[0])
        return lambda parts: _extended(parts[0], [parts[place] for place in more])
    return lambda parts: _spliced(shape, parts)


def _appending(place: int) -> Callable[[list[Any]], list[Any]]:
    def append(parts: list[Any]) -> list[Any]:
        grown: list[Any] = parts[0]
        grown.append(parts[place])
        return grown

    return append


def _extended(parts: list[Any], more: list[Any]) -> list[Any]:
    """A growing list grows in place: a list of many thousands must not be copied for each."""
    parts += more
    return parts


def _spliced(shape: str, parts: list[Any]) -> list[Any]:
    picked: list[Any] = []
    for sign, part in zip(shape, parts, strict=True):
        if sign == "k":
            picked.append(part)
        elif sign == "s":
            picked += part
    return picked


Scan = Callable[[str, int], re.Match[str]]


def _scanners(tables: Tables) -> tuple[Scan, Scan]:
    """The two contexts of the lexer: where a value may stand, and everywhere else."""
    value_rows = [row for row in tables.moves if "WORD" in row]
    name_rows = [row for row in tables.moves if "WORD" not in row]
    return _scanner(tables, value_rows), _scanner(tables, name_rows)


def _scanner(tables: Tables, rows: list[dict[str, int]]) -> Scan:
    """Skips what is skipped, then finds the first terminal that fits; ``$END`` and ``ODD`` always do."""
    wanted = {kind for row in rows for kind in row}
    # Spaces first: between most tokens there is nothing else.
    skipped = "|".join(tables.patterns[kind] for kind in sorted(tables.skipped, key=lambda kind: kind != "SPACE"))
    kinds = [f"(?P<{kind}>{pattern})" for kind, pattern in tables.patterns.items() if kind in wanted]
    pattern = f"(?:{skipped})*(?:{'|'.join(kinds)}|(?P<_END>\\Z)|(?P<ODD>(?s:.)))"
    return re.compile(pattern).match  # type: ignore[return-value]

"""Rows from a bare JSON array.

In: pieces of the text of ``[{"NAME": "..."}, ...]``. Out: typed rows, object by object. Refuses to know: bytes, and
what the reply means.

Names that stand twice in an object are told apart by their place, as in XML. An object inside a cell is what elements
inside a cell are: its text is all the text in it, and its parts go by their dotted paths.
"""

import re
from collections.abc import Iterable, Sequence
from json import JSONDecoder
from typing import Any

from intacct_ql.errors import TransportError
from intacct_ql.gateway.arrange import Arranger, Tags, Texts
from intacct_ql.gateway.characters import demand_carried, may_escape
from intacct_ql.gateway.messages import RowShape
from intacct_ql.gateway.prolog import MAX_PROLOG, cut_off, what_arrived

_OPENING = re.compile(r"[ \t\r\n]*+\[[ \t\r\n]*+(\])?")
_FOLLOWING = re.compile(r"[ \t\r\n]*+(?:,[ \t\r\n]*+|(\]))")


class JsonRows:
    """Reads one array of objects."""

    def __init__(self, shape: RowShape) -> None:
        self._arranger = Arranger(shape)
        self._text = ""
        self._patience = 0
        self._begun = False
        self._ended = False

    @property
    def held(self) -> int:
        """Characters that wait for the end of their object."""
        return len(self._text)

    def feed(self, text: str) -> Iterable[tuple[object, ...]]:
        """The rows that are complete with this text.

        Raises ``TransportError`` for what is no array of objects, or holds what XML cannot carry.
        """
        self._text += text
        if len(self._text) < self._patience:  # a long object is not begun again for every piece of it
            return ()
        return self._complete()

    def close(self) -> Iterable[tuple[object, ...]]:
        """The rows that were still waiting. Raises ``TransportError`` for an array without its end."""
        rows = self._complete()
        if not self._ended:
            raise self._foreign() or (_broken() if self._text.rstrip().endswith("]") else cut_off())
        return rows

    def _complete(self) -> Iterable[tuple[object, ...]]:
        texts: list[Texts] = []
        place = self._patience = 0
        while (start := self._start(place)) is not None:
            try:
                row, place = _DECODER.raw_decode(self._text, start)
            except RecursionError:
                raise _broken() from None
            except ValueError:  # broken, or not all there yet: the end will tell
                self._patience = 2 * (len(self._text) - place)
                break
            self._begun = True
            tags, cells = self._cells(row)
            texts.append(cells if tags == self._arranger.usual else self._arranger.arranged(tags, cells))
        else:
            place = len(self._text) if self._ended else place
        if may_escape(self._text, place):
            for cells in texts:
                demand_carried("".join(cells))
        self._text = self._text[place:]
        return self._arranger.typed(texts)

    def _start(self, place: int) -> int | None:
        """Where the next object starts; None where the text or the array ends before one."""
        if self._ended:
            self._refuse_more(place)
            return None
        mark = (_FOLLOWING if self._begun else _OPENING).match(self._text, place)
        if mark is None:
            self._refuse_more(place)
            return None
        if mark[1]:
            self._ended = True
            self._refuse_more(mark.end())
            return None
        if mark.end() == len(self._text):
            return None
        if self._text[mark.end()] != "{":
            raise _broken()
        return mark.end()

    def _refuse_more(self, place: int) -> None:
        """Nothing but blanks may follow here, except that a foreign text is listened to before it is named."""
        if not self._text[place:].strip(" \t\r\n"):
            return
        if self._begun or self._ended:
            raise _broken()
        if len(self._text) >= MAX_PROLOG:
            raise what_arrived(self._text.encode(), "JSON")

    def _foreign(self) -> TransportError | None:
        begins = self._text.lstrip(" \t\r\n")
        return None if self._begun or begins.startswith("[") else what_arrived(self._text.encode(), "JSON")

    def _cells(self, row: "_Object") -> tuple[Tags, Texts]:
        names, values = [name for name, _ in row], [value for _, value in row]
        if {*map(type, values)} <= {str}:
            return names, values
        if any(isinstance(value, tuple) for value in values):
            return self._wanted_cells(row)
        return names, list(map(_inner_text, values))

    def _wanted_cells(self, row: "_Object") -> tuple[Tags, Texts]:
        """Names and texts of a row with objects inside cells, as far as a column wants them."""
        tags: Tags = []
        texts: list[str] = []
        ahead = list(reversed(row))
        while ahead:
            path, value = ahead.pop()
            if path.upper() in self._arranger.wanted:
                tags.append(path)
                texts.append(_inner_text(value))
            if isinstance(value, tuple) and path.upper() in self._arranger.ways:
                ahead += [(f"{path}.{name}", part) for name, part in reversed(value)]
        return tags, texts


_Object = Sequence[tuple[str, Any]]

_LITERALS = {None: "", True: "true", False: "false"}


def _inner_text(value: Any) -> str:
    """All the text in a value. A stack and not a recursion: the value may be as deep as the parser allows."""
    texts: list[str] = []
    ahead = [value]
    while ahead:
        part = ahead.pop()
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, tuple):
            ahead += [inner for _, inner in reversed(part)]
        elif isinstance(part, list):
            ahead += reversed(part)
        else:
            texts.append(_LITERALS[part])
    return "".join(texts)


def _no_number(word: str) -> str:
    raise ValueError(f"{word} is not JSON")


# Objects are tuples of pairs, so that a name may stand twice; numbers are the text they were written as.
_DECODER = JSONDecoder(object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=_no_number)


def _broken() -> TransportError:
    return TransportError("the reply is not well-formed JSON: an array of objects was expected")

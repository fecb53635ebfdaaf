"""What a query asks, as far as it has been typed: its object, the names it gives, and where paths lead.

In: a place in a query, and a catalog. Out: a ``Subject``, and the fields and ways at the end of a path. Refuses to
know: what is suggested.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.model import Field, Object, Relationship
from intacct_ql.schema.paths import is_climb
from intacct_ql.shell.here import NAME_PARTS, Here, names_in
from intacct_ql.syntax.machine import Token
from intacct_ql.syntax.scene import Loose, is_word, read_scene

CLAUSES = frozenset({"SELECT", "FROM", "WHERE", "GROUP_BY", "HAVING", "ORDER_BY", "LIMIT", "OFFSET", "OPTION"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The object that a query asks, None where that is not known, and the other name that FROM gives it."""

    object: Object | None
    alias: str | None
    catalog: Catalog

    def fields(self, path: tuple[str, ...]) -> Iterator[tuple[str, Field]]:
        """The fields at the end of a path, by what is still to be written of their names."""
        for end, _, begun in self._ends(path):
            for name, field in end.fields.items():
                if name.startswith(begun) and field.queryable is not False:
                    yield field.name[len(begun) :], field

    def ways(self, path: tuple[str, ...]) -> Iterator[tuple[Relationship, Object | None]]:
        """The ways that lead on from the end of a path, and to what."""
        for end, climbed, begun in self._ends(path):
            if not begun:
                for way in end.relationships.values():
                    if not (climbed and is_climb(way, end.name)):
                        yield way, self.catalog.object(way.object)

    def field(self, path: tuple[str, ...]) -> Field | None:
        """The field that a whole path names."""
        wanted = path[-1].upper() if path else ""
        return next((field for rest, field in self.fields(path[:-1]) if rest.upper() == wanted), None)

    def _ends(self, path: tuple[str, ...]) -> Iterator[tuple[Object, bool, str]]:
        """The objects where a path may end, whether the last step climbed, and the begun names of fields with dots."""
        if self.object is None:
            return
        parts = tuple(part.upper() for part in path)
        qualifiers = {self.object.name.upper(), (self.alias or "").upper()}
        if parts and parts[0] in qualifiers and parts[0] not in self.object.relationships:
            parts = parts[1:]
        here, climbed = self.object, False
        yield here, climbed, "".join(f"{part}." for part in parts)
        for at, part in enumerate(parts, start=1):
            way = here.relationships.get(part)
            target = None if way is None else self.catalog.object(way.object)
            if way is None or target is None or (climbed and is_climb(way, here.name)):
                return
            here, climbed = target, is_climb(way, here.name)
            yield here, climbed, "".join(f"{rest}." for rest in parts[at:])


def subject(here: Here, catalog: Catalog) -> Subject:
    """What the query asks: FROM may stand before the place, or behind it."""
    names = _named_before(here.tokens) or _named_behind(here.rest)
    if not names:
        return Subject(object=None, alias=None, catalog=catalog)
    return Subject(object=catalog.find(names[0]), alias=names[1] if len(names) > 1 else None, catalog=catalog)


def _named_before(tokens: tuple[Token, ...]) -> list[str]:
    at = next((place for place, token in enumerate(tokens) if token.kind == "FROM"), None)
    if at is None:
        return []
    named = [token for token in tokens[at + 1 : at + 4] if token.kind != "AS"]
    end = next((place for place, token in enumerate(named) if token.kind not in NAME_PARTS), len(named))
    return [".".join(names_in(token)) for token in named[:end]]


def _named_behind(rest: str) -> list[str]:
    tokens = read_scene(rest, 0, frozenset()).tokens
    at = next((place for place, token in enumerate(tokens) if token.upper == "FROM"), None)
    if at is None:
        return []
    named = [token for token in tokens[at + 1 : at + 4] if token.upper != "AS"][:2]
    end = next((place for place, token in enumerate(named) if not _is_name(token)), len(named))
    return [token.text.strip('`"') for token in named[:end]]


def _is_name(token: Loose) -> bool:
    return is_word(token) or (token.kind == "string" and token.text[:1] in '`"')


def aliases(tokens: tuple[Token, ...]) -> list[str]:
    """The names that the select list gives to its columns."""
    items = _select_list(tokens)
    return [
        ".".join(names_in(token))
        for before, token in pairwise(items)
        if token.kind in NAME_PARTS and (before.kind in ("AS", "CLOSE") or before.kind in NAME_PARTS)
    ]


def selected(tokens: tuple[Token, ...]) -> list[str]:
    """The plain fields of the select list, in its order."""
    items = _select_list(tokens)
    starts = {"SELECT", "DISTINCT", "COMMA", "OPEN_LIST"}
    befores = [None, *items]
    behinds = [*items[1:], None]
    return [
        token.text
        for before, token, behind in zip(befores, items, behinds, strict=False)
        if token.kind in NAME_PARTS
        and (before is None or before.kind in starts)
        and (behind is None or behind.kind not in ("OPEN", "DOT"))
    ]


def _select_list(tokens: tuple[Token, ...]) -> list[Token]:
    end = next((place for place, token in enumerate(tokens) if token.kind == "FROM"), len(tokens))
    return [token for token in tokens[:end] if token.kind not in ("SELECT", "DISTINCT")]


def clause(tokens: Sequence[Token]) -> str:
    """The clause that goes on at the end, by its terminal; empty before the first."""
    return next((token.kind for token in reversed(tokens) if token.kind in CLAUSES), "")

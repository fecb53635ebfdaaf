"""A company's data in a store, checked.

In: a path, and whether the demo company's rows are wanted beneath. Out: a ``Store`` with all rows read. Refuses to
know: how files are written, the gateway.

All of it is read at once, so that a mistake is told before the first request. With ``extend`` the demo company comes
first: a record number or an id that it uses already is a mistake, as is one that the data has twice.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

from intacct_ql.emulator.data.folder import LOOKUP, sources
from intacct_ql.emulator.data.forms import cell
from intacct_ql.emulator.data.mistakes import DataError, Enough, Mistakes, shown
from intacct_ql.emulator.data.sources import Source
from intacct_ql.emulator.lookup_reader import read_lookup
from intacct_ql.emulator.store import Store, has_integer_key, quoted
from intacct_ql.emulator.tables import Cell, Row, Table
from intacct_ql.schema.catalog import BUNDLED, Catalog
from intacct_ql.schema.model import Field, Object


class Widened(Catalog):
    """The bundled catalog with objects in it that were brought."""

    def __init__(self, brought: Iterable[Object]) -> None:
        super().__init__()
        self._brought = {each.name.upper(): each for each in brought}

    def names(self) -> tuple[str, ...]:
        """Every object name, sorted."""
        return tuple(sorted({*super().names(), *(each.name for each in self._brought.values())}))

    def labels(self) -> dict[str, str]:
        """Object names with their labels."""
        return {**super().labels(), **{each.name: each.label for each in self._brought.values()}}

    def object(self, name: str) -> Object | None:
        """The object of this name: as it was brought, else as it is bundled."""
        return self._brought.get(name.upper()) or super().object(name)


def load(path: Path, *, beneath: Iterable[Table] = (), extend: bool = False) -> Store:
    """The store of a company.

    Raises:
        DataError: with a line for every mistake.
        OSError: a file cannot be read.
    """
    found, lookups = sources(path)
    bundled = Catalog()
    brought = {file: _looked_up(name, file, bundled, extend=extend) for name, file in lookups.items()}
    catalog = Widened(brought.values())
    store = Store(beneath if extend else (), catalog=catalog)
    mistakes = Mistakes()
    at = ""
    try:
        for source in found:
            at = source.file
            _load(source, store, lookups.get(source.object.upper()), path if path.is_dir() else path.parent, mistakes)
        for file, described in brought.items():  # with rows or without: it is an object of the company
            at = str(file)
            store.table(described)
    except sqlite3.Error as wrong:
        mistakes.found.append(f"{at}: this cannot be stored: {wrong}")
    except DataError as wrong:
        mistakes.found.append(str(wrong))
    except Enough:
        pass
    if mistakes.found:
        raise mistakes.error()
    return store


def _looked_up(name: str, file: Path, bundled: Catalog, *, extend: bool) -> Object:
    known = bundled.object(name)
    try:
        found = read_lookup(file.read_bytes(), name, known)
    except ValueError as wrong:
        raise DataError(f"{file}: {wrong}") from None
    if extend and known:  # the demo company's rows may have fields that this company lacks
        return replace(
            found,
            fields={**known.fields, **found.fields},
            relationships={**known.relationships, **found.relationships},
        )
    return found


def _load(source: Source, store: Store, lookup: Path | None, folder: Path, mistakes: Mistakes) -> None:
    target = store.catalog.object(source.object)
    name = source.object.upper()
    if target is None:
        remedy = f"for a custom object save its lookup reply as {folder / (source.object + LOOKUP)}"
        near = _near(name, store.catalog.names())
        mistakes.add(source.file, f"there is no object {shown(source.object)}; {near}{remedy}")
        return
    strangers = [column for column in source.columns if column not in target.fields]
    for column in strangers:
        remedy = (
            f"it is not in {lookup}" if lookup else f"save a lookup reply that has it as {folder / (name + LOOKUP)}"
        )
        mistakes.add(
            source.columns[column],
            f"{target.name} has no field {shown(column)}; {_near(column, target.fields)}{remedy}",
        )
    if target.key and target.key.upper() not in source.columns and not has_integer_key(target):
        mistakes.add(source.file, f"the field {target.key} is missing: it tells the records of {target.name} apart")
    elif not strangers:
        rows = _Rows(source=source, target=target, mistakes=mistakes, store=store)
        store.table(target)  # what lies beneath is there before its keys are compared
        store.add(Table(object=target.name, columns=tuple(source.columns), rows=rows.stored()))
        store.table(target)


def _near(name: str, known: Iterable[str]) -> str:
    found = get_close_matches(name, list(known), n=3)
    return f"near it are {', '.join(found)}; " if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The rows of one object on their way into its table."""

    source: Source
    target: Object
    mistakes: Mistakes
    store: Store

    def stored(self) -> Iterator[Row]:
        """The rows in storage form, without those that have a mistake."""
        columns = list(self.source.columns)
        fields = [self.target.fields[column] for column in columns]
        key, identity = ((name or "").upper() for name in (self.target.key, self.target.id_field))
        keys, ids = self._present(key, columns), self._present(identity, columns)
        for place, texts in self.source.rows(self.mistakes):
            row = [self._cell(text, each, place) for text, each in zip(texts, fields, strict=True)]
            if _WRONG in row:
                continue
            if key in columns and not self._is_new(key, row[columns.index(key)], place, keys):
                continue
            if identity in columns and not self._is_free(identity, row[columns.index(identity)], place, ids):
                continue
            yield tuple(row)

    def _cell(self, text: str, wanted: Field, place: str) -> Cell:
        try:
            return cell(text, wanted)
        except ValueError as expected:
            self._refuse(place, wanted.name, f"{shown(text)} is not {expected}")
            return _WRONG

    def _present(self, name: str, columns: list[str]) -> dict[Cell, str]:
        """The values that the rows beneath have; asked before the first row is written."""
        if name not in columns:
            return {}
        with self.store.reading() as connection:
            sql = f"SELECT {quoted(name)} FROM {quoted(self.target.name)}"  # noqa: S608
            return dict.fromkeys((value for (value,) in connection.execute(sql)), "the demo company")

    def _is_new(self, key: str, value: Cell, place: str, seen: dict[Cell, str]) -> bool:
        if value is None:
            self._refuse(place, key, f"it is empty; give every row its {key}, or leave the column out")
        elif value in seen:
            self._refuse(place, key, f"{value} is in {seen[value]} already; take another")
        else:
            seen[value] = place
            return True
        return False

    def _is_free(self, identity: str, value: Cell, place: str, seen: dict[Cell, str]) -> bool:
        if value is not None and value in seen:
            self._refuse(place, identity, f"{value} is in {seen[value]} already; take another")
            return False
        bundled = BUNDLED.object(self.target.name)  # names of custom objects are no ids
        if bundled and bundled.id_field and identity not in _REPEATED:
            seen[value] = place
        return True

    def _refuse(self, place: str, name: str, words: str) -> None:
        self.mistakes.add(f"{self.source.file} {place}, {name}", words)


_REPEATED = frozenset({"BATCHNO", "COSTTYPEID", "RECORDID", "TASKID"})
"""Ids that records of one vendor, journal or project do not share, and those of two may."""

_WRONG = "\0"
"""Stands for a cell with a mistake: no text that was taken equals it."""

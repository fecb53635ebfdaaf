"""What is known of one company, kept in one file.

In: entries of objects as the company described them, refusals, facts. Out: the same, later, in any process. Refuses to
know: the network, and what an entry means.

A row an object, so that a query reads one. Nothing is read before it is asked for, and there is no file until something
is kept. Every method raises ``ConfigError`` where the file cannot be used, ``Damaged`` where it is no snapshot.
"""

import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from intacct_ql.discovery.database import Damaged, Database

Entry = Mapping[str, Any]
"""An object in the form of the bundled files, with its ``name`` as the company spells it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What is known of an object without its entry.

    ``label`` is the company's; ``looked_up`` the time of its entry, in seconds since 1970, None where it has none;
    ``refused`` the gateway's words where it may not be looked up; ``listed`` says whether it is in the company's list.
    """

    name: str
    label: str
    looked_up: float | None
    refused: str | None
    listed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A field that the gateway would not give, in its words; ``told`` is when, in seconds since 1970."""

    object: str
    field: str
    words: str
    told: float


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """All that is kept of one object."""

    entry: Entry | None
    looked_up: float | None
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A fact with the time it was told, in seconds since 1970."""

    value: Any
    told: float


class Snapshot:
    """The company's own catalog and what else was learned of it; threads and processes may share the file."""

    def __init__(self, file: str | os.PathLike[str], *, clock: Callable[[], float] = time.time) -> None:
        self._database = Database(file)
        self._clock = clock

    def __repr__(self) -> str:
        return f"<Snapshot {self.file}>"

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return self._database.file

    # Objects.

    def objects(self) -> tuple[Listed, ...]:
        """Every object that was listed or looked up, by name."""
        sql = "SELECT spelled, label, looked_up, refused, listed FROM object ORDER BY name"
        return tuple(
            Listed(name=name, label=label, looked_up=looked_up, refused=refused, listed=bool(listed))
            for name, label, looked_up, refused, listed in self._rows(sql)
        )

    def about(self, name: str) -> About:
        """The entry of an object, when it was looked up, both None where it never was; and its refused fields."""
        entry, looked_up = None, None
        refusals: tuple[Refusal, ...] = ()
        with self._database.reading() as connection:
            if connection is not None:
                row = connection.execute(_ABOUT, (name.upper(),)).fetchone()
                entry, looked_up = (self._json(row[0]), row[1]) if row else (None, None)
                refusals = tuple(map(_refusal, connection.execute(_REFUSALS_OF, (name.upper(),))))
        return About(entry=entry, looked_up=looked_up, refusals=refusals)

    def entry(self, name: str) -> Entry | None:
        """The entry of an object, None where it was never looked up."""
        return self.about(name).entry

    def entries(self) -> tuple[Entry, ...]:
        """Every entry, by name."""
        rows = self._rows("SELECT entry FROM object WHERE entry IS NOT NULL ORDER BY name")
        return tuple(self._json(text) for (text,) in rows)

    def put(self, entries: Iterable[Entry]) -> dict[str, Entry | None]:
        """Keep entries in one go; gives for each name, as the company spells it, the entry that was there before."""
        before: dict[str, Entry | None] = {}
        with self._database.writing() as connection:
            for entry in entries:
                name = entry["name"]
                found = connection.execute("SELECT entry FROM object WHERE name = ?", (name.upper(),)).fetchone()
                before[name] = self._json(found[0]) if found and found[0] else None
                connection.execute(
                    "INSERT INTO object (name, spelled, label, entry, looked_up) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (name) DO UPDATE SET spelled = excluded.spelled, entry = excluded.entry,"
                    " looked_up = excluded.looked_up, refused = NULL",
                    (name.upper(), name, entry["label"], _text(entry), self._clock()),
                )
        return before

    def put_list(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Keep the company's list of all its objects; gives the names of those that have an entry and are not in it."""
        with self._database.writing() as connection:
            connection.execute("UPDATE object SET listed = 0")
            connection.executemany(
                "INSERT INTO object (name, spelled, label, listed) VALUES (?, ?, ?, 1)"
                " ON CONFLICT (name) DO UPDATE SET spelled = excluded.spelled, label = excluded.label, listed = 1",
                [(name.upper(), name, label) for name, label in labels.items()],
            )
            connection.execute("DELETE FROM object WHERE NOT listed AND entry IS NULL")
            unlisted = connection.execute("SELECT spelled FROM object WHERE NOT listed ORDER BY name").fetchall()
        return tuple(name for (name,) in unlisted)

    def drop(self, name: str) -> None:
        """Forget an object: the company has it no longer."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM object WHERE name = ?", (name.upper(),))

    def put_refused(self, name: str, words: str) -> None:
        """Keep that an object may not be looked up, in the gateway's words; what was known of it stays."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO object (name, spelled, label, refused) VALUES (?, ?, '', ?)"
                " ON CONFLICT (name) DO UPDATE SET refused = excluded.refused",
                (name.upper(), name, words),
            )

    # Fields that may not be queried.

    def refuse(self, object: str, field: str, words: str) -> None:  # noqa: A002 - the word for it
        """Keep that the gateway would not give a field of an object, in its words."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO refusal VALUES (?, ?, ?, ?)",
                (object.upper(), field.upper(), words, self._clock()),
            )

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Every field that was refused, by object and name."""
        return tuple(map(_refusal, self._rows(_REFUSALS)))

    def forgive(self, objects: Sequence[str]) -> tuple[Refusal, ...]:
        """Forget what was refused of these objects, so that it is tried again; gives what that was."""
        with self._database.writing() as connection:
            names = [(name.upper(),) for name in objects]
            forgiven = [row for name in names for row in connection.execute(_REFUSALS_OF, name)]
            connection.executemany("DELETE FROM refusal WHERE object = ?", names)
        return tuple(map(_refusal, forgiven))

    # Small facts by name.

    def fact(self, name: str) -> Any:
        """The value kept under a name, None where there is none."""
        told = self.told(name)
        return None if told is None else told.value

    def told(self, name: str) -> Told | None:
        """The same with its time."""
        rows = self._rows("SELECT value, told FROM fact WHERE name = ?", name)
        return Told(value=self._json(rows[0][0]), told=rows[0][1]) if rows else None

    def put_fact(self, name: str, value: Any) -> None:
        """Keep a value of plain JSON types under a name."""
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO fact VALUES (?, ?, ?)", (name, _text(value), self._clock()))

    # The file.

    def is_damaged(self) -> bool:
        """Whether there is a file that is no snapshot."""
        return not self._database.is_sound()

    def rebuild(self) -> None:
        """Make an empty snapshot of a damaged one; a sound one stays as it is."""
        self._database.rebuild()

    def _rows(self, sql: str, *values: object) -> list[Any]:
        with self._database.reading() as connection:
            return [] if connection is None else connection.execute(sql, values).fetchall()

    def _json(self, text: str) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            raise Damaged(f"the snapshot {self.file} is damaged: an entry in it is no JSON") from None


_ABOUT = "SELECT entry, looked_up FROM object WHERE name = ? AND entry IS NOT NULL"
_REFUSALS = "SELECT object, field, words, told FROM refusal ORDER BY object, field"
_REFUSALS_OF = "SELECT object, field, words, told FROM refusal WHERE object = ? ORDER BY field"


def _refusal(row: tuple[str, str, str, float]) -> Refusal:
    object_name, field, words, told = row
    return Refusal(object=object_name, field=field, words=words, told=told)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

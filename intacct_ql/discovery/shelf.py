"""A snapshot, or a file it was exported to, as the upper part of a catalog.

In: a snapshot, a file. Out: a ``Shelf``, and the ``Catalog`` above the bundled one. Refuses to know: how a
query uses it.

An exported file is JSON, an object a line, in the order of names and without times: it can be kept under version
control, and a change of the company is a change of its lines.
"""

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from intacct_ql.discovery.snapshot import Snapshot
from intacct_ql.errors import ConfigError
from intacct_ql.schema.layered import Layered
from intacct_ql.schema.model import Origin

FORMAT = "intacct-ql catalog"
VERSION = 1


def catalog_of(snapshot: Snapshot) -> Layered:
    """The catalog of the company whose snapshot this is."""
    return Layered(_OfSnapshot(snapshot))


def catalog_in(file: str | os.PathLike[str]) -> Layered:
    """The catalog in an exported file. Raises ``ConfigError`` where that is none."""
    return Layered(_OfFile(file))


def exported(snapshot: Snapshot) -> str:
    """The text of a file that ``catalog_in`` reads."""
    entries = snapshot.entries()
    refused: dict[str, dict[str, str]] = {}
    for refusal in snapshot.refusals:
        refused.setdefault(refusal.object, {})[refusal.field] = refusal.words
    head = f'{{"format": {_line(FORMAT)}, "version": {VERSION},'
    return f'{head}\n"refused": {_lines(refused)},\n"objects": {_lines({one["name"]: one for one in entries})}}}\n'


class _OfSnapshot:
    origin = Origin.SNAPSHOT

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def labels(self) -> Mapping[str, str]:
        return {one.name: one.label for one in self._snapshot.objects() if one.looked_up is not None}

    def times(self) -> Mapping[str, float]:
        return {one.name: one.looked_up for one in self._snapshot.objects() if one.looked_up is not None}

    def barred(self) -> Mapping[str, str]:
        return {one.name: one.refused for one in self._snapshot.objects() if one.refused is not None}

    def about(self, name: str) -> tuple[Mapping[str, Any] | None, Mapping[str, str]]:
        seen = self._snapshot.about(name)
        entry = None if seen.entry is None else {**seen.entry, "looked_up": seen.looked_up}
        return entry, {one.field: one.words for one in seen.refusals}


class _OfFile:
    origin = Origin.FILE

    def __init__(self, file: str | os.PathLike[str]) -> None:
        read = _read(file)
        self._entries = {name.upper(): entry for name, entry in read["objects"].items()}
        self._refused = read["refused"]

    def labels(self) -> Mapping[str, str]:
        return {entry["name"]: entry["label"] for entry in self._entries.values()}

    def times(self) -> Mapping[str, float]:
        return {}

    def barred(self) -> Mapping[str, str]:
        return {}

    def about(self, name: str) -> tuple[Mapping[str, Any] | None, Mapping[str, str]]:
        return self._entries.get(name.upper()), self._refused.get(name.upper(), {})


def _read(file: str | os.PathLike[str]) -> dict[str, Any]:
    try:
        with open(file, encoding="utf-8") as stream:
            read = json.load(stream)
    except OSError as unreadable:
        why = unreadable.strerror or str(unreadable)
        raise ConfigError(f"the catalog {os.fspath(file)} cannot be read: {why}") from None
    except ValueError:
        raise ConfigError(_no_catalog(file, "it is not JSON")) from None
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise ConfigError(_no_catalog(file, f'it has no "format": "{FORMAT}"'))
    if not isinstance(read.get("version"), int) or read["version"] > VERSION:
        raise ConfigError(
            f"the catalog {os.fspath(file)} was written by a newer intacct-ql (its version is {read.get('version')}, "
            f"this one reads {VERSION})\n  hint: install the newer one, or export it again"
        )
    wrong = _first_wrong(read)
    if wrong:
        raise ConfigError(_no_catalog(file, wrong))
    return read


def _first_wrong(read: Mapping[str, Any]) -> str | None:
    """What is wrong in the form of the file: people may edit it."""
    if not isinstance(read.get("objects"), dict) or not isinstance(read.get("refused"), dict):
        return "it has no objects"
    for name, entry in read["objects"].items():
        parts = (("name", str), ("label", str), ("coverage", str), ("fields", list), ("relationships", list))
        if not isinstance(entry, dict) or not all(isinstance(entry.get(part), kind) for part, kind in parts):
            return f"its entry of {name} lacks a part"
        rows: Iterable[tuple[Any, tuple[str, ...]]] = (
            *((field, ("id", "label", "type")) for field in entry["fields"]),
            *((way, ("path", "object")) for way in entry["relationships"]),
        )
        if not all(
            isinstance(row, dict) and all(isinstance(row.get(part), str) for part in wanted) for row, wanted in rows
        ):
            return f"a field or relationship in its entry of {name} lacks a part"
    return None


def _no_catalog(file: str | os.PathLike[str], why: str) -> str:
    return f"{os.fspath(file)} is no exported catalog: {why}\n  hint: intacct-ql schema export writes one"


def _lines(parts: Mapping[str, object]) -> str:
    inner = ",\n".join(f"{_line(name)}: {_line(part)}" for name, part in parts.items())
    return f"{{\n{inner}\n}}" if inner else "{}"


def _line(part: object) -> str:
    return json.dumps(part, ensure_ascii=False)

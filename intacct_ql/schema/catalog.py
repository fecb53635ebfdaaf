"""The catalog: which objects exist, found by name, each read when it is first asked for.

In: names in any case. Out: ``Object`` records. One JSON file an object lies in ``bundled/``; ``index.json`` lists the
names and labels, so that one query reads one object's file. Refuses to know: query text, XML, the network.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from intacct_ql.schema.model import Coverage, Dimension, EnumValue, Field, Object, Origin, Relationship
from intacct_ql.schema.types import DataType

_BUNDLED = os.path.join(os.path.dirname(__file__), "bundled")

CODES = {"STATUS": {"active": "T", "inactive": "F"}}
"""Stored codes of labels, by field name, where they are documented."""

CODED = frozenset({"STATE", "ACCESSMODE"})
"""Fields typed TEXT whose words stand for stored codes, by name: ``readByQuery`` and ``query`` want different ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """Another name of an object: a DTD 2.1 list name (``legacy``) or the published misspelling."""

    name: str
    object: str
    legacy: bool


class Catalog:
    """Objects by name. Immutable to its users; reads a file when an object is first asked for.

    ``asks``: a company stands behind it, which can be asked for what is missing.
    """

    def __init__(self, folder: str | os.PathLike[str] = _BUNDLED, *, aliases: bool = True, asks: bool = False) -> None:
        self.asks = asks
        self._folder = folder
        self._aliases = aliases
        self._objects: dict[str, Object] = {}

    @cached_property
    def _index(self) -> dict[str, Any]:
        index: dict[str, Any] = _read(self._folder, "index")
        return index

    def names(self) -> tuple[str, ...]:
        """Every object name, sorted."""
        return tuple(self._index["objects"])

    def labels(self) -> Mapping[str, str]:
        """Object names with their labels."""
        labels: Mapping[str, str] = self._index["objects"]
        return labels

    def times(self) -> Mapping[str, float]:
        """When objects were looked up, in seconds since 1970; none of the bundled ones was."""
        return {}

    def barred(self) -> Mapping[str, str]:
        """The objects that may not be looked up, with the gateway's words."""
        return {}

    def aliases(self) -> tuple[Alias, ...]:
        """Every alias that is switched on."""
        return (
            tuple(Alias(name=name, **entry) for name, entry in self._index["aliases"].items()) if self._aliases else ()
        )

    def alias(self, name: str) -> Alias | None:
        """What another name stands for, or None. An object's own name is never an alias."""
        upper = name.upper()
        entry = self._index["aliases"].get(upper) if self._aliases else None
        return Alias(name=upper, **entry) if entry else None

    def find(self, name: str) -> Object | None:
        """The object of this name, or the one that it is another name of; None where there is neither."""
        found = self.object(name)
        if found is None and (alias := self.alias(name)) is not None:
            found = self.object(alias.object)
        return found

    def object(self, name: str) -> Object | None:
        """The object of exactly this name, in any case; aliases are not followed."""
        upper = name.upper()
        found = self._objects.get(upper)
        if found is None and (entry := self.entry(upper)) is not None:
            found = self._objects[upper] = read_object(upper, entry)
        return found

    def entry(self, name: str) -> Mapping[str, Any] | None:
        """What its file holds of the object of exactly this name, in any case."""
        upper = name.upper()
        return _read(self._folder, upper) if self._is_known(upper) else None

    def _is_known(self, upper: str) -> bool:
        return upper in self._index["objects"]


def _read(folder: str | os.PathLike[str], name: str) -> dict[str, Any]:
    with open(os.path.join(folder, f"{name}.json"), encoding="utf-8") as file:
        entry: dict[str, Any] = json.load(file)
    return entry


def read_object(name: str, entry: Mapping[str, Any]) -> Object:
    """An ``Object`` from one JSON entry in the form of the bundled files.

    Entries of companies hold more: the ``name`` where it is not in upper case, the ``origin``, when it was
    ``looked_up``, and the ``facts`` that come from elsewhere.
    """
    fields = {field["id"].upper(): _field(field) for field in entry["fields"]}
    relationships = {
        way["path"].upper(): Relationship(
            path=way["path"], object=way["object"], related_by=way.get("related_by"), source=way.get("source", "")
        )
        for way in entry["relationships"]
    }
    return Object(
        name=entry.get("name", name),
        label=entry["label"],
        description=entry.get("description", ""),
        module=entry.get("module") or "",
        key=entry.get("key"),
        id_field=entry.get("id_field"),
        legacy_name=entry.get("legacy_name"),
        coverage=Coverage(entry["coverage"]),
        fields=fields,
        relationships=relationships,
        origin=Origin(entry.get("origin", Origin.BUNDLED)),
        looked_up=entry.get("looked_up"),
        dimension=_dimension(entry.get("dimension")),
        facts=entry.get("facts", {}),
    )


def _dimension(entry: Mapping[str, Any] | None) -> Dimension | None:
    if entry is None:
        return None
    return Dimension(
        term=entry.get("term", ""),
        user_defined=entry.get("user_defined", False),
        enabled_in_gl=entry.get("enabled_in_gl", False),
    )


def _field(entry: Mapping[str, Any]) -> Field:
    codes = CODES.get(entry["id"], {})
    return Field(
        name=entry["id"],
        label=entry["label"],
        type=DataType(entry["type"]),
        values=tuple(EnumValue(label=label, code=codes.get(label)) for label in entry.get("valid_values", ())),
        queryable=entry.get("queryable"),
        readonly=entry.get("readonly", False),
        required=entry.get("required", False),
        custom=entry.get("custom", False),
        verified=entry.get("verified", True),
        source=entry.get("source", ""),
        description=entry.get("description", ""),
        facts=entry.get("facts", {}),
    )


BUNDLED = Catalog()
"""The catalog that ships with the package."""

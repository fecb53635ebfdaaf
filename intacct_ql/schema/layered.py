"""A company's own objects above the bundled ones.

In: entries that a company gave, and the catalog beneath. Out: a ``Catalog`` in which each object is the company's where
it was looked up, and the bundled one where it never was. Refuses to know: where entries are kept.

What a company does not say of its own objects (which field is the key, what cannot be queried) comes from the bundled
entry, fact by fact, and each fact so taken is marked. What the gateway refused to give counts above both.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from intacct_ql.schema.catalog import BUNDLED, Alias, Catalog
from intacct_ql.schema.model import Coverage, Origin

_OF_OBJECTS = ("label", "description", "module", "legacy_name", "key", "id_field")
_OF_FIELDS = ("description", "queryable")

_KEYS = ("RECORDNO", "ID")
"""What numbers the rows of an object that the bundled catalog lacks: custom objects have ``id`` [D]."""

_IDS = ("NAME",)
"""What people know the rows of such an object by [C]."""


class Shelf(Protocol):
    """Where entries of a company are kept."""

    origin: Origin

    def labels(self) -> Mapping[str, str]:
        """The names of all objects that have an entry, as the company spells them, with their labels."""

    def times(self) -> Mapping[str, float]:
        """When those objects were looked up, in seconds since 1970, by the same names, where that is known."""

    def barred(self) -> Mapping[str, str]:
        """The objects that may not be looked up, with the gateway's words."""

    def about(self, name: str) -> tuple[Mapping[str, Any] | None, Mapping[str, str]]:
        """The entry of an object by its name in any case, None where it was never looked up; and its refused fields.

        These are in upper case, with the gateway's words.
        """


class Layered(Catalog):
    """The catalog of one company. What was read of an object stays as it is."""

    def __init__(self, above: Shelf, beneath: Catalog = BUNDLED) -> None:
        super().__init__(asks=above.origin is Origin.SNAPSHOT)
        self._above = above
        self._beneath = beneath

    def names(self) -> tuple[str, ...]:
        """Every object name, sorted."""
        return tuple(self.labels())

    def labels(self) -> Mapping[str, str]:
        """Object names, as the company spells them, with their labels."""
        beneath = self._beneath.labels()
        labels = dict(beneath)
        for name, label in self._above.labels().items():
            known = labels.pop(name.upper(), "")
            labels[name] = label or known or name
        return dict(sorted(labels.items(), key=lambda pair: pair[0].upper()))

    def times(self) -> Mapping[str, float]:
        """When the company's objects were looked up, in seconds since 1970, where that is known."""
        return self._above.times()

    def barred(self) -> Mapping[str, str]:
        """The objects that may not be looked up, with the gateway's words."""
        return self._above.barred()

    def aliases(self) -> tuple[Alias, ...]:
        """Every alias that is no object of the company."""
        own = {name.upper() for name in self._above.labels()}
        return tuple(alias for alias in self._beneath.aliases() if alias.name not in own)

    def alias(self, name: str) -> Alias | None:
        """What another name stands for, or None. An object's own name is never an alias."""
        found = self._beneath.alias(name)
        return None if found is None or self._above.about(name)[0] is not None else found

    def entry(self, name: str) -> Mapping[str, Any] | None:
        """The company's entry of an object with the bundled one beneath it; None where there is neither."""
        (own, refused), beneath = self._above.about(name), self._beneath.entry(name)
        found = beneath if own is None else _above_bundled(own, beneath or {}, self._above.origin)
        return {**found, "fields": [_refused(one, refused) for one in found["fields"]]} if found and refused else found


def _above_bundled(own: Mapping[str, Any], beneath: Mapping[str, Any], origin: Origin) -> dict[str, Any]:
    names = {field["id"].upper(): field["id"] for field in own["fields"]}
    found = {**own, "origin": origin, "coverage": Coverage.LIVE}
    facts = {}
    for fact in _OF_OBJECTS:
        if not found.get(fact) and beneath.get(fact):
            found[fact], facts[fact] = beneath[fact], "bundled"
    for fact, usual in (("key", _KEYS), ("id_field", _IDS)):
        wanted = (found.get(fact) or "").upper()
        if wanted not in names:
            wanted = next((name for name in usual if name in names), "")
            facts[fact] = "assumed"
        found[fact] = names.get(wanted)
        if found[fact] is None:
            facts.pop(fact, None)
    known = {field["id"].upper(): field for field in beneath.get("fields", ())}
    found["fields"] = [_with_bundled(field, known.get(field["id"].upper(), {})) for field in own["fields"]]
    found["label"] = found.get("label") or found["name"]
    found["facts"] = facts
    return found


def _with_bundled(field: Mapping[str, Any], beneath: Mapping[str, Any]) -> Mapping[str, Any]:
    taken = {fact: beneath[fact] for fact in _OF_FIELDS if not field.get(fact) and beneath.get(fact) is not None}
    return {**field, **taken, "facts": dict.fromkeys(taken, "bundled")} if taken else field


def _refused(field: Mapping[str, Any], refused: Mapping[str, str]) -> Mapping[str, Any]:
    if field["id"].upper() not in refused:
        return field
    return {**field, "queryable": False, "facts": {**field.get("facts", {}), "queryable": "refused"}}

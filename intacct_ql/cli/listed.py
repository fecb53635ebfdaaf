"""All objects listed, and searched, for people and for tools.

In: a catalog, a text to search for. Out: tables, or plain types for JSON. Refuses to know: how the catalog came about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from intacct_ql.cli.described import QUERYABLE, age, field_holds, field_record, holds, moment
from intacct_ql.cli.program import say
from intacct_ql.cli.tables import print_fitting
from intacct_ql.schema.catalog import Catalog, read_object
from intacct_ql.schema.model import Field, Object


def print_objects(catalog: Catalog) -> None:
    """A table of the objects."""
    times, barred, labels = catalog.times(), catalog.barred(), catalog.labels()
    ages = {name: age(seconds) for name, seconds in times.items()}
    ages |= {name: f"{ages.get(name, 'never')}, refused" for name in barred}
    listed = {**labels, **{name: "" for name in barred if name not in labels}}
    rows = [(name, listed[name], ages.get(name, "")) for name in sorted(listed, key=str.upper)]
    if ages:
        print_fitting(("OBJECT", "LABEL", "LOOKED UP"), rows)
    else:
        print_fitting(("OBJECT", "LABEL"), [row[:2] for row in rows])


def object_records(catalog: Catalog) -> list[dict[str, object]]:
    """The same for tools."""
    times, barred, labels = catalog.times(), catalog.barred(), catalog.labels()
    return [
        {
            "name": name,
            "label": labels.get(name, ""),
            "looked_up": moment(times.get(name)),
            "refused": barred.get(name),
        }
        for name in sorted({*labels, *barred}, key=str.upper)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What holds a text: objects with their labels, and fields with the object that each is of."""

    text: str
    objects: Sequence[tuple[str, str]]
    fields: Sequence[tuple[Object, Field]]

    def to_dict(self) -> dict[str, object]:
        """The record as plain JSON types."""
        return {
            "objects": [{"name": name, "label": label} for name, label in self.objects],
            "fields": [{"object": of.name, **field_record(field)} for of, field in self.fields],
        }

    def print(self) -> None:
        """Tables of both."""
        if self.objects:
            print_fitting(("OBJECT", "LABEL"), self.objects)
        if self.objects and self.fields:
            click.echo()
        if self.fields:
            rows = [
                (of.name, field.name, field.type.value, field.label, QUERYABLE[field.queryable])
                for of, field in self.fields
            ]
            print_fitting(("OBJECT", "FIELD", "TYPE", "LABEL", "QUERYABLE"), rows)
        if not self.objects and not self.fields:
            say(f"note: no object and no field holds {self.text} in its name, label or description")


def search(catalog: Catalog, text: str) -> Found:
    """What holds a text in its name, label or description, in any case."""
    objects: list[tuple[str, str]] = []
    fields: list[tuple[Object, Field]] = []
    for name, label in catalog.labels().items():
        entry = catalog.entry(name)
        if entry is None:
            continue
        if holds(text, name, label, entry.get("description", "")):
            objects.append((name, label))
        if any(holds(text, *_texts(field)) for field in entry["fields"]):
            found = read_object(name, entry)
            fields += [(found, field) for field in found.fields.values() if field_holds(text, field)]
    return Found(text=text, objects=objects, fields=fields)


def _texts(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    return entry["id"], entry["label"], entry.get("description", "")

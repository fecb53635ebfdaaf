"""Objects described, for people and for tools.

In: a catalog, the end of a path, a text to search for. Out: tables and lines, or plain types for JSON. Refuses to know:
how the catalog came about.
"""
# ruff: noqa: PLC0415 - rich tables cost 40 ms, and a list of names needs none

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from shutil import get_terminal_size
from typing import Any

import click

from intacct_ql.cli.program import say
from intacct_ql.cli.tables import print_table
from intacct_ql.schema.catalog import Catalog, read_object
from intacct_ql.schema.model import Dimension, Field, Object, Origin, Relationship
from intacct_ql.schema.paths import Walk, is_climb

_QUERYABLE = {True: "yes", False: "no", None: ""}
_PARTS = ("name", "label", "description", "module", "key", "id_field", "legacy_name")


# All objects.


def print_objects(catalog: Catalog) -> None:
    """A table of the objects."""
    times, barred, labels = catalog.times(), catalog.barred(), catalog.labels()
    ages = {name: _age(seconds) for name, seconds in times.items()}
    ages |= {name: f"{ages.get(name, 'never')}, refused" for name in barred}
    listed = {**labels, **{name: "" for name in barred if name not in labels}}
    rows = [(name, listed[name], ages.get(name, "")) for name in sorted(listed, key=str.upper)]
    if ages:
        _print_table(("OBJECT", "LABEL", "LOOKED UP"), rows)
    else:
        _print_table(("OBJECT", "LABEL"), [row[:2] for row in rows])


def _print_table(head: Sequence[str], rows: Sequence[Sequence[str | None]]) -> None:
    """A table. Where it fits, or there is no terminal that it has to fit, none is drawn by what folds long cells.

    That takes three times as long.
    """
    lines = [head, *([_shown(text or "") for text in row] for row in rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    whole = sum(widths) + 3 * (len(widths) - 1)
    if sys.stdout is not None and sys.stdout.isatty() and whole > get_terminal_size().columns:
        from intacct_ql.encoders.table import MOST

        print_table(head, [tuple(row) for row in rows])
        if len(rows) > MOST:
            say(f"note: {len(rows) - MOST:,} more are not shown; --output json gives all of them")
        return
    texts = [
        "   ".join(text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    click.echo("\n".join([texts[0], "─" * whole, *texts[1:]]))


def _width(text: str) -> int:
    """The columns that a text takes on a screen."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _shown(text: str) -> str:
    """The text with control characters shown, for it is another's."""
    if text.isprintable():
        return text
    from intacct_ql.encoders.cells import visible

    return visible(text)


def object_records(catalog: Catalog) -> list[dict[str, object]]:
    """The same for tools."""
    times, barred, labels = catalog.times(), catalog.barred(), catalog.labels()
    return [
        {
            "name": name,
            "label": labels.get(name, ""),
            "looked_up": _moment(times.get(name)),
            "refused": barred.get(name),
        }
        for name in sorted({*labels, *barred}, key=str.upper)
    ]


# A search in all of them.


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
            "fields": [{"object": of.name, **_field_record(field)} for of, field in self.fields],
        }

    def print(self) -> None:
        """Tables of both."""
        if self.objects:
            _print_table(("OBJECT", "LABEL"), self.objects)
        if self.objects and self.fields:
            click.echo()
        if self.fields:
            rows = [
                (of.name, field.name, field.type.value, field.label, _QUERYABLE[field.queryable])
                for of, field in self.fields
            ]
            _print_table(("OBJECT", "FIELD", "TYPE", "LABEL", "QUERYABLE"), rows)
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
            fields += [(found, field) for field in found.fields.values() if _field_holds(text, field)]
    return Found(text=text, objects=objects, fields=fields)


def holds(text: str, *others: str) -> bool:
    """Whether one of the others holds the text, in any case."""
    wanted = text.casefold()
    return any(wanted in other.casefold() for other in others)


def _texts(entry: Mapping[str, Any]) -> tuple[str, str, str]:
    return entry["id"], entry["label"], entry.get("description", "")


def _field_holds(text: str, field: Field) -> bool:
    return holds(text, field.name, field.label, field.description)


# One object, or the end of a path.


def print_walk(walked: Walk, text: str, catalog: Catalog) -> None:
    """The hops of a path, and the object or the field at its end."""
    for hop in walked.hops:
        by = f" by {hop.way.related_by}" if hop.way.related_by else ""
        click.echo(_shown(f"{hop.start}.{hop.way.path} leads to {hop.way.object}{by}"))
    if walked.hops:
        click.echo()
    if walked.field is not None:
        _print_field(walked, walked.field)
    else:
        _print_object(walked.end, text, catalog.barred().get(walked.end.name, ""))


def walk_record(walked: Walk, text: str) -> dict[str, object]:
    """The same for tools."""
    hops = [{"object": hop.start, **asdict(hop.way)} for hop in walked.hops]
    record = _object_record(walked.end, _fields(walked, text), _ways(walked.end, text))
    return {**record, "hops": hops} if hops else record


def _fields(walked: Walk, text: str) -> list[Field]:
    fields = walked.end.fields.values() if walked.field is None else (walked.field,)
    return [field for field in fields if _field_holds(text, field)]


def _ways(of: Object, text: str) -> list[Relationship]:
    return [way for way in of.relationships.values() if holds(text, way.path, way.object)]


def _print_object(found: Object, text: str, barred: str) -> None:
    known_by = f"  id {found.id_field}" if found.id_field else ""
    click.echo(_shown(f"{found.name}  {found.label}  key {found.key or '-'}{known_by}"))
    click.echo(_shown(_known_from(found)))
    if barred:
        click.echo(_shown(f"may not be looked up: {barred}"))
    if found.dimension is not None:
        click.echo(_shown(_as_dimension(found.dimension)))
    if found.description:
        click.echo(_shown(found.description))
    click.echo()
    names = ("FIELD", "TYPE", "LABEL", "ABOUT", "VALUES", "QUERYABLE", "SOURCE")
    fields = [field for field in found.fields.values() if _field_holds(text, field)]
    _print_table(names, [_field_row(field) for field in fields])
    ways = _ways(found, text)
    if ways:
        click.echo()
        rows = [
            (way.path, way.object, way.related_by, "one hop only" if is_climb(way, found.name) else "", way.source)
            for way in ways
        ]
        _print_table(("RELATIONSHIP", "OBJECT", "RELATED BY", "ABOUT", "SOURCE"), rows)


def _known_from(found: Object) -> str:
    if found.origin is Origin.BUNDLED:
        words = f"bundled with intacct-ql, never looked up; coverage {found.coverage}"
    elif found.looked_up is None:
        words = "looked up and exported"
    else:
        words = f"looked up {_age(found.looked_up)} ({found.day})"
    return "; ".join([words, *_elsewhere(found.facts)])


def _as_dimension(dimension: Dimension) -> str:
    kind = "a user-defined dimension" if dimension.user_defined else "a dimension"
    used = "" if dimension.enabled_in_gl else ", not used in the general ledger"
    return f"{kind}, called {dimension.term}{used}" if dimension.term else f"{kind}{used}"


def _elsewhere(facts: Mapping[str, str]) -> list[str]:
    """Where single facts come from, those of one source together."""
    by_source: dict[str, list[str]] = {}
    for fact, source in facts.items():
        by_source.setdefault(source, []).append(fact)
    return [f"{', '.join(names)} {source}" for source, names in by_source.items()]


def _print_field(walked: Walk, field: Field) -> None:
    told = (
        ("Field", f"{walked.path(field.name)} of {walked.hops[0].start if walked.hops else walked.end.name}"),
        ("Type", field.type.value),
        ("Label", field.label),
        ("Description", field.description),
        ("Values", _values(field)),
        ("About", _about(field)),
        ("Queryable", _queryable(field) or "nobody has seen"),
        ("Source", _source(field)),
        ("Object", f"{walked.end.name}, {_known_from(walked.end)}"),
    )
    for title, words in told:
        if words:
            click.echo(_shown(f"{title:<12}{words}"))


def _field_row(field: Field) -> tuple[str, ...]:
    return (field.name, field.type.value, field.label, _about(field), _values(field), _queryable(field), _source(field))


def _queryable(field: Field) -> str:
    """Whether it can be queried, and who says so where that is another than who says the rest."""
    known = _QUERYABLE[field.queryable]
    return ", ".join(word for word in (known, field.facts.get("queryable")) if word) if known else ""


def _values(field: Field) -> str:
    return ", ".join(value.label for value in field.values)


def _about(field: Field) -> str:
    words = (("custom", field.custom), ("required", field.required), ("read-only", field.readonly))
    unverified = (("unverified", not field.verified),)
    return ", ".join(word for word, holds in (*words, *unverified) if holds)


def _source(field: Field) -> str:
    others = {fact: source for fact, source in field.facts.items() if fact != "queryable"}
    return "; ".join(part for part in (field.source, *_elsewhere(others)) if part)


def _object_record(found: Object, fields: Iterable[Field], ways: Iterable[Relationship]) -> dict[str, object]:
    return {
        **{part: getattr(found, part) for part in _PARTS},
        "coverage": found.coverage,
        "origin": found.origin,
        "looked_up": found.day,
        "dimension": None if found.dimension is None else asdict(found.dimension),
        "facts": dict(found.facts),
        "fields": [_field_record(field) for field in fields],
        "relationships": [asdict(way) for way in ways],
    }


def _field_record(field: Field) -> dict[str, object]:
    return asdict(field)


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def _age(seconds: float) -> str:
    """How long ago, in the largest unit that fits."""
    past = datetime.now(UTC).timestamp() - seconds
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if past >= length:
            count = int(past // length)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"

"""An object described, or the end of a path, for people and for tools.

In: where a path leads, a text to search for. Out: tables and lines, or plain types for JSON. Refuses to know: how the
catalog came about.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

import click

from intacct_ql.cli.tables import print_fitting, shown
from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.model import Dimension, Field, Object, Origin, Relationship
from intacct_ql.schema.paths import Walk, is_climb

QUERYABLE = {True: "yes", False: "no", None: ""}
"""Words for whether a field can be queried."""

_PARTS = ("name", "label", "description", "module", "key", "id_field", "legacy_name")


def print_walk(walked: Walk, text: str, catalog: Catalog) -> None:
    """The hops of a path, and the object or the field at its end."""
    for hop in walked.hops:
        by = f" by {hop.way.related_by}" if hop.way.related_by else ""
        click.echo(shown(f"{hop.start}.{hop.way.path} leads to {hop.way.object}{by}"))
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
    return [field for field in fields if field_holds(text, field)]


def _ways(of: Object, text: str) -> list[Relationship]:
    return [way for way in of.relationships.values() if holds(text, way.path, way.object)]


def _print_object(found: Object, text: str, barred: str) -> None:
    known_by = f"  id {found.id_field}" if found.id_field else ""
    click.echo(shown(f"{found.name}  {found.label}  key {found.key or '-'}{known_by}"))
    click.echo(shown(_known_from(found)))
    if barred:
        click.echo(shown(f"may not be looked up: {barred}"))
    if found.dimension is not None:
        click.echo(shown(_as_dimension(found.dimension)))
    if found.description:
        click.echo(shown(found.description))
    click.echo()
    names = ("FIELD", "TYPE", "LABEL", "ABOUT", "VALUES", "QUERYABLE", "SOURCE")
    fields = [field for field in found.fields.values() if field_holds(text, field)]
    print_fitting(names, [_field_row(field) for field in fields])
    ways = _ways(found, text)
    if ways:
        click.echo()
        rows = [
            (way.path, way.object, way.related_by, "one hop only" if is_climb(way, found.name) else "", way.source)
            for way in ways
        ]
        print_fitting(("RELATIONSHIP", "OBJECT", "RELATED BY", "ABOUT", "SOURCE"), rows)


def _known_from(found: Object) -> str:
    if found.origin is Origin.BUNDLED:
        words = f"bundled with intacct-ql, never looked up; coverage {found.coverage}"
    elif found.looked_up is None:
        words = "looked up and exported"
    else:
        words = f"looked up {age(found.looked_up)} ({found.day})"
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
            click.echo(shown(f"{title:<12}{words}"))


def _field_row(field: Field) -> tuple[str, ...]:
    return (field.name, field.type.value, field.label, _about(field), _values(field), _queryable(field), _source(field))


def _queryable(field: Field) -> str:
    """Whether it can be queried, and who says so where that is another than who says the rest."""
    known = QUERYABLE[field.queryable]
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
        "fields": [field_record(field) for field in fields],
        "relationships": [asdict(way) for way in ways],
    }


def field_record(field: Field) -> dict[str, object]:
    """A field as plain JSON types."""
    return asdict(field)


def moment(seconds: float | None) -> str | None:
    """A time in seconds since 1970, to the second, in UTC."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def age(seconds: float) -> str:
    """How long ago, in the largest unit that fits."""
    past = datetime.now(UTC).timestamp() - seconds
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if past >= length:
            count = int(past // length)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def holds(text: str, *others: str) -> bool:
    """Whether one of the others holds the text, in any case."""
    wanted = text.casefold()
    return any(wanted in other.casefold() for other in others)


def field_holds(text: str, field: Field) -> bool:
    """Whether a field holds the text in its name, label or description."""
    return holds(text, field.name, field.label, field.description)

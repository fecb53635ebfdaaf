"""``schema``: what objects and fields there are.

In: a name, a text to search for. Out: tables or JSON. Refuses to know: queries and gateways.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from intacct_ql import errors
from intacct_ql.cli.program import json_text, say

if TYPE_CHECKING:
    from intacct_ql.schema.model import Field, Object


@click.command(
    epilog="""\b
Examples:
  intacct-ql schema --search invoice
  intacct-ql schema CUSTOMER --search due"""
)
@click.argument("name", metavar="[OBJECT]", required=False)
@click.option("--search", metavar="TEXT", default="", help="Only names and labels that hold this text.")
@click.option("--output", type=click.Choice(["table", "json"]), default="table", show_default=True)
def schema(name: str | None, search: str, output: str) -> None:
    """List the objects, or one object's fields and relationships."""
    from intacct_ql.schema.catalog import BUNDLED

    if name is None:
        wanted = [(key, label) for key, label in BUNDLED.labels().items() if _holds(search, key, label)]
        if output == "json":
            click.echo(json_text([{"name": key, "label": label} for key, label in wanted]))
        else:
            _print_table(("OBJECT", "LABEL"), wanted)
        return
    found = _object(name)
    fields = [field for field in found.fields.values() if _holds(search, field.name, field.label)]
    if output == "json":
        click.echo(json_text(_object_record(found, fields)))
        return
    click.echo(f"{found.name}  {found.label}  key {found.key or '-'}  coverage {found.coverage}\n")
    _print_table(("FIELD", "TYPE", "LABEL", "VALUES", "QUERYABLE", "SOURCE"), list(map(_field_row, fields)))
    ways = [(way.path, way.object, way.related_by) for way in found.relationships.values() if _holds(search, way.path)]
    if ways:
        click.echo()
        _print_table(("RELATIONSHIP", "OBJECT", "RELATED BY"), ways)


def _holds(search: str, *texts: str) -> bool:
    return any(search.casefold() in text.casefold() for text in texts)


def _object(name: str) -> "Object":
    from intacct_ql.schema.catalog import BUNDLED
    from intacct_ql.suggest import nearest

    alias = BUNDLED.alias(name)
    if alias is not None:
        say(f"note: {name} is another name of {alias.object}")
    found = BUNDLED.object(alias.object if alias else name)
    if found is None:
        near = nearest(name, BUNDLED.names())
        hint = f"\n  hint: {' or '.join(near)} might be meant" if near else ""
        raise errors.Error(f"there is no object {name}{hint}")
    return found


def _field_row(field: "Field") -> tuple[str, ...]:
    values = ", ".join(value.label for value in field.values)
    queryable = {True: "yes", False: "no", None: ""}[field.queryable]
    return (field.name, field.type.value, field.label, values, queryable, field.source)


def _object_record(found: "Object", fields: Sequence["Field"]) -> dict[str, object]:
    from dataclasses import asdict

    record = {key: getattr(found, key) for key in ("name", "label", "description", "module", "key", "id_field")}
    ways = [asdict(way) for way in found.relationships.values()]
    return {**record, "coverage": found.coverage, "fields": [asdict(one) for one in fields], "relationships": ways}


def _print_table(names: Sequence[str], rows: Sequence[tuple[str | None, ...]]) -> None:
    from intacct_ql.encoders.table import write
    from intacct_ql.result import ResultColumn
    from intacct_ql.schema.types import DataType

    columns = [ResultColumn(name=name, type=DataType.TEXT, path="") for name in names]
    write(columns, (rows,), sys.stdout)

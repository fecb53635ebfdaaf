"""The catalog that ships with the package is whole, and a query reads of it what it needs."""

import builtins
import json
from pathlib import Path

import pytest

import intacct_ql as iql
from intacct_ql.schema import catalog as room
from intacct_ql.schema.catalog import BUNDLED, Catalog
from intacct_ql.schema.model import Origin
from intacct_ql.schema.types import DataType

FOLDER = Path(room.__file__).parent / "bundled"


@pytest.mark.parametrize("name", BUNDLED.names())
def test_an_object_is_whole(name: str) -> None:
    found = BUNDLED.object(name)
    assert (found.name, found.label, found.origin) == (name, BUNDLED.labels()[name], Origin.BUNDLED)
    assert found.fields
    assert len(found.fields) == len(json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["fields"])
    for upper, field in found.fields.items():
        assert upper == field.name == field.name.upper()
        assert field.label
        assert field.source
        assert (field.type is DataType.ENUM) <= bool(field.values)
    for part in (found.key, found.id_field):
        assert part is None or part in found.fields
    for path, way in found.relationships.items():
        assert path == way.path
        assert BUNDLED.object(way.object) is not None, way
        assert way.related_by is None or way.related_by in found.fields, way


def test_every_file_is_an_object_and_every_object_has_a_file() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == {*BUNDLED.names(), "index"}


def test_every_alias_resolves_and_hides_no_object() -> None:
    for alias in BUNDLED.aliases():
        assert BUNDLED.object(alias.object) is not None, alias
        assert BUNDLED.object(alias.name) is None, alias
        assert BUNDLED.alias(alias.name.lower()) == alias


REFUSED = {
    "PROJECT": "CFDA FUNDEDNAME AGENCY PAYER FUNDINGOTHERID ASSISTANCETYPE REVRESTRICTION RESTRICTIONEXPIRY"
    " RESTRICTIONEXPIRATIONDATE TIMESATISFACTIONSCHEDULED",
    "ARINVOICE": "CUSTENTITY",
}
"""Fields that lookup lists and query was seen to refuse."""


@pytest.mark.parametrize("name", REFUSED)
def test_known_refusals_ship_with_the_package(name: str) -> None:
    found = BUNDLED.object(name)
    for field in REFUSED[name].split():
        assert found.fields[field].queryable is False
        assert found.fields[field] not in found.queryable_fields()
        assert [one.code for one in iql.check(f"select {field} from {name}")] == ["IQL205"]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the bundled files that are opened."""
    names: list[str] = []
    real = builtins.open

    def counting(file, *arguments, **settings):
        if Path(str(file)).parent == FOLDER:
            names.append(Path(file).name)
        return real(file, *arguments, **settings)

    monkeypatch.setattr(builtins, "open", counting)
    return names


def test_a_query_reads_the_files_of_its_objects(opened: list[str]) -> None:
    fresh = Catalog()
    iql.compile("select NAME, TOTALDUE from CUSTOMER where STATUS = active", catalog=fresh)
    assert opened == ["index.json", "CUSTOMER.json"]
    iql.compile("select NAME from CUSTOMER", catalog=fresh)
    assert opened == ["index.json", "CUSTOMER.json"]
    iql.compile("select RECORDID, VENDOR.TERM.NAME from APBILL", catalog=fresh)
    assert opened[2:] == ["APBILL.json", "VENDOR.json", "APTERM.json"]

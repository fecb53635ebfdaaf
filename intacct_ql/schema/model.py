"""Objects, fields and relationships as records.

In: nothing. Out: the frozen records that the catalog fills and every later stage reads.
Refuses to know: query text, XML, where the facts came from beyond one word.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from intacct_ql.record import Record
from intacct_ql.schema.types import DataType


class Coverage(StrEnum):
    """How complete an object's field list is; only on LIVE may an unknown field be refused."""

    LIVE = "live"
    RECORDED = "recorded"
    DOCS = "docs"
    SKETCH = "sketch"


class Origin(StrEnum):
    """Whose description of an object it is: the package's, the company's, or the company's out of an exported file."""

    BUNDLED = "bundled"
    SNAPSHOT = "snapshot"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class EnumValue(Record):
    """One valid value: the label that ``query`` takes and the stored code that ``readByQuery`` takes, where known."""

    label: str
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Field(Record):
    """One field of an object.

    ``name`` is the wire name, dots included (``DISPLAYCONTACT.CONTACTNAME``). ``queryable`` is False where a query on
    the field is known to fail, None where nobody has seen. ``source`` is one word for where the type comes from;
    ``facts`` says, by the name of a fact, where each comes from that is from elsewhere.
    """

    name: str
    label: str
    type: DataType
    values: tuple[EnumValue, ...] = ()
    queryable: bool | None = None
    readonly: bool = False
    required: bool = False
    custom: bool = False
    verified: bool = True
    source: str = ""
    description: str = ""
    facts: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Relationship(Record):
    """A many-to-one way to another object: ``path`` is written before the dot, ``related_by`` holds the key."""

    path: str
    object: str
    related_by: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Dimension(Record):
    """What the company makes of an object in its ledger: ``term`` is its own word for it."""

    term: str
    user_defined: bool
    enabled_in_gl: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Object:
    """One object: its fields in catalog order by upper-case name, its relationships by upper-case path.

    Equal only to itself, so that what is worked out about an object can be kept.

    ``key`` is the field that numbers the rows (RECORDNO on nearly all), ``id_field`` the one people know rows by.
    ``origin`` says whose description this is, ``looked_up`` when the company gave it, in seconds since 1970; ``facts``
    says where each fact comes from that is from elsewhere.
    """

    name: str
    label: str
    description: str = ""
    module: str = ""
    key: str | None
    id_field: str | None
    legacy_name: str | None = None
    coverage: Coverage
    fields: Mapping[str, Field]
    relationships: Mapping[str, Relationship]
    origin: Origin = Origin.BUNDLED
    looked_up: float | None = None
    dimension: Dimension | None = None
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def day(self) -> str | None:
        """When the company described it, to the second, in UTC; None where that is not known."""
        if self.looked_up is None:
            return None
        return datetime.fromtimestamp(self.looked_up, UTC).isoformat(timespec="seconds")

    def queryable_fields(self) -> tuple[Field, ...]:
        """The fields a star stands for: all but those known to be refused."""
        return tuple(field for field in self.fields.values() if field.queryable is not False)

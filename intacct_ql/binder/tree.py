"""The second tree: names are fields, literals are typed values, and every mistake has been said.

In: what the binder found. Out: frozen records. Refuses to know: doors of the gateway, pages, XML.

A ``Field`` here is a way from the queried object to one schema field; ``path`` is its wire name, dots included.
NOT still stands where the text had it; ranges and whole days have already become comparisons.
"""

from dataclasses import dataclass, field
from typing import Literal as OneOf

from intacct_ql.record import Record
from intacct_ql.schema.model import EnumValue, Object
from intacct_ql.schema.types import DataType
from intacct_ql.schema.types import Value as Plain
from intacct_ql.source import Span

Operator = OneOf["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field that can be fetched; ``known`` is False when no catalog says it exists.

    ``values`` are the valid ones of an enum; they belong to the type, not to the identity of the field. ``owner`` is
    the object at the end of the way, ``name`` what the field is called there; both are empty where no catalog knows it.
    """

    path: str
    type: DataType
    known: bool = True
    queryable: bool = field(default=True, compare=False, repr=False)
    values: tuple[EnumValue, ...] = field(default=(), compare=False, repr=False)
    owner: str = field(default="", compare=False, repr=False)
    name: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """COUNT, SUM, AVG, MIN or MAX of a field; COUNT(*) has become COUNT of the key."""

    function: str
    argument: Field
    type: DataType

    @property
    def path(self) -> str:
        """The name in the form the wire uses: ``COUNT.RECORDNO``."""
        return f"{self.function}.{self.argument.path}"


Expression = Field | Aggregate


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One typed value: ``data`` is what it means, ``text`` its source spelling (a label for an enum).

    ``code`` is the stored code of an enum value where it is known. ``slot`` is the parameter the value was bound to, by
    name or number; it takes no part in equality.
    """

    data: Plain
    text: str
    code: str | None = None
    slot: str | int | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Compare(Record):
    """``left operator value``."""

    left: Expression
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class CompareFields(Record):
    """``left operator right`` between two fields: no door of the gateway can say it."""

    left: Expression
    operator: Operator
    right: Expression


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Like(Record):
    """``left [NOT] LIKE pattern``; the pattern holds ``%``, ``_`` and their escapes with a backslash."""

    left: Expression
    pattern: str
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class In(Record):
    """``left [NOT] IN values``, duplicates dropped, order kept, at least one value."""

    left: Expression
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Between(Record):
    """``low <= left <= high``, or its negation."""

    left: Expression
    low: Value
    high: Value
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class IsNull(Record):
    """``left IS [NOT] NULL``."""

    left: Expression
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Constant(Record):
    """Always true, never, or (None) neither: a comparison with NULL, whose negation is no truer."""

    truth: bool | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Not(Record):
    """``NOT condition``."""

    condition: "Predicate"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class And(Record):
    """Two or more conditions, all of which must hold."""

    conditions: "tuple[Predicate, ...]"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Or(Record):
    """Two or more conditions, one of which must hold."""

    conditions: "tuple[Predicate, ...]"


Leaf = Compare | CompareFields | Like | In | Between | IsNull | Constant
Predicate = Leaf | Not | And | Or


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Column(Record):
    """One column of the result: what it holds and the name the user sees.

    ``span`` is its place, for planning errors.
    """

    name: str
    expression: Expression
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Order(Record):
    """One key of the order; ``nulls_first`` None leaves empty values where the gateway puts them.

    ``span`` is its place, for planning errors.
    """

    expression: Expression
    descending: bool = False
    nulls_first: bool | None = None
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Options(Record):
    """What the text or the caller switched on for the whole query; ``page_size`` None leaves it to the pager."""

    case_insensitive: bool = False
    show_private: bool = False
    docparid: str | None = None
    single: bool = False
    allow_scan: bool = False
    page_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Query(Record):
    """A whole bound query.

    ``object`` is the wire name; ``schema`` its catalog entry, None without a catalog; ``star`` says that the columns
    were written as one. ``key`` is the field that numbers the rows, None where the object has none or nobody knows it.
    ``span`` is the place of WHERE, for planning errors.
    """

    object: str
    schema: Object | None
    key: Field | None
    columns: tuple[Column, ...]
    star: bool = False
    distinct: bool = False
    where: Predicate | None = None
    grouped: bool = False
    having: Predicate | None = None
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int = 0
    options: Options = field(default_factory=Options)
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def usable_key(self) -> Field | None:
        """The key where it can be asked for."""
        key = self.key
        return key if key is not None and key.known and key.queryable else None

"""The first tree: what the text says, before anybody asks what it means.

In: what the parser's actions hand over. Out: frozen records, each with its place in the text. Refuses to know: objects,
fields, types and values; a bareword on the right of an operator stays a ``Word`` until the binder decides.

Places never take part in equality: two spellings of the same query are equal trees.
"""

from dataclasses import dataclass, field
from typing import Literal as OneOf

from intacct_ql.record import Record
from intacct_ql.source import Span

Operator = OneOf["=", "!=", "<", "<=", ">", ">="]
Function = OneOf["COUNT", "SUM", "AVG", "MIN", "MAX"]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Node(Record):
    """The base of every node: where it stands in the text."""

    span: Span = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Name(Node):
    """A name: upper case where it was written bare, as spelled where it was quoted; dots join its parts."""

    text: str
    quoted: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Call(Node):
    """An aggregate: COUNT, SUM, AVG, MIN or MAX of a field; ``argument`` None is the star of COUNT(*)."""

    function: str
    argument: Name | None


Operand = Name | Call


# Values: what stands on the right of an operator.


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Word(Node):
    """A bareword, a number or a date without quotes, as spelled; value or field is for the binder to say."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class String(Node):
    """A quoted value.

    A backslash means one thing in a value and another in a pattern of LIKE, so the text is read twice; in ``pattern``
    the escapes of LIKE still stand. Inside ``Like`` the two are the same.
    """

    text: str
    pattern: str = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Parameter(Node):
    """A place for a value bound later: ``:name``, or ``?``, whose ``key`` is None and whose number is its order."""

    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class FieldValue(Node):
    """A field on the right, said outright: ``field(NAME)`` or a back-ticked name."""

    name: Name


Value = Word | String | Parameter | FieldValue


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Joined(Node):
    """A pattern joined from pieces, ``'%' || :name || '%'``; ``escape`` is the character that makes % and _ plain.

    Without one a backslash does, as in any other pattern.
    """

    parts: tuple[Value, ...]
    escape: str | None = None


# Conditions.


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Comparison(Node):
    """``left operator right``."""

    left: Operand
    operator: Operator
    right: Value


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Like(Node):
    """``left [NOT] LIKE pattern``; ``fold`` is ILIKE."""

    left: Operand
    pattern: Value | Joined
    negated: bool = False
    fold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class In(Node):
    """``left [NOT] IN (values)``; a lone parameter may stand for the whole list (``whole``)."""

    left: Operand
    values: tuple[Value, ...]
    negated: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Between(Node):
    """``left [NOT] BETWEEN low AND high``."""

    left: Operand
    low: Value
    high: Value
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class IsNull(Node):
    """``left IS [NOT] NULL``."""

    left: Operand
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Constant(Node):
    """A comparison of two numbers, ``1 = 1``, as generated text writes true and false."""

    truth: bool


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Not(Node):
    """``NOT condition``."""

    condition: "Condition"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class And(Node):
    """Two or more conditions, all of which must hold."""

    conditions: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Or(Node):
    """Two or more conditions, one of which must hold.

    ``mixed`` is the place of an AND that stands beside the OR at the same level without brackets, if any.
    """

    conditions: "tuple[Condition, ...]"
    mixed: Span | None = field(default=None, compare=False, repr=False)


Condition = Comparison | Like | In | Between | IsNull | Constant | Not | And | Or


# The query.


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Item(Node):
    """One column: a field or an aggregate, with the name the user gives it; ``said`` is whether AS is there too."""

    operand: Operand
    alias: Name | None = None
    said: bool = field(default=True, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Star(Node):
    """``*``: every queryable field."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class From(Node):
    """The object asked, with the name the user gives it."""

    object: Name
    alias: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Order(Node):
    """One key of ORDER_BY; ``nulls_first`` None leaves empty values where the gateway puts them."""

    operand: Operand
    descending: bool = False
    nulls_first: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Count(Node):
    """A number of rows after LIMIT or OFFSET: written out, or a parameter."""

    value: int | Parameter


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Option(Node):
    """One entry of OPTION: a name in lower case and its value, None where it only stands there."""

    name: str
    value: Value | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Select(Node):
    """A whole query."""

    items: tuple[Item, ...] | Star
    source: From
    distinct: bool = False
    where: Condition | None = None
    group_by: tuple[Operand, ...] = ()
    having: Condition | None = None
    order_by: tuple[Order, ...] = ()
    limit: Count | None = None
    offset: Count | None = None
    options: tuple[Option, ...] = ()

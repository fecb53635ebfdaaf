"""What the REST query service can say of a plan, and what is refused because nobody knows its REST name.

In: ``steps.Fetch``, or one leaf of its condition. Out: a yes or no, or ``QueryError`` with every finding.
Refuses to know: JSON, pages.
"""

from collections.abc import Iterator

from intacct_ql.binder import tree
from intacct_ql.errors import QueryError, error
from intacct_ql.planner.steps import Fetch
from intacct_ql.schema.rest import rest_field, rest_object
from intacct_ql.schema.types import TEXTUAL

Leaf = tree.Compare | tree.Like | tree.In | tree.Between | tree.IsNull
"""The leaves a door is asked about."""

_DOCUMENTS = frozenset({"order-entry/document"})
"""Objects that take a document type behind two colons."""


def can_say(object_name: str, leaf: tree.Predicate) -> bool:
    """Whether the service can check this leaf: its field has a REST name, its values and its pattern a spelling."""
    return isinstance(leaf, Leaf) and _obstacle(object_name, leaf) is None


def check(fetch: Fetch) -> None:
    """Refuse what no source has a REST name or spelling for. Raises ``QueryError`` with every finding, IQL304."""
    findings = dict.fromkeys(_obstacles(fetch))
    if findings:
        raise QueryError([error("IQL304", None, f"rest cannot {what}", "use the target query") for what in findings])


def _obstacles(fetch: Fetch) -> Iterator[str]:
    name = rest_object(fetch.object)
    if name is None:
        yield f"read {fetch.object}: no source says what REST calls it"
        return
    if fetch.options.docparid is not None and name not in _DOCUMENTS:
        yield f"read one document type of {fetch.object}"
    for expression in fetch.select:
        field = expression if isinstance(expression, tree.Field) else expression.argument
        if rest_field(fetch.object, field.path) is None:
            yield _unnamed(field)
    for order in fetch.order_by:
        if not isinstance(order.expression, tree.Field):
            yield f"order by {order.expression.path}: no source says how"
        elif rest_field(fetch.object, order.expression.path) is None:
            yield _unnamed(order.expression)
    for leaf in _leaves(fetch.where):
        obstacle = _obstacle(fetch.object, leaf)
        if obstacle is not None:
            yield obstacle


def _obstacle(object_name: str, leaf: Leaf) -> str | None:
    left = leaf.left
    if not isinstance(left, tree.Field):
        return f"compare {left.path} with a value"
    field = rest_field(object_name, left.path)
    if field is None:
        return _unnamed(left)
    if isinstance(leaf, tree.IsNull):
        return None
    if isinstance(leaf, tree.Like):
        if field.words is not None or left.type not in TEXTUAL:
            return f"compare {left.path} with a pattern: its values are spelled differently there"
        return None if pattern_parts(leaf.pattern) else f"compare {left.path} with the pattern {leaf.pattern}"
    if field.words is None:
        return None
    if isinstance(leaf, tree.Between) or (isinstance(leaf, tree.Compare) and leaf.operator not in ("=", "!=")):
        return f"compare {left.path} by order: its values are spelled differently there"
    strange = [value.text for value in _values(leaf) if value.text not in field.words]
    return f"compare {left.path} with {strange[0]}: no source says what REST calls it" if strange else None


def _unnamed(field: tree.Field) -> str:
    return f"read the field {field.path}: no source says what REST calls it"


def _values(leaf: tree.Compare | tree.In) -> tuple[tree.Value, ...]:
    return (leaf.value,) if isinstance(leaf, tree.Compare) else leaf.values


def _leaves(predicate: tree.Predicate | None) -> Iterator[Leaf]:
    if isinstance(predicate, tree.And | tree.Or):
        for condition in predicate.conditions:
            yield from _leaves(condition)
    elif predicate is not None:
        assert isinstance(predicate, Leaf)  # noqa: S101 - the normal form of a door holds nothing else
        yield predicate


def pattern_parts(pattern: str) -> tuple[bool, str, bool] | None:
    """A pattern as opening ``%``, plain text, closing ``%``; None where it holds other wildcards, or no text."""
    marks: list[tuple[str, bool]] = []  # a character, and whether it is a wildcard
    characters = iter(pattern)
    for character in characters:
        escaped = next(characters, None) if character == "\\" else None
        marks.append((character, character in "%_") if escaped is None else (escaped, False))
    opens = marks[:1] == [("%", True)]
    closes = marks[opens:][-1:] == [("%", True)]
    middle = marks[opens : len(marks) - closes]
    if not middle or any(wild for _, wild in middle):
        return None
    return opens, "".join(character for character, _ in middle), closes

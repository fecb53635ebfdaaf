"""What the REST query service can say of a plan, and what it cannot because nobody knows its REST name.

In: a query, its fetch, or one leaf of its condition. Out: a yes or no, or the reasons why not. Refuses to know: JSON,
pages.
"""

from collections.abc import Iterator, Mapping

from intacct_ql.binder import tree
from intacct_ql.planner.abilities import Obstacle
from intacct_ql.planner.steps import Fetch
from intacct_ql.schema.rest import rest_field, rest_object
from intacct_ql.schema.types import TEXTUAL

Leaf = tree.Compare | tree.Like | tree.In | tree.Between | tree.IsNull
"""The leaves a door is asked about."""

_DOCUMENTS = frozenset({"order-entry/document"})
"""Objects that take a document type behind two colons."""


def says(query: tree.Query, leaf: tree.Leaf) -> bool:
    """Whether the service can check this leaf: its field has a REST name, its values and its pattern a spelling."""
    if not isinstance(leaf, Leaf) or not isinstance(leaf.left, tree.Field):
        return False
    field = rest_field(query.object, leaf.left.path)
    if field is None:
        return False
    if isinstance(leaf, tree.IsNull):
        return True
    if isinstance(leaf, tree.Like):
        return field.words is None and leaf.left.type in TEXTUAL and pattern_parts(leaf.pattern) is not None
    return field.words is None or _are_words(leaf, field.words)


def _are_words(leaf: tree.Compare | tree.In | tree.Between, words: Mapping[str, str]) -> bool:
    """Whether labels can be said by other words: none is greater than another there, and each must have one.

    A value that is not bound yet, while a query is checked, passes for one that has.
    """

    def is_word(value: tree.Value) -> bool:
        return value.data is None or value.text in words

    if isinstance(leaf, tree.In):
        return all(map(is_word, leaf.values))
    return isinstance(leaf, tree.Compare) and leaf.operator in ("=", "!=") and is_word(leaf.value)


def unable(query: tree.Query, fetch: Fetch) -> Iterator[Obstacle]:
    """What no source has a REST name or a spelling for, once each."""
    name = rest_object(query.object)
    if name is None:
        yield f"read {query.object}: no source says what REST calls it", None
        return
    if query.options.docparid is not None and name not in _DOCUMENTS:
        yield f"read one document type of {query.object}", None
    asked = [one if isinstance(one, tree.Field) else one.argument for one in fetch.select]
    ordered = [order.expression for order in fetch.order_by if isinstance(order.expression, tree.Field)]
    for field in dict.fromkeys(asked + ordered):
        if rest_field(query.object, field.path) is None:
            yield f"read the field {field.path}: no source says what REST calls it", field


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

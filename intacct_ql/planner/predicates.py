"""Predicates brought into the form a door can say, and divided between the door and us.

In: a bound predicate, with NOT wherever the text had it. Out: a predicate without NOT, nested groups of one kind,
one-member groups or constants, its lists within the door's limit; and its two parts, pushed down and residual.
Refuses to know: XML, rows, and which door it is; an ``Abilities`` record says what counts.

    NOT (A = 1 AND B LIKE 'x%')            A != 1 OR B NOT LIKE 'x%'
    A NOT BETWEEN 1 AND 5                  A < 1 OR A > 5
    A IN (2,500 values)                    A IN (1,000) OR A IN (1,000) OR A IN (500)

Negation at the leaves keeps three-valued logic: an empty field satisfies neither ``A = 1`` nor ``A != 1``, just as
it satisfies neither ``A = 1`` nor ``NOT A = 1``. A predicate that needs no change comes back as the same object.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from intacct_ql.binder.tree import (
    And,
    Between,
    Compare,
    CompareFields,
    Constant,
    Expression,
    Field,
    In,
    IsNull,
    Like,
    Not,
    Operator,
    Or,
    Predicate,
    Query,
    Value,
)
from intacct_ql.planner.abilities import Abilities
from intacct_ql.schema.types import TEXTUAL

TRUE = Constant(truth=True)
FALSE = Constant(truth=False)

_OPPOSITE: dict[Operator, Operator] = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_WORDS: dict[type, tuple[str, str]] = {
    Like: ("LIKE", "NOT LIKE"),
    In: ("IN", "NOT IN"),
    Between: ("BETWEEN", "NOT BETWEEN"),
    IsNull: ("IS NULL", "IS NOT NULL"),
}


def operator(leaf: Compare | CompareFields | Like | In | Between | IsNull) -> str:
    """The operator of a leaf as the language spells it."""
    if isinstance(leaf, Compare | CompareFields):
        return leaf.operator
    return _WORDS[type(leaf)][leaf.negated]


def operands(predicate: Predicate) -> Iterator[Expression]:
    """Every field and aggregate a predicate reads, in the order of the text, repeats included."""
    for leaf in leaves(predicate):
        yield leaf.left
        if isinstance(leaf, CompareFields):
            yield leaf.right


def leaves(predicate: Predicate) -> Iterator[Compare | CompareFields | Like | In | Between | IsNull]:
    """Every comparison of a predicate, in the order of the text."""
    waiting: list[Predicate] = [predicate]
    while waiting:
        at = waiting.pop()
        if isinstance(at, And | Or):
            waiting.extend(reversed(at.conditions))
        elif isinstance(at, Not):
            waiting.append(at.condition)
        elif not isinstance(at, Constant):
            yield at


# The normal form.


def normalise(predicate: Predicate, abilities: Abilities) -> Predicate:
    """The same meaning in the form of the door; a ``Constant`` only when nothing else is left."""
    return _normal(predicate, False, abilities)


def _normal(predicate: Predicate, negate: bool, abilities: Abilities) -> Predicate:
    kind = type(predicate)
    if kind is Compare and not negate:
        return predicate
    return _FORMS[kind](predicate, negate, abilities)


def _group(group: And | Or, negate: bool, abilities: Abilities) -> Predicate:
    kind: type[And | Or] = type(group)
    if negate:
        kind = Or if kind is And else And
    parts: list[Predicate] = []
    changed = negate or len(group.conditions) < 2
    for condition in group.conditions:
        part = _normal(condition, negate, abilities)
        of = type(part)
        changed = changed or part is not condition or of is kind
        if of is kind:
            parts.extend(part.conditions)  # type: ignore[union-attr]
        elif of is not Constant:
            parts.append(part)
        elif part.truth is (kind is Or):  # type: ignore[union-attr]
            return part
        else:
            changed = True
    if not changed:
        return group
    return _joined(kind, parts) or (TRUE if kind is And else FALSE)


def _not(condition: Not, negate: bool, abilities: Abilities) -> Predicate:
    return _normal(condition.condition, not negate, abilities)


def _constant(constant: Constant, negate: bool, _: Abilities) -> Predicate:
    # Once NOT is gone, what is neither true nor false lets no row through, as if it were false.
    return TRUE if constant.truth is not None and constant.truth is not negate else FALSE


def _compare(leaf: Compare, negate: bool, _: Abilities) -> Predicate:
    return Compare(left=leaf.left, operator=_OPPOSITE[leaf.operator], value=leaf.value) if negate else leaf


def _compare_fields(leaf: CompareFields, negate: bool, _: Abilities) -> Predicate:
    return CompareFields(left=leaf.left, operator=_OPPOSITE[leaf.operator], right=leaf.right) if negate else leaf


def _like(leaf: Like, negate: bool, _: Abilities) -> Predicate:
    return Like(left=leaf.left, pattern=leaf.pattern, negated=not leaf.negated) if negate else leaf


def _is_null(leaf: IsNull, negate: bool, _: Abilities) -> Predicate:
    return IsNull(left=leaf.left, negated=not leaf.negated) if negate else leaf


def _between(leaf: Between, negate: bool, abilities: Abilities) -> Predicate:
    negated = leaf.negated is not negate
    if _WORDS[Between][negated] in abilities.operators:
        return Between(left=leaf.left, low=leaf.low, high=leaf.high, negated=negated) if negate else leaf
    kind, below, above = _BOUNDS[negated]
    ends = (
        Compare(left=leaf.left, operator=below, value=leaf.low),
        Compare(left=leaf.left, operator=above, value=leaf.high),
    )
    return kind(conditions=ends)


_BOUNDS: tuple[tuple[type[And | Or], Operator, Operator], ...] = ((And, ">=", "<="), (Or, "<", ">"))


def _in(leaf: In, negate: bool, abilities: Abilities) -> Predicate:
    negated = leaf.negated is not negate
    kind = And if negated else Or
    if not leaf.values:
        return TRUE if negated else FALSE
    if _WORDS[In][negated] not in abilities.operators:
        equal: Operator = "!=" if negated else "="
        return _joined(kind, [Compare(left=leaf.left, operator=equal, value=value) for value in leaf.values]) or leaf
    most = abilities.most_values
    if most is None or len(leaf.values) <= most:
        return In(left=leaf.left, values=leaf.values, negated=negated) if negate else leaf
    return kind(conditions=tuple(In(left=leaf.left, values=few, negated=negated) for few in _chunks(leaf.values, most)))


def _chunks(values: tuple[Value, ...], most: int) -> Iterator[tuple[Value, ...]]:
    return (values[start : start + most] for start in range(0, len(values), most))


_FORMS: dict[type, Callable[[Any, bool, Abilities], Predicate]] = {
    And: _group,
    Or: _group,
    Not: _not,
    Constant: _constant,
    Compare: _compare,
    CompareFields: _compare_fields,
    Like: _like,
    In: _in,
    Between: _between,
    IsNull: _is_null,
}


# The division.

CanSay = Callable[[Predicate], bool]


def sayable(query: Query, abilities: Abilities) -> CanSay:
    """Whether the door can say a leaf of this query as it stands, and means what the language means by it."""
    operators, related, says = abilities.operators, abilities.related, abilities.says
    key = None if abilities.keys is None else abilities.keys(query)
    minds_case = query.options.case_insensitive and not abilities.case_switch

    def can_say(leaf: Predicate) -> bool:
        if isinstance(leaf, Compare):
            word: str = leaf.operator
        elif isinstance(leaf, Like | In | Between | IsNull):
            word = operator(leaf)
        else:
            return False
        left = leaf.left
        if word not in operators or type(left) is not Field or not (related or "." not in left.path):
            return False
        if abilities.keys is not None and left.path != key:
            return False
        if minds_case and left.type in TEXTUAL and not isinstance(leaf, IsNull):
            return False
        return says is None or says(query, leaf)

    return can_say


def split(predicate: Predicate, query: Query, abilities: Abilities) -> tuple[Predicate | None, Predicate | None]:
    """What the door filters by, and what is left to us; None is a part that is not needed.

    ``predicate`` is in normal form. The first part holds for every row the predicate holds for, and both together
    are the predicate. An OR that the door can say only in part stays with us whole; where each of its branches has a
    part that can be said, the OR of those still narrows what is fetched.
    """
    can_say = sayable(query, abilities)
    if abilities.keys is not None:
        return _by_key(predicate, can_say)
    return _split(predicate, can_say, abilities.disjunction)


def _split(predicate: Predicate, can_say: CanSay, disjunction: bool) -> tuple[Predicate | None, Predicate | None]:
    if not isinstance(predicate, And | Or):
        return (predicate, None) if can_say(predicate) else (None, predicate)
    if isinstance(predicate, Or) and not disjunction:
        return None, predicate
    said: list[Predicate] = []
    rests: list[Predicate] = []
    for condition in predicate.conditions:
        part, rest = _split(condition, can_say, disjunction)
        if part is not None:
            said.append(part)
        if rest is not None:
            rests.append(rest)
    if not rests:
        return predicate, None
    if isinstance(predicate, And):
        return _joined(And, said), _joined(And, rests)
    bounded = len(said) == len(predicate.conditions)
    return _joined(Or, dict.fromkeys(said)) if bounded else None, predicate


def _by_key(predicate: Predicate, can_say: CanSay) -> tuple[Predicate | None, Predicate | None]:
    """The one condition on a key that finds the rows, and the rest.

    A key that is text is compared here once more: how the gateway compares one is written nowhere.
    """
    parts = predicate.conditions if isinstance(predicate, And) else (predicate,)
    found = next((part for part in parts if can_say(part)), None)
    if found is None:
        return None, predicate
    left = found.left  # type: ignore[union-attr]  # only a leaf can be said
    again = type(left) is Field and left.known and left.type in TEXTUAL
    return found, conjunction(*(part for part in parts if part is not found or again))


def conjunction(*parts: Predicate | None) -> Predicate | None:
    """All of the parts that are there, under one AND."""
    return _joined(And, [part for part in parts if part is not None])


def disjunction(*parts: Predicate) -> Predicate | None:
    """Any of the parts, under one OR; None where there are none."""
    return _joined(Or, parts)


def _joined(kind: type[And | Or], parts: Iterable[Predicate]) -> Predicate | None:
    """One group of the parts, no group of the same kind inside it; the part itself where there is only one."""
    flat: Sequence[Predicate] = [
        inner for part in parts for inner in (part.conditions if isinstance(part, kind) else (part,))
    ]
    if len(flat) > 1:
        return kind(conditions=tuple(flat))
    return flat[0] if flat else None

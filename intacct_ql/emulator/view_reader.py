"""The element of ``readView``, read as strictly as the schema of dtdversion 3.0 has it.

In: the element. Out: a record. Refuses to know: which views and fields exist.

``filterCondition`` is AND or OR and stands before the expressions; AND where it is missing ([?]). The operators are the
words of the page on which a view is made [C]; ``greater than`` and ``less than`` are documented, the others are a guess
([?]), and so is that the signs of other functions are taken too. None of that is a matter of the schema.
"""

import re
from dataclasses import dataclass

from intacct_ql.emulator.conditions import CONNECTIVES, SIGNS, Comparison, Condition, grouped
from intacct_ql.emulator.elements import MANY, Element, any_order, integer, leaf, one_of, optional, sequence
from intacct_ql.emulator.pages import FORMATS
from intacct_ql.emulator.query import PAGE_SIZE
from intacct_ql.emulator.read_reader import LARGEST_PAGE
from intacct_ql.emulator.refusals import data_failure

_ONE, _MAYBE, _SOME = (1, 1), (0, 1), (1, MANY)
_VIEW = {"view": _ONE, "pagesize": _MAYBE, "returnFormat": _MAYBE, "filters": _MAYBE}
_FILTERS = {"filterCondition": _MAYBE, "filterExpression": _SOME}
_EXPRESSION = {"field": _ONE, "operator": _ONE, "value": _ONE}

_OPERATORS = {
    "equals": ("equalto", "{}"),
    "not equals": ("notequalto", "{}"),
    "less than": ("lessthan", "{}"),
    "less or equal": ("lessthanorequalto", "{}"),
    "greater than": ("greaterthan", "{}"),
    "greater or equal": ("greaterthanorequalto", "{}"),
    "contains": ("like", "%{}%"),
    "does not contain": ("notlike", "%{}%"),
    "starts with": ("like", "{}%"),
    "ends with": ("like", "%{}"),
    "is null": ("isnull", ""),
    "is not null": ("isnotnull", ""),
    **{sign: (operator, "{}") for sign, operator in SIGNS.items()},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """One ``filterExpression``, its operator as it was sent."""

    field: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadView:
    """A ``readView``: further conditions on a view, and how much of it is wanted."""

    view: str
    connective: str
    expressions: tuple[Expression, ...]
    pagesize: int
    returnformat: str

    def condition(self) -> Condition | None:
        """The further conditions as one; ``FunctionRefused`` for an unknown operator."""
        if not self.expressions:
            return None
        if self.connective not in CONNECTIVES:
            raise data_failure(f"filterCondition is AND or OR, not {self.connective.upper()}.")
        return grouped(self.connective, [_comparison(each) for each in self.expressions])


def read_view(element: Element) -> ReadView:
    """The record of a ``readView`` element; ``Malformed`` where the schema is not met."""
    parts = any_order(element, _VIEW)
    filters = dict.fromkeys(_FILTERS) if parts["filters"] is None else sequence(parts["filters"], _FILTERS)
    return ReadView(
        view=leaf(parts["view"]),
        connective=optional(filters["filterCondition"], "and").lower(),
        expressions=tuple(_expression(each) for each in filters["filterExpression"] or ()),
        pagesize=integer(parts["pagesize"], default=PAGE_SIZE, least=1, most=LARGEST_PAGE),
        returnformat=one_of(parts["returnFormat"], FORMATS, default="xml"),
    )


def _expression(element: Element) -> Expression:
    parts = sequence(element, _EXPRESSION)
    field, operator, value = (leaf(parts[name]) for name in _EXPRESSION)
    return Expression(field=field, operator=operator, value=value)


def _comparison(asked: Expression) -> Comparison:
    known = _OPERATORS.get(asked.operator.strip().lower())
    if known is None:
        words = f"Unknown operator '{asked.operator}' for field {asked.field}."
        raise data_failure(words, correction=f"Use one of: {', '.join(_OPERATORS)}.")
    operator, form = known
    if not form:
        return Comparison(operator=operator, field=asked.field)
    value = _literal(asked.value) if "like" in operator else asked.value
    return Comparison(operator=operator, field=asked.field, values=(form.format(value) if value else "",))


def _literal(text: str) -> str:
    """A text in which no character is a wildcard."""
    return re.sub(r"([%_\\])", r"\\\1", text)

"""Tree to canonical text.

In: the first tree. Out: text that parses to an equal tree; printing that tree again gives the same text. Names are
upper case unless quoted, words of the language are upper case, nested groups stand in round brackets. Refuses to
know: what names mean.
"""

from collections.abc import Callable, Iterable
from typing import Any

from intacct_ql.syntax import ast
from intacct_ql.syntax.words import BARE_NAME, KEYWORDS, quoted, quoted_pattern, upper


def print_select(select: ast.Select) -> str:
    """The query on one line."""
    items = "*" if isinstance(select.items, ast.Star) else ", ".join(map(_item, select.items))
    parts = [
        "SELECT DISTINCT" if select.distinct else "SELECT",
        items,
        "FROM",
        _named(_name(select.source.object), select.source.alias),
    ]
    if select.where is not None:
        parts += ["WHERE", print_condition(select.where)]
    if select.group_by:
        parts += ["GROUP BY", ", ".join(map(_operand, select.group_by))]
    if select.having is not None:
        parts += ["HAVING", print_condition(select.having)]
    if select.order_by:
        parts += ["ORDER_BY", ", ".join(map(_order, select.order_by))]
    if select.limit is not None:
        parts += ["LIMIT", _count(select.limit)]
    if select.offset is not None:
        parts += ["OFFSET", _count(select.offset)]
    if select.options:
        parts.append(f"OPTION ({', '.join(map(_option, select.options))})")
    return " ".join(parts)


def print_condition(condition: ast.Condition) -> str:
    """One condition, without brackets around the whole."""
    return _CONDITIONS[type(condition)](condition)


def _item(item: ast.Item) -> str:
    return _named(_operand(item.operand), item.alias)


def _named(text: str, alias: ast.Name | None) -> str:
    if alias is None:
        return text
    bare = BARE_NAME.fullmatch(alias.text) and "." not in alias.text and upper(alias.text) not in KEYWORDS
    return f"{text} AS {alias.text if bare and not alias.quoted else _ticked(alias.text)}"


def _ticked(text: str) -> str:
    return f"`{text}`" if "`" not in text else f'"{text}"'


def _name(name: ast.Name) -> str:
    """Bare where that reads back to the same name; quoted in one piece otherwise."""
    if name.text == upper(name.text) and BARE_NAME.fullmatch(name.text) and name.text not in KEYWORDS:
        return name.text
    return _ticked(name.text)


def _operand(operand: ast.Operand) -> str:
    if isinstance(operand, ast.Name):
        return _name(operand)
    return f"{operand.function}({'*' if operand.argument is None else _name(operand.argument)})"


def _order(order: ast.Order) -> str:
    nulls = {None: "", True: " NULLS FIRST", False: " NULLS LAST"}[order.nulls_first]
    return _operand(order.operand) + (" DESC" if order.descending else "") + nulls


def _count(count: ast.Count) -> str:
    return str(count.value) if isinstance(count.value, int) else _value(count.value)


def _option(option: ast.Option) -> str:
    return option.name if option.value is None else f"{option.name} = {_value(option.value)}"


def _value(value: ast.Value) -> str:
    if isinstance(value, ast.Word):
        return value.text
    if isinstance(value, ast.String):
        return quoted(value.text)
    if isinstance(value, ast.Parameter):
        return "?" if value.key is None else f":{value.key}"
    return f"field({_name(value.name)})"


def _pattern(value: ast.Value | ast.Joined) -> str:
    """A pattern keeps its escapes; with an ESCAPE of its own its pieces are plain."""
    if isinstance(value, ast.Joined):
        pieces = " || ".join(map(_value if value.escape else _pattern, value.parts))
        return f"{pieces} ESCAPE {quoted(value.escape)}" if value.escape else pieces
    if isinstance(value, ast.String):
        return quoted_pattern(value.text)
    return _value(value)


def _comparison(condition: ast.Comparison) -> str:
    return f"{_operand(condition.left)} {condition.operator} {_value(condition.right)}"


def _like(condition: ast.Like) -> str:
    word = ("NOT " if condition.negated else "") + ("ILIKE" if condition.fold else "LIKE")
    return f"{_operand(condition.left)} {word} {_pattern(condition.pattern)}"


def _in(condition: ast.In) -> str:
    word = "NOT IN" if condition.negated else "IN"
    values = ", ".join(map(_value, condition.values))
    return f"{_operand(condition.left)} {word} {values if condition.whole else f'({values})'}"


def _between(condition: ast.Between) -> str:
    word = "NOT BETWEEN" if condition.negated else "BETWEEN"
    return f"{_operand(condition.left)} {word} {_value(condition.low)} AND {_value(condition.high)}"


def _is_null(condition: ast.IsNull) -> str:
    return f"{_operand(condition.left)} IS {'NOT ' if condition.negated else ''}NULL"


def _constant(condition: ast.Constant) -> str:
    return "1 = 1" if condition.truth else "1 = 0"


def _not(condition: ast.Not) -> str:
    return f"NOT {_inner(condition.condition)}"


def _and(condition: ast.And) -> str:
    return _joined(" AND ", condition.conditions)


def _or(condition: ast.Or) -> str:
    return _joined(" OR ", condition.conditions)


def _joined(word: str, conditions: Iterable[ast.Condition]) -> str:
    return word.join(map(_inner, conditions))


def _inner(condition: ast.Condition) -> str:
    text = print_condition(condition)
    return f"({text})" if isinstance(condition, ast.And | ast.Or) else text


_CONDITIONS: dict[type, Callable[[Any], str]] = {
    ast.Comparison: _comparison,
    ast.Like: _like,
    ast.In: _in,
    ast.Between: _between,
    ast.IsNull: _is_null,
    ast.Constant: _constant,
    ast.Not: _not,
    ast.And: _and,
    ast.Or: _or,
}

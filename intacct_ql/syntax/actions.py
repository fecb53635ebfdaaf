"""What each grammar rule becomes.

In: the parts of a completed rule, tokens and nodes. Out: the nodes of ``ast``. Refuses to know: tables and text.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from intacct_ql.errors import error
from intacct_ql.source import Span, cover
from intacct_ql.syntax import ast, refusals
from intacct_ql.syntax.machine import Token
from intacct_ql.syntax.words import AGGREGATES, KEYWORDS, MOST_ROWS, closed, upper


class _List:
    """``[c1, c2]`` that still waits for the connective in front of it."""

    __slots__ = ("conditions", "span")

    def __init__(self, conditions: tuple[ast.Condition, ...], span: Span) -> None:
        self.conditions = conditions
        self.span = span


class _Joined:
    """An unbracketed chain of ANDs; its first part may still be a waiting list."""

    __slots__ = ("parts", "span")

    def __init__(self, parts: list[Any], span: Span) -> None:
        self.parts = parts
        self.span = span


_new = tuple.__new__  # spares the call of the named tuple's own __new__, some twenty times a query


def _span(token: Token) -> Span:
    return _new(Span, token[:2])


def _settled(condition: Any) -> ast.Condition:
    """The condition, or the error that a comma list has no connective in front of its bracket."""
    if isinstance(condition, _Joined):
        return ast.And(conditions=tuple(map(_settled, condition.parts)), span=condition.span)
    if isinstance(condition, _List):
        raise refusals.RefusedError(
            error(
                "IQL102",
                condition.span,
                "a comma list needs AND or OR in front of its bracket",
                "and[c1, c2] joins with AND, or[c1, c2] joins with OR",
            )
        )
    settled: ast.Condition = condition
    return settled


def _grouped(connective: type[ast.And] | type[ast.Or], group: Any) -> ast.Condition:
    """A bracket whose connective is known; one member needs none."""
    if isinstance(group, _List):
        return connective(conditions=group.conditions, span=group.span)
    settled: ast.Condition = group
    return settled


# The query.


def _start(select: ast.Select, *_: Token) -> ast.Select:
    return select


def _select(word: Token, *parts: Any) -> ast.Select:
    distinct = isinstance(parts[0], Token)
    items, _from, source, *clauses = parts[distinct:]
    settings: dict[str, Any] = {}
    for clause in clauses:
        settings.update(clause[0])
    end = clauses[-1][1] if clauses else source.span
    return ast.Select(items=items, source=source, distinct=distinct, span=cover(_span(word), end), **settings)


def _star(token: Token) -> ast.Star:
    return ast.Star(span=_span(token))


def _items(*items: Any) -> tuple[ast.Item, ...]:
    return items


def _listed_items(_opening: Token, *items: Any) -> tuple[ast.Item, ...]:
    return items[:-1]


def _item(operand: ast.Operand) -> ast.Item:
    return ast.Item(operand=operand, span=operand.span)


def _named_item(operand: ast.Operand, *rest: Any) -> ast.Item:
    alias = rest[-1]
    return ast.Item(operand=operand, alias=alias, said=len(rest) == 2, span=cover(operand.span, alias.span))


def _alias(token: Token) -> ast.Name:
    text = token.text
    return ast.Name(text=text if token.kind == "NAME" else text[1:-1], quoted=token.kind != "NAME", span=_span(token))


def _source(name: ast.Name) -> ast.From:
    return ast.From(object=name, span=name.span)


def _named_source(name: ast.Name, *rest: Any) -> ast.From:
    alias = rest[-1]
    return ast.From(object=name, alias=alias, span=cover(name.span, alias.span))


# Clauses hand over the fields of ``Select`` they fill, and where they end.


def _where(_word: Token, condition: Any) -> tuple[dict[str, Any], Span]:
    settled = _settled(condition)
    return {"where": settled}, settled.span


def _having(_word: Token, condition: Any) -> tuple[dict[str, Any], Span]:
    settled = _settled(condition)
    return {"having": settled}, settled.span


def _group_by(_word: Token, *operands: ast.Operand) -> tuple[dict[str, Any], Span]:
    return {"group_by": operands}, operands[-1].span


def _order_by(_word: Token, *orders: ast.Order) -> tuple[dict[str, Any], Span]:
    return {"order_by": orders}, orders[-1].span


def _order(operand: ast.Operand, *words: Token) -> ast.Order:
    kinds = [word.kind for word in words]
    return ast.Order(
        operand=operand,
        descending="DESC" in kinds,
        nulls_first="FIRST" in kinds if "NULLS" in kinds else None,
        span=cover(operand.span, _span(words[-1])) if words else operand.span,
    )


def _limit(_word: Token, limit: ast.Count, *offset: Any) -> tuple[dict[str, Any], Span]:
    settings = {"limit": limit}
    if offset:
        settings["offset"] = offset[1]
    return settings, (offset[1] if offset else limit).span


def _count(number: Any) -> ast.Count:
    if isinstance(number, ast.Parameter):
        return ast.Count(value=number, span=number.span)
    if not number.text.isdecimal():
        raise refusals.RefusedError(error("IQL115", _span(number), "a number of rows is a whole number"))
    if len(number.text) >= len(str(MOST_ROWS)):
        raise refusals.RefusedError(error("IQL115", _span(number), refusals.TOO_MANY_ROWS))
    return ast.Count(value=int(number.text), span=_span(number))


def _options(_word: Token, _opening: Token, *parts: Any) -> tuple[dict[str, Any], Span]:
    *options, closing = parts
    return {"options": tuple(options)}, _span(closing)


def _option(name: Token) -> ast.Option:
    return ast.Option(name=name.text.lower(), span=_span(name))


def _option_value(name: Token, sign: Token, value: ast.Value) -> ast.Option:
    if sign.text != "=":
        raise refusals.RefusedError(error("IQL100", _span(sign), "an option is set with ="))
    return ast.Option(name=name.text.lower(), value=value, span=cover(_span(name), value.span))


# Conditions.


def _disjunction(*parts: Any) -> ast.Or:
    mixed = next((part.span for part in parts if isinstance(part, _Joined)), None)
    conditions = [_settled(parts[0])]
    for part in parts[2::2]:
        if isinstance(part, _List):
            conditions += part.conditions
        elif isinstance(part, _Joined):
            conditions.append(_settled(_Joined([_grouped(ast.Or, part.parts[0]), *part.parts[1:]], part.span)))
        else:
            conditions.append(part)
    return ast.Or(conditions=tuple(conditions), mixed=mixed, span=cover(parts[0].span, parts[-1].span))


def _conjunction(*parts: Any) -> _Joined:
    conditions = [parts[0]]
    for part in parts[2::2]:
        conditions += part.conditions if isinstance(part, _List) else (part,)
    return _Joined(conditions, cover(parts[0].span, parts[-1].span))


def _negation(word: Token, condition: Any) -> ast.Not:
    return ast.Not(condition=_settled(condition), span=cover(_span(word), condition.span))


def _group(opening: Token, *parts: Any) -> Any:
    *conditions, closing = parts
    span = cover(_span(opening), _span(closing))
    if not conditions:
        raise refusals.RefusedError(error("IQL103", span, "the brackets are empty", "write a condition between them"))
    settled = tuple(_settled(condition) for condition in conditions)
    return replace(settled[0], span=span) if len(settled) == 1 else _List(settled, span)


def _prefixed(word: Token, group: Any) -> ast.Condition:
    condition = _grouped(ast.And if word.kind == "AND" else ast.Or, group)
    return replace(condition, span=cover(_span(word), condition.span))


def _comparison(left: ast.Operand, sign: Token, right: ast.Value) -> ast.Comparison:
    spelling: Any = "!=" if sign.text == "<>" else sign.text
    return ast.Comparison(left=left, operator=spelling, right=right, span=cover(left.span, right.span))


def _like(left: ast.Operand, *rest: Any) -> ast.Like:
    *words, pattern = rest
    return ast.Like(
        left=left,
        pattern=_as_pattern(pattern),
        negated=len(words) == 2,
        fold=words[-1].kind == "ILIKE",
        span=cover(left.span, pattern.span),
    )


def _as_pattern(value: Any) -> Any:
    return replace(value, text=closed(value.pattern)) if isinstance(value, ast.String) else value


def _joined_pattern(first: ast.Value, *rest: Any) -> ast.Joined:
    """Pieces with the joining signs between them, then perhaps ESCAPE and its character."""
    pieces = [first, *(part for part in rest if not isinstance(part, Token))]
    escaped = len(rest) >= 2 and isinstance(rest[-2], Token) and rest[-2].kind == "ESCAPE"
    if not escaped:
        return ast.Joined(parts=tuple(map(_as_pattern, pieces)), span=cover(first.span, pieces[-1].span))
    character = rest[-1]
    escape = _string(character).text
    if len(escape) != 1:
        raise refusals.RefusedError(error("IQL123", _span(character), "ESCAPE takes one character"))
    return ast.Joined(parts=tuple(pieces), escape=escape, span=cover(first.span, _span(character)))


def _lowered_like(opening: Token, _open: Token, left: ast.Name, _close: Token, *rest: Any) -> ast.Like:
    """``lower(x) LIKE lower('a%')``, which is how generated text says ILIKE."""
    word, _, pattern, closing = rest[-4:]
    if upper(word.text) != "LOWER":
        raise refusals.RefusedError(refusals.unknown_function(word.text, _span(word)))
    negated = rest[0].kind == "NOT"
    span = cover(_span(opening), _span(closing))
    return ast.Like(left=left, pattern=_as_pattern(pattern), negated=negated, fold=True, span=span)


def _in_list(left: ast.Operand, *rest: Any) -> ast.In:
    *words, (values, span) = rest
    return ast.In(left=left, values=values, negated=len(words) == 2, span=cover(left.span, span))


def _in_parameter(left: ast.Operand, *rest: Any) -> ast.In:
    *words, parameter = rest
    span = cover(left.span, parameter.span)
    return ast.In(left=left, values=(parameter,), negated=len(words) == 2, whole=True, span=span)


def _value_list(opening: Token, *parts: Any) -> tuple[tuple[ast.Value, ...], Span]:
    return parts[:-1], cover(_span(opening), _span(parts[-1]))


def _between(left: ast.Operand, *rest: Any) -> ast.Between:
    *words, low, _and, high = rest
    return ast.Between(left=left, low=low, high=high, negated=len(words) == 2, span=cover(left.span, high.span))


def _is_null(left: ast.Operand, *words: Token) -> ast.IsNull:
    return ast.IsNull(left=left, negated=len(words) == 3, span=cover(left.span, _span(words[-1])))


def _constant(left: Token, sign: Token, right: ast.Value) -> ast.Constant:
    span = cover(_span(left), right.span)
    truth = _constant_truth(left.text, sign.text, right)
    if truth is None:
        raise refusals.RefusedError(
            error("IQL116", span, "a value stands on the left of the operator", "write the field first: field = value")
        )
    return ast.Constant(truth=truth, span=span)


# Operands, values, names.


def _call(name: Token, *parts: Any) -> ast.Call:
    function = upper(name.text)
    if function not in AGGREGATES:
        raise refusals.RefusedError(refusals.unknown_function(name.text, _span(name)))
    argument, closing = parts[-2:]
    if isinstance(argument, Token):
        argument = None
    if argument is None and function != "COUNT":
        raise refusals.RefusedError(error("IQL114", _span(name), f"{function} needs a field; only COUNT takes *"))
    return ast.Call(function=function, argument=argument, span=cover(_span(name), _span(closing)))


def _word(token: Token) -> ast.Word | ast.String:
    if upper(token.text) in KEYWORDS:
        raise refusals.RefusedError(refusals.keyword_as_value(token.text, _span(token)))
    if token.text == "--" or token.text[-1] == "\\":  # a bracket stands behind it; a space there would change it
        return ast.String(text=token.text, pattern=token.text, span=_span(token))
    return ast.Word(text=token.text, span=_span(token))


def _string(token: Token) -> ast.String:
    body = token.text[1:-1]
    if token.text[0] in "'\"" and ("\\" in body or token.text[0] in body):
        return ast.String(
            text=_unescaped(body, token.text[0]), pattern=_pattern(body, token.text[0]), span=_span(token)
        )
    return ast.String(text=body, pattern=body, span=_span(token))


def _parameter(token: Token) -> ast.Parameter:
    key = None if token.kind == "QUESTION_MARK" else token.text[1:]
    return ast.Parameter(key=key, span=_span(token))


def _field_name(token: Token) -> ast.FieldValue:
    name = ast.Name(text=token.text[1:-1], quoted=True, span=_span(token))
    return ast.FieldValue(name=name, span=name.span)


def _field_call(word: Token, *parts: Any) -> ast.FieldValue:
    if upper(word.text) != "FIELD":
        raise refusals.RefusedError(refusals.unknown_function(word.text, _span(word)))
    return ast.FieldValue(name=parts[-2], span=cover(_span(word), _span(parts[-1])))


def _name(*parts: Token) -> ast.Name:
    if len(parts) == 1:
        ((start, end, kind, word),) = parts
        if kind == "NAME":
            text = upper(word)
            if text in KEYWORDS:
                raise refusals.RefusedError(refusals.keyword_as_name(word, Span(start, end)))
            return ast.Name(text=text, span=_new(Span, (start, end)))
    bare = [upper(part.text) if part.kind == "NAME" else part.text[1:-1] for part in parts]
    return ast.Name(text=".".join(bare), quoted=True, span=cover(_span(parts[0]), _span(parts[-1])))


def _unescaped(body: str, quote: str) -> str:
    r"""Doubled quotes and ``\'`` are a quote, ``\\`` is one backslash, before anything else a backslash is itself."""
    return re.sub(rf"\\([\\{quote}])|{quote}{quote}", lambda found: found[1] or quote, body)


def _pattern(body: str, quote: str) -> str:
    r"""As ``_unescaped``, but ``\\`` ``\%`` and ``\_`` stay as they are for the reading of LIKE."""
    return re.sub(rf"(\\[\\%_])|\\{quote}|{quote}{quote}", lambda found: found[1] or quote, body)


_CONSTANTS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _constant_truth(left: str, sign: str, right: ast.Value) -> bool | None:
    """Whether ``1 = 1`` holds; None where the right side is not a plain number."""
    if not isinstance(right, ast.Word) or not re.fullmatch(r"\d+(\.\d+)?", right.text):
        return None
    return _CONSTANTS[sign](Decimal(left), Decimal(right.text))


ACTIONS: dict[str, Callable[..., Any]] = {
    "start": _start,
    "select": _select,
    "star": _star,
    "items": _items,
    "listed_items": _listed_items,
    "item": _item,
    "named_item": _named_item,
    "alias": _alias,
    "source": _source,
    "named_source": _named_source,
    "where": _where,
    "having": _having,
    "group_by": _group_by,
    "order_by": _order_by,
    "order": _order,
    "limit": _limit,
    "count": _count,
    "options": _options,
    "option": _option,
    "option_value": _option_value,
    "disjunction": _disjunction,
    "conjunction": _conjunction,
    "negation": _negation,
    "group": _group,
    "prefixed": _prefixed,
    "comparison": _comparison,
    "like": _like,
    "joined_pattern": _joined_pattern,
    "lowered_like": _lowered_like,
    "in_list": _in_list,
    "in_parameter": _in_parameter,
    "value_list": _value_list,
    "between": _between,
    "is_null": _is_null,
    "constant": _constant,
    "call": _call,
    "word": _word,
    "string": _string,
    "parameter": _parameter,
    "field_name": _field_name,
    "field_call": _field_call,
    "name": _name,
}
"""By rule, or by the alias that names a branch of one."""

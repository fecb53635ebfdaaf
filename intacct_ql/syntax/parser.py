"""Text to AST.

In: query text. Out: ``ast.Select``, or ``QuerySyntaxError`` with a place inside the text. Refuses to know: objects,
fields and types. This is the only door to Lark: its grammar is read from ``grammar/query.lark``, its tree is never
built (the actions below run as the rules complete), and its errors leave as ours.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

from lark import Lark, Transformer, v_args
from lark.exceptions import UnexpectedInput
from lark.lexer import Token

from intacct_ql.errors import Diagnostic, QuerySyntaxError, error
from intacct_ql.source import Span, cover
from intacct_ql.syntax import ast, mistakes
from intacct_ql.syntax.words import AGGREGATES, KEYWORDS

MAX_DEPTH = 100
"""Brackets, NOTs and alternations of AND and OR may nest this deep; the gateway's own reader is not endless either."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def parse(text: str) -> ast.Select:
    """The tree of one query.

    Raises ``QuerySyntaxError`` whose diagnostics have spans inside the text.
    """
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        _refuse(text, _forbidden_character(forbidden))
    try:
        tree: ast.Select = _lark().parse(text)  # type: ignore[assignment]
    except UnexpectedInput as unexpected:
        accepts = _accepts(unexpected)
        raise QuerySyntaxError([mistakes.recognise(text, _position(unexpected, text), accepts)], text) from None
    except _RefusedError as refused:
        _refuse(text, refused.diagnostic)
    too_deep = _deeper_than(tree, MAX_DEPTH) if _may_be_deep(text) else None
    if too_deep is not None:
        _refuse(text, error("IQL112", too_deep, f"conditions nest more than {MAX_DEPTH} deep"))
    return tree


def _refuse(text: str, diagnostic: Diagnostic) -> NoReturn:
    raise QuerySyntaxError([diagnostic], text) from None


def _forbidden_character(found: re.Match[str]) -> Diagnostic:
    return error(
        "IQL111",
        Span(*found.span()),
        f"character U+{ord(found.group()):04X} cannot be sent: XML 1.0 forbids it",
        "remove it",
    )


def grammar_text() -> str:
    """The grammar: packed inside the package in a wheel, beside it in a checkout."""
    packed = resources.files("intacct_ql") / "grammar" / "query.lark"
    if packed.is_file():
        return packed.read_text("utf-8")
    return (Path(__file__).parents[2] / "grammar" / "query.lark").read_text("utf-8")


@cache
def _lark() -> Lark:
    return Lark(
        grammar_text(),
        parser="lalr",
        lexer="contextual",
        maybe_placeholders=False,
        transformer=_Actions(visit_tokens=False),
    )


def _position(unexpected: UnexpectedInput, text: str) -> int:
    at: int | None = unexpected.pos_in_stream
    token = getattr(unexpected, "token", None)
    ended = token is not None and token.type == "$END"
    return len(text) if at is None or at < 0 or ended else at


def _accepts(unexpected: UnexpectedInput) -> frozenset[str]:
    for kind in ("accepts", "allowed"):
        found = getattr(unexpected, kind, None)
        if found:
            return frozenset(found)
    return frozenset()


def _may_be_deep(text: str) -> bool:
    return text.count("(") + text.count("[") + text.lower().count("not") >= MAX_DEPTH


def _deeper_than(tree: ast.Select, limit: int) -> Span | None:
    """The first condition that nests deeper than the limit; walks without recursion."""
    waiting: list[tuple[ast.Condition | None, int]] = [(tree.where, 1), (tree.having, 1)]
    while waiting:
        condition, depth = waiting.pop()
        if depth > limit and condition is not None:
            return condition.span
        if isinstance(condition, ast.And | ast.Or):
            waiting += [(inner, depth + 1) for inner in condition.conditions]
        elif isinstance(condition, ast.Not):
            waiting.append((condition.condition, depth + 1))
    return None


class _RefusedError(Exception):
    """An action found the text wrong; caught at the door above."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.reason)


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


def _span(token: Token) -> Span:
    return Span(token.start_pos, token.end_pos)  # type: ignore[arg-type]


def _settled(condition: Any) -> ast.Condition:
    """The condition, or the error that a comma list has no connective in front of its bracket."""
    if isinstance(condition, _List):
        raise _RefusedError(
            error(
                "IQL102",
                condition.span,
                "a comma list needs AND or OR in front of its bracket",
                "and[c1, c2] joins with AND, or[c1, c2] joins with OR",
            )
        )
    settled: ast.Condition = condition
    return settled


def _conjoined(parts: list[Any], span: Span) -> ast.Condition:
    return ast.And(conditions=tuple(_settled(part) for part in parts), span=span)


def _grouped(connective: type[ast.And] | type[ast.Or], group: Any) -> ast.Condition:
    """A bracket whose connective is known; one member needs none."""
    if isinstance(group, _List):
        return connective(conditions=group.conditions, span=group.span)
    settled: ast.Condition = group
    return settled


@v_args(inline=True)
class _Actions(Transformer[Token, Any]):
    """One method a grammar rule, run as the rule completes."""

    # The query.

    def start(self, select: ast.Select, *_: Token) -> ast.Select:
        return select

    def select(self, word: Token, *parts: Any) -> ast.Select:
        distinct = isinstance(parts[0], Token)
        items, _from, source, *clauses = parts[distinct:]
        settings: dict[str, Any] = {}
        for clause in clauses:
            settings.update(clause[0])
        end = clauses[-1][1] if clauses else source.span
        return ast.Select(items=items, source=source, distinct=distinct, span=cover(_span(word), end), **settings)

    def star(self, token: Token) -> ast.Star:
        return ast.Star(span=_span(token))

    def items(self, *items: Any) -> tuple[ast.Item, ...]:
        return items

    def listed_items(self, _opening: Token, *items: Any) -> tuple[ast.Item, ...]:
        return items[:-1]

    def item(self, operand: ast.Operand) -> ast.Item:
        return ast.Item(operand=operand, span=operand.span)

    def named_item(self, operand: ast.Operand, *rest: Any) -> ast.Item:
        alias = rest[-1]
        return ast.Item(operand=operand, alias=alias, span=cover(operand.span, alias.span))

    def alias(self, token: Token) -> ast.Name:
        text = str(token)
        return ast.Name(
            text=text if token.type == "NAME" else text[1:-1], quoted=token.type != "NAME", span=_span(token)
        )

    def source(self, name: ast.Name) -> ast.From:
        return ast.From(object=name, span=name.span)

    def named_source(self, name: ast.Name, *rest: Any) -> ast.From:
        alias = rest[-1]
        return ast.From(object=name, alias=alias, span=cover(name.span, alias.span))

    # Clauses hand over the fields of ``Select`` they fill, and where they end.

    def where(self, _word: Token, condition: Any) -> tuple[dict[str, Any], Span]:
        settled = _settled(condition)
        return {"where": settled}, settled.span

    def having(self, _word: Token, condition: Any) -> tuple[dict[str, Any], Span]:
        settled = _settled(condition)
        return {"having": settled}, settled.span

    def group_by(self, _word: Token, *operands: ast.Operand) -> tuple[dict[str, Any], Span]:
        return {"group_by": operands}, operands[-1].span

    def order_by(self, _word: Token, *orders: ast.Order) -> tuple[dict[str, Any], Span]:
        return {"order_by": orders}, orders[-1].span

    def order(self, operand: ast.Operand, direction: Token | None = None) -> ast.Order:
        span = operand.span if direction is None else cover(operand.span, _span(direction))
        return ast.Order(operand=operand, descending=direction is not None and direction.type == "DESC", span=span)

    def limit(self, _word: Token, limit: ast.Count, *offset: Any) -> tuple[dict[str, Any], Span]:
        settings = {"limit": limit}
        if offset:
            settings["offset"] = offset[1]
        return settings, (offset[1] if offset else limit).span

    def count(self, number: Any) -> ast.Count:
        if isinstance(number, ast.Parameter):
            return ast.Count(value=number, span=number.span)
        if not number.isdecimal():
            raise _RefusedError(error("IQL115", _span(number), "a number of rows is a whole number"))
        return ast.Count(value=int(number), span=_span(number))

    def options(self, _word: Token, _opening: Token, *parts: Any) -> tuple[dict[str, Any], Span]:
        *options, closing = parts
        return {"options": tuple(options)}, _span(closing)

    def option(self, name: Token) -> ast.Option:
        return ast.Option(name=name.lower(), span=_span(name))

    def option_value(self, name: Token, sign: Token, value: ast.Value) -> ast.Option:
        if sign != "=":
            raise _RefusedError(error("IQL100", _span(sign), "an option is set with ="))
        return ast.Option(name=name.lower(), value=value, span=cover(_span(name), value.span))

    # Conditions.

    def disjunction(self, *parts: Any) -> Any:
        if len(parts) == 1:
            only = parts[0]
            return _conjoined(only.parts, only.span) if isinstance(only, _Joined) else only
        first, *rest = parts
        mixed = next((part.span for part in parts if isinstance(part, _Joined)), None)
        conditions = [_settled(self.disjunction(first))]
        for part in rest[1::2]:
            if isinstance(part, _List):
                conditions += part.conditions
            elif isinstance(part, _Joined):
                conditions.append(_conjoined([_grouped(ast.Or, part.parts[0]), *part.parts[1:]], part.span))
            else:
                conditions.append(part)
        return ast.Or(conditions=tuple(conditions), mixed=mixed, span=cover(parts[0].span, parts[-1].span))

    def conjunction(self, *parts: Any) -> Any:
        if len(parts) == 1:
            return parts[0]
        conditions = [parts[0]]
        for part in parts[2::2]:
            conditions += part.conditions if isinstance(part, _List) else (part,)
        return _Joined(conditions, cover(parts[0].span, parts[-1].span))

    def negation(self, word: Token, condition: Any) -> ast.Not:
        return ast.Not(condition=_settled(condition), span=cover(_span(word), condition.span))

    def group(self, opening: Token, *parts: Any) -> Any:
        *conditions, closing = parts
        span = cover(_span(opening), _span(closing))
        if not conditions:
            raise _RefusedError(error("IQL103", span, "the brackets are empty", "write a condition between them"))
        settled = tuple(_settled(condition) for condition in conditions)
        return replace(settled[0], span=span) if len(settled) == 1 else _List(settled, span)

    def prefixed(self, word: Token, group: Any) -> ast.Condition:
        return _grouped(ast.And if word.type == "AND" else ast.Or, group)

    def comparison(self, left: ast.Operand, sign: Token, right: ast.Value) -> ast.Comparison:
        spelling: Any = "!=" if sign == "<>" else str(sign)
        return ast.Comparison(left=left, operator=spelling, right=right, span=cover(left.span, right.span))

    def like(self, left: ast.Operand, *rest: Any) -> ast.Like:
        *words, pattern = rest
        return ast.Like(
            left=left,
            pattern=pattern,
            negated=len(words) == 2,
            fold=words[-1].type == "ILIKE",
            span=cover(left.span, pattern.span),
        )

    def in_list(self, left: ast.Operand, *rest: Any) -> ast.In:
        *words, (values, span) = rest
        return ast.In(left=left, values=values, negated=len(words) == 2, span=cover(left.span, span))

    def in_parameter(self, left: ast.Operand, *rest: Any) -> ast.In:
        *words, parameter = rest
        span = cover(left.span, parameter.span)
        return ast.In(left=left, values=(parameter,), negated=len(words) == 2, whole=True, span=span)

    def value_list(self, opening: Token, *parts: Any) -> tuple[tuple[ast.Value, ...], Span]:
        return parts[:-1], cover(_span(opening), _span(parts[-1]))

    def between(self, left: ast.Operand, *rest: Any) -> ast.Between:
        *words, low, _and, high = rest
        return ast.Between(left=left, low=low, high=high, negated=len(words) == 2, span=cover(left.span, high.span))

    def is_null(self, left: ast.Operand, *words: Token) -> ast.IsNull:
        return ast.IsNull(left=left, negated=len(words) == 3, span=cover(left.span, _span(words[-1])))

    def constant(self, left: Token, sign: Token, right: ast.Value) -> ast.Constant:
        span = cover(_span(left), right.span)
        truth = _constant_truth(str(left), str(sign), right)
        if truth is None:
            raise _RefusedError(
                error(
                    "IQL116", span, "a value stands on the left of the operator", "write the field first: field = value"
                )
            )
        return ast.Constant(truth=truth, span=span)

    # Operands, values, names.

    def call(self, name: Token, *parts: Any) -> ast.Call:
        function = name.upper()
        if function not in AGGREGATES:
            raise _RefusedError(mistakes.unknown_function(str(name), _span(name)))
        argument, closing = parts[-2:]
        if isinstance(argument, Token):
            argument = None
        if argument is None and function != "COUNT":
            raise _RefusedError(error("IQL114", _span(name), f"{function} needs a field; only COUNT takes *"))
        return ast.Call(function=function, argument=argument, span=cover(_span(name), _span(closing)))

    def word(self, token: Token) -> ast.Word:
        if token.upper() in KEYWORDS:
            raise _RefusedError(mistakes.keyword_as_value(str(token), _span(token)))
        return ast.Word(text=str(token), span=_span(token))

    def string(self, token: Token) -> ast.String:
        body = token[1:-1]
        if token[0] in "'\"" and ("\\" in body or token[0] in body):
            return ast.String(text=_unescaped(body, token[0]), pattern=_pattern(body, token[0]), span=_span(token))
        return ast.String(text=body, pattern=body, span=_span(token))

    def parameter(self, token: Token) -> ast.Parameter:
        key = None if token.type == "QUESTION_MARK" else token[1:]
        return ast.Parameter(key=key, span=_span(token))

    def field_name(self, token: Token) -> ast.FieldValue:
        name = ast.Name(text=token[1:-1], quoted=True, span=_span(token))
        return ast.FieldValue(name=name, span=name.span)

    def field_call(self, word: Token, *parts: Any) -> ast.FieldValue:
        if word.upper() != "FIELD":
            raise _RefusedError(mistakes.unknown_function(str(word), _span(word)))
        return ast.FieldValue(name=parts[-2], span=cover(_span(word), _span(parts[-1])))

    def name(self, *parts: Token) -> ast.Name:
        if len(parts) == 1 and parts[0].type == "NAME":
            text = parts[0].upper()
            if text in KEYWORDS:
                raise _RefusedError(mistakes.keyword_as_name(str(parts[0]), _span(parts[0])))
            return ast.Name(text=text, span=_span(parts[0]))
        bare = [part.upper() if part.type == "NAME" else part[1:-1] for part in parts]
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

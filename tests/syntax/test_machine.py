"""The machine against Lark itself: the same texts parse, into the same tree of rules and terminals.

One habit of Lark's is left out of the comparison: where no name may stand it reads ``selectNAME`` as two words. For the
machine a keyword is always a whole word, so Lark is given a grammar that says so.
"""

import re
from functools import cache

import pytest
from hypothesis import given
from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput
from strategies import CORPUS, anything

from intacct_ql.syntax.generate import make_tables
from intacct_ql.syntax.machine import Machine, StopError
from intacct_ql.syntax.machine import Token as Terminal
from intacct_ql.syntax.tables import grammar_text, tables


@cache
def lark() -> Lark:
    whole_words = re.sub(r'^([A-Z]+): "([a-z]+)"i$', r"\1.1: /\2(?![\\w.])/i", grammar_text(), flags=re.MULTILINE)
    assert whole_words.count("(?![\\w.])") > 15
    return Lark(whole_words, parser="lalr", lexer="contextual", maybe_placeholders=False)


@cache
def machine() -> Machine:
    return machine_of(tables())


def machine_of(made) -> Machine:
    names = {action for _, _, action in made.rules if action}
    return Machine(made, {name: lambda *parts, name=name: (name, *map(leaf, parts)) for name in names})


def leaf(part):
    return (part.kind, part.text) if isinstance(part, Terminal) else part


def plain(node):
    if isinstance(node, Token):
        return (node.type, str(node))
    assert isinstance(node, Tree)
    return (str(node.data), *map(plain, node.children))


def by_lark(text):
    try:
        return plain(lark().parse(text))
    except UnexpectedInput:
        return None


def by_machine(text):
    try:
        return machine().run(text)
    except StopError:
        return None


@pytest.mark.parametrize("text", CORPUS)
def test_the_corpus_reads_the_same(text):
    assert by_machine(text) == by_lark(text)


@given(anything)
def test_any_text_reads_the_same(text):
    assert by_machine(text) == by_lark(text)


SHAPES = r"""
start: "take" (part ",")* part _tail?
     | "take" _tail
?part: NAME
     | "(" part ")"
     | "<" WORD ">"                        -> marked
     | "[" _pairs "]"                      -> pairs
     | _pairs                              -> bare
     | STAR                                -> all
     | "nothing"                           -> none
     | "(" ")"
_pairs: pair | pair ";" _pairs
pair: NAME ":" NAME
_tail: end | end end ("and" end)*
end: "end" | "end" NAME
STAR: "*"
NAME: /[a-z_]+/
WORD: /[^<> ]+/
SPACE: / +/
%ignore SPACE
"""
"""Rules of every shape, also of those that the grammar does not have today: parts dropped, handed on, spliced."""


@pytest.mark.parametrize(
    "text",
    [
        "take a",
        "take a,",
        "take (a), ((b)), ()",
        "take <x-y>, < take >, *",
        "take [a:b], [a:b;c:d;e:f]",
        "take a:b, c, a:b;c:d;e:f",
        "take nothing, nothing end",
        "TAKE nothings, take end end x",
        "take end end and end x and end",
        "take",
        "take (a",
        "take <a b>",
        "take [a:b;]",
        "take a b",
    ],
)
def test_rules_of_any_shape_read_the_same(text):
    by_rule = Lark(SHAPES, parser="lalr", lexer="contextual", maybe_placeholders=False)
    try:
        tree = plain(by_rule.parse(text))
    except UnexpectedInput:
        tree = None
    try:
        made = machine_of(make_tables(SHAPES)).run(text)
    except StopError:
        made = None
    assert made == tree

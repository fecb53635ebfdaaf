"""Every node of a tree knows its place in the text."""

import dataclasses
from itertools import pairwise

import corpus_files
import pytest
from strategies import GOOD

from intacct_ql.syntax import ast
from intacct_ql.syntax.parser import parse


def nodes_in(node):
    """The nodes right inside a node, in the order of its fields."""
    for field in dataclasses.fields(node):
        value = getattr(node, field.name)
        yield from (part for part in (value if isinstance(value, tuple) else (value,)) if isinstance(part, ast.Node))


def places(node, text, depth=0):
    yield f"{'  ' * depth}{type(node).__name__}: {text[node.span.start : node.span.end]}"
    for inner in nodes_in(node):
        yield from places(inner, text, depth + 1)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in corpus_files.cases("places")])
def test_each_node_stands_where_it_is_written(path, update_corpus):
    case = corpus_files.read(path)
    found = "\n".join(places(parse(case.text), case.text))
    if update_corpus:
        corpus_files.write(case, {"places": found})
    assert corpus_files.read(path).sections["places"] == found


@pytest.mark.parametrize("text", GOOD)
def test_a_node_holds_what_is_inside_it(text):
    waiting = [parse(text)]
    while waiting:
        node = waiting.pop()
        inner = sorted(nodes_in(node), key=lambda one: one.span)
        assert all(node.span.start <= one.span.start < one.span.end <= node.span.end for one in inner)
        assert all(left.span.end <= right.span.start for left, right in pairwise(inner))
        waiting += inner

"""The tables, made from the grammar by Lark.

In: the grammar's text. Out: ``Tables``, and the copy of them that ships with the package. Refuses to know: trees and
query texts. The only module that knows Lark; it runs when the grammar was changed.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lark import Lark
from lark.parsers.lalr_analysis import Shift

from intacct_ql.syntax.tables import CACHED, Rule, Tables, fingerprint, grammar_text


def make_tables(text: str) -> Tables:
    """The tables of a grammar. The same grammar always gives the same tables, whatever Lark calls its states."""
    lark: Any = Lark(text, parser="lalr", lexer="contextual", maybe_placeholders=False)
    table = lark.parser.parser._parse_table  # noqa: SLF001 - Lark has no public door to its tables
    lexer = lark.parser.lexer.root_lexer
    numbers = _numbered(table)
    reduced = {target for row in table.states.values() for action, target in row.values() if action is not Shift}
    wrappers = _wrappers(reduced)
    rules = sorted({_rule(rule, wrappers) for rule in reduced}, key=str)
    places = {rule: ~rules.index(_rule(rule, wrappers)) for rule in reduced}
    terminals = {terminal.name for terminal in lark.terminals} | {"$END"}
    moves: list[dict[str, int]] = []
    gotos: list[dict[str, int]] = []
    for state in numbers:
        row = {str(name): numbers.get(target, places.get(target)) for name, (_, target) in _sorted(table.states[state])}
        moves.append({name: target for name, target in row.items() if name in terminals and target is not None})
        gotos.append({name: target for name, target in row.items() if name not in terminals and target is not None})
    _shorten(moves, gotos, rules)
    return Tables(
        grammar=fingerprint(text),
        start=numbers[table.start_states["start"]],
        end=numbers[table.end_states["start"]],
        moves=moves,
        gotos=gotos,
        rules=rules,
        patterns={str(each.name): each.pattern.to_regexp() for each in lexer.terminals if not _is_keyword(each)},
        skipped=sorted(map(str, lexer.ignore_types)),
        keywords={each.pattern.value.upper(): str(each.name) for each in lexer.terminals if _is_keyword(each)},
    )


def _shorten(moves: list[dict[str, int]], gotos: list[dict[str, int]], rules: list[Rule]) -> None:
    """Step over the states where nothing can happen but that one part is handed on under another name."""
    handing = {
        state: rules[~next(iter(row.values()))]
        for state, row in enumerate(moves)
        if row and not gotos[state] and len(set(row.values())) == 1 and next(iter(row.values())) < 0
    }
    names = {state: name for state, (name, shape, action) in handing.items() if shape == "k" and action is None}
    for state, row in enumerate(gotos):
        for targets in (moves[state], row):
            for symbol, target in targets.items():
                while target in names and names[target] in row:
                    target = row[names[target]]  # noqa: PLW2901 - followed to its end
                targets[symbol] = target


def _sorted(row: dict[str, Any]) -> list[tuple[str, Any]]:
    return sorted(row.items(), key=lambda entry: str(entry[0]))


def _numbered(table: Any) -> dict[Any, int]:
    """The states in the order they are reached from the start."""
    reached = {table.start_states["start"]: 0}
    waiting = list(reached)
    for state in waiting:
        for _, (action, target) in _sorted(table.states.get(state, {})):
            if action is Shift and target not in reached:
                reached[target] = len(reached)
                waiting.append(target)
    return reached


def _is_keyword(terminal: Any) -> bool:
    return bool(terminal.pattern.type == "str" and terminal.pattern.value.isalpha())


def _wrappers(rules: set[Any]) -> set[str]:
    """The underscored rules that only ever hand on one part: their value is that part, not a list to splice."""
    inlined = [rule for rule in rules if rule.origin.name.startswith("_")]
    many = {rule.origin.name for rule in inlined if sum(not _dropped(part) for part in rule.expansion) != 1}
    many |= {rule.origin.name for rule in inlined if rule.origin.name.startswith("__")}
    return {rule.origin.name for rule in inlined} - many


def _dropped(part: Any) -> bool:
    return bool(part.is_term and part.filter_out)


def _rule(rule: Any, wrappers: set[str]) -> Rule:
    name = str(rule.origin.name)
    shape = "".join(
        "-" if _dropped(part) else "s" if part.name.startswith("_") and part.name not in wrappers else "k"
        for part in rule.expansion
    )
    alone = shape.count("k") == 1 and "s" not in shape
    hands_on = name in wrappers or (alone and rule.options.expand1 and not rule.alias)
    spliced = name.startswith("_") and name not in wrappers
    return name, shape, None if hands_on else "" if spliced else str(rule.alias or name)


def cached_text() -> str:
    """The cached copy as JSON, a state or rule a line, so that a change of the grammar is a diff that can be read."""
    entries = asdict(make_tables(grammar_text()))
    parts = [f"{json.dumps(name)}: {_laid_out(value)}" for name, value in entries.items()]
    return "{" + ",\n".join(parts) + "}\n"


def _laid_out(value: object) -> str:
    if isinstance(value, list):
        return "[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in value) + "\n]"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    Path(CACHED).write_text(cached_text(), "utf-8")

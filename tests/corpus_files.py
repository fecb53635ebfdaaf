"""The corpus: one case a file, the query on top, what it becomes below.

    -- case 5: a comma list belongs to the connective in front of its bracket
    -- catalog: none
    select X from OBJECT where [A = 1] or[B = 2, C = 3]
    === ast
    ...
    === xml
    ...

Lines that start with ``--`` before the query say what the case shows and how it is run (``catalog: none``,
``strict: yes``, ``target: readByQuery``, ``param NAME: VALUE``, ``bound NAME: PYTHON``, ``today: 2026-11-20``,
``width: 40``). Parameters whose names are numbers are the values of the ? marks. The sections are compared whole;
``--update-corpus`` writes them anew, to be read in the diff. Of very long lists only the ends are written.
"""

import dataclasses
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from pathlib import Path

from intacct_ql.source import Span

CORPUS = Path(__file__).parent / "corpus"
_LONG = 400
_PYTHON = {"__builtins__": {}, "date": date, "datetime": datetime, "Decimal": Decimal, "range": range, "float": float}


@dataclasses.dataclass(frozen=True, kw_only=True)
class Case:
    """One file of the corpus."""

    path: Path
    head: str
    text: str
    settings: dict[str, str]
    sections: dict[str, str]

    @property
    def params(self) -> dict[str, object] | list[object] | None:
        found: dict[str, object] = {}
        for key, value in self.settings.items():
            if key.startswith("param "):
                found[key[6:]] = value
            elif key.startswith("bound "):
                found[key[6:]] = eval(value, _PYTHON)
        return list(found.values()) if found and all(name.isdecimal() for name in found) else found or None

    @property
    def now(self) -> datetime:
        return datetime.combine(date.fromisoformat(self.settings.get("today", "2026-11-20")), time(12))


def read(path: Path) -> Case:
    return parse(path, path.read_text("utf-8"))


def parse(path: Path, content: str) -> Case:
    query, *rest = content.split("\n=== ")
    sections = {name: body.rstrip("\n") for name, _, body in (part.partition("\n") for part in rest)}
    lines = query.split("\n")
    count = (
        next(index for index, line in enumerate(lines) if not line.startswith("-- ")) if query.startswith("-- ") else 0
    )
    settings = {}
    for line in lines[:count]:
        key, _, value = line[3:].partition(": ")
        settings[key] = value
    text = "\n".join(lines[count:]).removesuffix("\n") if not rest else "\n".join(lines[count:])
    return Case(path=path, head="\n".join(lines[:count]), text=text, settings=settings, sections=sections)


def write(case: Case, sections: dict[str, str]) -> None:
    parts = [f"{case.head}\n{case.text}" if case.head else case.text]
    parts += [f"{name}\n{body}" for name, body in sections.items() if body]
    case.path.write_text("\n=== ".join(parts) + "\n", "utf-8")


def cases(folder: str) -> list[Path]:
    return sorted((CORPUS / folder).glob("*.iql"))


def dump(node: object) -> str:
    """A tree as indented text: the kind of a node, then its fields that are not at rest."""
    return "\n".join(_lines(node, 0, ""))


def _lines(node: object, depth: int, label: str) -> Iterator[str]:
    lead = "  " * depth + (f"{label}: " if label else "")
    if dataclasses.is_dataclass(node) and not isinstance(node, type):
        simple, deep = [], []
        for field in dataclasses.fields(node):
            value = getattr(node, field.name)
            if isinstance(value, Span) or not field.compare or _at_rest(field, value):
                continue
            (deep if _is_deep(value) else simple).append((field.name, value))
        yield lead + type(node).__name__ + "".join(f" {name}={_scalar(value)}" for name, value in simple)
        for name, value in deep:
            yield from _lines(value, depth + 1, name)
    elif isinstance(node, tuple):
        yield lead.rstrip()
        parts = node if len(node) <= _LONG else (*node[:2], f"... {len(node) - 4} more ...", *node[-2:])
        for part in parts:
            yield from _lines(part, depth + 1, "")
    else:
        yield lead + _scalar(node)


def shorten(xml: str) -> str:
    """XML without the middle of very long lists of values."""

    def ends(found: re.Match[str]) -> str:
        values = re.findall(r"<value>[^<]*</value>", found.group())
        return "".join((*values[:2], f"... {len(values) - 4} more ...", *values[-2:]))

    return re.sub(rf"(?:<value>[^<]*</value>){{{_LONG},}}", ends, xml)


def _at_rest(field: dataclasses.Field, value: object) -> bool:
    if field.default_factory is not dataclasses.MISSING:
        return value == field.default_factory()
    return field.default is not dataclasses.MISSING and value == field.default and type(value) is type(field.default)


def _is_deep(value: object) -> bool:
    return dataclasses.is_dataclass(value) or (isinstance(value, tuple) and any(map(dataclasses.is_dataclass, value)))


def _scalar(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    return repr(value)

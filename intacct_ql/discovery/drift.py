"""What changed in an object between two looks at it.

In: the entry that was known, and the one the company gave now. Out: ``Change`` records. Refuses to know: files and
gateways.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

Entry = Mapping[str, Any]

ADDED, REMOVED, CHANGED = "+", "-", "~"

_OF_FIELDS = (
    ("type", "type"),
    ("label", "label"),
    ("values", "valid_values"),
    ("required", "required"),
    ("read-only", "readonly"),
    ("custom", "custom"),
)
_OF_WAYS = (("object", "object"), ("related by", "related_by"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. ``sign`` is +, - or ~; ``kind`` is object, field or relationship.

    What was added or removed is described by ``new`` or ``old``; of what changed, ``fact`` names the part.
    """

    sign: str
    kind: str
    object: str
    name: str = ""
    fact: str = ""
    old: str = ""
    new: str = ""

    def __str__(self) -> str:
        where = f"{self.object}.{self.name}" if self.name else self.object
        kind = "" if self.kind == "field" else f"{self.kind} "
        if self.sign == CHANGED:
            return f"~ {kind}{where} {self.fact}: {self.old or 'none'} -> {self.new or 'none'}"
        return f"{self.sign} {kind}{where} {self.new or self.old}".rstrip()

    def to_dict(self) -> dict[str, str]:
        """The record as plain JSON types, without what is empty."""
        return {key: value for key, value in asdict(self).items() if value}


def changes(name: str, before: Entry | None, after: Entry | None) -> Iterator[Change]:
    """The differences between two entries of an object; None is an object that is not there."""
    if before is None or after is None:
        if after is not None:
            yield Change(sign=ADDED, kind="object", object=name, new=_counted(after))
        elif before is not None:
            yield Change(sign=REMOVED, kind="object", object=name, old=_counted(before))
        return
    yield from _parts(name, "field", "id", _OF_FIELDS, before["fields"], after["fields"])
    yield from _parts(name, "relationship", "path", _OF_WAYS, before["relationships"], after["relationships"])


def _parts(
    of: str, kind: str, key: str, facts: tuple[tuple[str, str], ...], before: list[Entry], after: list[Entry]
) -> Iterator[Change]:
    old, new = ({each[key]: each for each in side} for side in (before, after))
    for name, each in old.items():
        if name not in new:
            yield Change(sign=REMOVED, kind=kind, object=of, name=name, old=_summary(each))
    for name, each in new.items():
        if name not in old:
            yield Change(sign=ADDED, kind=kind, object=of, name=name, new=_summary(each))
            continue
        for fact, entry in facts:
            then, now = _shown(old[name].get(entry)), _shown(each.get(entry))
            if then != now:
                yield Change(sign=CHANGED, kind=kind, object=of, name=name, fact=fact, old=then, new=now)


def _summary(part: Entry) -> str:
    if "object" in part:
        return f"to {part['object']}"
    values = _shown(part.get("valid_values"))
    return " ".join(word for word in (part["type"], f"({values})" if values else "") if word)


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return {True: "yes", False: "", None: ""}.get(value, str(value)) if isinstance(value, bool | None) else str(value)


def _counted(entry: Entry) -> str:
    return f"{len(entry['fields'])} fields"

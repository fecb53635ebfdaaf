"""Where a path leads, hop by hop.

In: a catalog and a path such as ``APBILL.VENDOR.TERM.NAME``. Out: the hops, and the object or field at the end. Refuses
to know: queries.
"""

from dataclasses import dataclass

from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.model import Field, Object, Relationship


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One way that is gone: from an object along a relationship."""

    start: str
    way: Relationship


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What a path leads to. ``rest`` is what is left of it where it leads nowhere, ``why`` why where it may not."""

    hops: tuple[Hop, ...]
    end: Object
    field: Field | None = None
    rest: str = ""
    why: str = ""

    def path(self, name: str) -> str:
        """A field of the last object as a query on the first one writes it."""
        return ".".join([*(hop.way.path for hop in self.hops), name])


def walk(start: Object, path: str, catalog: Catalog) -> Walk:
    """Follow a path, in any case, from an object; a name with dots of its own goes before a way."""
    here, rest = start, path.upper()
    hops: list[Hop] = []
    while rest:
        found = here.fields.get(rest)
        if found is not None:
            return Walk(hops=tuple(hops), end=here, field=found)
        head, _, onward = rest.partition(".")
        way = here.relationships.get(head)
        target = catalog.object(way.object) if way is not None else None
        if way is None or target is None:
            break
        if is_climb(way, here.name) and hops and is_climb(hops[-1].way, hops[-1].start):
            why = f"{head} leads from {here.name} to {here.name}: a hierarchy can be climbed one step only"
            return Walk(hops=tuple(hops), end=here, rest=rest, why=why)
        hops.append(Hop(start=here.name, way=way))
        here, rest = target, onward
    return Walk(hops=tuple(hops), end=here, rest=rest)


def is_climb(way: Relationship, start: str) -> bool:
    """Whether a way leads to an object of the same kind; such a hierarchy can be climbed one step [D]."""
    return way.object.upper() == start.upper()

"""Names that lead nowhere: how far a path goes, and what might be meant there.

In: a path in upper case and the object it starts from. Out: an ``Astray``. Refuses to know: the text of the query.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.model import Object
from intacct_ql.suggest import listed, meant, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Astray:
    """The last object that a path reaches, what is left of the path there, and hints.

    ``certain`` is what is meant in place of the rest where that can hardly be anything else.
    """

    owner: Object
    rest: str
    hints: tuple[str, ...]
    certain: str | None


def astray(path: str, schema: Object, catalog: Catalog | None) -> Astray:
    """Where the path leaves the catalog."""
    owner, rest = _furthest(path, schema, catalog)
    hop, _, onward = rest.partition(".")
    if not onward:
        return _among(owner.fields, owner, rest)
    behind = [name for name in owner.fields if name.startswith(f"{hop}.")]
    if behind:
        return _among(behind, owner, rest)
    near = nearest(hop, owner.relationships) if catalog is not None else ()
    if not near:
        ways = f"ways on from {owner.name}: {listed(owner.relationships)}" if owner.relationships else ""
        return Astray(owner=owner, rest=rest, hints=(ways,) if ways else (), certain=None)
    certain = meant(hop, owner.relationships)
    if certain is not None:
        last, field = _furthest(f"{certain}.{onward}", owner, catalog)
        certain = f"{certain}.{onward}" if field in last.fields else None
    return Astray(
        owner=owner, rest=rest, hints=tuple(f"{way}.{onward} might be meant" for way in near), certain=certain
    )


def _among(names: Iterable[str], owner: Object, rest: str) -> Astray:
    hints = tuple(f"{name} might be meant" for name in nearest(rest, names))
    return Astray(owner=owner, rest=rest, hints=hints, certain=meant(rest, names))


def _furthest(path: str, schema: Object, catalog: Catalog | None) -> tuple[Object, str]:
    here, rest = schema, path
    while catalog is not None and "." in rest:
        hop, _, onward = rest.partition(".")
        way = here.relationships.get(hop)
        target = catalog.object(way.object) if way else None
        if target is None:
            break
        here, rest = target, onward
    return here, rest

"""Names to objects and fields.

In: names as the first tree holds them, and a catalog or none. Out: ``tree.Field`` records and diagnostics.
Refuses to know: literals and conditions. Nothing is ever corrected silently: AP and AR names differ by one letter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from intacct_ql.binder import tree
from intacct_ql.binder.astray import astray
from intacct_ql.errors import Diagnostic, Fix, error, info, warning
from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.model import Coverage, Field, Object, Origin
from intacct_ql.schema.types import DataType
from intacct_ql.suggest import nearest
from intacct_ql.syntax import ast
from intacct_ql.syntax.words import BARE_NAME, upper


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class Scope:
    """The object a query asks, and how its names are found. ``found`` collects the diagnostics.

    ``schema`` is None without a catalog: then every name is taken as written, in upper case where it was bare.
    ``named`` are the names given to columns, which only ORDER_BY knows; elsewhere they help to say what is unknown.
    ``refused`` has the gateway's words by object and field, in upper case.
    """

    object: str
    schema: Object | None
    catalog: Catalog | None
    alias: str | None
    found: list[Diagnostic]
    fields: dict[str, tree.Field | None] = field(default_factory=dict)
    named: dict[str, tree.Expression] = field(default_factory=dict)
    refused: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def resolve(self, name: ast.Name) -> tree.Field | None:
        """The field of this name, or None after saying why there is none."""
        known = self.fields.get(name.text)
        if known is None and name.text not in self.fields:
            known = self._plain(name.text) or self._resolve(name)
            if known is not None and self.refused:
                known = self._unless_refused(name, known)
            self.fields[name.text] = known
        return known

    def refusal(self, found: tree.Field | None) -> str:
        """The gateway's words where it is known to refuse the field; empty otherwise."""
        return self.refused.get((found.owner.upper(), found.name.upper()), "") if found is not None else ""

    def _unless_refused(self, name: ast.Name, known: tree.Field) -> tree.Field | None:
        words = self.refusal(known)
        if not words:
            return known
        reason = f"{known.path} of {self.object} cannot be queried, and is needed here"
        hints = (f"the gateway says: {words}", "leave it out", *self.asking(known))
        self.found.append(error("IQL205", name.span, reason, *hints))
        return None

    def asking(self, refused: tree.Field) -> tuple[str, ...]:
        """That the company can be asked again, where it has described the object of a field that is refused."""
        owner = self.catalog.object(refused.owner) if self.catalog is not None and refused.owner else None
        if owner is None or owner.fields[upper(refused.name)].facts.get("queryable") == "bundled":
            return ()
        return _asks_again(owner)

    def _plain(self, text: str) -> tree.Field | None:
        """A field of the object itself under its bare name, which is what nearly every name is."""
        if self.schema is None or "." in text:
            return None
        kept = _kept(self.schema)
        known = kept.get(text)
        if known is None:
            entry = self.schema.fields.get(text)
            if entry is None or entry.queryable is False:
                return None
            known = kept[text] = bound_field(entry.name, entry, self.schema)
        return known

    def find(self, text: str) -> tree.Field | None:
        """The field of this name if the catalog knows one; says nothing otherwise."""
        name = upper(text)
        way = self._way(name) or self._way(self._unqualified(name))
        return way if isinstance(way, tree.Field) else None

    def is_qualified(self, text: str) -> bool:
        """Whether the name starts with the object's name or the alias and goes on as a name does.

        Whether there is such a field has no say: a field that is added must not turn a value into it.
        """
        name = upper(text)
        rest = self._unqualified(name)
        return rest != name and BARE_NAME.fullmatch(rest) is not None

    def key(self) -> tree.Field | None:
        """The field that numbers the object's rows; without a catalog RECORDNO is nearly always right, yet unknown."""
        if self.schema is None or self.schema.key is None:
            return None
        return bound_field(self.schema.key, self.schema.fields[self.schema.key.upper()], self.schema)

    def _unqualified(self, name: str) -> str:
        for qualifier in (self.alias, self.object):
            if qualifier and name.startswith(upper(qualifier) + "."):
                return name[len(qualifier) + 1 :]
        return name

    def _resolve(self, name: ast.Name) -> tree.Field | None:
        if self.schema is None:
            bare = self._unqualified(upper(name.text))
            path = name.text[len(name.text) - len(bare) :]
            return tree.Field(path=path, type=DataType.TEXT, known=False)
        whole = upper(name.text)
        bare = self._unqualified(whole)
        way = self._way(whole)
        if way is None:
            way = self._way(bare)
        elif whole.startswith(f"{upper(self.object)}.") and self._two_ways(name, way, self._way(bare)):
            return None
        if way is None:
            return self._unknown(name, bare)
        if isinstance(way, str):
            self.found.append(error("IQL204", name.span, way))
            return None
        if not way.queryable and not self.refusal(way):
            reason = f"{way.path} of {self.object} cannot be queried"
            self.found.append(error("IQL205", name.span, reason, "leave it out, or read the record", *self.asking(way)))
            return None
        return way

    def _two_ways(self, name: ast.Name, path: tree.Field | str, own: tree.Field | str | None) -> bool:
        """Whether the object has a way of its own name, and the field is there and at the end of that way too."""
        if not isinstance(path, tree.Field) or not isinstance(own, tree.Field):
            return False
        reason = f"{name.text} may be {own.path} of {self.object}, or the same field behind the way {self.object}"
        longer = f"{self.object}.{path.path}"
        readings = (own.path, longer) if self._way(longer) is None else (own.path,)
        fixes = tuple(Fix(span=name.span, text=text) for text in readings)
        self.found.append(error("IQL210", name.span, reason, "or give the object another name in FROM", fixes=fixes))
        return True

    def _way(self, name: str) -> tree.Field | str | None:
        """The field at the end of a path, walked hop by hop; None if it leads nowhere, text if that is forbidden."""
        here, done, rest = self.schema, "", name
        climbed = False
        while here is not None:
            entry = here.fields.get(rest)
            if entry is not None:
                return bound_field(done + entry.name, entry, here)
            hop, _, onward = rest.partition(".")
            way = here.relationships.get(hop)
            if way is None or not onward or self.catalog is None:
                return None
            if way.object == here.name:
                if climbed:
                    return f"{hop} leads from {here.name} to {here.name}: a hierarchy can be climbed one step only"
                climbed = True
            else:
                climbed = False
            here, done, rest = self.catalog.object(way.object), f"{done}{way.path}.", onward
        return None

    def _unknown(self, name: ast.Name, bare: str) -> tree.Field | None:
        assert self.schema is not None  # noqa: S101 - asked only where there is a catalog
        lost = astray(bare, self.schema, self.catalog)
        schema, rest, hints, certain = lost.owner, lost.rest, lost.hints, lost.certain
        column = self.named.get(bare)
        if column is not None:
            certain = spelled(column)
            hints = (f"{rest} is the name given to {certain}; write that, only ORDER_BY knows the name",)
        hints += _asks_again(schema)
        if schema.origin is Origin.BUNDLED and self.catalog is not None and self.catalog.asks:
            hints += (f"intacct-ql schema refresh {schema.name} asks the company for fields of its own",)
        if schema.coverage is Coverage.LIVE:
            whole = bare[: len(bare) - len(rest)] + (certain or "")
            fixes = (Fix(span=name.span, text=whole),) if certain is not None else ()
            self.found.append(error("IQL202", name.span, f"unknown field {rest} on {schema.name}", *hints, fixes=fixes))
            return None
        self.found.append(
            warning(
                "IQL253",
                name.span,
                f"{rest} is not in the catalog's incomplete list of {schema.name}; sent as it is",
                *hints,
            )
        )
        return tree.Field(path=bare, type=DataType.TEXT, known=False)


@lru_cache(maxsize=512)
def _kept(_schema: Object) -> dict[str, tree.Field]:
    """The bound fields of an object that were asked for before; they are the same for every query."""
    return {}


def open_scope(source: ast.From, catalog: Catalog | None, found: list[Diagnostic]) -> Scope | None:
    """The scope of a FROM clause; None after saying that the object is unknown."""
    alias = source.alias.text if source.alias else None
    if catalog is None:
        return Scope(object=source.object.text, schema=None, catalog=None, alias=alias, found=found)
    # Upper-casing turns some letters beyond A to Z into one of these: such a word is another name.
    plain = source.object.text.isascii()
    schema = (catalog.object(source.object.text) if plain else None) or _by_alias(source.object, catalog, found)
    if schema is None:
        return None
    if source.alias is not None and _leads_on(upper(source.alias.text), schema):
        reason = f"{source.alias.text} already is a way from {schema.name} to another object"
        found.append(error("IQL210", source.alias.span, reason, f"give {schema.name} another name"))
    return Scope(object=schema.name, schema=schema, catalog=catalog, alias=alias, found=found)


def _asks_again(schema: Object) -> tuple[str, ...]:
    if schema.origin is not Origin.SNAPSHOT:
        return ()
    asking = f"intacct-ql schema refresh {schema.name} asks again"
    return (f"{schema.name} is as the company described it on {schema.day}; {asking}",)


def spelled(expression: tree.Expression) -> str:
    """A field or an aggregate as the text of a query has it."""
    if isinstance(expression, tree.Field):
        return expression.path
    return f"{expression.function}({expression.argument.path})"


def _leads_on(name: str, schema: Object) -> bool:
    return name in schema.relationships or any(path.startswith(f"{name}.") for path in schema.fields)


def _by_alias(name: ast.Name, catalog: Catalog, found: list[Diagnostic]) -> Object | None:
    alias = catalog.alias(name.text)
    if alias is None:
        near = nearest(name.text, catalog.names())
        hints = tuple(f"{word} ({catalog.labels()[word]}) might be meant" for word in near)
        if catalog.asks:
            hints += ("objects of your own are known once intacct-ql schema refresh has asked the company",)
        found.append(error("IQL201", name.span, f"unknown object {name.text}", *hints))
        return None
    fix = (Fix(span=name.span, text=alias.object),)
    if alias.legacy:
        found.append(info("IQL252", name.span, f"{alias.name} is the DTD 2.1 name of {alias.object}", fixes=fix))
    else:
        found.append(warning("IQL251", name.span, f"{alias.name} is read as {alias.object}", fixes=fix))
    return catalog.object(alias.object)


def bound_field(path: str, entry: Field, owner: Object) -> tree.Field:
    """The field that a catalog's entry becomes at the end of a way."""
    return tree.Field(
        path=path,
        type=entry.type,
        queryable=entry.queryable is not False,
        values=entry.values,
        owner=owner.name,
        name=entry.name,
    )

"""What is selected: fields, aggregates of them, all of them.

In: the items of a query. Out: ``tree.Column`` records; what those of its groups and its order stand for. Refuses to
know: conditions.
"""

from dataclasses import dataclass, replace

from intacct_ql.binder import tree
from intacct_ql.binder.scope import Scope, bound_field, spelled
from intacct_ql.errors import Diagnostic, Fix, error, warning
from intacct_ql.schema.types import NUMERIC, DataType
from intacct_ql.syntax import ast
from intacct_ql.syntax.words import upper


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class Columns:
    """Binds what is selected, and names elsewhere as they would be there. ``found`` collects the diagnostics."""

    scope: Scope
    strict: bool
    found: list[Diagnostic]

    def bind(self, select: ast.Select) -> tuple[tree.Column, ...]:
        """The columns of what is selected, in its order."""
        select = self.without_refused(select)
        if isinstance(select.items, ast.Star):
            return self.star(select.items)
        columns = []
        for item in select.items:
            expression = self.expression(item.operand)
            if expression is not None:
                self.hold_to_comma(item, expression)
                columns.append(
                    tree.Column(
                        name=item.alias.text if item.alias else expression.path, expression=expression, span=item.span
                    )
                )
        return tuple(columns)

    def hold_to_comma(self, item: ast.Item, expression: tree.Expression) -> None:
        """Say of a name without AS that it is another field of the object: a comma may be missing before it.

        Fields of other objects often bear the name that one of the object has for the same.
        """
        alias = item.alias
        field = None if alias is None or item.said or alias.quoted else self.scope.find(alias.text)
        own = expression if isinstance(expression, tree.Field) else expression.argument
        if alias is None or field is None or field.path == own.path or "." in own.path:
            return
        say = error if self.strict else warning
        name, here = upper(alias.text), spelled(expression)
        reason = f"{name} is a field of {self.scope.object} and names {here} here: a comma may be missing"
        readings = (f"{here}, {name}", f"{here} AS {alias.text}" if "." not in name else "")
        fixes = tuple(Fix(span=item.span, text=text) for text in readings if text)
        self.found.append(say("IQL260", alias.span, reason, fixes=fixes))

    def star(self, star: ast.Star) -> tuple[tree.Column, ...]:
        """Every field that can be queried, and was not refused."""
        schema = self.scope.schema
        if schema is None:
            self.found.append(
                error("IQL203", star.span, "* needs a catalog, because the gateway has no star", "name the fields")
            )
            return ()
        fields = [bound_field(field.name, field, schema) for field in schema.queryable_fields()]
        return tuple(
            [tree.Column(name=field.path, expression=field) for field in fields if not self.scope.refusal(field)]
        )

    def without_refused(self, select: ast.Select) -> ast.Select:
        """The query without the columns that the gateway is known to refuse; each is told.

        Of groups none is left out, for they would be other ones; and one column has to stay.
        """
        items = select.items
        if isinstance(items, ast.Star) or not self.scope.refused or self.strict or select.distinct:
            return select
        names = [item.operand.text for item in items if isinstance(item.operand, ast.Name)]
        fields = [self.scope.find(name) for name in names]
        words = [self.scope.refusal(field) for field in fields]
        if len(names) < len(items) or all(words):
            return select
        for item, name, field, why in zip(items, names, fields, words, strict=True):
            if field is not None and why:
                reason = f"{upper(name)} is left out, because the gateway refuses it"
                hints = (f"the gateway says: {why}", *self.scope.asking(field))
                self.found.append(warning("IQL259", item.span, reason, *hints))
        return replace(select, items=tuple([item for item, why in zip(items, words, strict=True) if not why]))

    def expression(self, operand: ast.Operand) -> tree.Expression | None:
        """A field or an aggregate of one; None after saying why it is neither."""
        return self.scope.resolve(operand) if isinstance(operand, ast.Name) else self.aggregate(operand)

    def aggregate(self, call: ast.Call) -> tree.Aggregate | None:
        """An aggregate of a field that it can be made of."""
        argument = self.scope.resolve(call.argument) if call.argument else self.counted(call)
        if argument is None:
            return None
        if call.function in ("SUM", "AVG") and argument.known and argument.type not in NUMERIC:
            reason = f"{call.function} needs a number, and {argument.path} is {argument.type.value}"
            self.found.append(error("IQL208", call.span, reason))
            return None
        return tree.Aggregate(function=call.function, argument=argument, type=_aggregate_type(call.function, argument))

    def counted(self, call: ast.Call) -> tree.Field | None:
        """What COUNT(*) counts: the key, RECORDNO where no catalog says otherwise."""
        if self.scope.schema is None:
            return tree.Field(path="RECORDNO", type=DataType.INTEGER, known=False)
        key = self.scope.key()
        if key is None:
            self.found.append(
                error("IQL209", call.span, f"{self.scope.object} has no key to count", "count a field: COUNT(NAME)")
            )
        return key


def is_renamed(column: tree.Column) -> bool:
    """Whether a column has a name of its own."""
    return column.name != column.expression.path


def _aggregate_type(function: str, argument: tree.Field) -> DataType:
    if function == "COUNT":
        return DataType.INTEGER
    if function == "AVG":
        return DataType.DECIMAL
    if function == "SUM" and not argument.known:
        return DataType.DECIMAL
    return argument.type

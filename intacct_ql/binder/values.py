"""What stands on the right of an operator: value, field, range of days or NULL.

In: the values of the first tree, and the field they stand beside. Out: ``tree.Value`` and its like, or None where a
mistake was reported. Refuses to know: which condition asks.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from intacct_ql.binder import tree
from intacct_ql.binder.literals import NotAValueError, fits, read_bound, read_text
from intacct_ql.binder.misread import misread, range_meant
from intacct_ql.binder.moments import NotAMomentError, Zone, is_range, read_range
from intacct_ql.binder.parameters import MISSING, Bindings
from intacct_ql.binder.scope import Scope
from intacct_ql.errors import Diagnostic, Fix, error
from intacct_ql.schema.types import TEMPORAL, TEXTUAL, DataType
from intacct_ql.syntax import ast
from intacct_ql.syntax.words import quoted, upper

NULL: Final = object()
"""What a literal or parameter that means NULL is read as."""


@dataclass(slots=True, kw_only=True, repr=False, eq=False)
class Values:
    """Reads the values of one clause."""

    scope: Scope
    bindings: Bindings
    clock: Callable[[], datetime]
    zone: Zone
    text: str
    found: list[Diagnostic]

    def plain(self, left: tree.Expression | None, value: ast.Value) -> tree.Value | None:
        """A value; None after a mistake, also where something else than a value stands."""
        read = self.literal(left, value)
        if read is None or isinstance(read, tree.Value):
            return read
        self.found.append(error("IQL216", value.span, "BETWEEN takes two values"))
        return None

    def literal(self, left: tree.Expression | None, value: ast.Value) -> Any:
        """A ``tree.Value``, ``Days``, ``tree.Field`` or ``NULL``; None after a mistake."""
        if left is None:
            self.only_look(value)
            return None
        return self.right(left, "=", value)

    def right(self, left: tree.Expression, operator: str, value: ast.Value) -> Any:
        """What stands on the right: a ``tree.Value``, ``Days``, a ``tree.Field`` or ``NULL``; None after a mistake."""
        if isinstance(value, ast.String):
            return self._read(left, value, value.text)
        if isinstance(value, ast.Parameter):
            bound = self.bindings.value(value)
            return self.unbound(value) if bound is MISSING else self.bound(left, value, bound)
        if isinstance(value, ast.FieldValue):
            return self.scope.resolve(value.name)
        return self._word(left, operator, value)

    def unbound(self, place: ast.Parameter) -> tree.Value | None:
        """While a query is only checked, a value that nobody knows yet; a mistake otherwise."""
        return tree.Value(data=None, text=self.spelled(place)) if self.bindings.checking else None

    def bound(self, left: tree.Expression, place: ast.Parameter, value: object) -> Any:
        """The value a caller bound to a place."""
        if value is None:
            return NULL
        try:
            return read_bound(as_field(left), value, self.zone)
        except NotAValueError as problem:
            self._refuse(place, self._unbindable(left, place, value, problem))
            return None

    def _unbindable(
        self, left: tree.Expression, place: ast.Parameter, value: object, problem: NotAValueError
    ) -> NotAValueError:
        """The refusal of a bound value; lists and ranges are no values, and have places of their own."""
        if isinstance(value, list | tuple | set | frozenset):
            return NotAValueError(
                problem.reason, f"a list stands behind IN, without brackets: IN {self.spelled(place)}"
            )
        range_ = range_meant(value) if isinstance(value, str) and left.type in TEMPORAL else None
        if range_ is None:
            return problem
        hint = f"a parameter is a value: bind a day as YYYY-MM-DD, or write {range_} in the query"
        if not is_range(range_):
            hint = f"bind {range_}"
        return NotAValueError(problem.reason, hint)

    def _word(self, left: tree.Expression, operator: str, word: ast.Word) -> Any:
        """A bareword, in the order of the language's section 4: value, or field, or an error with both rewrites."""
        text = word.text
        if text.upper() == "NULL":
            return NULL
        if self.scope.schema is None:
            return self._unchecked(left, operator, word)
        if left.type in TEMPORAL:
            try:
                days = read_range(text, lambda: self.clock().date())
            except NotAMomentError as problem:
                return self._refuse(word, NotAValueError(problem.reason, problem.hint))
            if days is not None:
                return days
        if text[0].isdigit() or text[0] in "+-.":
            return self._read(left, word, text)
        if self.scope.is_qualified(text):
            return self.scope.resolve(ast.Name(text=upper(text), span=word.span))
        field = self.scope.find(text)
        if field is None:
            return self._read(left, word, text)
        if left.type in TEXTUAL:
            return self._ambiguous(word, field)
        return self._read(left, word, text) if fits(as_field(left), text) else field

    def _unchecked(self, left: tree.Expression, operator: str, word: ast.Word) -> Any:
        if operator in ("<", "<=", ">", ">=") and word.text.isalpha():
            return self._ambiguous(word, None)
        return self._read(left, word, word.text)

    def _ambiguous(self, word: ast.Word, field: tree.Field | None) -> None:
        name = field.path if field else upper(word.text)
        reason = f"{word.text} may be a value, or the field {name}"
        fixes = (Fix(span=word.span, text=quoted(word.text)), Fix(span=word.span, text=f"field({name})"))
        self.found.append(error("IQL210", word.span, reason, fixes=fixes))

    def _read(self, left: tree.Expression, value: ast.Node, text: str) -> tree.Value | None:
        try:
            return read_text(as_field(left), text, self.zone)
        except NotAValueError as problem:
            fields = self.scope.schema.fields if self.scope.schema is not None else {}
            self._refuse(value, misread(left, text, problem, bare=isinstance(value, ast.Word), fields=fields))
            return None

    def _refuse(self, place: ast.Node, problem: NotAValueError) -> None:
        rewrite = problem.rewrite
        fixes: tuple[Fix, ...] = ()
        if rewrite is not None:
            bare = problem.bare or (isinstance(place, ast.Word) and " " not in rewrite)
            fixes = (Fix(span=place.span, text=rewrite if bare else quoted(rewrite)),)
        hints = (problem.hint,) if problem.hint else ()
        self.found.append(error("IQL212", place.span, problem.reason, *hints, fixes=fixes))

    def only_look(self, value: ast.Value) -> None:
        """Hand out the parameter of a comparison whose field is unknown, so that it does not count as unused."""
        if isinstance(value, ast.Parameter):
            self.bindings.value(value)

    def spelled(self, value: ast.Value) -> str:
        """The value as it stands in the text."""
        return self.text[value.span.start : value.span.end]

    def pattern(self, value: ast.Value | ast.Joined) -> str | None:
        """The pattern in our own escapes; None after a mistake."""
        if not isinstance(value, ast.Joined):
            return self._piece(value)
        pieces = [self._piece(part) for part in value.parts]
        if None in pieces:
            return None
        whole = "".join(pieces)  # type: ignore[arg-type]
        return whole if value.escape is None else _reescaped(whole, value.escape)

    def _piece(self, value: ast.Value) -> str | None:
        if isinstance(value, ast.String):
            return value.text
        if isinstance(value, ast.Word):
            return self._bare_piece(value)
        if isinstance(value, ast.Parameter):
            bound = self.bindings.value(value)
            if bound is MISSING:
                return self.spelled(value) if self.bindings.checking else None
            if isinstance(bound, str):
                return self._sendable(value, bound)
            if bound is None:
                self._like_null(value)
                return None
        self.found.append(error("IQL214", value.span, "a pattern is text", "write it in quotes: 'A%'"))
        return None

    def _bare_piece(self, word: ast.Word) -> str | None:
        """A bareword beside LIKE: as beside any text, but a pattern cannot be a field."""
        if word.text.upper() == "NULL":
            self._like_null(word)
            return None
        field = self.scope.find(word.text)
        if field is None:
            return word.text
        reason = f"{word.text} may be a pattern, or the field {field.path}, which cannot be one"
        fix = Fix(span=word.span, text=quoted(word.text))
        self.found.append(error("IQL210", word.span, reason, fixes=(fix,)))
        return None

    def _like_null(self, value: ast.Value) -> None:
        self.found.append(
            error("IQL211", value.span, "nothing is LIKE NULL, or unlike it", "write IS NULL or IS NOT NULL")
        )

    def _sendable(self, place: ast.Parameter, pattern: str) -> str | None:
        try:
            return read_bound(tree.Field(path="", type=DataType.TEXT), pattern).text
        except NotAValueError as problem:
            self._refuse(place, problem)
            return None


_ESCAPED = ("%", "_", "\\", None)
"""What has a backslash in front of it in our own escapes; None is a backslash that was plain."""


def _reescaped(pattern: str, escape: str) -> str:
    """A pattern with an escape character of its own, in the escapes of this language."""
    plain = re.compile(f"{re.escape(escape)}([%_{re.escape(escape)}])|(\\\\)")
    return plain.sub(lambda found: found[1] if found[1] not in _ESCAPED else "\\" + (found[1] or "\\"), pattern)


def as_field(expression: tree.Expression) -> tree.Field:
    """The field whose type a literal beside the expression must have."""
    if isinstance(expression, tree.Field):
        return expression
    argument = expression.argument
    return tree.Field(path=expression.path, type=expression.type, known=argument.known, values=argument.values)


def is_known(expression: tree.Expression) -> bool:
    """Whether a catalog says that the field, or the field under the aggregate, exists."""
    return expression.known if isinstance(expression, tree.Field) else expression.argument.known

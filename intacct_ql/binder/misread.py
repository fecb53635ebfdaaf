"""What is probably meant by a value that the field beside it cannot hold.

In: the field, the text of the value, and why it was refused. Out: the same refusal with a better hint or a rewrite.
Refuses to know: where in the query the value stands.
"""

import re
from collections.abc import Mapping

from intacct_ql.binder import tree
from intacct_ql.binder.literals import NotAValueError
from intacct_ql.binder.moments import COUNTED_WORDS, PLAIN_WORDS, RANGES, is_range
from intacct_ql.schema.model import Field
from intacct_ql.schema.types import NUMERIC, TEMPORAL, TEXTUAL, DataType
from intacct_ql.suggest import meant, nearest
from intacct_ql.syntax import spoken
from intacct_ql.syntax.words import upper

_SUM = re.compile(r"[^\W\d][\w.]*[-+*/]([^\W\d][\w.]*|[0-9.]+)")


def misread(
    left: tree.Expression, text: str, problem: NotAValueError, *, bare: bool, fields: Mapping[str, Field]
) -> NotAValueError:
    """The refusal of a value of the text: a range or a date in other words, arithmetic, or a field that was mistyped.

    ``bare`` says that it stood without quotes, where fields may stand too; ``fields`` are those of the object.
    """
    if left.type in TEMPORAL:
        range_ = range_meant(text)
        if range_ is not None:
            hint = "a range stands without quotes" if is_range(text) else ""
            return NotAValueError(problem.reason, hint, range_, bare=True)
        if upper(text) in spoken.CLOCKS:
            return NotAValueError(problem.reason, "write TODAY, which is the whole day")
    if not bare or not text[:1].isalpha() or left.type in TEXTUAL:
        return problem
    if _SUM.fullmatch(text):
        return NotAValueError(problem.reason, "arithmetic is not part of this language")
    near = nearest(text, [name for name, field in fields.items() if family(field.type) == family(left.type)], 1)
    if near:
        return NotAValueError(problem.reason, f"the field {near[0]} might be meant")
    return NotAValueError(problem.reason, RANGES) if left.type in TEMPORAL else problem


def range_meant(text: str) -> str | None:
    """The range or the date of a text beside a date, where it is certain: in quotes, in other words, or mistyped."""
    if is_range(text):
        return upper(text)
    written = spoken.written(text)
    if written is not None:
        return written
    word, colon, count = text.partition(":")
    mistyped = meant(word, COUNTED_WORDS if colon else PLAIN_WORDS)
    whole = None if mistyped is None else f"{mistyped}{colon}{count}"
    return whole if whole is not None and is_range(whole) else None


def family(data_type: DataType) -> str:
    """The kind of values that can be compared with each other."""
    if data_type in NUMERIC:
        return "number"
    if data_type in TEMPORAL:
        return "date"
    return "text" if data_type in TEXTUAL else data_type.value

"""Values that may stand at a place of a query, and fields that may stand for one.

In: a place, and what the query asks. Out: ``Offer`` records, the likeliest first. Refuses to know: what has been typed
of the next word.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

from intacct_ql.schema.model import Field
from intacct_ql.schema.types import NUMERIC, TEMPORAL, DataType
from intacct_ql.shell.completion.names import OPTIONS
from intacct_ql.shell.completion.operand import Left, compared
from intacct_ql.shell.completion.spelling import spelled_name, spelled_value
from intacct_ql.shell.completion.subject import Subject, clause
from intacct_ql.shell.completion.suggestion import Kind, Offer
from intacct_ql.shell.here import Here

_USUAL_COUNTS = {"DAYS": 30, "WEEKS": 4, "MONTHS": 3}
_SWITCHES = frozenset(OPTIONS) - {"docparid", "pagesize"}
_TRUTH = ("true", "false")


def values(here: Here, asked: Subject) -> Iterator[Offer]:
    """The values that may stand here, and what else may stand in the place of one."""
    side = compared(here.tokens)
    if clause(here.tokens) == "OPTION":
        return (Offer(name=word, kind=Kind.VALUE) for word in _option_values(side))
    if here.quote not in ("", "'", '"') or side.operator in ("LIKE", "ILIKE"):
        return iter(())
    field = asked.field(side.path)
    if field is None or side.function in ("COUNT", "SUM", "AVG"):
        return iter(())
    own = _own_values(field, here.quote)
    if here.quote:
        return own
    return chain(own, _others(field, side, asked), [_NULL] if side.operator in ("=", "!=", "<>") else ())


_NULL = Offer(name="null", kind=Kind.VALUE, detail="nothing")


def _option_values(side: Left) -> Sequence[str]:
    option = side.path[0].lower() if side.path else ""
    return _TRUTH if option in _SWITCHES else ()


def _own_values(field: Field, quote: str) -> Iterator[Offer]:
    for value in field.values:
        text = spelled_value(value.label, quote)
        yield Offer(name=value.label, kind=Kind.VALUE, text=text, label=field.label, detail=value.code or "")
    if field.type is DataType.BOOLEAN and not quote:
        for word in _TRUTH:
            yield Offer(name=word, kind=Kind.VALUE, label=field.label)
    if field.type in TEMPORAL and not quote:
        from intacct_ql.binder.moments import RELATIVE_WORDS  # noqa: PLC0415 - only beside a date

        for word in RELATIVE_WORDS:
            yield Offer(name=word, kind=Kind.VALUE, text=_counted(word), label=field.label)


def _counted(word: str) -> str:
    """A relative range with a number where it wants one."""
    name, sign, _ = word.partition(":")
    return f"{name}:{_USUAL_COUNTS[name.rpartition('_')[2]]}" if sign else word


def _others(field: Field, side: Left, asked: Subject) -> Iterator[Offer]:
    """Fields that this one can be compared with: the type tells them from values (never text from text)."""
    if side.operator in ("LIKE", "ILIKE", "IN", "BETWEEN", "IS"):
        return
    group = next((kinds for kinds in (NUMERIC, TEMPORAL) if field.type in kinds), frozenset())
    for name, other in asked.fields(()):
        if other.type in group and other is not field and "." not in name:
            text = spelled_name(name)
            yield Offer(name=name, kind=Kind.FIELD, text=text, label=other.label, detail=other.type.value)

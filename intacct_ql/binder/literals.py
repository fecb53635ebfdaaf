"""Values: the type of the field on the left decides how a literal is read, never the look of the word.

In: the text of a literal or a parameter's Python value, and the field beside it. Out: ``tree.Value``, or
``NotAValueError`` in the user's words. Refuses to know: conditions, operators and where in the text anything stands.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from intacct_ql.binder import tree
from intacct_ql.binder.moments import NotAMomentError, Zone, in_zone, read_moment, unknown_zone
from intacct_ql.schema.types import NUMERIC, DataType
from intacct_ql.source import forbidden
from intacct_ql.suggest import meant

MOST_DIGITS = 40
"""Digits a number may have before its point, and behind it; no field of the gateway holds as many."""

_WHOLE = re.compile(f"[+-]?[0-9]{{1,{MOST_DIGITS}}}")
_DECIMAL = re.compile(rf"[+-]?(?:[0-9]{{1,{MOST_DIGITS}}}(?:\.[0-9]{{0,{MOST_DIGITS}}})?|\.[0-9]{{1,{MOST_DIGITS}}})")
_LONG_NUMBER = re.compile(rf"(?=.{{{MOST_DIGITS + 1}}})[+-]?[0-9]*\.?[0-9]*")
_TOO_LONG = f"a number has {MOST_DIGITS} digits at the most"


class NotAValueError(ValueError):
    """The literal does not fit the field; ``hint`` and ``rewrite`` help, a ``bare`` rewrite stands without quotes."""

    def __init__(self, reason: str, hint: str = "", rewrite: str | None = None, *, bare: bool = False) -> None:
        self.reason = reason
        self.hint = hint
        self.rewrite = rewrite
        self.bare = bare
        super().__init__(reason)


def read_text(field: tree.Field, text: str, zone: Zone = unknown_zone) -> tree.Value:
    """The value a literal stands for beside this field.

    A field nobody knows takes it as written, dates too: nobody knows the type, so 10/22/2010 may as well be text.
    """
    if not field.known:
        return tree.Value(data=text, text=text)
    return _READERS[field.type](field, text, zone)


def fits(field: tree.Field, text: str, zone: Zone = unknown_zone) -> bool:
    """Whether a text can be a literal of the field's type."""
    try:
        read_text(field, text, zone)
    except NotAValueError:
        return False
    return True


def _integer(field: tree.Field, text: str, _zone: Zone) -> tree.Value:
    if not _WHOLE.fullmatch(text):
        _refuse_long(text)
        hint = "" if _DECIMAL.fullmatch(text) else _number_hint(text)
        raise NotAValueError(f"{_called(text)} is not a whole number, and {field.path} is INTEGER", hint)
    return tree.Value(data=int(text), text=text)


def _decimal(field: tree.Field, text: str, _zone: Zone) -> tree.Value:
    if not _DECIMAL.fullmatch(text):
        _refuse_long(text)
        reason = f"{_called(text)} is not a number, and {field.path} is {field.type.value}"
        raise NotAValueError(reason, _number_hint(text))
    return tree.Value(data=Decimal(text), text=text)


def _called(text: str) -> str:
    return text or "an empty text"


def _refuse_long(text: str) -> None:
    if _LONG_NUMBER.fullmatch(text):
        raise NotAValueError(_TOO_LONG)


def _number_hint(text: str) -> str:
    if "," in text:
        return "no thousands separator; the decimal point is ."
    if re.fullmatch(r"[+-]?[0-9.]+e[+-]?[0-9]+", text, re.IGNORECASE):
        return "no exponent: write the digits"
    return "write digits, with . as the decimal point" if re.search(r"[0-9]", text) else ""


def _boolean(field: tree.Field, text: str, _zone: Zone) -> tree.Value:
    truth = {"true": True, "false": False}.get(text.lower())
    if truth is None:
        reason = f"{_called(text)} is neither true nor false, and {field.path} is BOOLEAN"
        raise NotAValueError(reason, "write true or false")
    return tree.Value(data=truth, text="true" if truth else "false")


def _moment(field: tree.Field, text: str, zone: Zone) -> tree.Value:
    try:
        return _dated(field, read_moment(text, zone), text)
    except NotAMomentError as problem:
        rewrite = problem.iso if problem.iso is not None and fits(field, problem.iso, zone) else None
        raise NotAValueError(problem.reason, problem.hint, rewrite) from None


def _dated(field: tree.Field, moment: date | datetime, text: str) -> tree.Value:
    if field.type is DataType.DATE and isinstance(moment, datetime):
        if moment.time() != time.min:
            raise NotAValueError(f"{field.path} is a DATE and has no time of day", "write the day alone")
        moment = moment.date()
    return tree.Value(data=moment, text=text)


def _text(field: tree.Field, text: str, _zone: Zone) -> tree.Value:
    """A text; one of the labels, where those of the field are known: enumerations may be typed TEXT, too [D]."""
    wanted = text.casefold()
    for known in field.values:
        if wanted == known.label.casefold():
            return tree.Value(data=known.label, text=known.label, code=known.code)
    for known in field.values:
        if known.code is not None and wanted == known.code.casefold():
            return tree.Value(data=known.label, text=known.label, code=known.code)
    if not field.values:
        return tree.Value(data=text, text=text)
    labels = [known.label for known in field.values]
    reason = f"{_called(text)} is not a value of {field.path}"
    raise NotAValueError(reason, "valid: " + ", ".join(labels), meant(text, labels))


_READERS: dict[DataType, Callable[[tree.Field, str, Zone], tree.Value]] = {
    DataType.TEXT: _text,
    DataType.SEQUENCE: _text,
    DataType.ENUM: _text,
    DataType.INTEGER: _integer,
    DataType.DECIMAL: _decimal,
    DataType.CURRENCY: _decimal,
    DataType.PERCENT: _decimal,
    DataType.BOOLEAN: _boolean,
    DataType.DATE: _moment,
    DataType.TIMESTAMP: _moment,
}


def read_bound(field: tree.Field, value: object, zone: Zone = unknown_zone) -> tree.Value:
    """The value a caller bound to a parameter, checked against the field's type.

    Text is read as a quoted literal would be. Raises ``NotAValueError``.
    """
    if isinstance(value, str):
        unsendable = forbidden(value)
        if unsendable is not None:
            raise NotAValueError(unsendable[1])
        return read_text(field, value, zone)
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = _without_zone(value, zone)
    for kind, reader in _BOUND:
        if isinstance(value, kind):
            return reader(field, value)
    raise NotAValueError(
        f"a {type(value).__name__} cannot be sent", "bind str, int, Decimal, bool, date, datetime or None"
    )


def _without_zone(value: datetime, zone: Zone) -> datetime:
    try:
        return in_zone(value, zone)
    except NotAMomentError as problem:
        if zone() is not None:
            raise NotAValueError(problem.reason, "bind it without zone") from None
        reason = "a datetime with a zone needs the session's zone, which is not known"
        raise NotAValueError(reason, "bind it without zone") from None


def _bound_truth(field: tree.Field, value: bool) -> tree.Value:
    if field.known and field.type is not DataType.BOOLEAN:
        raise NotAValueError(f"{field.path} is {field.type.value}, not BOOLEAN", "bind a value of the field's type")
    return tree.Value(data=value, text="true" if value else "false")


def number_text(value: int | Decimal) -> str:
    """A number in plain digits. Raises ``NotAValueError`` before it would write millions of them."""
    if isinstance(value, int):
        if abs(value) >= 10**MOST_DIGITS:
            raise NotAValueError(_TOO_LONG)
        return str(value)
    if not value.is_finite():
        raise NotAValueError(f"{value} is not a number the gateway knows")
    exponent = value.as_tuple().exponent
    if value.adjusted() >= MOST_DIGITS or (isinstance(exponent, int) and exponent < -MOST_DIGITS):
        raise NotAValueError(_TOO_LONG)
    return format(value, "f")


def _bound_number(field: tree.Field, value: int | Decimal) -> tree.Value:
    text = number_text(value)
    if isinstance(value, Decimal) and field.known and field.type is DataType.INTEGER and value == int(value):
        text = str(int(value))
    if field.known and field.type not in NUMERIC:
        if isinstance(value, int) and field.type is DataType.TEXT:
            return tree.Value(data=text, text=text)
        raise NotAValueError(f"{field.path} is {field.type.value}, not a number", "bind a value of the field's type")
    return read_text(field, text)


def _bound_float(field: tree.Field, value: float) -> tree.Value:
    hint = "bind a Decimal: Decimal('0.10') is exact, 0.1 is not"
    if field.type is DataType.INTEGER and value.is_integer():
        return _bound_number(field, int(value))
    raise NotAValueError(f"a float is not exact enough for {field.path}", hint)


def _bound_moment(field: tree.Field, value: date | datetime) -> tree.Value:
    if field.known and field.type not in (DataType.DATE, DataType.TIMESTAMP):
        raise NotAValueError(f"{field.path} is {field.type.value}, not a date", "bind a value of the field's type")
    return _dated(field, value, value.isoformat())


_BOUND: tuple[tuple[type, Callable[[tree.Field, Any], tree.Value]], ...] = (
    (bool, _bound_truth),  # before int, of which bool is a kind
    (int, _bound_number),
    (Decimal, _bound_number),
    (float, _bound_float),
    (date, _bound_moment),
)

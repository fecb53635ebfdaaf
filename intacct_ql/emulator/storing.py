"""How the text of a written field becomes a stored value.

In: a text, the field it is for, and how the user writes dates. Out: a ``Cell``, or ``FunctionRefused``. Refuses to
know: objects, elements, SQL.

The empty text is NULL. Dates are those of the user, MM/DD/YYYY at first, or ISO, with a zone where one is given [D]. An
ENUM comes by its label, or by its code where that is known ([?]), in any case ([?]). Booleans are ``true``/``false`` or
``T``/``F`` in any case ([?]). Numbers have no commas; what is beyond the four places that are stored is rounded ([?]).
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_UP, Decimal, localcontext

from intacct_ql.emulator.formatting import USUAL, Formatting
from intacct_ql.emulator.refusals import bad_value
from intacct_ql.emulator.tables import SCALE, Cell
from intacct_ql.schema.model import Field
from intacct_ql.schema.types import DataType

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})", re.ASCII)
_BOOLEANS = {"true": 1, "t": 1, "false": 0, "f": 0}
_WIDEST = 2**62


def stored(text: str, field: Field, formatting: Formatting = USUAL) -> Cell:
    """The stored form of a text; ``FunctionRefused`` where it is no value of the field's type."""
    return _FORMS[field.type](text, field, formatting) if text else None


def bounded(value: int, name: str) -> int:
    """A number that the store can hold; ``FunctionRefused`` for a larger one."""
    if abs(value) > _WIDEST:
        raise bad_value(f"The value of field {name} is too large.")
    return value


def _text(text: str, field: Field, _formatting: Formatting) -> Cell:
    if not field.values:
        return text
    labels = {value.code.casefold(): value.label for value in field.values if value.code}
    labels |= {value.label.casefold(): value.label for value in field.values}
    if text.casefold() not in labels:
        allowed = ", ".join(value.label for value in field.values)
        raise bad_value(f"Invalid value '{text}' for field {field.name}.", correction=f"Use one of: {allowed}.")
    return labels[text.casefold()]


def _number(scale: int, wanted: str) -> Callable[[str, Field, Formatting], Cell]:
    def read(text: str, field: Field, _formatting: Formatting) -> Cell:
        text = text.strip()
        if not _NUMBER.fullmatch(text):
            raise _bad(text, field, wanted)
        with localcontext() as context:
            context.prec = 80
            scaled = Decimal(text) * scale
            whole = scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP)
        if scale == 1 and whole != scaled:
            raise _bad(text, field, wanted)
        return bounded(int(whole), field.name)

    return read


def _boolean(text: str, field: Field, _formatting: Formatting) -> Cell:
    if text.strip().casefold() not in _BOOLEANS:
        raise _bad(text, field, "true or false")
    return _BOOLEANS[text.strip().casefold()]


def _date(text: str, field: Field, formatting: Formatting) -> Cell:
    moment = _moment(text, field, formatting)
    if moment.time() != time.min:
        raise _bad(text, field, "a day without a time")
    return moment.date().isoformat()


def _timestamp(text: str, field: Field, formatting: Formatting) -> Cell:
    moment = _moment(text, field, formatting)
    try:
        utc = formatting.stored(moment) if moment.tzinfo is None else moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError:
        raise _bad(text, field, "a moment of this calendar") from None
    return utc.isoformat(" ", "seconds")


def _moment(text: str, field: Field, formatting: Formatting) -> datetime:
    text = text.strip()
    moment = formatting.read(text)
    if moment is None and _ISO.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            moment = None
    if moment is None:
        words = formatting.words if field.type is DataType.TIMESTAMP else formatting.words.partition(" or ")[0]
        raise _bad(text, field, f"{words}, or ISO such as 2026-10-31")
    return moment


def _bad(text: str, field: Field, wanted: str) -> Exception:
    return bad_value(f"Invalid value '{text}' for field {field.name}: {field.type} takes {wanted}.")


_DECIMAL = _number(SCALE, "a number such as 1234.56")

_FORMS: dict[DataType, Callable[[str, Field, Formatting], Cell]] = {
    DataType.TEXT: _text,
    DataType.ENUM: _text,
    DataType.SEQUENCE: _text,
    DataType.INTEGER: _number(1, "a whole number"),
    DataType.DECIMAL: _DECIMAL,
    DataType.CURRENCY: _DECIMAL,
    DataType.PERCENT: _DECIMAL,
    DataType.BOOLEAN: _boolean,
    DataType.DATE: _date,
    DataType.TIMESTAMP: _timestamp,
}

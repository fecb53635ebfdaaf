"""How the text of a literal becomes a stored value.

In: the text of a literal and the field it is compared with. Out: a value that SQLite compares with the stored form.
Refuses to know: operators, SQL.

Forms: dates MM/DD/YYYY, timestamps MM/DD/YYYY HH:MM:SS, or both as the user has them; numbers plain with a decimal
point, booleans ``true`` and ``false``, an ENUM by its label. ISO dates are documented nowhere for ``query``, so most
users have them refused.

A function that compares with stored codes (``readByQuery``) takes an ENUM by its code where one is known, else by its
label ([?]), and a boolean as ``T`` or ``F`` [D], or as the words ([?]).

A DATE field takes a timestamp and a TIMESTAMP field takes a date: a date counts as its midnight on either side, as
in the database behind the real gateway. The empty text is NULL, as there ([?]: no public source says what the
gateway does with an empty value), so that comparing with it is never true.
"""

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from math import floor

from intacct_ql.emulator.formatting import USUAL, Formatting
from intacct_ql.emulator.refusals import data_failure
from intacct_ql.emulator.tables import SCALE
from intacct_ql.schema.model import Field
from intacct_ql.schema.types import DataType

Bound = str | int | float | None
"""What a stored cell is compared with."""

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_LONGEST = 30
_WIDEST = 2**62


def literal(
    text: str, field: Field, *, fold: bool = False, codes: bool = False, formatting: Formatting = USUAL
) -> Bound:
    """The bound value of a literal; raises ``FunctionRefused`` where it is no literal of the field's type."""
    if not text:
        return None
    if field.type in _MOMENTS:
        return _MOMENTS[field.type](_moment(text, field, formatting), formatting)
    return (_CODED if codes else _FORMS)[field.type](text, field, fold)


def number(text: str, scale: int) -> int | float | None:
    """A number times the scale; None where the text is none.

    Stored numbers are integers, so that a literal between two of them compares as their middle does.
    """
    if not _NUMBER.fullmatch(text):
        return None
    plain = Decimal(text)
    if plain.adjusted() > _LONGEST:  # to multiply it would overflow
        return float(plain)
    value = plain * scale
    if abs(value) > _WIDEST:
        return float(value)
    whole = floor(value)
    return whole if whole == value else whole + 0.5


def _text(text: str, _field: Field, fold: bool) -> Bound:
    return text.casefold() if fold else text


def _enum(text: str, field: Field, fold: bool) -> Bound:
    return _listed(text, field, [value.label for value in field.values], fold=fold)


def _code(text: str, field: Field, fold: bool) -> Bound:
    return _listed(text, field, [value.code or value.label for value in field.values], fold=fold)


def _listed(text: str, field: Field, allowed: list[str], *, fold: bool) -> Bound:
    asked = _text(text, field, fold)
    if allowed and asked not in [_text(each, field, fold) for each in allowed]:
        raise data_failure(
            f"Invalid value '{text}' for field {field.name}.", correction=f"Use one of: {', '.join(allowed)}."
        )
    return asked


def _number(scale: int) -> Callable[[str, Field, bool], Bound]:
    def read(text: str, field: Field, _fold: bool) -> Bound:
        value = number(text, scale)
        if value is None:
            raise _bad(text, field, "a number such as 1234.56")
        return value

    return read


def _boolean(words: dict[str, int], wanted: str) -> Callable[[str, Field, bool], Bound]:
    def read(text: str, field: Field, _fold: bool) -> Bound:
        if text not in words:
            raise _bad(text, field, wanted)
        return words[text]

    return read


def _date(moment: datetime, _formatting: Formatting) -> Bound:
    # 'YYYY-MM-DD' sorts before 'YYYY-MM-DD 00:00:01' and equals midnight: text order is the order of moments
    return moment.isoformat(" ").removesuffix(" 00:00:00")


def _timestamp(moment: datetime, formatting: Formatting) -> Bound:
    return formatting.stored(moment).isoformat(" ")


def _moment(text: str, field: Field, formatting: Formatting) -> datetime:
    moment = formatting.read(text)
    if moment is None:
        raise _bad(text, field, formatting.words)
    return moment


def _bad(text: str, field: Field, wanted: str) -> Exception:
    return data_failure(f"Invalid value '{text}' for field {field.name}: {field.type} takes {wanted}.")


_FORMS: dict[DataType, Callable[[str, Field, bool], Bound]] = {
    DataType.TEXT: _text,
    DataType.SEQUENCE: _text,
    DataType.ENUM: _enum,
    DataType.BOOLEAN: _boolean({"true": 1, "false": 0}, "true or false"),
    DataType.INTEGER: _number(1),
    DataType.DECIMAL: _number(SCALE),
    DataType.CURRENCY: _number(SCALE),
    DataType.PERCENT: _number(SCALE),
}
_MOMENTS: dict[DataType, Callable[[datetime, Formatting], Bound]] = {
    DataType.DATE: _date,
    DataType.TIMESTAMP: _timestamp,
}
_CODED = {
    **_FORMS,
    DataType.ENUM: _code,
    DataType.BOOLEAN: _boolean({"T": 1, "F": 0, "true": 1, "false": 0}, "T or F"),
}

"""The performance tiers a company can subscribe to: calls a month, and what more of them cost.

In: the bundled table, or a JSON file of the same form. Out: ``Tier`` records. Refuses to know: queries.

    {"default": "ours", "tiers": [{"name": "ours", "calls": 750000,
     "overage": {"calls": 10, "price": "0.12", "currency": "USD"}}]}

A ``source`` (``name``, ``url``, ``date``) may stand at the top, in a tier, and in its overage; the nearest counts, and
without any the file is the source. What is null or left out is not known. The bundled calls are those that the vendor
documents [D]; the price is told by an integrator, of tier 1 alone [?]: that of the others is not known.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from intacct_ql.errors import ConfigError
from intacct_ql.suggest import nearest

_BUNDLED = Path(__file__).with_name("tiers.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a figure is from; ``date`` as YYYY-MM-DD, None where the source bears none."""

    name: str
    url: str | None = None
    date: str | None = None

    def __str__(self) -> str:
        return f"{self.name} ({self.date or 'undated'})"

    def to_dict(self) -> dict[str, str | None]:
        """As plain data."""
        return {"name": self.name, "url": self.url, "date": self.date}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overage:
    """What calls beyond the tier cost: ``price`` in ``currency`` for each pack of ``calls`` that is begun."""

    calls: int
    price: Decimal
    currency: str
    source: Source

    def of(self, calls: int) -> Decimal:
        """The price of so many calls beyond the tier."""
        return -(-calls // self.calls) * self.price


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """One tier: ``calls`` a month, None where nobody knows."""

    name: str
    calls: int | None
    source: Source
    overage: Overage | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain data; money as text, so that no digit is lost."""
        more = self.overage
        return {
            "name": self.name,
            "calls_a_month": self.calls,
            "source": self.source.to_dict(),
            "overage": None
            if more is None
            else {
                "calls": more.calls,
                "price": str(more.price),
                "currency": more.currency,
                "source": more.source.to_dict(),
            },
        }


def tier(name: str | None = None, file: str | os.PathLike[str] | None = None) -> Tier:
    """The tier of this name, or the table's default; of the bundled table unless a file is given.

    Raises ``ConfigError`` for a tier that does not exist and for a file that is no such table.
    """
    default, tiers = _bundled() if file is None else _read(Path(file))
    wanted = default if name is None else name.strip().casefold().removeprefix("tier").strip()
    found = tiers.get(wanted)
    if found is None:
        names = [one.name for one in tiers.values()]
        near = nearest(name or "", names)
        hint = f"; {' or '.join(near)} might be meant" if near else ""
        raise ConfigError(
            f"there is no tier {default if name is None else name or repr(name)}; there is {', '.join(names)}{hint}"
        )
    return found


Table = tuple[str, Mapping[str, Tier]]
"""The name of the default tier, and the tiers by their folded names."""


@cache
def _bundled() -> Table:
    return _table(_BUNDLED.read_text("utf-8"), _BUNDLED.name)


def _read(file: Path) -> Table:
    try:
        return _table(file.read_text("utf-8-sig"), str(file))
    except OSError as unreadable:
        raise ConfigError(f"{file} cannot be read: {unreadable.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file} is not UTF-8 text") from None


def _table(text: str, place: str) -> Table:
    try:
        record = json.loads(text, parse_float=Decimal)
        source = _source(record.get("source"), Source(name=place))
        tiers = [_tier(one, source) for one in record["tiers"]]
        default = record.get("default", tiers[0].name)
        return _text(default).casefold(), {one.name.casefold(): one for one in tiers}
    except json.JSONDecodeError as wrong:
        raise ConfigError(f"{place} is not JSON: {wrong.msg} in line {wrong.lineno}") from None
    except KeyError as missing:
        raise ConfigError(f"{place} is no table of tiers: {missing.args[0]} is missing") from None
    except (TypeError, AttributeError, IndexError, ValueError, RecursionError, InvalidOperation) as wrong:
        hint = str(wrong) if isinstance(wrong, _FormError) else "it is not of the form that the documentation shows"
        raise ConfigError(f"{place} is no table of tiers: {hint}") from None


class _FormError(ValueError):
    """A value that cannot be, in words for the user."""


def _tier(record: Mapping[str, Any], around: Source) -> Tier:
    source = _source(record.get("source"), around)
    calls, more = record.get("calls"), record.get("overage")
    return Tier(
        name=_text(record["name"]),
        calls=None if calls is None else _whole(calls),
        source=source,
        overage=None if more is None else _overage(more, source),
    )


def _overage(record: Mapping[str, Any], around: Source) -> Overage:
    price = record["price"]
    if isinstance(price, bool) or not isinstance(price, str | int | Decimal):
        raise _FormError(f"a price is a number, not {price!r}")
    amount = Decimal(price)
    if not amount.is_finite() or amount < 0:
        raise _FormError(f"a price is 0 or more, not {price}")
    return Overage(
        calls=_whole(record["calls"]),
        price=amount,
        currency=_text(record["currency"]),
        source=_source(record.get("source"), around),
    )


def _source(record: Mapping[str, Any] | None, around: Source) -> Source:
    if record is None:
        return around
    url, date = record.get("url"), record.get("date")
    return Source(
        name=_text(record["name"]),
        url=None if url is None else _text(url),
        date=None if date is None else _text(date),
    )


def _whole(value: object) -> int:
    if type(value) is not int or value < 1:
        raise _FormError(f"calls are a whole number from 1 on, not {value!r}")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _FormError(f"names, addresses and dates are text, not {value!r}")
    return value.strip()

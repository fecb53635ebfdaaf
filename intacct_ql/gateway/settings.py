"""What the gateway tells of the user and the company beside rows.

In: the ``Result`` of a function. Out: the user's ``Formatting``; the entities. Refuses to know: who asks, and when.

Both functions are documented by their names and arguments. That of the reply is documented for the formatting [D]; for
entities clients look for ENTITYID, LOCATIONID or ID in whatever records come [C].
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from intacct_ql.formatting import Formatting
from intacct_ql.gateway.escape import escape
from intacct_ql.gateway.messages import Function, Result

if TYPE_CHECKING:
    from lxml.etree import _Element

FORMATTING = "readUserFormatting"
"""The wire name of the function that tells a user's preferences."""

READ_ENTITIES = Function(name="readEntityDetails", xml="<readEntityDetails/>")
"""Tells the entities of the company."""

SETTINGS = frozenset({FORMATTING, READ_ENTITIES.name})
"""The functions that tell of no rows."""

_ENTITY_IDS = ("LOCATIONID", "ENTITYID", "ID")


def read_formatting(user: str) -> Function:
    """Asks for the preferences of a user by the login id."""
    return Function(name=FORMATTING, xml=f"<{FORMATTING}><userId>{escape(user)}</userId></{FORMATTING}>")


def formatting(result: Result) -> Formatting:
    """The preferences that a result tells. Raises ``ValueError`` for what is none that can be read."""
    found = None if result.data is None else next(result.data.iter("userformatting"), None)
    if found is None:
        raise ValueError("no preferences")
    return Formatting.told({str(part.tag): part.text or "" for part in found})  # a space may be the separator


def entities(result: Result) -> tuple[str, ...]:
    """The ids of the entities that a result tells, in its order."""
    records = () if result.data is None else result.data
    return tuple(dict.fromkeys(each for each in map(_entity, records) if each))


def _entity(record: "_Element") -> str:
    return next(_named(record), "")


def _named(record: "_Element") -> Iterator[str]:
    texts = {str(part.tag).upper(): (part.text or "").strip() for part in record}
    return (texts[name] for name in _ENTITY_IDS if texts.get(name))

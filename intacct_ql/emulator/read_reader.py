"""The elements of the generic reading functions, read as strictly as the schema of dtdversion 3.0 has them.

In: the elements of ``readByQuery``, ``readMore``, ``read`` and ``readByName``. Out: records. Refuses to know: which
objects and fields exist, and the grammar of a predicate: that is no matter of the schema.

``docparid`` is accepted and changes nothing: the demo has no custom fields.
"""

from dataclasses import dataclass

from intacct_ql.emulator.elements import Element, any_order, integer, leaf, line, one_of, optional
from intacct_ql.emulator.pages import FORMATS
from intacct_ql.emulator.query import PAGE_SIZE
from intacct_ql.emulator.refusals import Malformed

LARGEST_PAGE = 1000

_ONE, _MAYBE = (1, 1), (0, 1)
_READ = {"object": _ONE, "keys": _ONE, "fields": _MAYBE, "returnFormat": _MAYBE, "docparid": _MAYBE}
_READ_BY_QUERY = {
    "object": _ONE,
    "query": _ONE,
    "fields": _MAYBE,
    "pagesize": _MAYBE,
    "returnFormat": _MAYBE,
    "docparid": _MAYBE,
}
_READ_MORE = {"object": _MAYBE, "view": _MAYBE, "reportId": _MAYBE, "resultId": _MAYBE}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadByQuery:
    """A ``readByQuery``. Without ``fields`` all of them."""

    object: str
    query: str
    fields: tuple[str, ...]
    pagesize: int
    returnformat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMore:
    """A ``readMore``: ``by`` is the name of its one element."""

    by: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A ``read`` or ``readByName``. Without ``fields`` all of them."""

    object: str
    keys: tuple[str, ...]
    fields: tuple[str, ...]
    returnformat: str


def read_by_query(element: Element) -> ReadByQuery:
    """The record of a ``readByQuery`` element; ``Malformed`` where the schema is not met."""
    parts = any_order(element, _READ_BY_QUERY)
    optional(parts["docparid"])
    return ReadByQuery(
        object=leaf(parts["object"]),
        query=leaf(parts["query"]),
        fields=_fields(parts["fields"]),
        pagesize=integer(parts["pagesize"], default=PAGE_SIZE, least=1, most=LARGEST_PAGE),
        returnformat=one_of(parts["returnFormat"], FORMATS, default="xml"),
    )


def read_more(element: Element) -> ReadMore:
    """The record of a ``readMore`` element, which holds exactly one of four."""
    parts = {name: found for name, found in any_order(element, _READ_MORE).items() if found is not None}
    if len(parts) != 1:
        names = ", ".join(_READ_MORE)
        raise Malformed(f"Element 'readMore': exactly one of ( {names} ) is expected.", line=line(element))
    ((by, found),) = parts.items()
    return ReadMore(by=by, what=leaf(found))


def read_keys(element: Element) -> Read:
    """The record of a ``read`` or ``readByName`` element; ``Malformed`` where the schema is not met."""
    parts = any_order(element, _READ)
    optional(parts["docparid"])
    return Read(
        object=leaf(parts["object"]),
        keys=_items(leaf(parts["keys"])),
        fields=_fields(parts["fields"]),
        returnformat=one_of(parts["returnFormat"], FORMATS, default="xml"),
    )


def _fields(element: Element | None) -> tuple[str, ...]:
    names = _items(optional(element))
    return () if names == ("*",) else names


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(",") if item.strip())

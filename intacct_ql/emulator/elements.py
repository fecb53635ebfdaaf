"""Strict steps over request elements: what a schema validator would say, in a few functions.

In: lxml elements. Out: their children and texts; anything the schema does not allow raises ``Malformed``.
Refuses to know: which functions exist.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lxml import etree

from intacct_ql.emulator.refusals import Malformed

Element = etree._Element  # noqa: SLF001 - lxml has no public name for its element class

Grammar = Mapping[str, tuple[int, int]]
"""Names of child elements with how often each may come: at least, at most."""

MAX_BYTES = 10 * 1024 * 1024
MANY = 1 << 60

_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def parse(body: bytes, *, max_bytes: int = MAX_BYTES) -> Element:
    """The root of a document without DOCTYPE, entities, comments or processing instructions."""
    if len(body) > max_bytes:
        raise Malformed(f"the request is larger than {max_bytes} bytes.")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        line_number, column = error.position
        raise Malformed(f"{error.msg.rpartition(', line ')[0]}.", line=line_number, column=column) from None
    except ValueError as error:
        raise Malformed(str(error)) from None
    if root.getroottree().docinfo.doctype:  # an entity left unexpanded would read as empty text
        raise Malformed("a DOCTYPE is not allowed.")
    return root


def children(element: Element, attributes: Sequence[str] = ()) -> list[Element]:
    """The child elements; text between them and attributes that were not named are refused."""
    for attribute in element.attrib:
        if attribute not in attributes:
            raise Malformed(f"Element '{tag(element)}', attribute '{attribute}' is not allowed.", line=line(element))
    found = list(element)
    if any((text or "").strip() for text in [element.text, *(child.tail for child in found)]):
        raise Malformed(f"Element '{tag(element)}': Character content is not allowed.", line=line(element))
    return found


def sequence(element: Element, grammar: Grammar, attributes: Sequence[str] = ()) -> dict[str, Any]:
    """The children by name in the order of ``grammar``, which gives how often each may come (xs:sequence).

    A name that may come once at most maps to the element or None, any other to a list.
    """
    waiting = list(grammar)
    found: dict[str, list[Element]] = {name: [] for name in grammar}
    for child in children(element, attributes):
        expected = tuple(waiting)
        while waiting and (waiting[0] != tag(child) or len(found[waiting[0]]) >= grammar[waiting[0]][1]):
            waiting.pop(0)
        if not waiting:
            raise unexpected(child, expected)
        found[waiting[0]].append(child)
    return _counted(element, grammar, found)


def any_order(element: Element, grammar: Grammar, attributes: Sequence[str] = ()) -> dict[str, Any]:
    """The children by name in any order, each as often as ``grammar`` allows (xs:all)."""
    found: dict[str, list[Element]] = {name: [] for name in grammar}
    for child in children(element, attributes):
        if tag(child) not in found or len(found[tag(child)]) >= grammar[tag(child)][1]:
            raise unexpected(child, tuple(grammar))
        found[tag(child)].append(child)
    return _counted(element, grammar, found)


def _counted(element: Element, grammar: Grammar, found: Mapping[str, list[Element]]) -> dict[str, Any]:
    for name, (least, _) in grammar.items():
        if len(found[name]) < least:
            raise Malformed(
                f"Element '{tag(element)}': Missing child element(s). Expected is ( {name} ).", line=line(element)
            )
    return {
        name: found[name] if most > 1 else (found[name][0] if found[name] else None)
        for name, (_, most) in grammar.items()
    }


def nothing(element: Element) -> None:
    """An element that holds nothing."""
    sequence(element, {})


def leaf(element: Element, attributes: Sequence[str] = ()) -> str:
    """The text of an element without children, exactly as it was sent."""
    if len(element) or any(name not in attributes for name in element.attrib):
        raise Malformed(f"Element '{tag(element)}': only text is allowed.", line=line(element))
    return element.text or ""


def optional(element: Element | None, default: str = "") -> str:
    """The text of an element that may be missing."""
    return default if element is None else leaf(element)


def boolean(element: Element | None, *, default: bool) -> bool:
    """``true``, ``false``, ``1`` or ``0`` in any case: clients in the field send Python's ``False`` and pass."""
    if element is None:
        return default
    value = _BOOLEANS.get(leaf(element).strip().lower())
    if value is None:
        raise Malformed(f"Element '{tag(element)}': '{leaf(element)}' is not a boolean.", line=line(element))
    return value


def integer(element: Element | None, *, default: int, least: int, most: int = MANY) -> int:
    """A plain decimal number within bounds."""
    if element is None:
        return default
    text = leaf(element).strip()
    if not _is_whole(text, least, most):
        raise Malformed(f"Element '{tag(element)}': '{text}' is not a valid value.", line=line(element))
    return int(text)


def _is_whole(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdecimal() and least <= int(text[:19]) <= most


def one_of(element: Element | None, words: Sequence[str], *, default: str) -> str:
    """One of the words a schema lists, as it is spelled there."""
    asked = optional(element, default)
    if asked not in words:
        where = None if element is None else line(element)
        name = "" if element is None else tag(element)
        raise Malformed(f"Element '{name}': '{asked}' is not one of {', '.join(words)}.", line=where)
    return asked


def attribute(element: Element, name: str) -> str:
    """An attribute that must be there."""
    value = element.get(name)
    if value is None:
        words = f"Element '{tag(element)}': The attribute '{name}' is required but missing."
        raise Malformed(words, line=line(element))
    return value


def attribute_of(element: Element, name: str, words: Collection[str], *, default: str | None = None) -> str:
    """An attribute that is one of the words a schema lists; without a default it must be there."""
    value = default if default is not None and name not in element.attrib else attribute(element, name)
    if value not in words:
        raise Malformed(
            f"Value '{value}' for attribute {name} of {tag(element)} is not among the enumerated set.",
            line=line(element),
        )
    return value


def attribute_number(element: Element, name: str, *, default: int, least: int) -> int:
    """An attribute that is a plain decimal number."""
    text = element.get(name, str(default)).strip()
    if not _is_whole(text, least, MANY):
        words = f"Element '{tag(element)}', attribute '{name}': '{text}' is not a valid value."
        raise Malformed(words, line=line(element))
    return int(text)


def unexpected(element: Element, expected: Sequence[str]) -> Malformed:
    """The validator's sentence about an element that may not stand where it stands."""
    parent = element.getparent()
    allowed = f"Expected is one of ( {', '.join(expected)} )."
    if not expected and parent is not None:
        allowed = f"Element '{tag(parent)}' may have no child element."
    return Malformed(f"Element '{tag(element)}': This element is not expected. {allowed}", line=line(element))


def tag(element: Element) -> str:
    """The name of an element."""
    return str(element.tag)


def line(element: Element) -> int | None:
    """The line an element begins on."""
    number: int | None = element.sourceline
    return number

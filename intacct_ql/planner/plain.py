"""An explanation as sections, and the sections as plain text: no colour, no width, the same every time.

In: an ``Explanation``. Out: ``Section`` records for whoever draws them, and lines. Refuses to know: terminals.

    Query     SELECT CUSTOMERID FROM ARINVOICE WHERE TOTALDUE > TOTALPAID AND STATE = 'Posted' LIMIT 5
    Asked of  ARINVOICE, by query
    Columns   CUSTOMERID (TEXT)
    Gateway   fetch  CUSTOMERID; hidden: TOTALDUE, TOTALPAID, RECORDNO
              filter STATE = 'Posted'
              order  by RECORDNO
    Here      1. filter TOTALDUE > TOTALPAID
                 because the gateway compares a field with a value only, never with a field
              2. limit 5
                 because rows are counted after the steps before
              3. show CUSTOMERID
    Paging    keyset: each page asks for the rows behind the last RECORDNO
              2000 rows a page
    Rows      unknown before the run; a COUNT would tell, for one call; fewer may be left after the steps here
    Calls     ceil(rows / 2000), at least 1, fewer where the limit is reached before, and one sign-in
    Price     at least 0.001 % of the 100,000 calls a month of tier 1
              at least 0.15 USD where those are used up
              calls a month according to Sage Intacct developer portal (undated)
              0.15 USD for each 10 begun beyond the tier, according to APIWORX blog (2026-04-26)
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from intacct_ql.errors import draw
from intacct_ql.planner.explain import Basis, Explanation
from intacct_ql.planner.parts import Part
from intacct_ql.planner.words import few
from intacct_ql.schema.model import Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One subject: lines of text, or the parts of some work, which are ``numbered`` where their order matters.

    ``asides`` are there to be looked up.
    """

    title: str
    texts: tuple[str, ...] = ()
    asides: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    numbered: bool = False


def sections(told: Explanation) -> Iterator[Section]:
    """What is said behind the query itself, in order; nothing empty."""
    yield Section(title="Asked of", texts=(_door(told),))
    if any(one.origin is not Origin.BUNDLED for one in told.basis):
        yield Section(title="Schema", texts=tuple(f"{one.object} {_origin(one)}" for one in told.basis))
    yield Section(title="Columns", texts=(few([f"{name} ({kind})" for name, kind in told.columns]),))
    if told.gateway:
        yield Section(title="Gateway", parts=told.gateway)
    if told.dates:
        yield Section(title="Dates", texts=(f"{told.dates}, as the user has them",))
    if told.local:
        yield Section(title="Here", parts=told.local, numbered=True)
    yield Section(title="Paging", texts=tuple(_paging(told)))
    yield Section(title="Rows", texts=(told.cost.rows.text,))
    yield Section(title="Calls", texts=(told.cost.calls.text,))
    yield Section(title="Price", texts=tuple(told.price.lines()), asides=tuple(told.price.sources()))


def remarks(told: Explanation) -> list[str]:
    """The diagnostics, drawn under the query as it was written."""
    return [draw(found, told.source) for found in told.diagnostics]


def lines(told: Explanation) -> Iterator[str]:
    """The plain text."""
    yield from _titled("Query", told.text.split("\n"))
    for section in sections(told):
        parts = _numbered(section.parts) if section.numbered else _listed(section.parts)
        yield from _titled(section.title, [*section.texts, *section.asides, *parts])
    if told.diagnostics:
        yield from ("", *remarks(told))
    if told.request:
        yield from ("", pretty(told.request))


def _titled(title: str, texts: list[str]) -> Iterator[str]:
    for number, line in enumerate(texts):
        yield f"{title if number == 0 else '':<9} {line}".rstrip()


def _listed(parts: tuple[Part, ...]) -> list[str]:
    return [f"{part.what:<6} {part.how}" for part in parts]


def _numbered(parts: tuple[Part, ...]) -> list[str]:
    texts = []
    for number, part in enumerate(parts, start=1):
        texts.append(f"{number}. {part.what} {part.how}")
        if part.why:
            texts.append(f"{'':<{len(str(number)) + 2}}because {part.why}")
    return texts


def _door(told: Explanation) -> str:
    if told.object is None:
        return "nobody"
    return f"{told.object}, by {told.target}{'' if told.sent else ', whose requests are written here and not sent'}"


def _origin(basis: Basis) -> str:
    if basis.origin is Origin.BUNDLED:
        return "as it is bundled: never looked up"
    when = f" on {basis.looked_up}" if basis.looked_up else ", exported to a file"
    return f"as the company described it{when}"


def _paging(told: Explanation) -> Iterator[str]:
    yield f"{told.paging}: {told.paging_reason}" if told.paging_reason else told.paging
    if told.paging != "none":
        yield f"{told.page_size} row{'' if told.page_size == 1 else 's'} a page"


_TOKENS = re.compile(r"<[^>]*>|[^<]+")


def pretty(request: str) -> str:
    """A request with a line for each element or member and nesting shown; nothing is added beside text."""
    if request.startswith("{"):
        return json.dumps(json.loads(request), indent=2, ensure_ascii=False)
    texts: list[str] = []
    depth, leaf = 0, False
    for token in _TOKENS.findall(request):
        if not token.startswith("<"):
            texts[-1] += token
        elif token.startswith("</"):
            depth -= 1
            if leaf:
                texts[-1] += token
            else:
                texts.append("  " * depth + token)
            leaf = False
        else:
            texts.append("  " * depth + token)
            leaf = not token.endswith("/>")
            depth += leaf
    return "\n".join(texts)

"""The lines that a ``read`` gives inside their documents [D].

In: a page of documents, and the ``Scene``. Out: the same page with the lines of each. Refuses to know: which function
asks, how rows are written.

They come with all fields only; who names the fields gets those ([?]). The element that holds them is the one they are
written in, and each of them is named in lower case ([?]).
"""

from dataclasses import replace
from itertools import groupby

from intacct_ql.emulator.conditions import Comparison
from intacct_ql.emulator.documents import DOCUMENTS, MOST_LINES
from intacct_ql.emulator.fetch import fetch
from intacct_ql.emulator.pages import Owned, Page
from intacct_ql.emulator.query import Order, Query
from intacct_ql.emulator.scene import Scene
from intacct_ql.emulator.scope import READ


def with_lines(page: Page, name: str, scene: Scene) -> Page:
    """The page with lines, where rows of this object have some and the page has the field that they are found by."""
    lines = DOCUMENTS.get(name.upper())
    places = [place for place, head in enumerate(page.headings) if lines and head.name.upper() == lines.number]
    target = scene.store.catalog.object(lines.object) if lines else None
    if lines is None or target is None or not places or not page.count:
        return page
    scene.store.index(target, lines.link)
    numbers = tuple(page.columns[places[0]])
    wanted = Query(
        object=lines.object,
        condition=Comparison(operator="in", field=lines.link, values=numbers),
        orders=tuple(Order(field=field, descending=False) for field in (lines.link, target.key or lines.link)),
        pagesize=page.count * MOST_LINES,
        dialect=READ,
        showprivate=True,
    )
    found = fetch(scene.allowed(wanted), scene.store, scene.counts, scene.view).page
    parts, start = {}, 0
    link = next(column for head, column in zip(found.headings, found.columns, strict=True) if head.name == lines.link)
    for number, group in groupby(link):
        count = len(list(group))
        parts[number] = found.part(start, count)
        start += count
    none = found.first(0)
    pages = tuple(parts.get(number, none) for number in numbers)
    return replace(page, owned=Owned(wrapper=lines.wrapper, tag=lines.object.lower(), pages=pages))

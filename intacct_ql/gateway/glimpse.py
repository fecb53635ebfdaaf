"""The last key of a page before the page is read.

In: the body of a reply. Out: the last key and how many rows come behind it, as far as they catch the eye. Refuses to
know: whether the reply is sound; who acts on a glimpse checks it against the page that is read.

Reading a page takes some tens of milliseconds, in which the next one could be on its way already.
"""

import re
from collections.abc import Iterable

HEAD, TAIL = 4096, 16_384
"""Bytes of a body that are looked at."""
_REMAINING = re.compile(rb'<data [^>]*?\bnumremaining="(\d{1,18})"')


def glimpse(body: bytes, names: Iterable[str]) -> tuple[int, int] | None:
    """The whole-number key of the last row, whose element has one of these names, and the rows announced behind it.

    None where either is not where it usually is.
    """
    found = _REMAINING.search(body, 0, HEAD)
    if found is None:
        return None
    for name in names:
        element = name.encode()
        end = body.rfind(b"</" + element + b">", max(0, len(body) - TAIL))
        start = body.rfind(b"<" + element + b">", max(0, end - 64), end) + len(element) + 2
        if end > start >= len(element) + 2 and (text := body[start:end]).isdigit():
            return int(text), int(found[1])
    return None

"""Every syntax mistake of a text, not only the first.

In: a text that does not parse, and its first mistake. Out: all mistakes that can be told apart, with places in the text
as it was written, and the text with the clear ones mended. Refuses to know: how mistakes are recognised.

A mistake with exactly one rewrite is mended in a copy, and the copy is parsed again; that goes on while each stop lies
behind the last rewrite. A rewrite that the next stop lies before or inside mended nothing, and is not told, unless the
text only ends too early. What is found in the mended copy is told at its place in the original. Nothing is ever run
from a mended copy.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from intacct_ql.errors import Diagnostic, Fix
from intacct_ql.source import Span

MOST = 20
"""Mistakes told at once."""

ENDS_EARLY = "IQL110"
"""The mistake of a text that is still being written: a rewrite of its last word may be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A rewrite made in the copy: where it starts there, and how long the old and the new text are."""

    start: int
    old: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """What a repair came to; ``text`` is the copy that parses, None where some mistake could not be mended."""

    diagnostics: tuple[Diagnostic, ...]
    text: str | None
    edits: tuple[Edit, ...]

    def back(self, found: Diagnostic) -> Diagnostic:
        """A finding about the mended copy, told of the original, where a rewrite of a part of an edit has no place."""
        if found.span is None:
            return found
        fixes = tuple(
            Fix(span=_back(fix.span, self.edits), text=fix.text)
            for fix in found.fixes
            if not _cuts(fix.span, self.edits)
        )
        return replace(found, span=_back(found.span, self.edits), fixes=fixes)


def repair(text: str, first: Diagnostic, next_mistake: Callable[[str], Diagnostic | None]) -> Repaired:
    """Mend and look again until the text parses, or a mistake has no single rewrite, or nothing gets better.

    ``next_mistake`` gives the first mistake of a text, None when it parses.
    """
    copy = text
    edits: tuple[Edit, ...] = ()
    found = first
    told = [first]
    while len(told) < MOST:
        if len(found.fixes) != 1:
            return Repaired(diagnostics=tuple(told), text=None, edits=edits)
        fix = found.fixes[0]
        copy = copy[: fix.span.start] + fix.text + copy[fix.span.end :]
        edit = Edit(start=fix.span.start, old=fix.span.end - fix.span.start, new=len(fix.text))
        edits = (*edits, edit)
        following = next_mistake(copy)
        if following is None:
            return Repaired(diagnostics=tuple(told), text=copy, edits=edits)
        if following.span is None or following.span.start < edit.start + edit.new:
            if following.code != ENDS_EARLY:
                told[-1] = replace(told[-1], fixes=())
            break
        found = following
        told.append(Repaired(diagnostics=(), text=None, edits=edits).back(found))
    return Repaired(diagnostics=tuple(told), text=None, edits=edits)


def _back(span: Span, edits: tuple[Edit, ...]) -> Span:
    start, end = span
    for edit in reversed(edits):
        start, end = _before(start, edit), _before(end, edit)
    return Span(start, max(start, end))


def _cuts(span: Span, edits: tuple[Edit, ...]) -> bool:
    """Whether one end of the span stands inside the new text of an edit."""
    start, end = span
    for edit in reversed(edits):
        if any(edit.start < offset < edit.start + edit.new for offset in (start, end)):
            return True
        start, end = _before(start, edit), _before(end, edit)
    return False


def _before(offset: int, edit: Edit) -> int:
    """An offset as it was before the edit; inside the new text it is cut to what was there."""
    if offset >= edit.start + edit.new:
        return offset - edit.new + edit.old
    return min(offset, edit.start + edit.old)

"""A query that was wrong, mended as far as that is clear.

In: its text and the findings about it. Out: the texts that may have been meant, one for each reading of a mistake that
has two. Refuses to know: what any finding says.
"""

from collections.abc import Sequence

from intacct_ql.errors import Diagnostic, Fix, Severity


def mended(text: str, found: Sequence[Diagnostic]) -> tuple[str, ...]:
    """The text with every rewrite done that the mistakes offer; none where they offer none."""
    offered = [one.fixes for one in found if one.fixes and one.severity is Severity.ERROR]
    readings = max(map(len, offered), default=0)
    texts = (_rewritten(text, [fixes[min(at, len(fixes) - 1)] for fixes in offered]) for at in range(readings))
    return tuple(dict.fromkeys(texts))


def _rewritten(text: str, fixes: Sequence[Fix]) -> str:
    """The text with the rewrites done from its end; one that overlaps another waits for the next time."""
    end = len(text)
    for fix in sorted(fixes, key=lambda fix: fix.span, reverse=True):
        if fix.span.end <= end:
            text = text[: fix.span.start] + fix.text + text[fix.span.end :]
            end = fix.span.start
    return text

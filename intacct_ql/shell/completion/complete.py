"""The function itself: text, cursor and catalog to suggestions.

In: the text of a buffer, a place in it, a catalog, names of parameters and profiles. Out: suggestions, best first.
Refuses to know: terminals. Never raises, whatever the text is.
"""

from collections.abc import Iterable, Sequence

from intacct_ql.schema.catalog import BUNDLED, Catalog
from intacct_ql.shell.completion.of_commands import of_commands
from intacct_ql.shell.completion.offers import offers
from intacct_ql.shell.completion.subject import subject
from intacct_ql.shell.completion.suggestion import Suggestion, fitting
from intacct_ql.shell.here import read


def complete(
    text: str,
    cursor: int | None = None,
    catalog: Catalog = BUNDLED,
    *,
    parameters: Sequence[str] = (),
    profiles: Iterable[str] = (),
) -> list[Suggestion]:
    """What may be put in at the cursor, in place of the word before it; at the end of the text unless it is given."""
    at = len(text) if cursor is None else cursor
    if not text.lstrip().startswith((".", "\\")):
        return _of_query(text, at, catalog, parameters)

    def behind(begin: int) -> list[Suggestion]:
        return _of_query(text[begin:], at - begin, catalog, parameters)

    return of_commands(text[:at], catalog, parameters, profiles, behind)


def _of_query(text: str, at: int, catalog: Catalog, parameters: Sequence[str]) -> list[Suggestion]:
    here = read(text, at)
    if here is None:
        return []
    return fitting(here.word, offers(here, subject(here, catalog), parameters), here.start)

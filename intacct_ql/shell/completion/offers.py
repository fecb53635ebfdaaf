"""What may stand at a place of a query: the words of the language, and names and values of a catalog.

In: a place, what the query asks, names of parameters. Out: ``Offer`` records, the likeliest first. Refuses to know:
what has been typed of the next word.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from intacct_ql.shell.completion.names import names, names_something
from intacct_ql.shell.completion.subject import Subject, clause
from intacct_ql.shell.completion.suggestion import Kind, Offer
from intacct_ql.shell.completion.values import values
from intacct_ql.shell.completion.words import keywords, operators
from intacct_ql.shell.here import Here

_LIMITS = ("10", "100", "1000")


def offers(here: Here, asked: Subject, parameters: Iterable[str]) -> Iterator[Offer]:
    """Everything that may stand here."""
    parts: list[Iterable[Offer]] = []
    if here.takes_value:
        parts.append(values(here, asked))
    elif here.takes_name and not names_something(here):
        parts.append(names(here, asked))
    if here.quote or here.path:
        yield from chain.from_iterable(parts)
        return
    if "OPERATOR" in here.accepts:
        parts.append(operators(here.tokens, asked))
    if "NUMBER" in here.accepts and clause(here.tokens) in ("LIMIT", "OFFSET"):
        parts.append(Offer(name=number, kind=Kind.VALUE) for number in _LIMITS)
    if "NAMED_PARAMETER" in here.accepts:
        parts.append(Offer(name=f":{name}", kind=Kind.PARAMETER) for name in parameters)
    parts.append(keywords(here, asked))
    yield from chain.from_iterable(parts)

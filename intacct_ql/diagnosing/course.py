"""The steps in their order.

In: a ``Case``. Out: findings, one after the other as they are made. Refuses to know: how a step looks.
"""

from collections.abc import Callable, Iterator

from intacct_ql.diagnosing import entrance, preparations, rights
from intacct_ql.diagnosing.case import Case
from intacct_ql.diagnosing.finding import Failed, Finding, State

Look = Callable[[Case], Iterator[Finding]]

STEPS: dict[str, Look] = {
    "program": preparations.program,
    "settings": preparations.settings,
    "endpoint": preparations.endpoint,
    "name": preparations.name,
    "connection": preparations.connection,
    "gateway": entrance.gateway,
    "sender": entrance.sender,
    "web services": entrance.web_services,
    "authorisation": entrance.authorisation,
    "user": entrance.user,
    "session": entrance.session,
    "clock": entrance.clock,
    "formats": rights.formats,
    "entities": rights.entities,
    "permissions": rights.permissions,
    "reading": rights.reading,
    "wire": rights.wire,
}
"""Every step by its name. One that fails ends the examination: those behind it are told as skipped."""


def examine(case: Case) -> Iterator[Finding]:
    """Take every step."""
    ended = ""
    try:
        for step, look in STEPS.items():
            if ended:
                yield Finding(step=step, state=State.SKIPPED, words=f"not tried, because {ended} failed")
                continue
            try:
                yield from look(case)
            except Failed as end:
                ended = step
                yield Finding(step=step, state=State.FAILED, words=end.words, advice=end.advice, refused=end.refused)
    finally:
        case.close()

"""What comes before the first page: what has to be asked first, and a query made anew where that changes it.

In: a query as it was made with what was known, a way to make it again with more, and what the session knows. Out: the
steps to be run first; the course of the run. Refuses to know: query text, and how steps are run.

The user's date format is asked for once a session, and only where a query gives days or times, compares with them, or
means something else in another zone. A field that the gateway refuses is left out, and the request repeated: once for
each field. That a field is refused is believed, and kept, when the request without it has been answered.
"""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from intacct_ql.backends.door import Door
from intacct_ql.backends.localised import is_temporal
from intacct_ql.errors import Diagnostic, GatewayError, QueryError, SignInError, info, warning
from intacct_ql.executor.course import Course
from intacct_ql.executor.knowledge import Knowledge
from intacct_ql.executor.refused import Refused, is_of_object, named
from intacct_ql.executor.ride import Steps
from intacct_ql.formatting import USUAL, Formatting
from intacct_ql.gateway.patience import Patience, patiently, rule_for
from intacct_ql.gateway.session import Conversation
from intacct_ql.gateway.settings import formatting, read_formatting
from intacct_ql.planner.pages import paged
from intacct_ql.planner.steps import Plan


class Made(Protocol):
    """A query after every stage that needs no gateway; ``zoned`` if its meaning hangs on the zone of the user."""

    @property
    def plan(self) -> Plan:
        """Who does what."""
        ...

    @property
    def door(self) -> Door:
        """The door it goes through."""
        ...

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The remarks."""
        ...

    @property
    def zoned(self) -> bool:
        """Whether its meaning hangs on the zone."""
        ...


M = TypeVar("M", bound=Made)


class Start(Generic[M]):
    """The beginning of one run.

    ``known`` is the date format that the query was made with, None where it was not known. ``again`` makes the query
    with what is known by then, and with further fields that are refused; it raises ``QueryError``. ``begin`` makes the
    course of a query as it is now, ``resume`` the token of the run that it goes on with.
    """

    def __init__(
        self,
        made: M,
        again: Callable[[tuple[Refused, ...]], M],
        begin: Callable[[M, Formatting], Course],
        knowledge: Knowledge,
        conversation: Conversation,
        known: Formatting | None,
        resume: str | None = None,
    ) -> None:
        self.made = made
        self.resume = resume
        self._known = known
        self._begun = False
        self._again = again
        self._begin = begin
        self._knowledge = knowledge
        self._conversation = conversation
        self._refused: tuple[Refused, ...] = ()
        self._left_out: tuple[Refused, ...] = ()
        self._remarks: tuple[Diagnostic, ...] = ()

    @property
    def formatting(self) -> Formatting:
        """How days and times are written on the way, as far as it is known."""
        return (self._known or USUAL) if self.made.door.localised else USUAL

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The remarks about the query as it is run."""
        told = self.made.diagnostics
        if not any(finding.code == _LEFT_OUT for finding in told):  # of a star
            told += tuple([_left_out(one) for one in self._left_out])
        return (*told, *self._remarks)

    def course(self) -> Course:
        """The course of the query as it is now."""
        return self._begin(self.made, self.formatting)

    @property
    def waits(self) -> bool:
        """Whether the user's date format has to be asked for."""
        made = self.made
        if self._begun or self._known is not None or made.plan.fetch is None:
            return False
        return made.zoned or (made.door.localised and is_temporal(paged(made.plan)))

    def steps(self, patience: Patience) -> Steps[None]:
        """Ask for the date format."""
        return learning(self._knowledge, self._conversation, patience)

    def settle(self) -> None:
        """Take in what was learned. Raises ``QueryError`` where the query is wrong in the zone of the user."""
        self._known = self._knowledge.formatting
        doubt = self._knowledge.new_doubt()
        if doubt:
            self._remarks = (info("IQL401", None, _DOUBT, f"the gateway says: {doubt}"),)
        if self.made.zoned:
            self.made = self._again(self._refused)

    def without(self, refusal: GatewayError) -> bool:
        """Leave out the field that a refusal names; False where it names none that could be.

        Raises the refusal, with what to do, where something needs the field.
        """
        found = named(refusal, self.made.plan, self._refused)
        if found is None:
            if is_of_object(refusal) and self.made.plan.fetch is not None:
                refusal.hints = (f"the query asks for {self.made.plan.fetch.object}", *refusal.hints)
            return False
        try:
            self.made = self._again((*self._refused, found))
        except QueryError as needed:
            if found.certain:
                self._knowledge.refuse(found.object, found.field, found.words)
            hints = [hint for finding in needed.diagnostics for hint in (finding.reason, *finding.hints)]
            raise GatewayError(refusal.level, refusal.errors, *dict.fromkeys((*refusal.hints, *hints))) from None
        self._refused = self._left_out = (*self._refused, found)
        return True

    def answered(self) -> None:
        """A page has come: what was left out was the reason that none came before."""
        self._begun = True
        for one in self._refused:
            self._knowledge.refuse(one.object, one.field, one.words)
        self._refused = ()


def learning(knowledge: Knowledge, conversation: Conversation, patience: Patience) -> Steps[None]:
    """Ask for the user's date format, unless it is known, or somebody else asks meanwhile.

    Where it may not be read the usual one has to do. Raises what else goes wrong.
    """
    try:
        yield from patiently(lambda: _learn(knowledge, conversation), patience)
    except SignInError:
        raise
    except GatewayError as refusal:
        if rule_for(refusal) is not None:
            raise
        knowledge.give_up(refusal.words)


def _learn(knowledge: Knowledge, conversation: Conversation) -> Steps[None]:
    if knowledge.formatting is not None:
        return
    request = read_formatting(conversation.user)
    result = yield from conversation.call_once(request, lambda: knowledge.formatting is None)
    if result is None:
        return
    try:
        knowledge.learn(formatting(result))
    except ValueError as strange:
        knowledge.give_up(f"{strange} in the answer to {request.name}")


def _left_out(one: Refused) -> Diagnostic:
    reason = f"{one.field} of {one.object} is left out, because the gateway refuses it"
    return warning(_LEFT_OUT, None, reason, f"the gateway says: {one.words}")


_LEFT_OUT = "IQL259"
_DOUBT = "the user's date format is not known: days are taken as MM/DD/YYYY, times as 24 hours and without a zone"

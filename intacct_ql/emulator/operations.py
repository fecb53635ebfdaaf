"""Operations at work: who asks is let in, then function after function runs, all of them or none where that is wanted.

In: operations with their functions prepared. Out: the nodes of the reply. Refuses to know: documents, senders, faults
that concern no function.
"""

import random
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from itertools import count

from intacct_ql.emulator.billing import transactions
from intacct_ql.emulator.executed import Executed
from intacct_ql.emulator.ledger import Ledger
from intacct_ql.emulator.reader import Call, Login, Operation
from intacct_ql.emulator.refusals import PASSING, Error, FunctionRefused, SignInRefused, data_failure
from intacct_ql.emulator.replies import Node, Standing, failed, operation, result, sign_in_failure
from intacct_ql.emulator.scene import Bare, Given, Run, Scene
from intacct_ql.emulator.sessions import Session, Sessions
from intacct_ql.emulator.store import Store
from intacct_ql.emulator.visit import Visit

MOST_ELEMENTS = 1_000_000
"""Of a reply to several functions, about: some 60 MB. One function alone is bound by its page anyway."""

_ROLLED_BACK = Error(
    errorno="XL03000009",
    description2="The entire transaction in this operation has been rolled back due to an error.",
)

Prepared = list[tuple[Call, Run]]
_Outcomes = list[tuple[Call, Given | Error]]


class Operations:
    """Runs the operations of requests to one gateway.

    ``scene`` makes what the functions of a session see. ``on_call`` is called before each of them, as the gateway says.
    """

    def __init__(
        self,
        *,
        store: Store,
        sessions: Sessions,
        ledger: Ledger,
        executed_once: Executed,
        ids: random.Random,
        scene: Callable[[Session, Visit], Scene],
        on_call: Callable[[int, str], object] | None,
    ) -> None:
        self._store = store
        self._sessions = sessions
        self._ledger = ledger
        self._executed_once = executed_once
        self._ids = ids
        self._scene = scene
        self._on_call = on_call
        self._numbers = count(1)

    def run(self, asked: Operation, calls: Prepared, visit: Visit, *, once: bool, alone: bool) -> Node | Bare:
        """The answer to an operation: its node, or bare data. ``once``: no function that was executed before.

        ``alone`` says that the request has one function.
        """
        try:
            session = self._sessions.authenticate(asked.authentication)
        except SignInRefused as refusal:
            visit.refused([refusal.error])
            return sign_in_failure(_claimed(asked), refusal.error, self._ids)
        if isinstance(asked.authentication, Login):
            self._ledger.sign_in()
        scene = self._scene(session, visit)
        with self._store.reading() if asked.transaction else nullcontext():  # nobody else sees what may be undone
            outcomes, undone = self._outcomes(
                calls, scene, visit, transaction=asked.transaction, once=once, alone=alone
            )
        visit.refused(error for _, outcome in outcomes for error in _errors(outcome))
        if len(outcomes) == 1 and isinstance(outcomes[0][1], Given) and outcomes[0][1].bare:
            return outcomes[0][1].bare
        return operation(_standing(session), [self._result(*each, undone=undone) for each in outcomes])

    def _outcomes(
        self, calls: Prepared, scene: Scene, visit: Visit, *, transaction: bool, once: bool, alone: bool
    ) -> tuple[_Outcomes, bool]:
        """What became of each function, and whether all of it was undone because one failed."""
        before = self._store.snapshot() if transaction else None
        companyid = scene.session.companyid
        outcomes: _Outcomes = []
        taken: list[Call] = []
        undone = transaction
        try:
            for call, run in calls:
                if once and not self._executed_once.take(companyid, call.controlid):
                    outcomes.append((call, _already(call)))
                else:
                    taken.append(call)
                    outcomes.append((call, self._run(call, run, scene, visit, alone=alone)))
            undone = transaction and any(_has_failed(outcome) for _, outcome in outcomes)
        finally:
            done = set() if undone else {call for call, outcome in outcomes if not _has_failed(outcome)}
            if once:
                self._executed_once.give_back(companyid, [call.controlid for call in taken if call not in done])
            if before is not None and undone:
                self._store.restore(before)
        return outcomes, undone

    def _run(self, call: Call, run: Run, scene: Scene, visit: Visit, *, alone: bool) -> Given | Error:
        if visit.fault in PASSING:
            return PASSING[visit.fault]
        if self._on_call:
            self._on_call(next(self._numbers), call.name)
        too_large = data_failure("The reply to this request is too large; send fewer functions in one request.")
        try:
            if visit.weight > MOST_ELEMENTS:  # before it writes what it then could not tell of
                raise too_large
            given = run(scene)
            visit.weight += given.weight
            if visit.weight > MOST_ELEMENTS and given.cells and not alone:
                raise too_large
            if given.bare and not alone:  # [?] bare data has no room for a second function's answer
                raise data_failure("Answers in json and csv need a request of their own: one function.")
        except FunctionRefused as refusal:
            self._ledger.call(call.name, 0, transactions(call.element))
            return refusal.error
        self._ledger.call(call.name, given.rows, transactions(call.element))
        visit.rows += given.rows
        return given

    def _result(self, call: Call, outcome: Given | Error, *, undone: bool) -> Node:
        if isinstance(outcome, Error):
            errors = [outcome, _ROLLED_BACK] if undone else [outcome]
            return failed(call, errors, self._ids, status="aborted" if undone else "failure")
        if outcome.errors:
            errors = [*outcome.errors, *([_ROLLED_BACK] if undone else [])]
            before = () if undone else outcome.nodes
            return failed(call, errors, self._ids, *before, status="aborted" if undone else "failure")
        return failed(call, [_ROLLED_BACK], self._ids, status="aborted") if undone else result(call, *outcome.nodes)


def _errors(outcome: Given | Error) -> Iterable[Error]:
    return [outcome] if isinstance(outcome, Error) else outcome.errors


def _has_failed(outcome: Given | Error) -> bool:
    return bool(_errors(outcome))


def _already(call: Call) -> Error:
    """The refusal of a function that was executed before: its number, words and shape are guesses ([?])."""
    return data_failure(
        f"A function with the control id {call.controlid} was executed before.",
        correction="Give a new function a new controlid; this one is done, or at work.",
    ).error


def _claimed(asked: Operation) -> Standing:
    """Who a refused operation said it was; for a session nothing is known."""
    login = asked.authentication
    return Standing(userid=login.userid, companyid=login.companyid) if isinstance(login, Login) else Standing()


def _standing(session: Session) -> Standing:
    return Standing(
        userid=session.userid,
        companyid=session.companyid,
        locationid=session.locationid,
        began=session.began,
        expires=session.expires,
    )

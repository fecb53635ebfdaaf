"""The gateway: request bytes in, an ``Answer`` out.

In: the body of a POST. Out: what goes back. Refuses to know: sockets and threads; any number of threads may call it.

The order in which a request can fail: the document (schema, for the functions too), the sender, then for each
operation its credentials, then each function on its own.
"""

import logging
import random
import time
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from intacct_ql.emulator.additional import explained
from intacct_ql.emulator.answers import AFTER, CHANGES, INSTEAD, Answer, answer, plain, refused_by_gateway
from intacct_ql.emulator.billing import object_of
from intacct_ql.emulator.counting import Counts
from intacct_ql.emulator.executed import Executed
from intacct_ql.emulator.faults import Faults
from intacct_ql.emulator.functions import check_together, prepare
from intacct_ql.emulator.ledger import Arrival, Delivery, Ledger
from intacct_ql.emulator.leniency import forgive, without_prologue
from intacct_ql.emulator.meter import Meter
from intacct_ql.emulator.misfits import Misfit
from intacct_ql.emulator.operations import Operations, Prepared
from intacct_ql.emulator.posted import document_of
from intacct_ql.emulator.reader import Control, Operation, read_control, read_operations, read_root
from intacct_ql.emulator.refusals import ControlRefusal, Error
from intacct_ql.emulator.replies import Node, acknowledgement, control_failure, document, success
from intacct_ql.emulator.running import Reports
from intacct_ql.emulator.saved import Saved
from intacct_ql.emulator.scene import Bare, Scene
from intacct_ql.emulator.sessions import Accounts, Clock, Session, Sessions, utc_now
from intacct_ql.emulator.snapshots import Snapshot
from intacct_ql.emulator.store import Store
from intacct_ql.emulator.visit import Visit

URL = "https://emulator.invalid/ia/xml/xmlgw.phtml"

_MOST_CHARACTERS = 500_000

_log = logging.getLogger(__name__)


class Moment(NamedTuple):
    """The rows, the open sessions and the functions executed once for all of a gateway at one moment."""

    rows: Snapshot
    sessions: Mapping[str, Session]
    executed: tuple[tuple[str, str], ...]


class Gateway:
    """An Intacct XML gateway over the rows of a store.

    Everything is open to tests: the clock, the session duration, the accounts, the faults, the seed of every id. The
    faults may be exchanged at any time, a request that is at work keeps those it met.
    ``strict`` refuses whatever the schema refuses; without it habits of real clients are forgiven (``leniency``).
    ``private_entities`` are those whose rows the top level sees only with ``showprivate``. ``on_call`` is called before
    each function that runs, with its number from 1 on and its name: rows may be changed there, between two pages.
    ``saved`` are the views and reports of the company; a report is ready ``report_seconds`` after it was asked for.
    """

    def __init__(
        self,
        store: Store,
        *,
        strict: bool = False,
        accounts: Accounts | None = None,
        session_minutes: float = 360,
        clock: Clock = utc_now,
        faults: Faults | str | None = None,
        private_entities: Iterable[str] = (),
        seed: int | None = None,
        sleep: Callable[[float], None] = time.sleep,
        on_call: Callable[[int, str], object] | None = None,
        saved: Saved | None = None,
        report_seconds: float = 2,
    ) -> None:
        self.store = store
        self.ledger = Ledger()
        self._strict = strict
        self.faults = faults
        self._ids = random.Random(seed)  # noqa: S311 - ids of an emulator, repeatable when seeded
        self.sessions = Sessions(
            accounts or Accounts(), minutes=session_minutes, clock=clock, ids=self._ids, entity=self._is_entity
        )
        self._counts = Counts(store)
        self._executed_once = Executed()
        self._private = frozenset(private_entities)
        self._sleep = sleep
        self._saved = saved or Saved()
        self._reports = Reports(seconds=report_seconds, clock=clock, sleep=sleep)
        self._operations = Operations(
            store=store,
            sessions=self.sessions,
            ledger=self.ledger,
            executed_once=self._executed_once,
            ids=self._ids,
            scene=self._scene,
            on_call=on_call,
        )
        self.snapshot()

    @property
    def faults(self) -> Faults:
        """The faults in force. Setting them, by a specification too, starts their counts and limits anew."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults | str | None) -> None:
        ordered = Faults.parse(faults) if isinstance(faults, str) else faults or Faults()
        limits = ordered.settings
        self._meter = Meter(at_most=limits.at_most, per_minute=limits.per_minute, clock=ordered.clock)
        self._faults = ordered

    def snapshot(self) -> Moment:
        """Make now the moment that ``reset`` goes back to: before the first, that is the beginning."""
        self._moment = Moment(self.store.snapshot(), self.sessions.opened(), self._executed_once.all())
        return self._moment

    def reset(self, moment: Moment | None = None) -> None:
        """Go back to the rows and the sessions of a moment, and count from nothing; the faults stay.

        Without one it is that of the last snapshot or reset.
        """
        self._moment = moment or self._moment
        self.store.restore(self._moment.rows)
        self.sessions.reopen(self._moment.sessions)
        self._executed_once.replace(self._moment.executed)
        self._reports.clear()
        self.ledger.clear()

    def handle(self, body: bytes, *, content_type: str = "application/xml", url: str = URL) -> Answer:
        """Answer one POST. Never raises: a mistake of the emulator itself is logged and answered with a 500."""
        at, began = time.time(), time.perf_counter()
        faults, meter = self._faults, self._meter
        visit = Visit(url, faults.settings)
        try:
            self.ledger.request()
            given = self._metered(document_of(body, content_type, strict=self._strict), visit, faults, meter)
        except Misfit as wrong:  # of the company, and of no request
            _log.error("%s", wrong)
            given = plain(str(wrong), status=500)
        except Exception:  # noqa: BLE001 - the last line of defence, and it logs
            _log.exception("the emulator failed")
            given = INSTEAD["500"](self._ids, visit.settings)
        self.ledger.answered(
            Arrival(
                at=at,
                function=visit.function,
                object=visit.object,
                functions=visit.functions,
                status="drop" if given.drop else given.status,
                fault=visit.fault,
                error=visit.error,
                rows=visit.rows,
                seconds=time.perf_counter() - began,
            )
        )
        return given

    def _metered(self, body: bytes | None, visit: Visit, faults: Faults, meter: Meter) -> Answer:
        with meter.request() as let_in:
            visit.fault = faults.next(signs_in=b"<login>" in (body or b""))
            if not let_in:
                visit.fault = "429"
            elif visit.settings.slow:
                self._sleep(visit.settings.slow)
            return self._faulty(body, visit)

    def _faulty(self, body: bytes | None, visit: Visit) -> Answer:
        fault, settings = visit.fault or "", visit.settings
        if fault:
            self.ledger.fault(fault)
        if fault in INSTEAD:
            return INSTEAD[fault](self._ids, settings)
        if fault == "expire":
            self.sessions.expire_all()
        given = self._looked_at(body, visit)
        if fault in AFTER:
            return AFTER[fault](self._ids, settings)
        return CHANGES[fault](given, settings) if fault in CHANGES else given

    def _looked_at(self, body: bytes | None, visit: Visit) -> Answer:
        if body is None:
            visit.error = "GW-0011"
            return refused_by_gateway(visit.error, "Invalid Request", status=400, ids=self._ids)
        return self._answer(body, visit)

    def _answer(self, body: bytes, visit: Visit) -> Answer:
        control = Control()
        try:
            root = read_root(body if self._strict else without_prologue(body))
            if not self._strict:
                forgive(root)
            control = read_control(root)
            operations = read_operations(root)
            calls = [call for each in operations for call in each.calls]
            visit.functions = len(calls)
            if calls:
                visit.function, visit.object = calls[0].name, object_of(calls[0].element)
            check_together(calls)
            prepared = [_prepared(each, control) for each in operations]
            self.sessions.check_sender(control)
            _check_length(body, control)
        except ControlRefusal as refusal:
            visit.refused([refusal.error])
            failure = control_failure(control, [refusal.error], self._ids)
            return answer(document(explained(failure) if control.showadditionalerrorinfo else failure))
        given = self._executed(control, list(zip(operations, prepared, strict=True)), visit, alone=len(calls) == 1)
        if not control.policyid:
            return given
        self.ledger.delivered(
            Delivery(policyid=control.policyid, controlid=control.controlid, body=given.body.decode())
        )
        return answer(document(acknowledgement(control), whitespace=control.includewhitespace))

    def _executed(
        self, control: Control, operations: list[tuple[Operation, Prepared]], visit: Visit, *, alone: bool
    ) -> Answer:
        nodes: list[Node] = []
        for each, runs in operations:
            made = self._operations.run(each, runs, visit, once=_once(control), alone=alone)
            if isinstance(made, Bare):
                return answer(made.body, content_type=made.content_type)
            nodes.append(made)
        whole = success(control, nodes)
        whole = explained(whole) if control.showadditionalerrorinfo else whole
        return answer(document(whole, whitespace=control.includewhitespace))

    def _scene(self, session: Session, visit: Visit) -> Scene:
        return Scene(
            store=self.store,
            counts=self._counts,
            private_entities=self._private,
            sessions=self.sessions,
            session=session,
            url=visit.url,
            ids=self._ids,
            saved=self._saved,
            reports=self._reports,
            short=visit.fault == "short",
            miscount=visit.fault == "miscount",
        )

    def _is_entity(self, locationid: str) -> bool:
        """Whether an entity of this id exists; a company that lists none has any."""
        known = self.store.catalog.object("LOCATIONENTITY")
        if known is None or "LOCATIONID" not in known.fields:
            return True
        with self.store.reading() as connection:
            rows = connection.execute(f"SELECT LOCATIONID FROM {self.store.table(known)}").fetchall()  # noqa: S608
        return not rows or (locationid,) in rows


def _prepared(asked: Operation, control: Control) -> Prepared:
    return [(call, prepare(call, dtdversion=control.dtdversion)) for call in asked.calls]


def _once(control: Control) -> bool:
    """Whether a function is to be executed once only: not unless asked ([?]: the site says it is the default)."""
    return control.uniqueid.strip().lower() == "true"


def _check_length(body: bytes, control: Control) -> None:
    """Refuse a long request with a transport policy; the limit is documented, number and words are a guess ([?])."""
    if control.policyid and len(body.decode(errors="replace")) > _MOST_CHARACTERS:
        words = f"a request with a policyid holds at most {_MOST_CHARACTERS} characters."
        raise ControlRefusal(Error(errorno="XL03000006", description2=words))

"""The steps behind the door: the user's zone and formats, the entities, and what can be read.

In: a ``Case`` that is signed in. Out: findings. Refuses to know: credentials.

What these steps ask may be refused to a user who can work all the same: then it is a warning, or nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING

from intacct_ql import errors
from intacct_ql.diagnosing.case import PROBED, Case
from intacct_ql.diagnosing.finding import Failed, Finding, State, failed
from intacct_ql.gateway.escape import escape
from intacct_ql.gateway.messages import Function, Result
from intacct_ql.gateway.settings import READ_ENTITIES, formatting
from intacct_ql.gateway.settings import entities as entity_ids
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.model import Object

if TYPE_CHECKING:
    from lxml.etree import _Element

_FEW = 6
_READING = frozenset({"list", "view", "readonly", "read"})


def formats(case: Case) -> Iterator[Finding]:
    """How the gateway writes dates and times for this user, and in which zone."""
    if isinstance(case.preferences, errors.GatewayError):
        yield _refused("formats", case.preferences)
    if not isinstance(case.preferences, Result):
        return
    try:
        told = formatting(case.preferences)
    except ValueError as unknown:
        words = f"the user's preferences cannot be read: {unknown}"
        advice = ("dates are read as MM/DD/YYYY, with 24 hours; set the user's preferences so",)
        yield Finding(step="formats", state=State.WARNING, words=words, advice=advice)
        return
    words = f"dates are {told.pattern}, {told.clock} hours a clock, zone {told.gmtoffset}, locale {told.locale}"
    yield Finding(step="formats", state=State.OK, words=words, details=told.to_dict())


def entities(case: Case) -> Iterator[Finding]:
    """Which entities there are, and which of them the session is in."""
    result, refused = _asked(case, "entities", READ_ENTITIES)
    if result is None:
        yield from refused
        return
    ids = entity_ids(result)
    at = f"in entity {case.given.entity_id}" if case.given.entity_id else "at the top level"
    listed = ", ".join(ids[:_FEW]) + (", ..." if len(ids) > _FEW else "")
    words = f"{len(ids)} of them: {listed}; the session is {at}" if ids else f"none; the session is {at}"
    yield Finding(step="entities", state=State.OK, words=words, details={"entities": list(ids)})


def permissions(case: Case) -> Iterator[Finding]:
    """What the gateway says the user may do; it tells those who may see users."""
    result, refused = _asked(case, "permissions", _permissions(case.given.user_id))
    if result is None:
        yield from (replace(one, state=State.SKIPPED, words=f"not told to this user: {one.words}") for one in refused)
        return
    told: dict[str, dict[str, list[str]]] = {}
    for application in () if result.data is None else result.data.iter("appSubscription"):
        policies = {
            _text(policy, "policyName"): [right for right in _text(policy, "rights").split("|") if right]
            for policy in application.iter("policy")
        }
        told[_text(application, "applicationName")] = policies
    each = [rights for policies in told.values() for rights in policies.values()]
    readable = sum(not _READING.isdisjoint(map(str.lower, rights)) for rights in each)
    words = f"{readable:,} of {len(each):,} policies in {len(told):,} applications let the user read"
    yield Finding(step="permissions", state=State.OK, words=words, details={"applications": told})


def reading(case: Case) -> Iterator[Finding]:
    """Whether rows of objects come, by asking for one row of each. Only those that were named have to."""
    refusals: dict[str, errors.GatewayError] = {}
    read = []
    for given in case.wanted or PROBED:
        known = BUNDLED.object(given)
        name = given if known is None else known.name
        try:
            case.ask(_one_row(name, known))
            read.append(name)
        except errors.GatewayError as refused:
            refusals[name] = refused
        except errors.TransportError as broken:
            raise failed(broken) from None
    details = {"read": read, "refused": {name: refusal.words for name, refusal in refusals.items()}}
    if read:
        words = f"rows of {', '.join(read)}"
        yield Finding(step="reading", state=State.OK, words=words, details=details)
    for name, refusal in refusals.items():
        told = failed(refusal)
        state = State.FAILED if case.wanted else State.WARNING
        words = f"{name}: {told.words}"
        yield Finding(step="reading", state=state, words=words, advice=told.advice, refused=True)
    if not read and not case.wanted:
        raise Failed(
            "none of these objects can be read", "the user's role needs permissions to list them", refused=True
        )


def wire(case: Case) -> Iterator[Finding]:
    """What stands between: a proxy, something that unpacks replies; and how long it takes."""
    if case.embedded:
        yield Finding(step="wire", state=State.SKIPPED, words="the company is in this process")
        return
    packed, seconds = sorted(case.witness.packings - {""}), median(case.witness.took)
    way = f"through the proxy {case.proxy}" if case.proxy else "no proxy on the way"
    how = f"long replies come packed ({', '.join(packed)})" if packed else "no reply came packed"
    words = f"{way}; {how}; {len(case.witness.took)} answers, {seconds:.2f} s in the middle"
    details = {"proxy": case.proxy, "packed": packed, "answers": len(case.witness.took), "seconds": round(seconds, 3)}
    yield Finding(step="wire", state=State.OK, words=words, details=details)


def _one_row(name: str, known: Object | None) -> Function:
    if known is None:  # an object of the company's own, whose fields nobody has to know for a star
        inside = f"<object>{escape(name)}</object><fields>*</fields><query></query><pagesize>1</pagesize>"
        return Function(name="readByQuery", xml=f"<readByQuery>{inside}</readByQuery>")
    field, target = escape(known.key or "RECORDNO"), escape(name)
    inside = f"<select><field>{field}</field></select><object>{target}</object><pagesize>1</pagesize>"
    return Function(name="query", xml=f"<query>{inside}</query>")


def _permissions(user: str) -> Function:
    inside = f"<userId>{escape(user)}</userId>"
    return Function(name="getUserPermissions", xml=f"<getUserPermissions>{inside}</getUserPermissions>")


def _asked(case: Case, step: str, function: Function) -> tuple[Result | None, list[Finding]]:
    """The result of a function, or a warning in the gateway's words."""
    try:
        return case.ask(function), []
    except errors.GatewayError as refused:
        return None, [_refused(step, refused)]
    except errors.TransportError as broken:
        raise failed(broken) from None


def _refused(step: str, refusal: errors.GatewayError) -> Finding:
    told = failed(refusal)
    return Finding(step=step, state=State.WARNING, words=told.words, advice=told.advice)


def _text(element: "_Element", path: str) -> str:
    return (element.findtext(path) or "").strip()

"""The steps of signing in, all told by one request.

In: a ``Case``. Out: findings. Refuses to know: what the user may do.

One sign-in tells which of the two pairs of credentials is wrong, because the gateway looks at them in turn and refuses
at different levels; it is made once and never again, because accounts lock. In which order it looks at the
subscription, the authorisation of the sender and the user is not documented ([?]): where one of them is refused,
nothing is said of the others.
"""

from collections.abc import Iterator
from datetime import UTC
from email.utils import parsedate_to_datetime

from intacct_ql import errors
from intacct_ql.diagnosing.case import Case
from intacct_ql.diagnosing.finding import Failed, Finding, State, failed
from intacct_ql.gateway.endpoint import host_of

# level, words (lower-case), the step that failed; the first that fits.
_REFUSED_AT = (
    ("gateway", "", "gateway"),
    ("authentication", "the sign-in answer names", "gateway"),
    ("authentication", "not authorized for xml", "web services"),
    ("authentication", "authoriz", "authorisation"),
    ("authentication", "", "user"),
)
_TOGETHER = ("web services", "authorisation", "user")

_DIFFERENCE = 60.0
"""Seconds that two clocks may be apart before it is worth a word."""


def gateway(case: Case) -> Iterator[Finding]:
    """Whether it is the gateway that answers; the sign-in is made here."""
    try:
        case.sign_in()
    except errors.TransportError as broken:
        raise _unanswered(broken) from None
    except errors.ConfigError as unfit:  # a password that XML cannot carry
        raise failed(unfit) from None
    except errors.GatewayError as refused:
        case.refused = refused
        if _refused_at(refused) == "gateway":
            raise failed(refused) from None
    yield Finding(step="gateway", state=State.OK, words="an Intacct XML gateway answers")


def _unanswered(broken: errors.TransportError) -> Failed:
    advice = list(broken.hints)
    if broken.passing or broken.status in (429, 500, 502, 503, 504):
        advice.append("this passes: try again a little later")
    return Failed(broken.reason, *advice)


def _refused_at(refused: errors.GatewayError) -> str:
    """The step that a refusal belongs to."""
    if refused.level == "control":  # of which all but the sender's are about the request itself
        return "sender" if isinstance(refused, errors.SignInError) else "gateway"
    words = " ".join(words for _, words in refused.errors).lower()
    return next((step for level, part, step in _REFUSED_AT if level == refused.level and part in words), "user")


def sender(case: Case) -> Iterator[Finding]:
    """Whether the sender's pair is right."""
    yield from _told(case, "sender", f"sender {case.given.sender_id} and its password are right")


def web_services(case: Case) -> Iterator[Finding]:
    """Whether the company takes requests in XML."""
    yield from _told(case, "web services", f"company {case.given.company_id} takes requests in XML")


def authorisation(case: Case) -> Iterator[Finding]:
    """Whether the company lets this sender in."""
    yield from _told(case, "authorisation", f"company {case.given.company_id} lets sender {case.given.sender_id} in")


def user(case: Case) -> Iterator[Finding]:
    """Whether the user's pair is right."""
    yield from _told(case, "user", f"user {case.given.user_id} of {case.given.company_id} is signed in")


_ADVICE = {
    "sender": "not the user: sender_id and sender_password are those of your Web Services licence, and case counts",
    "web services": "Company > Admin > Subscriptions: Web Services has to be subscribed to",
    "authorisation": "Company > Setup > Company > Security: add the sender id to Web Services authorizations",
    "user": "not the sender: company_id, user_id and user_password; try them once in the browser, accounts lock",
}


def _told(case: Case, step: str, well: str) -> Iterator[Finding]:
    refused = case.refused
    if refused is None:
        yield Finding(step=step, state=State.OK, words=well)
        return
    at = _refused_at(refused)
    if at == step:
        told = failed(refused)
        entity = (
            f"entity {case.given.entity_id} may not exist, or be closed to the user" if case.given.entity_id else ""
        )
        own = [_ADVICE[step], entity if step == "user" else ""]
        raise Failed(told.words, *filter(None, own))
    if step in _TOGETHER:
        words = f"unknown: the gateway refused at {at}, which may come before this"
        yield Finding(step=step, state=State.SKIPPED, words=words)
    else:
        yield Finding(step=step, state=State.OK, words=well)


def session(case: Case) -> Iterator[Finding]:
    """Where the session is, and how long it lasts."""
    at, began = case.conversation.endpoint, case.given.endpoint_url
    elsewhere = "" if host_of(at) == host_of(began) else f", not at {host_of(began)}: the sign-in names the host"
    lifetime = case.conversation.lifetime
    lasts = "for a time that is not told" if lifetime is None else f"for {_span(lifetime)} after each call"
    words = f"at {host_of(at)}{elsewhere}, {lasts}"
    yield Finding(step="session", state=State.OK, words=words, details={"endpoint": at, "lifetime": lifetime})


def clock(case: Case) -> Iterator[Finding]:
    """Whether the clocks agree: relative dates come from this machine's."""
    header = case.witness.headers.get("date", "")
    try:
        told = parsedate_to_datetime(header)
    except (ValueError, OverflowError):  # the latter for numbers that no date has
        words = "the company is in this process" if case.embedded else "the answer does not say the gateway's time"
        yield Finding(step="clock", state=State.SKIPPED, words=words)
        return
    ahead = case.witness.came - told.replace(tzinfo=told.tzinfo or UTC).timestamp()
    details = {"ahead": round(ahead, 1)}
    if abs(ahead) <= _DIFFERENCE:
        yield Finding(step="clock", state=State.OK, words="this machine's and the gateway's agree", details=details)
        return
    words = f"this machine's is {_span(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} the gateway's"
    advice = ("set it: words such as today and now mean this machine's time",)
    yield Finding(step="clock", state=State.WARNING, words=words, advice=advice, details=details)


def _span(seconds: float) -> str:
    for unit, name in ((3600, "hours"), (60, "minutes")):
        if seconds >= 2 * unit:
            return f"{round(seconds / unit, 1):g} {name}"
    return f"{seconds:.0f} seconds"

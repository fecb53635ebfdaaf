"""What a refusal means.

In: a ``Reply``. Out: the exception for it, with the gateway's number and words unchanged and a hint beneath, or None.
Refuses to know: what to do about it.

Four levels refuse, and HTTP says 200 to nearly all of it: the gateway before the application (``GW-`` numbers), the
control block (sender, schema), the authentication (login, session), and each function. One number, XL03000006, is
used by three of them for six different things; level and words tell them apart.
"""

import re
from urllib.parse import unquote

from intacct_ql.errors import GatewayError, SignInError
from intacct_ql.gateway.messages import Fault, Reply
from intacct_ql.gateway.patience import passes


class SessionExpired(GatewayError):  # noqa: N818 - the state of a session, handled before anyone sees it
    """The session is no longer valid. Sign in once more; reads may be repeated."""


_DOCTOR = "intacct-ql doctor lists what the user can read"

# level, number, words (lower-case): the first line whose three parts fit; an empty part fits everything.
_HINTS: tuple[tuple[str, str, str, str], ...] = (
    ("control", "XL03000006", "policy", "the transport policy is unknown to this sender"),
    ("control", "XL03000006", "", "check sender id and sender password: the Web Services sender, not the user"),
    ("control", "XMLGW_JPP0002", "", "check sender id and sender password: the Web Services sender, not the user"),
    ("control", "XL03000003", "", "the request is not valid XML for the gateway; the words name line and column"),
    ("control", "PL04000055", "", "the demo company has expired"),
    ("gateway", "GW-0011", "", "the company or the sender may be unknown or inactive"),
    ("authentication", "", "invalid session", "the session was refused again right after signing in"),
    ("authentication", "", "not authorized for xml transactions", "the company has no Web Services subscription"),
    ("authentication", "", "authoriz", "add the sender id to the company's Web Services authorizations"),
    ("authentication", "XL03000006", "", "check company id, user id and user password, and the user's status"),
    (
        "function",
        "PL04000005",
        "",
        f"the user's role, or the company's subscription, lacks a permission for this object; {_DOCTOR}",
    ),
    ("function", "", "do not have permission", f"the user's role lacks a permission; {_DOCTOR}"),
    ("", "GW-0010", "", "the company's or the sender's request limit is reached; wait, and use fewer connections"),
    ("", "", "rate limit exceeded", "the company's or the sender's request limit is reached; wait"),
    ("", "", "too many operations", "use fewer connections at a time"),
    ("", "", "temporarily off-line", "the service is under maintenance; try again later"),
)

_SIGN_IN_AT_CONTROL = ("XL03000006", "XMLGW_JPP0002")
_WAIT = re.compile(r"(?:again|retry|wait)\D{0,40}?(\d{1,4}) ?(sec|min)", re.IGNORECASE)
_SUPPORT_ID = re.compile(r"\[(?:Support|Request) ID: [^\[\]]*\]")  # no bracket within: nothing is looked at twice


def refusal(reply: Reply) -> GatewayError | None:
    """The exception for a reply that refuses, None for one that does not.

    ``SessionExpired`` for an invalid session, ``SignInError`` for a refused sender or login, else ``GatewayError``.
    Of several failed functions the first one counts; in a rolled-back transaction it is the culprit.
    """
    error = _refusal(reply)
    if error is not None:
        error.retry_after = reply.retry_after if reply.retry_after is not None else _seconds_in(error)
    return error


def _refusal(reply: Reply) -> GatewayError | None:
    if reply.faults or reply.status == "failure":
        return _at_control(_pairs(reply.faults), _corrections(reply.faults))
    signed_in = reply.authentication
    if signed_in is not None and (signed_in.faults or signed_in.status == "failure"):
        return _at_authentication(_pairs(signed_in.faults), _corrections(signed_in.faults))
    for result in reply.results:
        if result.failed:
            errors = _pairs(result.faults)
            return GatewayError("function", errors, *_corrections(result.faults), *_hints("function", errors))
    return None


def _seconds_in(error: GatewayError) -> float | None:
    """The wait that the gateway's own words ask for: "try again in 30 seconds"."""
    found = _WAIT.search(" ".join([words for _, words in error.errors] + list(error.hints)))
    return None if found is None else float(found[1]) * (60 if found[2].lower().startswith("min") else 1)


def _at_control(errors: list[tuple[str, str]], corrections: list[str]) -> GatewayError:
    number, words = errors[0] if errors else ("", "")
    level = "gateway" if number.startswith("GW-") else "control"
    sender = number in _SIGN_IN_AT_CONTROL and "policy" not in words.lower()
    kind = SignInError if sender else GatewayError
    return kind(level, errors, *corrections, *_hints(level, errors))


def _at_authentication(errors: list[tuple[str, str]], corrections: list[str]) -> GatewayError:
    kind: type[GatewayError] = SignInError
    if passes(errors):
        kind = GatewayError
    elif any("invalid session" in words.lower() for _, words in errors):
        kind = SessionExpired
    return kind("authentication", errors, *corrections, *_hints("authentication", errors))


def _pairs(faults: tuple[Fault, ...]) -> list[tuple[str, str]]:
    return [(fault.errorno, _words(fault)) for fault in faults]


def _words(fault: Fault) -> str:
    """Both descriptions where they differ; support ids come URL-escaped, and are quoted to the support as text."""
    parts = dict.fromkeys(part for part in (fault.description, fault.description2) if part)
    return _SUPPORT_ID.sub(lambda found: unquote(found.group()), " ".join(parts))


def _corrections(faults: tuple[Fault, ...]) -> list[str]:
    return list(dict.fromkeys(fault.correction for fault in faults if fault.correction))


def _hints(level: str, errors: list[tuple[str, str]]) -> list[str]:
    """For each error the first line of the table that fits."""
    found = (
        next(
            (
                hint
                for at, no, part, hint in _HINTS
                if at in ("", level) and no in ("", number) and part in words.lower()
            ),
            "",
        )
        for number, words in errors
    )
    return [hint for hint in dict.fromkeys(found) if hint]

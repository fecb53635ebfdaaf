"""What a refusal means.

In: a ``Reply``. Out: the exception for it, with the gateway's number and words unchanged and a hint beneath, or None.
Refuses to know: what to do about it.

Four levels refuse, and HTTP says 200 to nearly all of it: the gateway before the application (``GW-`` numbers), the
control block (sender, schema), the authentication (login, session), and each function. One number, XL03000006, is
used by three of them for six different things; level and words tell them apart.
"""

import re
from urllib.parse import unquote

from intacct_ql.errors import Error, GatewayError, SignInError, TransportError
from intacct_ql.gateway.messages import Fault, Reply


class SessionExpired(GatewayError):  # noqa: N818 - the state of a session, handled before anyone sees it
    """The session is no longer valid. Sign in once more; reads may be repeated."""


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
        "the user's role, or the company's subscription, lacks a permission for this object",
    ),
    ("function", "", "do not have permission", "the user's role lacks a permission"),
    ("", "GW-0010", "", "the company's or the sender's request limit is reached; wait, and use fewer connections"),
    ("", "", "rate limit exceeded", "the company's or the sender's request limit is reached; wait"),
    ("", "", "too many operations", "use fewer connections at a time"),
    ("", "", "temporarily off-line", "the service is under maintenance; try again later"),
)

_SIGN_IN_AT_CONTROL = ("XL03000006", "XMLGW_JPP0002")
_PASSING_NUMBERS = re.compile(r"GW-000[1-9]|GW-0010")
_PASSING_WORDS = ("rate limit exceeded", "too many operations", "temporarily off-line")
_SUPPORT_ID = re.compile(r"\[(?:Support|Request) ID: [^\]]*\]")


def refusal(reply: Reply) -> GatewayError | None:
    """The exception for a reply that refuses, None for one that does not.

    ``SessionExpired`` for an invalid session, ``SignInError`` for a refused sender or login, else ``GatewayError``.
    Of several failed functions the first one counts; in a rolled-back transaction it is the culprit.
    """
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


def worth_retrying(error: Error) -> bool:
    """Whether the same read may succeed a little later: throttled, under maintenance, cut off on the way.

    Never for a refused sign-in.
    """
    if isinstance(error, TransportError):
        return error.passing
    if isinstance(error, GatewayError) and not isinstance(error, SignInError):
        return _passing(error.errors)
    return False


def _at_control(errors: list[tuple[str, str]], corrections: list[str]) -> GatewayError:
    number, words = errors[0] if errors else ("", "")
    level = "gateway" if number.startswith("GW-") else "control"
    sender = number in _SIGN_IN_AT_CONTROL and "policy" not in words.lower()
    kind = SignInError if sender else GatewayError
    return kind(level, errors, *corrections, *_hints(level, errors))


def _at_authentication(errors: list[tuple[str, str]], corrections: list[str]) -> GatewayError:
    kind: type[GatewayError] = SignInError
    if _passing(errors):
        kind = GatewayError
    elif any("invalid session" in words.lower() for _, words in errors):
        kind = SessionExpired
    return kind("authentication", errors, *corrections, *_hints("authentication", errors))


def _passing(errors: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> bool:
    return any(
        _PASSING_NUMBERS.match(number) or any(part in words.lower() for part in _PASSING_WORDS)
        for number, words in errors
    )


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

"""Who may sign in, and which sessions are open.

In: credentials and session ids. Out: ``Session`` records, or the refusal in the gateway's words. Refuses to know:
elements, functions, rows.

A session's end is the moment of its last call plus the configured duration, and every call before it moves it. All
four refusals share the number XL03000006: only the level and the words tell them apart.
"""

import hmac
import random
import string
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from intacct_ql.emulator.reader import Authentication, Control, Login, SessionId
from intacct_ql.emulator.refusals import ControlRefusal, Error, SignInRefused
from intacct_ql.emulator.result_sets import ResultSets
from intacct_ql.emulator.users import USUAL_USER, User

_NUMBER = "XL03000006"
_ALPHABET = string.ascii_letters + string.digits + "-_"

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time with its zone, as envelopes need it."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The credentials that are accepted: passwords by sender id, and by company and user; and the transport policies.

    All say ``demo`` at first. ``users`` are the settings of users by their id, where they are not the usual ones.
    """

    senders: Mapping[str, str] = field(default_factory=lambda: {"demo": "demo"}, repr=False)
    logins: Mapping[tuple[str, str], str] = field(default_factory=lambda: {("demo", "demo"): "demo"}, repr=False)
    policies: Collection[str] = frozenset({"demo"})
    users: Mapping[str, User] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if strangers := self.users.keys() - {userid for _, userid in self.logins}:
            raise ValueError(f"settings for {min(strangers)}, who cannot sign in: name the user in logins too")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One signed-in user, at the top level (no ``locationid``) or in an entity. Without an id: for one request only.

    ``results`` are what its ``readMore`` can go on with, and end with it.
    """

    sessionid: str = field(default="", repr=False)
    userid: str
    companyid: str
    locationid: str
    began: datetime
    expires: datetime
    results: ResultSets = field(default_factory=ResultSets, repr=False, compare=False)


class Sessions:
    """The open sessions of a gateway. Safe to share between threads."""

    def __init__(
        self, accounts: Accounts, *, minutes: float, clock: Clock, ids: random.Random, entity: Callable[[str], bool]
    ) -> None:
        self._accounts = accounts
        self._lasts = timedelta(minutes=minutes)
        self._clock = clock
        self._ids = ids
        self._entity = entity
        self._open: dict[str, Session] = {}
        self._lock = threading.Lock()

    def check_sender(self, control: Control) -> None:
        """Refuse an unknown sender and an unknown transport policy."""
        if not _same(self._accounts.senders.get(control.senderid), control.password):
            words = "Incorrect Intacct XML Partner ID or password."
            raise ControlRefusal(Error(errorno=_NUMBER, description2=words))
        if control.policyid and control.policyid not in self._accounts.policies:
            words = f"{control.policyid} is not a valid transport policy."
            raise ControlRefusal(Error(errorno=_NUMBER, description2=words))

    def user(self, userid: str) -> User:
        """The settings of a user."""
        return self._accounts.users.get(userid, USUAL_USER)

    def knows(self, userid: str) -> bool:
        """Whether a user of this id may sign in."""
        return any(userid == known for _, known in self._accounts.logins)

    def authenticate(self, authentication: Authentication) -> Session:
        """The session an operation runs in; one that was resumed lives on from now."""
        if isinstance(authentication, SessionId):
            return self._resume(authentication.sessionid)
        if isinstance(authentication, Login):
            return self._sign_in(authentication)
        raise _refused("Invalid Web Services Authorization")

    def open(self, session: Session, locationid: str) -> Session:
        """A new session of the same user in an entity, or at the top level."""
        self._check_entity(locationid)
        now = self.now()
        with self._lock:
            self._open = {each: open_ for each, open_ in self._open.items() if now <= open_.expires}
            opened = replace(
                session,
                sessionid="".join(self._ids.choices(_ALPHABET, k=44)) + ".",
                locationid=locationid,
                began=now,
                expires=now + self._lasts,
                results=ResultSets(),
            )
            self._open[opened.sessionid] = opened
        return opened

    def opened(self) -> Mapping[str, Session]:
        """The sessions that are open now."""
        with self._lock:
            return dict(self._open)

    def reopen(self, sessions: Mapping[str, Session]) -> None:
        """Let these be the open sessions, and no other."""
        with self._lock:
            self._open = dict(sessions)

    def expire_all(self) -> None:
        """End every session now."""
        with self._lock:
            self._open.clear()

    def now(self) -> datetime:
        """The time by the clock of the gateway, to the second."""
        return self._clock().replace(microsecond=0)

    def _resume(self, sessionid: str) -> Session:
        now = self.now()
        with self._lock:
            session = self._open.get(sessionid)
            if session is None or now > session.expires:
                self._open.pop(sessionid, None)
                raise _refused("Invalid session")
            self._open[sessionid] = session = replace(session, expires=now + self._lasts)
        return session

    def _sign_in(self, login: Login) -> Session:
        if not _same(self._accounts.logins.get((login.companyid, login.userid)), login.password):
            raise _refused("Sign-in information is incorrect")
        self._check_entity(login.locationid or "")
        now = self.now()
        return Session(
            userid=login.userid,
            companyid=login.companyid,
            locationid=login.locationid or "",
            began=now,
            expires=now + self._lasts,
        )

    def _check_entity(self, locationid: str) -> None:
        if locationid and not self._entity(locationid):
            raise _refused("Sign-in information is incorrect")


def _same(right: str | None, given: str) -> bool:
    return right is not None and hmac.compare_digest(right.encode(), given.encode())


def _refused(words: str) -> SignInRefused:
    return SignInRefused(Error(errorno=_NUMBER, description="", description2=words))

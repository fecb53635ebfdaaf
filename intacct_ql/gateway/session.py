"""The login and what it keeps alive.

In: functions to be called. Out: exchanges to be made, and the result of each function. Refuses to know: how exchanges
are made, and what time it is; a clock is handed in.

    call ──► session there, far from its end? ── yes ──────────────► ask ──► good: slide the end, give the result
                 │ no                                     ▲           │
                 ▼                                        │           └─► "Invalid session", first time: forget it
             sign in (exclusive, only if still needed) ───┘                 and start over; second time: raise

Every reply slides the end of its session; how long it lives is the difference of the two server times in the login's
reply, counted on our own clock, so that clocks which disagree do no harm. A refused sign-in is never tried again, by
any thread: accounts lock. One that failed otherwise has failed for all that waited for it.
"""

from collections.abc import Callable, Collection, Generator
from copy import copy
from dataclasses import dataclass, field, fields, replace
from random import SystemRandom
from typing import TypeVar

from intacct_ql.errors import ConfigError, Error, SignInError, TransportError
from intacct_ql.gateway.concealing import Secrets
from intacct_ql.gateway.endpoint import check_endpoint, host_of
from intacct_ql.gateway.envelope import GET_SESSION, function_request, sign_in_request
from intacct_ql.gateway.escape import escape
from intacct_ql.gateway.faults import SessionExpired, refusal
from intacct_ql.gateway.messages import Credentials, Exchange, Function, Pause, Reader, Reply, Result, RowShape
from intacct_ql.gateway.reader import MAX_BYTES, ReplyReader
from intacct_ql.gateway.totals import check_totals
from intacct_ql.hosts import is_loopback

T = TypeVar("T")
Asked = Generator[Exchange | Pause, Reply | None, T]
"""Exchanges come out, their replies (None: no longer needed) go in, and what was asked for is returned."""

Steps = Asked[Result]
"""What ``call`` gives."""

Once = Asked[Result | None]
"""What ``call_once`` gives."""


@dataclass(slots=True, eq=False, kw_only=True)
class _Session:
    """An open session; ``ends`` is on our clock, None when the gateway did not say."""

    sessionid: str = field(repr=False)
    url: str
    lifetime: float | None
    ends: float | None


class Conversation:
    """Talks to one company as one user. Threads may share it, if one lock guards the exclusive exchanges.

    Raises ``ConfigError`` for an endpoint that ``check_endpoint`` refuses, and for credentials XML cannot carry.
    ``clock`` gives seconds that only grow. Sessions are renewed ``margin`` seconds before their end, at most half
    their life. ``sign_ins`` counts opened sessions, ``renewals`` those that replaced another one.
    """

    def __init__(
        self,
        credentials: Credentials,
        endpoint: str,
        *,
        clock: Callable[[], float],
        trusted_hosts: Collection[str] = (),
        margin: float = 300.0,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._credentials = _writable(credentials)
        self._endpoint = check_endpoint(endpoint, trusted_hosts)
        self._trusted_hosts = tuple(trusted_hosts)
        self._clock = clock
        self._margin = margin
        self._max_bytes = max_bytes
        self._session: _Session | None = None
        self._secrets = _secrets_of(credentials)
        self._failed: Error | None = None
        self.sign_ins = 0
        self.renewals = 0

    def __repr__(self) -> str:
        return f"<Conversation with {host_of(self._endpoint)}, {'signed in' if self._session else 'not signed in'}>"

    @property
    def user(self) -> str:
        """Who asks: the login id."""
        return self._credentials.user_id

    @property
    def entity(self) -> str | None:
        """Where: the entity, None at the top level."""
        return self._credentials.entity_id

    def inside(self, entity: str) -> "Conversation":
        """A conversation as this one inside an entity, not signed in yet."""
        return Conversation(
            replace(self._credentials, entity_id=entity),
            self._endpoint,
            clock=self._clock,
            trusted_hosts=self._trusted_hosts,
            margin=self._margin,
            max_bytes=self._max_bytes,
        )

    @property
    def company(self) -> str:
        """Whom it talks to: host, company and entity."""
        given = self._credentials
        return "/".join((host_of(self._endpoint), given.company_id, given.entity_id or ""))

    @property
    def endpoint(self) -> str:
        """Where requests go: the address that the sign-in named, or the one it went to."""
        return self._endpoint if self._session is None else self._session.url

    @property
    def lifetime(self) -> float | None:
        """Seconds that the session lives on after each call; None where the gateway does not say."""
        return None if self._session is None else self._session.lifetime

    def call(
        self,
        function: Function,
        shape: RowShape | None = None,
        reader: Callable[..., Reader] = ReplyReader,
    ) -> Steps:
        """Call one reading function; with a ``shape`` its result has a page, else the ``<data>`` element.

        ``reader`` makes the reader of the reply, as ``ReplyReader`` is made.

        Raises ``SignInError``, ``GatewayError``, ``TransportError``; the last also when an answer belongs to another
        request, holds no data where rows were expected, or a page of them whose numbers contradict each other.
        """
        return (yield from self._called(lambda session: self._ask(session, function, shape, reader)))

    def call_once(self, function: Function, needed: Callable[[], bool]) -> Once:
        """Call a function that nobody else may call meanwhile; None where it is not ``needed`` any more by then.

        Whoever is sent the result keeps others from asking until the next exchange. Raises as ``call`` does.
        """
        return (yield from self._called(lambda session: self._ask_once(session, function, needed)))

    def _called(self, ask: Callable[[_Session], Asked[T]]) -> Asked[T]:
        """What is asked within a session, once more where it has ended."""
        session = yield from self._signed_in()
        try:
            return (yield from self._concealed(ask(session)))
        except SessionExpired:
            if self._session is session:  # else another thread has renewed it already
                self._session = None
        session = yield from self._signed_in()
        return (yield from self._concealed(ask(session)))

    def _concealed(self, asked: Asked[T]) -> Asked[T]:
        """The same, whose failures quote no secret, whatever the gateway says."""
        try:
            return (yield from asked)
        except Error as error:
            self._secrets.conceal(error)
            raise

    def _signed_in(self) -> Generator[Exchange | Pause, Reply | None, _Session]:
        before = self._failed
        while True:
            failed = self._failed
            if isinstance(failed, SignInError):
                raise copy(failed)
            session = self._session
            if session is not None and not self._near_end(session):
                return session
            if failed is not None and failed is not before:
                raise copy(failed)
            opened = yield from self._sign_in(session, failed)
            if opened is not None:
                return opened

    def _sign_in(
        self, seen: _Session | None, failed: Error | None
    ) -> Generator[Exchange | Pause, Reply | None, _Session | None]:
        """Open a session in place of the one seen; None if another thread did, or failed to, meanwhile."""
        controlid, asked = _controlid(), self._clock()
        try:
            reply = yield Exchange(
                function=GET_SESSION.name,
                url=self._endpoint,
                body=sign_in_request(self._credentials, controlid),
                reader=ReplyReader(max_bytes=self._max_bytes),
                exclusive=True,
                needed=lambda: self._session is seen and self._failed is failed,
            )
            if reply is None:
                return None
            session = self._opened(reply, controlid, asked)
            self._secrets.add(session.sessionid)
        except Error as error:
            self._secrets.conceal(error)
            error.signing_in = True
            if isinstance(error, SignInError) and self.entity is not None and error.level == "authentication":
                error.hints = (*error.hints, f"and whether the company has an entity {self.entity}")
            self._failed = error
            raise
        self.renewals += self.sign_ins > 0
        self.sign_ins += 1
        self._session = session
        return session

    def _ask(
        self,
        session: _Session,
        function: Function,
        shape: RowShape | None,
        reader: Callable[..., Reader],
    ) -> Steps:
        controlid, asked = _controlid(), self._clock()
        reply = yield Exchange(
            function=function.name,
            url=session.url,
            body=function_request(self._credentials, session.sessionid, function, controlid),
            reader=reader(shape, max_bytes=self._max_bytes),
        )
        if reply is None:
            raise RuntimeError("only an exclusive exchange may be left out")
        result = _only_result(reply, controlid)
        if session.lifetime is not None and session.ends is not None:
            session.ends = max(session.ends, asked + session.lifetime)
        if shape is not None:
            if result.page is None:
                raise TransportError(f"the reply to {function.name} says success and holds no data")
            check_totals(function.name, result.page)
        return result

    def _ask_once(self, session: _Session, function: Function, needed: Callable[[], bool]) -> Once:
        controlid = _controlid()
        reply = yield Exchange(
            function=function.name,
            url=session.url,
            body=function_request(self._credentials, session.sessionid, function, controlid),
            reader=ReplyReader(max_bytes=self._max_bytes),
            exclusive=True,
            needed=needed,
        )
        return None if reply is None else _only_result(reply, controlid)

    def _opened(self, reply: Reply, controlid: str, asked: float) -> _Session:
        result = _only_result(reply, controlid)
        api = None if result.data is None else result.data.find("api")
        sessionid = "" if api is None else (api.findtext("sessionid") or "").strip()
        if api is None or not sessionid:
            raise TransportError("the reply to the sign-in holds no session id")
        lifetime = _lifetime(reply)
        return _Session(
            sessionid=sessionid,
            url=self._named_endpoint((api.findtext("endpoint") or "").strip()),
            lifetime=lifetime,
            ends=None if lifetime is None else asked + lifetime,
        )

    def _named_endpoint(self, url: str) -> str:
        """The endpoint of a login answer, if credentials may go there; none named means the one in use."""
        if not url:
            return self._endpoint
        try:
            check_endpoint(url, self._trusted_hosts)
        except ConfigError as error:
            raise SignInError("authentication", [("", f"the sign-in answer names another endpoint: {error}")]) from None
        if is_loopback(host_of(url)) and not is_loopback(host_of(self._endpoint)):
            raise SignInError("authentication", [("", "the sign-in answer names the own machine as endpoint")])
        return url

    def _near_end(self, session: _Session) -> bool:
        if session.ends is None or session.lifetime is None:
            return False
        return self._clock() >= session.ends - min(self._margin, session.lifetime / 2)


_LOTS = SystemRandom()


def _controlid() -> str:
    """A name for one request. Drawn, because two processes that were forked apart would count alike."""
    return f"iql-{_LOTS.randrange(10**12):012}"


def _writable(credentials: Credentials) -> Credentials:
    for part in fields(credentials):
        try:
            escape(getattr(credentials, part.name) or "")
        except ValueError as error:
            raise ConfigError(f"{part.name} cannot be sent: {error}") from None
    return credentials


def _secrets_of(given: Credentials) -> Secrets:
    public = (given.sender_id, given.company_id, given.user_id, given.entity_id or "")
    return Secrets((given.sender_password, given.user_password), public)


def _only_result(reply: Reply, controlid: str) -> Result:
    """The result of the one function of the request. The gateway echoes its id: another one is another's answer."""
    refused = refusal(reply)
    if refused is not None:
        raise refused
    if not reply.results:
        raise TransportError("the reply holds no result")
    result = reply.results[0]
    if result.controlid not in ("", controlid):
        raise TransportError(
            "the reply belongs to another request", "a proxy or cache on the way may be mixing them up"
        )
    return result


def _lifetime(reply: Reply) -> float | None:
    """Seconds the session will live unused; None when the gateway does not say (captures before 2019)."""
    signed_in = reply.authentication
    if signed_in is None or signed_in.sessiontimestamp is None or signed_in.sessiontimeout is None:
        return None
    try:
        seconds = (signed_in.sessiontimeout - signed_in.sessiontimestamp).total_seconds()
    except TypeError:  # one with a zone, one without
        return None
    return seconds if seconds > 0 else None

"""The company that is examined, as far as it is known.

In: how settings are found, a transport. Out: ``Case``, which asks functions and remembers what came with the answers.
Refuses to know: what is asked, and what a good answer is.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic, time

from intacct_ql.errors import GatewayError
from intacct_ql.executor.drive import Line, drive
from intacct_ql.gateway.messages import Credentials, Function, Result
from intacct_ql.gateway.session import Conversation
from intacct_ql.gateway.settings import read_formatting
from intacct_ql.profiles import Settings
from intacct_ql.transport.base import Response, Transport

PROBED = (
    *("CUSTOMER", "VENDOR", "ARINVOICE", "APBILL", "GLACCOUNT", "GLENTRY", "GLDETAIL"),
    *("LOCATION", "DEPARTMENT", "EMPLOYEE", "PROJECT", "ITEM", "SODOCUMENT", "PODOCUMENT"),
)
"""Objects that are tried unless others are named: one of each application that is often asked."""

TIMEOUT = 30.0
"""Seconds to wait for an answer: nothing that is asked here takes long."""


@dataclass(slots=True)
class Witness:
    """A transport that looks at what carries the answers.

    Of the last one it remembers the headers, and when by our clock it came; of all how long each took to begin, in
    seconds, and how they were packed.
    """

    transport: Transport
    headers: dict[str, str] = field(default_factory=dict)
    came: float = 0.0
    took: list[float] = field(default_factory=list)
    packings: set[str] = field(default_factory=set)

    @contextmanager
    def send(self, url: str, body: bytes) -> Iterator[Response]:
        """Post ``body`` to ``url`` and look at the answer."""
        began = monotonic()
        with self.transport.send(url, body) as response:
            self.headers, self.came = dict(response.headers), time()
            self.took.append(monotonic() - began)
            self.packings.add(self.headers.get("content-encoding", ""))
            yield response

    def close(self) -> None:
        """Give connections back."""
        self.transport.close()


@dataclass(slots=True, kw_only=True)
class Case:
    """What is examined. ``find`` and ``transport`` are called by the steps that need settings and a way to send.

    ``embedded`` says that the company is in this process; ``wanted`` are objects that have to be read for all to be
    well. ``refused`` is what the gateway said to the sign-in, ``preferences`` what it said to the question that the
    sign-in was made with.
    """

    find: Callable[[], Settings]
    transport: Callable[[], Transport]
    embedded: bool = False
    trusted_hosts: Collection[str] = ()
    timeout: float = TIMEOUT
    wanted: tuple[str, ...] = ()
    settings: Settings | None = None
    refused: GatewayError | None = None
    preferences: Result | GatewayError | None = None
    proxy: str = ""
    _witness: Witness | None = None
    _conversation: Conversation | None = None

    @property
    def given(self) -> Settings:
        """The settings, once they have been found."""
        if self.settings is None:
            raise RuntimeError("a step that needs settings was taken before they were found")
        return self.settings

    @property
    def witness(self) -> Witness:
        """What carries requests; made when first needed."""
        if self._witness is None:
            self._witness = Witness(self.transport())
        return self._witness

    @property
    def conversation(self) -> Conversation:
        """The conversation; begun when first needed."""
        if self._conversation is None:
            given = self.given
            names = ("sender_id", "sender_password", "company_id", "user_id", "user_password", "entity_id")
            credentials = Credentials(**{name: getattr(given, name) for name in names})
            self._conversation = Conversation(
                credentials, given.endpoint_url, clock=monotonic, trusted_hosts=self.trusted_hosts
            )
        return self._conversation

    def ask(self, function: Function) -> Result:
        """Call a function once. Raises ``Error`` as it comes: nothing here waits and asks again."""
        return drive(self.conversation.call(function), Line(transport=self.witness, lock=Lock()))

    def sign_in(self) -> None:
        """Sign in, by asking what every user may ask. Raises ``Error`` where that fails."""
        try:
            self.preferences = self.ask(read_formatting(self.given.user_id))
        except GatewayError as refused:
            if refused.signing_in:
                raise
            self.preferences = refused

    def close(self) -> None:
        """Give connections back."""
        if self._witness is not None:
            self._witness.close()

"""The records of the conversation.

In: nothing. Out: what is asked of the gateway (``Function``, ``Exchange``) and what it answered (``Reply``,
``Result``, ``Page``). Refuses to know: how any of it is written or read.

Secrets (passwords, session ids, request bodies) are never part of a repr.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from intacct_ql.errors import Error
from intacct_ql.formatting import USUAL, Formatting
from intacct_ql.gateway.columns import Columns

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """Who asks: the Web Services sender, and the user of a company, perhaps inside one entity of it.

    ``entity_id`` None is the top level. Sender ids and passwords are case-sensitive.
    """

    sender_id: str
    sender_password: str = field(repr=False)
    company_id: str
    user_id: str
    user_password: str = field(repr=False)
    entity_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One call: its wire name (``readByQuery``) and the element that goes inside ``<function controlid="..">``."""

    name: str
    xml: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnShape:
    """One column of the rows to come.

    ``names`` are the element names it may arrive under: the gateway's own documents disagree about aggregates
    (``SUM.TOTALDUE`` and ``TOTALDUE``). ``decode`` turns the text of a cell into its value; an empty element and
    a missing one both count as ``''``. ``together`` does the same for many cells at once, None: each by ``decode``.
    ``kind`` is the DATATYPE that ``decode`` is for, as ``lookup`` spells it; it decides what the column becomes in
    ``Columns``, and is text where it is not said.
    """

    names: tuple[str, ...]
    decode: Callable[[str], object]
    together: Callable[[Sequence[str]], Iterable[object]] | None = None
    kind: str = "TEXT"

    def decoded(self, texts: Sequence[str]) -> Iterable[object]:
        """The values of cells of this column."""
        return map(self.decode, texts) if self.together is None else self.together(texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowShape:
    """What the rows of a reply look like, in the order the caller wants the values.

    ``formatting`` is how their days and times are written, for readers by column; ``decode`` knows it already.
    """

    columns: tuple[ColumnShape, ...]
    formatting: Formatting = USUAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The rows of one reply and where they stand in the whole.

    ``rows`` is a list, or ``Columns`` where the reader was asked for them and the page is regular.
    ``count`` is what arrived. The other numbers are the gateway's and may be missing: ``totalcount`` rows in all,
    ``offset`` of the first one here, ``numremaining`` after the last one here. ``resultid`` names the server's result
    set, for ``readMore``.
    """

    rows: Sequence[tuple[object, ...]]
    listtype: str = ""
    totalcount: int | None = None
    offset: int | None = None
    count: int
    numremaining: int | None = None
    resultid: str | None = None

    def column(self, place: int) -> list[object]:
        """The cells of one column."""
        if isinstance(self.rows, Columns):
            return self.rows.column(place)
        return [row[place] for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One ``<error>`` as it came; every part may be empty, and ``errorno`` may be prose."""

    errorno: str = ""
    description: str = ""
    description2: str = ""
    correction: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """The gateway's word on who asked.

    ``faults`` stand beside it in the reply, under ``operation``. The two times are the server's own clock: only
    their difference means anything here.
    """

    status: str = ""
    faults: tuple[Fault, ...] = ()
    sessiontimestamp: datetime | None = None
    sessiontimeout: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The outcome of one function.

    ``page`` is there when rows were expected and a ``<data>`` came. ``data`` is the ``<data>`` element itself when
    no rows were expected (``getAPISession``, ``lookup``). ``status`` is ``success``, ``failure``, ``aborted``, or
    empty where the gateway left it out.
    """

    function: str = ""
    controlid: str = ""
    status: str = ""
    faults: tuple[Fault, ...] = ()
    page: Page | None = None
    data: "_Element | None" = field(default=None, repr=False, compare=False)

    @property
    def failed(self) -> bool:
        """Whether the function failed; a missing status counts as success unless a fault came with it."""
        return self.status != "success" if self.status else bool(self.faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One whole answer of the gateway: its own status, who it took us for, and a result for each function.

    ``retry_after`` are the seconds that the HTTP header of that name asks to wait.
    """

    status: str = ""
    controlid: str = ""
    faults: tuple[Fault, ...] = ()
    authentication: Authentication | None = None
    results: tuple[Result, ...] = ()
    retry_after: float | None = None

    @property
    def failed(self) -> bool:
        """Whether the gateway refused at any of its levels. HTTP says 200 to nearly all of these."""
        signed_in = self.authentication
        return (
            bool(self.faults)
            or self.status == "failure"
            or (signed_in is not None and (bool(signed_in.faults) or signed_in.status == "failure"))
            or any(result.failed for result in self.results)
        )


class Reader(Protocol):
    """Reads one reply of at most ``max_bytes``. Feed it, close it, and it is used up; both raise ``TransportError``.

    ``shows_end``, once closed: that the reply was whole stood in the reply itself.
    """

    max_bytes: int

    @property
    def shows_end(self) -> bool:
        """Whether a reply that is cut off anywhere is told from a whole one."""
        ...

    def feed(self, data: bytes) -> None:
        """Take the next bytes, already decompressed."""

    def close(self) -> Reply:
        """The reply, now that all bytes have been fed."""
        ...


def always() -> bool:
    """An exchange that is needed whatever others did meanwhile."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Exchange:
    """One request to be made, and the reader of its reply.

    ``function`` is the wire name of what is called. Whoever performs it posts ``body`` to ``url`` and feeds what
    comes back to ``reader``. An ``exclusive`` one is performed under the session's lock, and only if ``needed()`` is
    still true there; otherwise the generator that asked for it is sent None.
    """

    function: str
    url: str
    body: bytes = field(repr=False)
    reader: Reader = field(repr=False)
    exclusive: bool = False
    needed: Callable[[], bool] = field(default=always, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pause:
    """Nothing to be asked for so many ``seconds``, because of ``failure``; ``tries`` failed that way until now.

    ``throttled`` says that the gateway wants fewer requests.
    """

    seconds: float
    failure: Error
    tries: int
    throttled: bool = False

"""How a run is made, as its caller chooses.

In: nothing. Out: two records. Refuses to know: what is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from intacct_ql.executor.resume import Resume
from intacct_ql.executor.spill import Storage
from intacct_ql.formatting import USUAL, Formatting
from intacct_ql.gateway.messages import Pause
from intacct_ql.gateway.patience import Patience
from intacct_ql.result import Stats

Wire = Literal["xml", "json", "csv"]
"""The format that pages come in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What a run may use. None means no bound.

    ``calls`` counts pages, which the vendor meters; signing in is not counted. ``rows`` and ``bytes`` count what
    arrives, ``seconds`` the time since the run began.
    """

    calls: int | None = None
    rows: int | None = None
    bytes: int | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a run is made.

    Rows a page, budget, room for rows that wait, how failures are borne, whether rows come in the order of their keys
    where the query names no order, the format of pages between the first and the last, and where the run goes on from.
    ``formatting`` is how the user has days and times. ``on_page`` is told after each page, ``on_retry`` before each
    pause, ``on_wait`` before each wait for the limit of calls a minute, in seconds; perhaps by another thread.
    """

    page_size: int | None = None
    budget: Budget = Budget()
    storage: Storage = field(default_factory=Storage)
    patience: Patience = field(default_factory=Patience)
    ordered: bool = True
    wire: Wire = "xml"
    resume: Resume | None = None
    formatting: Formatting = USUAL
    on_page: Callable[[Stats], None] | None = None
    on_retry: Callable[[Pause], None] | None = None
    on_wait: Callable[[float], None] | None = None

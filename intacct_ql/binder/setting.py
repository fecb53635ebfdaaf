"""What the caller decides beside the text of a query.

In: a clock, a zone, options. Out: ``Setting``. Refuses to know: names and values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from intacct_ql.binder import tree

_NO_OPTIONS = tree.Options()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a query is bound with.

    ``clock`` is read for relative dates; ``zone`` is that of the session's user, None while unknown. ``unsettled``: it
    will be known before anything is sent, and until then any will do. ``strict`` makes mixed AND and OR an error;
    ``checking`` asks for no parameter values. ``refused`` are fields that the gateway would not give: the object, the
    field, the words.
    """

    clock: Callable[[], datetime] = datetime.now
    zone: tzinfo | None = None
    unsettled: bool = False
    strict: bool = False
    checking: bool = False
    options: tree.Options = _NO_OPTIONS
    refused: frozenset[tuple[str, str, str]] = frozenset()

    def now(self) -> datetime:
        """What the clock of the user shows; this machine's, where the user's zone is not known."""
        now = self.clock()
        return now if self.zone is None else now.astimezone(self.zone)

"""What a session has learned of its company and its user, and what keeps it for later sessions.

In: the user's preferences as they were told, fields that were refused. Out: the same. Refuses to know: how they are
asked for, and where a keeper keeps them.

Preferences are kept for a day: an offset follows the season, and a user may choose another format. What cannot be kept
is known to the session all the same: no query fails because a disk is full.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from threading import Lock
from time import time
from typing import Any, Protocol

from intacct_ql.errors import ConfigError
from intacct_ql.formatting import USUAL, Formatting

LASTS = 86_400.0
"""Seconds that kept preferences are believed."""


class Refused(Protocol):
    """A field of an object that the gateway would not give, in its words."""

    @property
    def object(self) -> str:
        """The object."""
        ...

    @property
    def field(self) -> str:
        """The field."""
        ...

    @property
    def words(self) -> str:
        """What the gateway said."""
        ...


class Keeper(Protocol):
    """Keeps what was learned from one session to the next; a snapshot of the company is one. Threads may share it."""

    @property
    def refusals(self) -> Collection[Refused]:
        """Every field that was refused."""
        ...

    def refuse(self, object: str, field: str, words: str) -> None:  # noqa: A002 - the word for it
        """Keep that a field of an object was refused."""

    def fact(self, name: str) -> Any:
        """The value kept under a name, None where there is none."""

    def put_fact(self, name: str, value: Any) -> None:
        """Keep a value of plain JSON types under a name."""


Refusals = Mapping[tuple[str, str], str]
"""The gateway's words by object and field, both in upper case."""


class Knowledge:
    """What is known of a company and of the user who asks. Threads may share it.

    ``formatting`` is None while nobody knows. ``doubt`` says why the usual one has to do, empty where it was told.
    """

    def __init__(self, user: str, keeper: Keeper | None = None, *, clock: Callable[[], float] = time) -> None:
        self._fact = f"formatting of {user}"
        self._keeper = keeper
        self._clock = clock
        self._lock = Lock()
        self._refusals: dict[tuple[str, str], str] | None = None
        self._doubt_told = False
        self.doubt = ""
        self.formatting: Formatting | None = None if keeper is None else self._kept(keeper)

    def learn(self, formatting: Formatting) -> None:
        """Keep the user's preferences."""
        self.formatting = formatting
        if self._keeper is not None:
            with suppress(ConfigError):
                self._keeper.put_fact(self._fact, {**formatting.to_dict(), "told": self._clock()})

    def give_up(self, why: str) -> None:
        """The preferences cannot be had: the usual ones have to do, for this session."""
        self.formatting, self.doubt = USUAL, why

    def new_doubt(self) -> str:
        """The doubt, once; empty when it has been told."""
        with self._lock:
            told, self._doubt_told = self._doubt_told, True
        return "" if told else self.doubt

    @property
    def refusals(self) -> Refusals:
        """The fields that were refused."""
        if self._refusals is None:
            kept = () if self._keeper is None else self._keeper.refusals
            self._refusals = {(one.object.upper(), one.field.upper()): one.words for one in kept}
        return self._refusals

    def reread(self) -> None:
        """Take the refusals anew from where they are kept: that has changed."""
        self._refusals = None

    def refuse(self, of: str, field: str, words: str) -> None:
        """Keep that a field of an object was refused."""
        self._refusals = {**self.refusals, (of.upper(), field.upper()): words}
        if self._keeper is not None:
            with suppress(ConfigError):
                self._keeper.refuse(of, field, words)

    def _kept(self, keeper: Keeper) -> Formatting | None:
        kept = keeper.fact(self._fact)
        try:
            if 0 <= self._clock() - kept["told"] < LASTS:
                return Formatting.told(kept)
        except (TypeError, KeyError, ValueError, AttributeError):  # nothing, or what another version kept
            pass
        return None

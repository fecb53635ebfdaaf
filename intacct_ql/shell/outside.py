"""What the shell is given: a company to ask, and ways to speak and to write.

In: what the command line knows of terminals, files, profiles and failures. Out: ``Outside`` and ``Company``. Refuses to
know: how any of that is done.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from intacct_ql.formatting import Formatting
    from intacct_ql.result import Stats
    from intacct_ql.schema.catalog import Catalog
    from intacct_ql.sessions import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the shell cannot know from inside.

    ``company`` gives the company of a profile, or the one that was named at the start. ``say`` speaks to whoever sits
    there; ``words`` puts a failure into words, with what the text is called that it comes from. ``destination`` opens
    what rows are written on, ``progress`` tells of long pulls, ``stopped_softly`` lets an interrupt end one and keep
    its rows, ``summary`` says what it took. With ``tracebacks`` failures are not put into words.
    """

    company: "Callable[[str | None], Company]"
    profiles: Callable[[], Sequence[str]]
    say: Callable[[str], None]
    words: Callable[[BaseException, str], str]
    destination: Callable[..., AbstractContextManager[Any]]
    progress: Callable[[bool, Any], AbstractContextManager[dict[str, Any]]]
    stopped_softly: Callable[[Any], AbstractContextManager[None]]
    summary: "Callable[[int, Stats, float], str]"
    tracebacks: bool = False


class Company:
    """A company that is signed in to when it is first asked, and not before.

    ``name`` is what the prompt says, ``told`` who answers there, in words. ``embedded``: it is the demo company.
    """

    def __init__(
        self,
        name: str,
        told: str,
        *,
        catalog: "Callable[[], Catalog]",
        formatting: "Callable[[], Formatting | None]",
        opening: "Callable[[], Session]",
        embedded: bool = False,
    ) -> None:
        self.embedded = embedded
        self.name = name
        self.told = told
        self._known = catalog
        self._formatting = formatting
        self._opening = opening
        self._lock = Lock()
        self._session: Session | None = None
        self._catalog: Catalog | None = None

    @property
    def session(self) -> "Session":
        """The session; made now, if it is wanted for the first time."""
        with self._lock:
            if self._session is None:
                self._session = self._opening()
            return self._session

    @property
    def catalog(self) -> "Catalog":
        """What names are checked by: the session's, or what was learned of the company before."""
        if self._session is not None:
            return self._session.catalog
        if self._catalog is None:
            self._catalog = self._known()
        return self._catalog

    @property
    def formatting(self) -> "Formatting | None":
        """How the user has days and times, as far as the company has told it."""
        return self._formatting()

    def prepare(self) -> None:
        """Make the session of an embedded company meanwhile; that asks nobody."""
        if self.embedded:
            Thread(target=self._try, daemon=True).start()

    def _try(self) -> None:
        with suppress(Exception):  # whoever needs it will be told
            self.session  # noqa: B018 - it is kept

    def close(self) -> None:
        """Give connections back."""
        if self._session is not None:
            self._session.close()

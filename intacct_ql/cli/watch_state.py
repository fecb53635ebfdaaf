"""What a watch knows from one run to the next, in memory and in a file.

In: the query, the form of its rows, a path. Out: the ``Memory`` of the last run that was whole, and how much of the
file of rows it holds. Refuses to know: how changes are told, and how rows are written.

After a run its rows are forced to the disk, and only then does the state say so. A run that died in between is made
again from the state before it; what it had added to the file of rows is cut off first. That the file is this watch's is
noted before there is anything in it: one that no state tells of is left alone.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Self, cast

from intacct_ql.cli.appending import keep
from intacct_ql.cli.forms import Form
from intacct_ql.cli.held import Extent, Held
from intacct_ql.cli.places import led_to
from intacct_ql.errors import ConfigError
from intacct_ql.executor.resume import fingerprint
from intacct_ql.watching import Memory, Watched

VERSION = 1


class Kept:
    """What is known, and where it is kept.

    ``held`` are the rows that were written before; ``silent``: this run's are not.
    """

    def __init__(self, path: Path | None, asked: str, held: Held, *, silent: bool) -> None:
        self._path = path
        self._asked = asked
        self._rows = 0
        self._printed = False
        self.held = held
        self.memory = Memory()
        self.silent = silent

    @classmethod
    def read(cls, path: Path | None, query: Watched, params: Any, form: Form, *, whose: str, silent: bool) -> Self:
        """What is known of this query.

        Raises ``ConfigError`` for the state of another, one that cannot be read, and where the file of rows is not as
        it was left.
        """
        out = None if form.out is None else str(led_to(form.out))
        asked = fingerprint(whose, query.text(None), json.dumps(params, default=str, sort_keys=True))
        kept = cls(path, asked, Held(out=out, form=form.name, options=form.options), silent=silent)
        if path is not None and path.exists():
            try:
                kept._take(path, json.loads(path.read_text(encoding="utf-8")))
            except (OSError, ValueError, TypeError, KeyError, AttributeError):
                raise ConfigError(f"{path} is not the state of a watch; name another file, or remove it") from None
        kept.held.check_left()
        return kept

    def goes_on(self, columns: Sequence[str], *, named: bool) -> bool:
        """Whether rows of these columns stand behind those before, without a header; ``named``: each has its names.

        Raises ``ConfigError`` where they would stand below the names of others.
        """
        before = self.held
        begun = self._printed if before.out is None else bool(before.size)
        if not begun or named or [*before.columns] in ([], [*columns]):
            self.held = before.reaching(before.extent, columns=columns)
            return begun
        if before.out is not None:
            raise before.of_other_columns(columns)
        self.held = before.reaching(None, columns=columns)
        return False

    def begin(self) -> None:
        """Note that the file of rows is this watch's, before there is anything in it."""
        if self.held.size is None:
            self.held = self.held.reaching(Extent())
            self._save()

    def keep(self, memory: Memory, rows: int, extent: Extent | None) -> None:
        """The run is whole, and its rows are where they belong: know them from now on."""
        self.memory, self.silent = memory, False
        self.held = self.held.reaching(extent)
        self._rows += rows
        self._printed = self._printed or rows > 0
        self._save()

    def _save(self) -> None:
        if self._path is None:
            return
        moments = {"mark": _text(self.memory.mark), "since": _text(self.memory.since)}
        record = {"intacct-ql watch": VERSION, "query": self._asked, **asdict(self.held), **moments}
        keep(self._path, {**record, "rows": self._rows, "seen": dict(self.memory.seen)})

    def _take(self, path: Path, record: dict[str, Any]) -> None:
        if record["intacct-ql watch"] != VERSION:
            raise ConfigError(f"{path} is of another version of this program; name another file, or remove it")
        if record["query"] != self._asked:
            words = "another query, company or entity; name another file, or remove it"
            raise ConfigError(f"{path} is the state of a watch of {words}")
        known = {one.name: record[one.name] for one in fields(Held) if record.get(one.name) is not None}
        held = Held(**{"out": None, "options": self.held.options, **known})  # options were not always noted
        held.check_same(path, self.held)
        self.held = held
        seen = cast("dict[str, str]", {str(name): str(digest) for name, digest in record["seen"].items()})
        self.memory = Memory(mark=_moment(record["mark"]), since=_moment(record["since"]), seen=seen)
        self._rows, self.silent = int(record["rows"]), False


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

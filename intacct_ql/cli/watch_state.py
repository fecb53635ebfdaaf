"""What a watch knows from one run to the next, in memory and in a file.

In: the query, the form of its rows, a path. Out: the ``Memory`` of the last run that was whole, and how much of the
file of rows it holds. Refuses to know: how changes are told, and how rows are written.

After a run its rows are forced to the disk, and only then does the state say so. A run that died in between is made
again from the state before it; what it had added to the file of rows is cut off first.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self, cast

from intacct_ql.cli.appending import keep
from intacct_ql.cli.forms import Form, spelled
from intacct_ql.errors import ConfigError
from intacct_ql.executor.resume import fingerprint
from intacct_ql.watching import Memory, Watched

VERSION = 1


class Kept:
    """What is known, and where it is kept.

    ``size`` bytes of the file of rows hold; ``begun``: rows have been written before, of the columns of these names;
    ``silent``: this run's are not.
    """

    def __init__(
        self, path: Path | None, identity: Mapping[str, Any], options: Mapping[str, object], *, silent: bool
    ) -> None:
        self._path = path
        self._options = options
        self._identity = identity
        self._rows = 0
        self.memory = Memory()
        self.size: int | None = None
        self.begun = False
        self.columns: list[str] | None = None
        self.silent = silent

    @classmethod
    def read(cls, path: Path | None, query: Watched, params: Any, form: Form, *, whose: str, silent: bool) -> Self:
        """What is known of this query. Raises ``ConfigError`` for the state of another, or one that cannot be read."""
        out = None if form.out is None else str(Path(form.out).resolve())
        asked = fingerprint(whose, query.text(None), json.dumps(params, default=str, sort_keys=True))
        identity = {"intacct-ql watch": VERSION, "query": asked, "out": out, "form": form.name}
        kept = cls(path, identity, form.options, silent=silent)
        if path is None or not path.exists():
            return kept
        try:
            kept._take(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise ConfigError(f"{path} is not the state of a watch; name another file, or remove it") from None
        if out is not None and kept.size is not None and _size(Path(out)) < kept.size:
            raise ConfigError(
                f"{out} has lost rows that {path} tells of ({kept._rows:,}); remove {path} to begin again"
            )
        return kept

    def goes_on(self, columns: list[str], *, named: bool) -> bool:
        """Whether rows of these columns stand behind those before, without a header; ``named``: each has its names.

        Raises ``ConfigError`` where they would stand below the names of others.
        """
        before, self.columns = self.columns, columns
        if not self.begun or named or before in (None, columns):
            return self.begun
        out = self._identity["out"]
        if out is None:
            return False
        were, are = ", ".join(before or ()), ", ".join(columns)
        raise ConfigError(f"{out} has the columns {were}, and now there are {are}: take another file and another state")

    def keep(self, memory: Memory, rows: int, size: int | None) -> None:
        """The run is whole, and its rows are where they belong: know them from now on."""
        if self._path is not None:
            moments = {"mark": _text(memory.mark), "since": _text(memory.since)}
            counts = {"size": size, "rows": self._rows + rows, "begun": self.begun or rows > 0}
            keep(
                self._path,
                {
                    **self._identity,
                    "options": dict(self._options),
                    **moments,
                    **counts,
                    "columns": self.columns,
                    "seen": dict(memory.seen),
                },
            )
        self.memory, self.size, self.silent = memory, size, False
        self._rows += rows
        self.begun = self.begun or rows > 0

    def _take(self, record: dict[str, Any]) -> None:
        other = [name for name, value in self._identity.items() if record[name] != value]
        if other:
            what = {"query": "another query, company or entity", "out": f"rows in {record['out'] or 'no file'}"}
            told = what.get(other[0], f"{other[0]} {record[other[0]]}")
            raise ConfigError(f"{self._path} is the state of a watch of {told}; name another file, or remove it")
        options = record.get("options", self._options)  # what was kept before they were noted has none
        if options != self._options and record["out"] is not None:
            were, are = spelled(options), spelled(self._options)
            words = f"{self._path} is the state of a watch with {were}, and this one has {are}: give the same"
            raise ConfigError(f"{words}, or name another file and another state")
        seen = cast("dict[str, str]", {str(name): str(digest) for name, digest in record["seen"].items()})
        self.memory = Memory(mark=_moment(record["mark"]), since=_moment(record["since"]), seen=seen)
        self.size = None if record["size"] is None else int(record["size"])
        self._rows, self.silent = int(record["rows"]), False
        self.columns = record.get("columns")
        self.begun = bool(record["begun"]) and record["out"] is not None  # what is printed has a header of its own


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)

"""Log records as JSON lines.

In: records of the logger of calls. Out: one object a line: the time, the message, and the fields. Refuses to know:
where they come from.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

from intacct_ql.executor.log import FIELDS


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """The record as a JSON object."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        return json.dumps({"time": when, "level": record.levelname, "message": record.getMessage(), **fields})


class _Kept(logging.StreamHandler[TextIO]):
    """Adds records to a stream, its own or standard error. A full disk ends the records, and not the run."""

    def __init__(self, stream: TextIO, *, own: bool) -> None:
        super().__init__(stream)
        self._own = own
        self.failure: BaseException | None = None

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802 - as logging calls it
        """Keep the first failure, to be told at the end."""
        self.failure = self.failure or sys.exc_info()[1]

    def close(self) -> None:
        """Close a stream of its own, whose last records may fail as others do."""
        super().close()
        try:
            if self._own:
                self.stream.close()
        except OSError as failure:
            self.failure = self.failure or failure


def handler(file: str) -> _Kept:
    """What adds records to a file; - is standard error. ``failure`` is what kept some out. Raises ``OSError``."""
    own = file != "-"
    writes = _Kept(open(file, "a", encoding="utf-8") if own else sys.stderr, own=own)  # noqa: SIM115 - it stays open
    writes.setLevel(logging.DEBUG)
    writes.setFormatter(_Lines())
    return writes

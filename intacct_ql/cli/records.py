"""Log records as JSON lines.

In: records of the logger of calls. Out: one object a line: the time, the message, and the fields. Refuses to know:
where they come from.
"""

import json
import logging
import sys
from datetime import UTC, datetime

from intacct_ql.executor.log import FIELDS


class _Lines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """The record as a JSON object."""
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        fields = {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        return json.dumps({"time": when, "level": record.levelname, "message": record.getMessage(), **fields})


def handler(file: str) -> logging.Handler:
    """What adds records to a file; - is standard error. Raises ``OSError``."""
    if file == "-":
        writes: logging.Handler = logging.StreamHandler(sys.stderr)
    else:
        writes = logging.FileHandler(file, encoding="utf-8")
    writes.setLevel(logging.DEBUG)
    writes.setFormatter(_Lines())
    return writes

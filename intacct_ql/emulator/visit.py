"""One request on its way through the gateway.

In: where it came in, the faults of the moment. Out: what the log says of it. Refuses to know: what is asked.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from intacct_ql.emulator.faults import Settings
from intacct_ql.emulator.refusals import Error


@dataclass(slots=True)
class Visit:
    """One request on its way through the gateway, and what the log will say of it."""

    url: str
    settings: Settings
    fault: str | None = None
    function: str | None = None
    object: str | None = None
    functions: int = 0
    error: str | None = None
    rows: int = 0
    weight: int = 0

    def refused(self, errors: Iterable[Error]) -> None:
        """Something was refused: the log has the first."""
        self.error = self.error or next((each.errorno or each.description2 for each in errors), None)

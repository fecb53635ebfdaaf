"""Reports that are under way or ready, until their last page is read.

In: the rows of a report, and who asked for it. Out: whether they are ready, and the pages of them. Refuses to know: how
a report is defined, elements.

Decided here ([?] but for the deletion): the rows are those of the moment the report was asked for; it is ready so many
seconds later, whoever waits; it belongs to its user and outlives the session; the last page deletes it [D]. The sixteen
latest are kept.
"""

import random
import string
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from intacct_ql.emulator.pages import Page
from intacct_ql.emulator.refusals import data_failure
from intacct_ql.emulator.result_sets import Part

KEPT = 16

_LETTERS = string.ascii_letters + string.digits + "_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A page of a report: of how many rows in all, and how many are left. Without a page it is not ready."""

    page: Page | None
    returnformat: str
    total: int = 0
    remaining: int = 0


@dataclass(slots=True, kw_only=True)
class _Report:
    page: Page
    pagesize: int
    returnformat: str
    ready: datetime
    taken: int = 0


class Reports:
    """The reports of a gateway. Safe to share between threads."""

    def __init__(self, *, seconds: float, clock: Callable[[], datetime], sleep: Callable[[float], None]) -> None:
        self._lasts = timedelta(seconds=seconds)
        self._clock = clock
        self._sleep = sleep
        self._reports: OrderedDict[tuple[str, str], _Report] = OrderedDict()
        self._lock = threading.Lock()

    def begin(
        self, page: Page, *, reportid: str, userid: str, pagesize: int, returnformat: str, ids: random.Random
    ) -> str:
        """Take in a report; gives the id it is read by, which is made unless there is one."""
        with self._lock:
            reportid = reportid or "".join(ids.choices(_LETTERS, k=64))
            self._reports[userid, reportid] = _Report(
                page=page,
                pagesize=pagesize,
                returnformat=returnformat,
                ready=self._clock() + self._lasts,
            )
            if len(self._reports) > KEPT:
                self._reports.popitem(last=False)
            return reportid

    def wait(self, reportid: str, userid: str, seconds: float) -> bool:
        """Wait so long, if it takes so long; gives whether the report is ready then."""
        with self._lock:
            ready = self._found(reportid, userid).ready
        remaining = (ready - self._clock()).total_seconds()
        if remaining > 0 and seconds > 0:
            self._sleep(min(seconds, remaining))
        return self._clock() >= ready

    def go_on(self, reportid: str, userid: str, part: Part) -> Reading:
        """The next page of a report; ``FunctionRefused`` after its last."""
        with self._lock:
            report = self._found(reportid, userid)
            if self._clock() < report.ready:
                return Reading(page=None, returnformat=report.returnformat)
            due = min(report.pagesize, report.page.count - report.taken)
            page = report.page.part(report.taken, part(due))
            report.taken += page.count
            remaining = report.page.count - report.taken
            if not remaining:
                del self._reports[userid, reportid]
            return Reading(page=page, returnformat=report.returnformat, total=report.page.count, remaining=remaining)

    def clear(self) -> None:
        """Forget every report."""
        with self._lock:
            self._reports.clear()

    def _found(self, reportid: str, userid: str) -> _Report:
        report = self._reports.get((userid, reportid))
        if report is None:
            raise data_failure(
                f"There is no report {reportid}, or all of it has been read.", correction="Ask readReport again."
            )
        return report

"""Queries that a company keeps under a name: views and reports.

In: nothing. Out: records that a gateway is given, and the one of a name. Refuses to know: how they are asked for, SQL.

A view is named by its object and the id it was given at its creation [D], or by its title alone [C]. Conditions are
those of ``readByQuery``; fields may lead to related objects.
"""

from dataclasses import dataclass

from intacct_ql.emulator.query import Order, Selected
from intacct_ql.emulator.refusals import FunctionRefused, data_failure
from intacct_ql.emulator.scope import Dialect

SAVED = Dialect(codes=True)
"""Codes as in ``readByQuery``, related fields as in ``query``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A list of records of one object: ``fields`` of those that meet the ``condition``."""

    object: str
    originalid: str
    title: str
    fields: tuple[str, ...]
    condition: str = ""

    @property
    def name(self) -> str:
        """What the view is called for good, such as ``VENDOR#135422@10051``."""
        return f"{self.object}#{self.originalid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedReport:
    """Columns over one object. ``parameters`` are the fields that a run may be narrowed by.

    An ``interactive`` report is made with the newer of the two report writers.
    """

    name: str
    object: str
    columns: tuple[Selected, ...]
    condition: str = ""
    orders: tuple[Order, ...] = ()
    parameters: tuple[str, ...] = ()
    interactive: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """The views and the reports of a company."""

    views: tuple[SavedView, ...] = ()
    reports: tuple[SavedReport, ...] = ()

    def view(self, name: str) -> SavedView:
        """The view of a name or a title; ``FunctionRefused`` where there is none."""
        asked = name.lower()
        for view in self.views:
            if asked in {view.name.lower(), view.title.lower()}:
                return view
        raise _unknown("view", name, [view.name for view in self.views])

    def report(self, name: str, *, interactive: bool) -> SavedReport:
        """The report of a name, made with that writer; ``FunctionRefused`` where there is none."""
        kept = [report for report in self.reports if report.interactive is interactive]
        for report in kept:
            if report.name.lower() == name.lower():
                return report
        raise _unknown("interactive report" if interactive else "report", name, [report.name for report in kept])


def _unknown(kind: str, name: str, known: list[str]) -> FunctionRefused:
    return data_failure(f"There is no {kind} {name}.", correction=f"Use one of: {', '.join(known)}." if known else "")

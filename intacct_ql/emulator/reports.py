"""``readReport``: reports that the company keeps, run while the caller polls, and their definitions.

In: the record of a call, and the ``Scene``. Out: ``Given``, or ``FunctionRefused``. Refuses to know: SQL, elements.

``readReport`` gives an id and PENDING [D], or DONE where the report is ready within the ``waitTime`` ([?]). By that id
``readMore`` gives the same until the report is ready, then page after page [D]. In csv the status is one row [C], so it
is in json ([?]). A row is a ``data`` element ([?]: the documentation counts ``data`` objects), columns are named as in
a ``query`` ([?]).

An argument is one value of a parameter, or several with a ``listSeparator`` between them; it narrows the rows to those
([?]). It is named by its field or, as definitions have it, by object and field.
"""

from dataclasses import replace
from functools import partial

from intacct_ql.emulator.conditions import Comparison, Condition, grouped
from intacct_ql.emulator.fetch import fetch
from intacct_ql.emulator.pages import Heading, Page
from intacct_ql.emulator.predicate import read_predicate
from intacct_ql.emulator.query import Query
from intacct_ql.emulator.refusals import data_failure
from intacct_ql.emulator.replies import Node, branch, leaf
from intacct_ql.emulator.report_reader import Argument, ReadReport
from intacct_ql.emulator.saved import SAVED, SavedReport
from intacct_ql.emulator.scene import Given, Scene, given
from intacct_ql.schema.catalog import Catalog
from intacct_ql.schema.types import DataType

MOST_ROWS = 100_000
INTERACTIVE = "interactive"

_ROW = "data"
_STATUS = ("REPORTID", "STATUS")


def read_report(asked: ReadReport, scene: Scene) -> Given:
    """A report begun, or its definition."""
    if asked.type not in {"", INTERACTIVE}:
        words = f"Reports of type {asked.type} are not kept here."
        raise data_failure(words, correction=f"Use {INTERACTIVE}, or no type for an original custom report.")
    report = scene.saved.report(asked.report, interactive=asked.type == INTERACTIVE)
    if asked.definition:
        return Given(nodes=(branch("data", _definition(report, scene.store.catalog)),))
    userid = scene.session.userid
    reportid = scene.reports.begin(
        _rows(report, asked, scene),
        reportid=asked.reportid,
        userid=userid,
        pagesize=asked.pagesize,
        returnformat=asked.returnformat,
        ids=scene.ids,
    )
    ready = scene.reports.wait(reportid, userid, asked.waittime)
    return _status(reportid, "DONE" if ready else "PENDING", asked.returnformat)


def more(reportid: str, scene: Scene) -> Given:
    """The next page of a report, or that it is not ready."""
    reading = scene.reports.go_on(reportid, scene.session.userid, scene.part)
    if reading.page is None:
        return _status(reportid, "PENDING", reading.returnformat)
    attributes = {
        "listtype": "report",
        "count": str(reading.page.count),
        "totalcount": str(reading.total),
        "numremaining": str(reading.remaining),
    }
    sent = scene.sent(reading.page)
    data = Node(tag="data", attributes=attributes, raw=partial(sent.xml, _ROW))
    return given(sent, data, returnformat=reading.returnformat)


def _status(reportid: str, status: str, returnformat: str) -> Given:
    texts = (reportid, status)
    headings = tuple(Heading(name=name, type=DataType.TEXT) for name in _STATUS)
    page = Page(headings=headings, columns=tuple([text] for text in texts), count=1)
    results = branch("report_results", *map(leaf, _STATUS, texts))
    return replace(given(page, branch("data", results), returnformat=returnformat), rows=0)


def _rows(report: SavedReport, asked: ReadReport, scene: Scene) -> Page:
    parts = [_narrowed(argument, report, asked.separator) for argument in asked.arguments]
    condition = read_predicate(report.condition)
    parts = parts if condition is None else [condition, *parts]
    query = Query(
        object=report.object,
        select=report.columns,
        condition=grouped("and", parts) if parts else None,
        orders=report.orders,
        dialect=SAVED,
        pagesize=MOST_ROWS + 1,
    )
    page = fetch(scene.allowed(query), scene.store, scene.counts, scene.view).page
    if page.count > MOST_ROWS:
        raise data_failure(f"The report has more than {MOST_ROWS} rows.", correction="Narrow it by its arguments.")
    return page


def _narrowed(argument: Argument, report: SavedReport, separator: str) -> Condition:
    name = argument.name.upper().removeprefix(f"{report.object}.")
    if name not in report.parameters:
        words = f"Report {report.name} has no parameter {argument.name}."
        raise data_failure(words, correction=f"Use one of: {', '.join(report.parameters)}.")
    if argument.value is None:
        raise data_failure(f"Parameter {argument.name} takes a text, not elements.")
    values = argument.value.split(separator) if separator else [argument.value]
    return Comparison(operator="in", field=name, values=tuple(values))


def _definition(report: SavedReport, catalog: Catalog) -> Node:
    labels = {} if (found := catalog.object(report.object)) is None else found.fields
    parameters = [
        branch(
            "PARAMETER",
            leaf("NAME", f"{report.object}.{name}"),
            leaf("label", labels[name].label if name in labels else name),
            leaf("promptOnRun", "1"),
        )
        for name in report.parameters
    ]
    named = leaf("REPORTNAME", report.name)
    asked_for = branch("PARAMETERS", *parameters)
    if not report.interactive:
        sorts = (branch(order.field, leaf("dir", "desc" if order.descending else "asc")) for order in report.orders)
        original = (leaf("REPORTTYPE", "tabular"), leaf("ROOT", report.object))
        return branch("report_definition", named, *original, asked_for, branch("SORTBY", *sorts))
    columns = (
        branch("COLUMN", leaf("PATH", column.field), leaf("FULLPATH", f"{report.object}.{column.field}"))
        for column in report.columns
    )
    about = (leaf("REPORTTYPE", "CRW"), leaf("OBJECT", report.object), leaf("DOCPARID", ""))
    return branch("report_definition", named, *about, branch("COLUMNS", *columns), asked_for)

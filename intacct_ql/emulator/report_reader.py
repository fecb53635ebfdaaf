"""The element of ``readReport``, read as strictly as the schema of dtdversion 3.0 has it.

In: the element. Out: a record. Refuses to know: which reports exist, what their arguments mean: anything may be one.

``reportId`` is an id of the caller's own for the results [D]. ``libraryReport`` and ``showStatusOnly`` are accepted and
change nothing: there is no library, and a reply without a transport policy is a status only anyway.
"""

from dataclasses import dataclass

from intacct_ql.emulator.elements import Element, any_order, integer, leaf, one_of, optional, tag
from intacct_ql.emulator.pages import FORMATS
from intacct_ql.emulator.query import PAGE_SIZE
from intacct_ql.emulator.read_reader import LARGEST_PAGE

LONGEST_WAIT = 30

_ONE, _MAYBE = (1, 1), (0, 1)
_REPORT = {
    "report": _ONE,
    "pagesize": _MAYBE,
    "returnFormat": _MAYBE,
    "arguments": _MAYBE,
    "waitTime": _MAYBE,
    "listSeparator": _MAYBE,
    "reportId": _MAYBE,
    "showStatusOnly": _MAYBE,
}
_ATTRIBUTES = ("type", "returnDef", "libraryReport")


@dataclass(frozen=True, slots=True, kw_only=True)
class Argument:
    """One of the ``arguments``; without a value it holds elements of its own."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadReport:
    """A ``readReport``. ``definition`` says that no rows are wanted, but what the report is."""

    report: str
    type: str
    definition: bool
    arguments: tuple[Argument, ...]
    separator: str
    waittime: int
    reportid: str
    pagesize: int
    returnformat: str


def read_report(element: Element) -> ReadReport:
    """The record of a ``readReport`` element; ``Malformed`` where the schema is not met."""
    parts = any_order(element, _REPORT, _ATTRIBUTES)
    optional(parts["showStatusOnly"])
    arguments = () if parts["arguments"] is None else tuple(_argument(each) for each in parts["arguments"])
    return ReadReport(
        report=leaf(parts["report"]),
        type=element.get("type", ""),
        definition=element.get("returnDef", "").lower() == "true",
        arguments=arguments,
        separator=optional(parts["listSeparator"]),
        waittime=integer(parts["waitTime"], default=0, least=0, most=LONGEST_WAIT),
        reportid=optional(parts["reportId"]),
        pagesize=integer(parts["pagesize"], default=PAGE_SIZE, least=1, most=LARGEST_PAGE),
        returnformat=one_of(parts["returnFormat"], FORMATS, default="xml"),
    )


def _argument(element: Element) -> Argument:
    return Argument(name=tag(element), value=None if len(element) else element.text or "")

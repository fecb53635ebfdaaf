"""The elements of ``get_list`` and ``get``, read as strictly as DTD 2.1 has them.

In: the elements. Out: records, with names and operators as they were sent. Refuses to know: which fields exist, what
the operators mean: the schema lists the objects and leaves the rest open.

A ``filter`` holds one or more ``logical``, or one or more ``expression``; several are joined by ``and`` ([?]).
"""

from dataclasses import dataclass

from intacct_ql.emulator.conditions import Comparison, Condition, grouped
from intacct_ql.emulator.elements import (
    MANY,
    Element,
    attribute,
    attribute_number,
    attribute_of,
    children,
    leaf,
    line,
    sequence,
    tag,
    unexpected,
)
from intacct_ql.emulator.query import PAGE_SIZE, Order, Selected
from intacct_ql.emulator.refusals import Malformed

_LISTED = """
    accountgroup adjjournal statjournal apaccountlabel apadjustment apadjustmentbatch appayment apterm project class
    araccountlabel aradjustment aradjustmentbatch arpayment arpaymentbatch arterm artransactiondef bankaccount bill
    billbatch contact custglgroup customer customervisibility customerachinfo customerchargecard customerbankaccount
    customerppackage department employee expensereport expensereportbatch expensetypes expensepaymenttype glaccount
    statglaccount glbudget glbudgetitem glentry gltransaction icitem ictotal stkittransaction ictransaction
    ictransactiondef invoice invoicebatch itemglgroup journal location locationentity supdocfolder supdoc company_info
    trxcurrencies popricelist vsoepricelist vsoeitempricelist potransaction potransactiondef csnhistory locationgroup
    pricelistitem productline renewalmacro reportingperiod revrecschedule revrecscheduleentry revrectemplate sopricelist
    sotransaction otherreceipts recursotransaction sotransactiondef subscription territory uom vendglgroup vendor
    vendorvisibility warehouse taxdetail taxschedule taxscheduledetail contacttaxgroup itemtaxgroup taxschedulemap
    smarteventlog appaymentrequest icitemtotals itemtotal timesheet task costtype projecttype projectstatus timetype
    allocation cctransaction revrecchangelog vsoeallocation expenseadjustmentreport earningtype employeerate
    achbankconfiguration vendorentityaccount vendorpref employeepref
"""
LISTED = frozenset(_LISTED.split())
"""What ``object`` of ``get_list`` may be [D]."""

GETTABLE = LISTED | {"recurbill", "recurinvoice", "recurringgltransaction", "recurringstatgltrans"}
"""What ``object`` of ``get`` may be; not quite all of ``get_list`` in reality ([?])."""

_MAYBE, _ONE, _SOME = (0, 1), (1, 1), (1, MANY)
GET_LIST = {"filter": _MAYBE, "sorts": _MAYBE, "fields": _MAYBE, "additional_parameters": _MAYBE}
EXPRESSION = {"field": _ONE, "operator": _ONE, "value": _ONE}
_PARAMETERS = {"parameter": _SOME}
_FILTER = ("logical", "expression")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A ``get_list``. Without ``fields`` all of them; ``parameters`` says that there were any."""

    object: str
    condition: Condition | None = None
    orders: tuple[Order, ...] = ()
    fields: tuple[Selected, ...] = ()
    parameters: bool = False
    start: int = 0
    maxitems: int = PAGE_SIZE
    showprivate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Getting:
    """A ``get``. Without ``fields`` all of them; ``externalkey`` says that the key is another system's."""

    object: str
    key: str
    fields: tuple[Selected, ...] = ()
    externalkey: bool = False


def read_list(element: Element) -> Listing:
    """The record of a ``get_list`` element; ``Malformed`` where the schema is not met."""
    parts = sequence(element, GET_LIST, attributes=("object", "start", "maxitems", "showprivate"))
    name = attribute_of(element, "object", LISTED)
    if parts["additional_parameters"] is not None:
        sequence(parts["additional_parameters"], _PARAMETERS)
    return Listing(
        object=name,
        condition=None if parts["filter"] is None else _filter(parts["filter"], name),
        orders=() if parts["sorts"] is None else _orders(parts["sorts"]),
        fields=_fields(parts["fields"]),
        parameters=parts["additional_parameters"] is not None,
        start=attribute_number(element, "start", default=0, least=0),
        maxitems=attribute_number(element, "maxitems", default=PAGE_SIZE, least=1),
        showprivate=_flag(element, "showprivate"),
    )


def read_get(element: Element) -> Getting:
    """The record of a ``get`` element; ``Malformed`` where the schema is not met."""
    parts = sequence(element, {"fields": _MAYBE}, attributes=("object", "key", "externalkey"))
    return Getting(
        object=attribute_of(element, "object", GETTABLE),
        key=attribute(element, "key"),
        fields=_fields(parts["fields"]),
        externalkey=_flag(element, "externalkey"),
    )


def _flag(element: Element, name: str) -> bool:
    return attribute_of(element, name, ("false", "true"), default="false") == "true"


def _filter(element: Element, name: str) -> Condition:
    found = children(element)
    if len({tag(child) for child in found}) != 1:
        raise Malformed("Element 'filter': some logical, or some expression, is expected.", line=line(element))
    return grouped("and", [_condition(child, name) for child in found])


def _condition(element: Element, name: str) -> Condition:
    if tag(element) == "expression":
        parts = sequence(element, EXPRESSION, attributes=("object",))
        field, operator, value = (leaf(parts[part]) for part in EXPRESSION)
        owner = element.get("object", name)  # [?] another object than the listed one would be a line's, say
        return Comparison(operator=operator, field=field if owner == name else f"{owner}.{field}", values=(value,))
    if tag(element) != "logical":
        raise unexpected(element, _FILTER)
    members = [_condition(child, name) for child in children(element, attributes=("logical_operator", "object"))]
    if len(members) < 2:
        raise Malformed("Element 'logical': two or more of ( logical, expression ).", line=line(element))
    return grouped(attribute_of(element, "logical_operator", ("and", "or")), members)


def _orders(element: Element) -> tuple[Order, ...]:
    fields = sequence(element, {"sortfield": _SOME})["sortfield"]
    return tuple(_order(field) for field in fields)


def _order(element: Element) -> Order:
    name = leaf(element, attributes=("order",))
    return Order(field=name, descending=attribute_of(element, "order", ("asc", "desc")) == "desc")


def _fields(element: Element | None) -> tuple[Selected, ...]:
    if element is None:
        return ()
    return tuple(Selected(field=leaf(field)) for field in sequence(element, {"field": _SOME})["field"])

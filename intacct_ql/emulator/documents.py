"""Documents: records whose lines are records of another object.

In: the parts of a written document. Out: its own parts, and the cells of its lines and totals. Refuses to know: rows,
how a record is found.

Which element holds the lines is documented for bills and journal entries; the others are named after their object in
the same way ([?]). Lines are written with their document only, so that totals and balances stay right ([?]).

- A line takes over what it shares with its document and does not say itself: the vendor or customer, the currency, the
  state, and the day.
- Of AMOUNT and TRX_AMOUNT one is enough: the other follows by EXCHANGE_RATE, which is 1 where it is not given ([?]).
- The totals of a document are those of its lines, whatever it says itself ([?]).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intacct_ql.emulator.records import Cells
from intacct_ql.emulator.refusals import FunctionRefused, bad_value, data_failure
from intacct_ql.emulator.storing import bounded
from intacct_ql.emulator.tables import SCALE, Cell
from intacct_ql.emulator.write_reader import Part
from intacct_ql.schema.model import Object
from intacct_ql.schema.types import TEXTUAL

MOST_LINES = 10_000
"""Nobody has found out how many lines the gateway takes; here it is seconds to write so many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """How a document holds its lines: in which element, as which object, by which field of a line and of its own.

    ``first`` is the number of the first line, ``least`` how many there must be.
    """

    wrapper: str
    object: str
    link: str = "RECORDKEY"
    number: str = "RECORDNO"
    first: int = 1
    least: int = 1


DOCUMENTS = {
    "APADJUSTMENT": Lines(wrapper="APADJUSTMENTITEMS", object="APADJUSTMENTITEM"),
    "APADVANCE": Lines(wrapper="APADVANCEITEMS", object="APADVANCEITEM"),
    "APBILL": Lines(wrapper="APBILLITEMS", object="APBILLITEM"),
    "ARADJUSTMENT": Lines(wrapper="ARADJUSTMENTITEMS", object="ARADJUSTMENTITEM"),
    "ARADVANCE": Lines(wrapper="ARADVANCEITEMS", object="ARADVANCEITEM"),
    "ARINVOICE": Lines(wrapper="ARINVOICEITEMS", object="ARINVOICEITEM"),
    "CCTRANSACTION": Lines(wrapper="CCTRANSACTIONENTRIES", object="CCTRANSACTIONENTRY"),
    "EEXPENSES": Lines(wrapper="EEXPENSESITEMS", object="EEXPENSESITEM"),
    "GLBATCH": Lines(wrapper="ENTRIES", object="GLENTRY", link="BATCHNO", number="BATCHNO", least=2),
    "INVDOCUMENT": Lines(wrapper="INVDOCUMENTENTRIES", object="INVDOCUMENTENTRY", link="DOCHDRNO", first=0),
    "OTHERRECEIPTS": Lines(wrapper="OTHERRECEIPTSENTRIES", object="OTHERRECEIPTSENTRY"),
    "PODOCUMENT": Lines(wrapper="PODOCUMENTENTRIES", object="PODOCUMENTENTRY", link="DOCHDRNO", first=0),
    "SODOCUMENT": Lines(wrapper="SODOCUMENTENTRIES", object="SODOCUMENTENTRY", link="DOCHDRNO", first=0),
    "TIMESHEET": Lines(wrapper="TIMESHEETENTRIES", object="TIMESHEETENTRY", link="TIMESHEETKEY"),
}
OWNERS = {lines.object: name for name, lines in DOCUMENTS.items()}
"""The documents by the objects of their lines."""

BELONGS = {lines.object: (lines.link, name, lines.number) for name, lines in DOCUMENTS.items()} | {
    "APBILLPAYMENT": ("RECORDKEY", "APBILL", "RECORDNO"),
    "APPYMTDETAIL": ("PAYMENTKEY", "APPYMT", "RECORDNO"),
    "ARINVOICEPAYMENT": ("RECORDKEY", "ARINVOICE", "RECORDNO"),
    "ARPYMTDETAIL": ("PAYMENTKEY", "ARPYMT", "RECORDNO"),
    "GLDETAIL": ("BATCHKEY", "GLBATCH", "RECORDNO"),
}
"""What is seen where its document is: by which field of its own, of which document, by which field of that."""

_AT_FIRST: Mapping[str, Cells] = {
    "APADJUSTMENT": {"RECORDTYPE": "pa", "STATE": "Posted"},
    "APBILL": {"RECORDTYPE": "pi", "STATE": "Posted"},
    "ARADJUSTMENT": {"RECORDTYPE": "ra", "STATE": "Posted"},
    "ARINVOICE": {"RECORDTYPE": "ri", "STATE": "Posted"},
    "GLBATCH": {"STATE": "Posted"},
}
_SHARED = (
    "VENDORID", "CUSTOMERID", "EMPLOYEEID", "BASECURR", "CURRENCY", "EXCHANGE_RATE", "EXCH_RATE_DATE", "STATE",
    "RECORDTYPE", "BATCH_DATE", "DOCPARID",
)  # fmt: skip
_RENAMED = {"BATCH_TITLE": "BATCHTITLE", "BATCHNO": "BATCH_NUMBER", "DOCID": "DOCHDRID"}
_DAYS = ("BATCH_DATE", "WHENCREATED")
_TOTALS = {
    "TOTALENTERED": "AMOUNT",
    "TRX_TOTALENTERED": "TRX_AMOUNT",
    "SUBTOTAL": "TOTAL",
    "TRX_SUBTOTAL": "TOTAL",
    "TOTAL": "TOTAL",
    "TRX_TOTAL": "TOTAL",
}
_OPEN = {"TOTALDUE": ("TOTALENTERED", "TOTALPAID"), "TRX_TOTALDUE": ("TRX_TOTALENTERED", "TRX_TOTALPAID")}
_PLACES = ("LINE_NO", "LINENO")
_NOTES = ("WHENMODIFIED", "MODIFIED", "MODIFIEDBY")
_FOLLOWS = {
    "AMOUNT": ("TRX_AMOUNT", "EXCHANGE_RATE"),
    "TRX_AMOUNT": ("AMOUNT",),
    "TOTAL": ("QUANTITY", "UIQTY", "PRICE", "UIPRICE"),
}
_CENT = SCALE // 100


def split(part: Part) -> tuple[tuple[Part, ...], tuple[Part, ...] | None]:
    """The parts of a document itself, and its lines where it has the element for them."""
    lines = DOCUMENTS.get(part.name.upper())
    wrapper = lines.wrapper if lines else None
    own = tuple(each for each in part.parts if each.name.upper() != wrapper)
    held = [each for each in part.parts if each.name.upper() == wrapper]
    if lines is None or not held:
        return own, None
    if len(held) > 1:
        raise bad_value(f"Element {wrapper} is written twice.", correction="Put all lines into one.")
    for line in held[0].parts:
        if line.name.upper() != lines.object:
            words = f"Element {line.name} cannot stand in {wrapper} of object {part.name.upper()}."
            raise data_failure(words, correction=f"Put every line into an element {lines.object}.")
    return own, held[0].parts


def check_count(name: str, count: int) -> None:
    """Refuse a document with too few lines, and with so many that others would wait for long."""
    lines = DOCUMENTS[name]
    if count > MOST_LINES:
        raise bad_value(f"{count} elements {lines.object} are in one {name}; at most {MOST_LINES} can be.")
    if count < lines.least:
        needed = "a line" if lines.least == 1 else f"{lines.least} lines"
        words = f"Missing {lines.wrapper}: object {name} needs {needed} at least."
        raise bad_value(words, correction=f"Put elements {lines.object} into {lines.wrapper}.")


def refuse_line(name: str) -> FunctionRefused:
    """The refusal of a line without its document."""
    owner = OWNERS[name]
    words = f"Records of object {name} are lines: they are written with their {owner}."
    return data_failure(
        words, correction=f"Create or update the {owner} with all its lines in {DOCUMENTS[owner].wrapper}."
    )


def at_first(target: Object, cells: Cells, number: int) -> Cells:
    """What a new document has where it does not say otherwise; an order is named by its type and number ([?])."""
    made = dict(_AT_FIRST.get(target.name, {}))
    if target.id_field == "DOCID" and cells.get("DOCPARID") and "DOCID" not in cells:
        made["DOCNO"] = cells.get("DOCNO") or str(number)
        made["DOCID"] = f"{cells['DOCPARID']}-{made['DOCNO']}"
    return made | cells


def inherited(document: Cells, name: str, target: Object) -> Cells:
    """What the lines of a document have of it."""
    lines = DOCUMENTS[name]
    made: Cells = {field: document.get(field) for field in _SHARED}
    made |= {field: document.get(source) for source, field in _RENAMED.items()}
    made["ENTRY_DATE"] = next((document[day] for day in _DAYS if document.get(day)), None)
    shared = {field: as_text(cell, field, target) for field, cell in made.items() if field in target.fields}
    return shared | {lines.link: document.get(lines.number)}


def completed(line: Cells, shared: Cells, place: int, target: Object) -> Cells:
    """A line with its place, what it has of its document, and both of its amounts."""
    first = DOCUMENTS[OWNERS[target.name]].first
    whole = shared | {field: cell for field, cell in line.items() if cell is not None}
    for field in _PLACES:
        if field in target.fields:
            whole.setdefault(field, as_text(place + first, field, target))
    return whole | _amounts(whole, target)


def outdated(written: Cells) -> set[str]:
    """The fields of a kept line that no longer hold once these are written: who did it when, its place, its amounts."""
    follows = {field for field, sources in _FOLLOWS.items() if any(source in written for source in sources)}
    return {*_PLACES, *_NOTES, *follows} - written.keys()


def totals(lines: Sequence[Cells], document: Cells, target: Object) -> Cells:
    """The totals of a document with these lines."""
    made: Cells = {}
    for field, source in _TOTALS.items():
        known = document.get(field) is not None or any(line.get(source) is not None for line in lines)
        if known and field in target.fields:
            made[field] = bounded(_sum(line.get(source) for line in lines), field)
    for field, (total, paid) in _OPEN.items():
        if field in target.fields and total in made:
            made[paid] = document.get(paid) or 0
            made[field] = bounded(_sum((made[total], -int(made[paid] or 0))), field)
    return made


def _amounts(line: Cells, target: Object) -> Cells:
    if "TRX_AMOUNT" in target.fields and "AMOUNT" in target.fields:
        rate, base, trx = int(line.get("EXCHANGE_RATE") or SCALE), line.get("AMOUNT"), line.get("TRX_AMOUNT")
        if trx is None and base is not None:
            return {"TRX_AMOUNT": bounded(_cents(int(base) * SCALE, rate), "TRX_AMOUNT")}
        if base is None and trx is not None:
            return {"AMOUNT": bounded(_cents(int(trx) * rate, SCALE), "AMOUNT")}
    if "TOTAL" in target.fields and line.get("TOTAL") is None:
        quantity, price = line.get("QUANTITY", line.get("UIQTY")), line.get("PRICE", line.get("UIPRICE"))
        if quantity is not None and price is not None:
            return {"TOTAL": bounded(_cents(int(quantity) * int(price), SCALE), "TOTAL")}
    return {}


def _cents(value: int, by: int) -> int:
    """A quotient to the cent, unless it needs no rounding."""
    return value // by if value % by == 0 else (value // by + _CENT // 2) // _CENT * _CENT


def as_text(cell: Cell, field: str, target: Object) -> Cell:
    """A whole number as the text that a field of texts keeps it as."""
    return str(cell) if isinstance(cell, int) and target.fields[field].type in TEXTUAL else cell


def _sum(cells: Iterable[Cell]) -> int:
    return sum(int(cell or 0) for cell in cells)

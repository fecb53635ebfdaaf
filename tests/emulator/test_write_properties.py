"""Whatever is written can be read again: of any object, field and value."""

from datetime import date, datetime
from decimal import Decimal

from emulator.writing import delete, element, keys, status, where, written
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from intacct_ql.emulator import Gateway, Store
from intacct_ql.emulator.cells import escape
from intacct_ql.emulator.documents import DOCUMENTS, OWNERS
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.schema.types import DataType

OBJECTS = [
    found
    for name in BUNDLED.names()
    if (found := BUNDLED.object(name)) is not None
    and found.key == "RECORDNO"
    and name not in {*DOCUMENTS, *OWNERS, "ACTIVITYLOG", "APDETAIL", "ARDETAIL", "GLDETAIL"}
]

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn")), min_size=1, max_size=20)
NUMBERS = st.decimals(-(10**10), 10**10, places=4)
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2099, 12, 31)).map(lambda moment: moment.replace(microsecond=0))


def plain(number):
    return f"{number:f}".rstrip("0").rstrip(".") if number else "0"


def values(field):
    """What may be sent for a field, and what is read then."""
    if field.values:
        return st.sampled_from([value.label for value in field.values]).map(lambda label: (label, label))
    return {
        DataType.INTEGER: st.integers(-(2**61), 2**61).map(lambda number: (str(number), str(number))),
        DataType.BOOLEAN: st.sampled_from([("true", "true"), ("F", "false"), ("False", "false"), ("t", "true")]),
        DataType.DECIMAL: NUMBERS.map(lambda number: (f"{number:f}", plain(number))),
        DataType.PERCENT: NUMBERS.map(lambda number: (f"{number:f}", plain(number))),
        DataType.CURRENCY: NUMBERS.map(lambda number: (f"{number:f}", plain(number))),
        DataType.DATE: DAYS.flatmap(
            lambda day: st.sampled_from([f"{day:%m/%d/%Y}", day.isoformat()]).map(
                lambda sent: (sent, f"{day:%m/%d/%Y}")
            )
        ),
        DataType.TIMESTAMP: MOMENTS.flatmap(
            lambda at: st.sampled_from([f"{at:%m/%d/%Y %H:%M:%S}", at.isoformat(), f"{at.isoformat()}Z"]).map(
                lambda sent: (sent, f"{at:%m/%d/%Y %H:%M:%S}")
            )
        ),
    }.get(field.type, TEXTS.map(lambda text: (text, text)))


def same(read, expected, kind):
    return Decimal(read) == Decimal(expected) if kind is DataType.CURRENCY else read == expected


@st.composite
def records(draw):
    """An object of the catalog, and texts for what it requires and for some of its other fields."""
    target = draw(st.sampled_from(OBJECTS))
    parents = {way.related_by for way in target.relationships.values() if way.object == target.name}
    own = [
        field
        for field in target.fields.values()
        if not field.readonly and field.queryable is not False and field.name not in parents
    ]
    key = (target.id_field or "").upper()
    needed = [field for field in own if field.name.upper() == key or (field.required and "." not in field.name)]
    others = draw(st.lists(st.sampled_from(own), max_size=6)) if own else []
    fields = {field.name.upper(): field for field in [*needed, *others]}
    return target, {name: draw(values(field)) for name, field in fields.items()}


class Company:
    """A gateway of a company without rows."""

    def __init__(self, envelope):
        self.envelope = envelope
        self.gateway = Gateway(Store(), strict=True, seed=1)

    def __call__(self, function):
        reply = self.gateway.handle(self.envelope(function)).body
        return Reply(reply)

    def read(self, target, names, number):
        fields = "".join(f"<field>{name}</field>" for name in names)
        asked = f"<query><object>{target.name}</object><select>{fields}</select>{where('RECORDNO', number)}</query>"
        return [{cell.tag: cell.text or "" for cell in row} for row in self(asked).root.find("operation/result/data")]


class Reply:
    def __init__(self, body):
        self.root = etree.fromstring(body)


def texts(sent):
    return {name: escape(text) for name, (text, _) in sent.items()}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=records(), other=st.data())
def test_a_record_is_read_as_it_was_written_changed_and_deleted(document, record, other):
    target, sent = record
    assume(sent)
    company = Company(document)
    made = company(written("create", element(target.name, **texts(sent))))
    assert status(made) == ["success"]
    ((tag, names),) = keys(made)
    assert (tag, names["RECORDNO"]) == (target.name.lower(), "1")
    (row,) = company.read(target, sent, "1")
    for name, (_, expected) in sent.items():
        assert same(row[name], expected, target.fields[name].type)

    free = [name for name in sent if name != (target.id_field or "").upper() and not target.fields[name].required]
    changed = {name: other.draw(values(target.fields[name])) for name in free[:2]}
    leading = {(way.related_by or "").upper() for way in target.relationships.values()}  # with an id goes its name
    emptied = dict.fromkeys([name for name in free[2:3] if name not in leading], ("", ""))
    if changed or emptied:
        change = written("update", element(target.name, RECORDNO="1", **texts(changed | emptied)))
        assert status(company(change)) == ["success"]
        (row,) = company.read(target, sent, "1")
        for name, (_, expected) in (sent | changed | emptied).items():
            assert row[name] == expected or same(row[name], expected, target.fields[name].type)

    assert status(company(delete(target.name, "1"))) == ["success"]
    assert company.read(target, ["RECORDNO"], "1") == []
    history = BUNDLED.object("AUDITHISTORY")
    assert history is not None
    found = company("<query><object>AUDITHISTORY</object><select><field>OBJECTTYPE</field></select></query>")
    assert [cell.text for cell in found.root.iter("OBJECTTYPE")] == [target.name.lower()]


AMOUNTS = st.lists(st.decimals(1, 10**6, places=2), min_size=1, max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(debits=AMOUNTS, error=st.decimals(-1, 1, places=2))
def test_a_journal_entry_is_taken_exactly_if_it_balances(document, debits, error):
    company = Company(document)
    lines = [element("GLENTRY", ACCOUNTNO="1", TR_TYPE="1", AMOUNT=f"{amount:f}") for amount in debits]
    credit = element("GLENTRY", ACCOUNTNO="2", TR_TYPE="-1", AMOUNT=f"{sum(debits) + error:f}")
    fields = {"JOURNAL": "GJ", "BATCH_DATE": "01/31/2024", "BATCH_TITLE": "t"}
    batch = element("GLBATCH", **fields, ENTRIES="".join([*lines, credit]))
    assert status(company(written("create", batch))) == ["failure" if error else "success"]
    asked = "<query><object>GLENTRY</object><select><count>RECORDNO</count></select></query>"
    counted = company(asked).root.find("operation/result/data")[0][0].text
    assert counted == ("0" if error else str(len(debits) + 1))


ANYTHING = st.sampled_from(
    ["", " ", "x", "-1", "1e5", "0", "9" * 40, "1.99999", "-0.00001", "NaN", "true", "02/30/2024", "0001-01-01",
     "9999-12-31T23:59:59-12:00", "2024-01-01T00:00:00Z", "\u2028", "\U0001f600", "%", "1,2", "1", "2"]
)  # fmt: skip


@st.composite
def elements(draw):
    """Objects with whatever in them: fields of their own and of others, lines, nothing, texts in the wrong places."""
    name = draw(st.one_of(st.sampled_from([*DOCUMENTS, "CUSTOMER"]), st.sampled_from(BUNDLED.names())))
    target = BUNDLED.object(name)
    assert target is not None
    lines = DOCUMENTS.get(name)
    line = BUNDLED.object(lines.object) if lines else None
    inside = draw(st.dictionaries(st.sampled_from([*target.fields, "X", "a.b"]), ANYTHING, max_size=5))
    parts = [element(field, X=text) if draw(st.integers(0, 9)) == 0 else f"<{field}>{text}</{field}>"
             for field, text in inside.items()]  # fmt: skip
    if lines and line:
        several = draw(st.lists(st.dictionaries(st.sampled_from([*line.fields]), ANYTHING, max_size=4), max_size=3))
        held = "".join(element(line.name, **each) for each in several)
        parts.append(f"<{lines.wrapper}>{held}</{lines.wrapper}>")
    return f"<{name}>{''.join(parts)}</{name}>"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(elements(), min_size=1, max_size=3), keys=st.lists(ANYTHING, max_size=3))
def test_whatever_is_sent_is_answered_in_order(document, made, keys):
    gateway = Gateway(Store(), strict=True, seed=1)
    functions = [
        written("create", *made),
        written("update", *made),
        delete(made[0][1:].partition(">")[0], ",".join(keys)),
    ]
    for transaction in ("false", "true"):
        answer = gateway.handle(document(*functions, transaction=transaction))
        assert answer.status == 200
        for result in etree.fromstring(answer.body).findall("operation/result"):
            failed = result.findtext("status") != "success"
            assert failed == bool(result.findtext("errormessage/error/description2"))


def test_with_an_id_goes_the_name_of_what_it_led_to(document):
    company, payment = Company(document), BUNDLED.object("ARPAYMENT")
    assert status(company(written("create", element("ARPAYMENT", CUSTOMERID="0", CUSTOMERNAME="0")))) == ["success"]
    assert status(company(written("update", element("ARPAYMENT", RECORDNO="1", CUSTOMERID="")))) == ["success"]
    assert company.read(payment, ["CUSTOMERID", "CUSTOMERNAME"], "1") == [{"CUSTOMERID": "", "CUSTOMERNAME": ""}]

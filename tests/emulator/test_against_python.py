"""Any filter on any rows takes what a plain evaluation in Python takes, and any paging gives each row once."""

import operator
import re
from datetime import date, timedelta
from xml.sax.saxutils import escape

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from intacct_ql.emulator import Gateway, Store, Table

DAY = date(2024, 2, 28)
TEXTS = st.text(alphabet="aAßs%_\\'<& é", min_size=1, max_size=3)
NUMBERS = st.integers(-30_000, 30_000)
DAYS = st.integers(0, 3).map(lambda days: DAY + timedelta(days))

FIELDS = {
    "NAME": (TEXTS, str),
    "TOTALDUE": (NUMBERS, lambda value: f"{value / 10_000:.4f}"),
    "DISCOUNT": (st.integers(-3, 3), str),
    "LAST_INVOICEDATE": (DAYS, lambda value: value.strftime("%m/%d/%Y")),
    "ONHOLD": (st.booleans(), lambda value: str(value).lower()),
}
CODES = {"T": "active", "F": "inactive"}
CODED = FIELDS | {"STATUS": (st.sampled_from(list(CODES)), str)}
COMPARE = {
    "equalto": operator.eq,
    "notequalto": operator.ne,
    "lessthan": operator.lt,
    "lessthanorequalto": operator.le,
    "greaterthan": operator.gt,
    "greaterthanorequalto": operator.ge,
}
SIGNS = {"equalto": "=", "lessthan": "<", "lessthanorequalto": "<=", "greaterthan": ">", "greaterthanorequalto": ">="}


def rows_of(fields):
    return st.lists(
        st.fixed_dictionaries({name: st.none() | values for name, (values, _) in fields.items()}), max_size=8
    )


ROWS = rows_of(FIELDS)


def leaves(fields):
    def build(name):
        values, _ = fields[name]
        plain = st.tuples(st.sampled_from(list(COMPARE)), st.just(name), st.lists(values, min_size=1, max_size=1))
        lists = st.tuples(st.sampled_from(["in", "notin"]), st.just(name), st.lists(values, min_size=1, max_size=3))
        between = st.tuples(st.just("between"), st.just(name), st.lists(values, min_size=2, max_size=2))
        null = st.tuples(st.sampled_from(["isnull", "isnotnull"]), st.just(name), st.just([]))
        likes = st.tuples(
            st.sampled_from(["like", "notlike"]), st.just("NAME"), st.lists(TEXTS, min_size=1, max_size=1)
        )
        return st.one_of(plain, lists, between, null, likes)

    return st.sampled_from(list(fields)).flatmap(build)


def groups(inner):
    return st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3))


CONDITIONS = st.recursive(leaves(FIELDS), groups, max_leaves=6)
PREDICATES = st.recursive(
    leaves(CODED),
    lambda inner: groups(inner) | st.tuples(st.just("not"), st.lists(inner, min_size=1, max_size=1)),
    max_leaves=6,
)


def xml(condition):
    if len(condition) == 2:
        return f"<{condition[0]}>{''.join(map(xml, condition[1]))}</{condition[0]}>"
    name, field, values = condition
    write = FIELDS[field][1]
    inside = "".join(f"<value>{escape(write(value))}</value>" for value in values)
    return f"<{name}><field>{field}</field>{inside}</{name}>"


def predicate(condition, quote):
    """The condition as readByQuery takes it; what it has no operator for is said with others."""
    if condition[0] == "not":
        return f"not ({predicate(condition[1][0], quote)})"
    if len(condition) == 2:
        return "(" + f" {condition[0]} ".join(predicate(member, quote) for member in condition[1]) + ")"
    name, field, values = condition
    if name == "notequalto":
        return f"not {predicate(('equalto', field, values), quote)}"
    if name == "between":
        return f"{field} >= {quote(field, values[0])} AND {field} <= {quote(field, values[1])}"
    if name in {"isnull", "isnotnull"}:
        return f"{field} IS {'' if name == 'isnull' else 'NOT '}NULL"
    negation = "not " if name.startswith("not") else ""
    if name in {"in", "notin"}:
        return f"{field} {negation}in ({','.join(quote(field, value) for value in values)})"
    if name in {"like", "notlike"}:
        return f"{field} {negation}like {quote(field, values[0])}"
    return f"{field}{SIGNS[name]}{quote(field, values[0])}"


def quoted(thrifty):
    def quote(field, value):
        text = CODED[field][1](value)
        if field in {"TOTALDUE", "DISCOUNT"} and thrifty:
            return text
        if field == "ONHOLD":
            text = "T" if value else "F"
        # a backslash must be doubled before another, before a quote and at the end, and may be everywhere
        text = re.sub(r"\\(?=[\\']|$)" if thrifty else r"\\", r"\\\\", text)
        return "'" + text.replace("'", "\\'") + "'"

    return quote


def pattern(text):
    parts = re.findall(r"\\[%_\\]|.", text, re.DOTALL)
    words = {"%": ".*", "_": "."}
    return "".join(words.get(part) or re.escape(part[1:] if len(part) == 2 else part) for part in parts)


def holds(condition, row, fold):
    """True, False or None, as in SQL."""
    if condition[0] == "not":
        inner = holds(condition[1][0], row, fold)
        return None if inner is None else not inner
    if len(condition) == 2:
        seen = [holds(member, row, fold) for member in condition[1]]
        strong = condition[0] == "or"
        return strong if strong in seen else None if None in seen else not strong
    name, field, values = condition
    value = row[field]
    if name in {"isnull", "isnotnull"}:
        return (value is None) == (name == "isnull")
    if value is None:
        return None
    if fold and isinstance(value, str):
        value, values = value.casefold(), [each.casefold() for each in values]
    if name in COMPARE:
        return COMPARE[name](value, values[0])
    if name == "between":
        return values[0] <= value <= values[1]
    if name in {"in", "notin"}:
        return (value in values) == (name == "in")
    return bool(re.fullmatch(pattern(values[0]), value, re.DOTALL)) == (name == "like")


def stored(name, value):
    if name == "STATUS":
        return CODES.get(value)
    return value.isoformat() if isinstance(value, date) else int(value) if isinstance(value, bool) else value


def send(gateway, query):
    reply = etree.fromstring(gateway.handle(envelope(query)).body)
    data = reply.find("operation/result/data")
    assert data is not None, etree.tostring(reply)
    return [row.findtext("RECORDNO") for row in data], dict(data.attrib)


def envelope(query):
    return (
        "<request><control><senderid>demo</senderid><password>demo</password><controlid>c</controlid></control>"
        "<operation><authentication><login><userid>demo</userid><companyid>demo</companyid><password>demo</password>"
        f"</login></authentication><content><function controlid='f'>{query}</function></content></operation></request>"
    ).encode()


def company(rows, fields=FIELDS):
    columns = ("RECORDNO", *fields)
    cells = [(number, *(stored(name, row[name]) for name in fields)) for number, row in enumerate(rows, 1)]
    return Gateway(Store([Table(object="CUSTOMER", columns=columns, rows=cells)]))


@given(rows=ROWS, condition=CONDITIONS, fold=st.booleans())
def test_filters(rows, condition, fold):
    query = (
        "<query><object>CUSTOMER</object><select><field>RECORDNO</field></select>"
        f"<filter>{xml(condition)}</filter><options><caseinsensitive>{str(fold).lower()}</caseinsensitive></options></query>"
    )
    found, _ = send(company(rows), query)
    assert sorted(found) == [str(at) for at, row in enumerate(rows, 1) if holds(condition, row, fold)]


@given(rows=rows_of(CODED), condition=PREDICATES, thrifty=st.booleans())
def test_predicates(rows, condition, thrifty):
    text = escape(predicate(condition, quoted(thrifty)))
    query = f"<readByQuery><object>CUSTOMER</object><query>{text}</query><fields>RECORDNO</fields></readByQuery>"
    found, _ = send(company(rows, CODED), query)
    assert sorted(found) == [str(at) for at, row in enumerate(rows, 1) if holds(condition, row, fold=False)]


@given(rows=rows_of(CODED), condition=PREDICATES, size=st.integers(1, 4))
def test_further_pages(rows, condition, size):
    text = escape(predicate(condition, quoted(thrifty=True)))
    function = (
        f"<readByQuery><object>CUSTOMER</object><query>{text}</query><fields>RECORDNO</fields>"
        f"<pagesize>{size}</pagesize></readByQuery>"
    )
    expected = [str(at) for at, row in enumerate(rows, 1) if holds(condition, row, fold=False)]
    more = "</function><function controlid='m'><readMore><object>CUSTOMER</object></readMore>"
    reply = company(rows, CODED).handle(envelope(function + more * (len(rows) // size)))
    pages = etree.fromstring(reply.body).findall("operation/result/data")
    assert sorted(row.text for page in pages for row in page.iter("RECORDNO")) == expected
    assert [int(page.get("numremaining")) for page in pages] == [
        max(0, len(expected) - size * at) for at in range(1, len(pages) + 1)
    ]
    assert len(pages) == max(1, -(-len(expected) // size))


@given(rows=ROWS, condition=CONDITIONS, size=st.integers(1, 4))
def test_pages(rows, condition, size):
    gateway = company(rows)
    expected = [str(at) for at, row in enumerate(rows, 1) if holds(condition, row, fold=False)]
    found, last, remaining = [], "0", 1
    while remaining:
        query = (
            "<query><object>CUSTOMER</object><select><field>RECORDNO</field></select><filter><and>"
            f"<greaterthan><field>RECORDNO</field><value>{last}</value></greaterthan>{xml(condition)}</and></filter>"
            f"<orderby><order><field>RECORDNO</field></order></orderby><pagesize>{size}</pagesize></query>"
        )
        page, data = send(gateway, query)
        assert int(data["totalcount"]) == len(expected) - len(found)
        found, remaining = found + page, int(data["numremaining"])
        last = page[-1] if page else last
    assert found == expected


@given(
    text=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), min_size=1
    )
)
def test_any_text_comes_back_as_it_was_stored_and_finds_itself(text):
    gateway = company([{"NAME": text, "TOTALDUE": None, "DISCOUNT": None, "LAST_INVOICEDATE": None, "ONHOLD": None}])
    for options in ("", "<options><caseinsensitive>true</caseinsensitive></options>"):
        query = (
            "<query><object>CUSTOMER</object><select><field>RECORDNO</field><field>NAME</field></select><filter><equalto>"
            f"<field>NAME</field><value>{escape(text)}</value></equalto></filter>{options}</query>"
        )
        reply = etree.fromstring(gateway.handle(envelope(query)).body)
        assert reply.findtext("operation/result/data/CUSTOMER/NAME") == text

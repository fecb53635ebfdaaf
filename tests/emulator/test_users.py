"""What is set for a user: dates and times, objects out of reach, and the functions that tell; and the entities."""

import pytest

from intacct_ql.emulator import Accounts, Gateway
from intacct_ql.emulator.cells import writer
from intacct_ql.emulator.formatting import Formatting
from intacct_ql.emulator.users import User
from intacct_ql.schema.types import TEMPORAL, DataType

USUAL = {"locale": "en_US", "dateformat": "/mdY", "gmtoffset": "+00:00", "clock": "24"}


def login(userid):
    return f"<login><userid>{userid}</userid><companyid>demo</companyid><password>demo</password></login>"


@pytest.fixture
def company(store, clock):
    """The gateway of a company whose user ``other`` has these settings."""

    def build(*unreadable, **formatting):
        settings = User(formatting=Formatting(**formatting), unreadable=frozenset(unreadable))
        accounts = Accounts(
            logins={("demo", userid): "demo" for userid in ("demo", "other")}, users={"other": settings}
        )
        return Gateway(store, strict=True, accounts=accounts, clock=clock)

    return build


@pytest.fixture
def customers(post):
    """Rows of CUSTOMER as ``other`` sees them."""

    def send(gateway, condition="", select="<field>RECORDNO</field>", userid="other", options=""):
        body = f"<query><object>CUSTOMER</object><select>{select}</select>{condition}{options}</query>"
        return post(body, to=gateway, authentication=login(userid))

    return send


DATES = "<field>LAST_INVOICEDATE</field><field>WHENMODIFIED</field>"


def where(operator, field, *values):
    inside = "".join(f"<value>{value}</value>" for value in values)
    return f"<filter><{operator}><field>{field}</field>{inside}</{operator}></filter>"


@pytest.mark.parametrize(
    ("settings", "day", "moment"),
    [
        ({}, "01/31/2024", "01/31/2024 09:00:00"),
        ({"dateformat": "-Ymd"}, "2024-01-31", "2024-01-31 09:00:00"),
        ({"dateformat": ".dmy"}, "31.01.24", "31.01.24 09:00:00"),
        ({"clock": 12}, "01/31/2024", "01/31/2024 09:00:00 AM"),
        ({"gmtoffset": "-09:30"}, "01/31/2024", "01/30/2024 23:30:00"),
        ({"gmtoffset": "+05:45", "clock": 12, "dateformat": " dmY"}, "31 01 2024", "31 01 2024 02:45:00 PM"),
    ],
)
def test_days_and_moments_are_written_and_read_as_the_user_has_them(company, customers, settings, day, moment):
    gateway = company(**settings)
    at = {"LAST_INVOICEDATE": day, "WHENMODIFIED": moment}
    for field, text in at.items():
        assert customers(gateway, where("equalto", field, text), DATES).rows == [at]
    around = where("between", "WHENMODIFIED", moment, moment)
    assert customers(gateway, around, DATES).rows == [at]


def test_others_have_them_the_usual_way(company, customers):
    gateway = company(dateformat="-Ymd", clock=12)
    condition = where("equalto", "LAST_INVOICEDATE", "01/31/2024")
    assert customers(gateway, condition, DATES, userid="demo").column("WHENMODIFIED") == ["01/31/2024 09:00:00"]
    assert customers(gateway, condition).error == (
        "result",
        "DL02000001",
        "Invalid value '01/31/2024' for field LAST_INVOICEDATE: DATE takes YYYY-MM-DD or YYYY-MM-DD HH:MM:SS AM.",
    )


@pytest.mark.parametrize(
    "text", ["2024-02-30", "2024-1-31", "2024-01-31 13:00:00 PM", "2024-01-31 09:00:00", "2024-01-31 00:00:00 AM", "x"]
)
def test_no_other_text_is_a_moment(company, customers, text):
    assert (
        "Invalid value"
        in customers(company(dateformat="-Ymd", clock=12), where("equalto", "WHENMODIFIED", text)).error[2]
    )


def test_noon_and_midnight_of_a_twelve_hour_clock(company, customers, store):
    for number, time in ((11, "00:00:05"), (12, "12:00:05")):
        store.update("CUSTOMER", number, {"WHENMODIFIED": f"2024-06-01 {time}"})
    gateway = company(clock=12)
    for number, time in (("11", "12:00:05 AM"), ("12", "12:00:05 PM")):
        found = customers(
            gateway, where("equalto", "WHENMODIFIED", f"06/01/2024 {time}"), f"<field>RECORDNO</field>{DATES}"
        )
        assert (found.column("RECORDNO"), found.column("WHENMODIFIED")) == ([number], [f"06/01/2024 {time}"])


def test_years_of_two_digits_turn_in_1969(company, customers, store):
    store.update("CUSTOMER", 11, {"LAST_INVOICEDATE": "1969-12-31"})
    store.update("CUSTOMER", 12, {"LAST_INVOICEDATE": "2068-01-01"})
    gateway = company(dateformat="/mdy")
    assert customers(gateway, where("equalto", "LAST_INVOICEDATE", "12/31/69")).column("RECORDNO") == ["11"]
    assert customers(gateway, where("equalto", "LAST_INVOICEDATE", "01/01/68")).column("RECORDNO") == ["12"]


def test_a_zone_ends_with_the_calendar(company, customers):
    late = where("lessthan", "WHENMODIFIED", "12/31/9999 23:59:59")
    assert customers(company(gmtoffset="-12:00"), late).data["count"] == "3"


@pytest.mark.parametrize("kind", list(DataType))
def test_whoever_has_no_settings_has_columns_written_by_the_plain_writers(kind):
    assert writer(kind, Formatting()) is writer(kind)
    assert (writer(kind, Formatting(clock=12)) is writer(kind)) == (kind not in TEMPORAL)


def test_aggregates_and_other_formats_follow(company, customers):
    gateway = company(dateformat="-Ymd")
    assert customers(gateway, select="<max>LAST_INVOICEDATE</max>").column("MAX.LAST_INVOICEDATE") == ["2024-02-29"]
    csv = customers(gateway, select=DATES, options="<options><returnformat>csv</returnformat></options>")
    assert b"2024-01-31,2024-01-31 09:00:00" in csv.body


def test_read_by_query_and_its_pages_follow(company, post):
    gateway, given = company(dateformat="-Ymd"), {"authentication": login("other")}
    query = (
        "<readByQuery><object>CUSTOMER</object><fields>LAST_INVOICEDATE</fields>"
        "<query>LAST_INVOICEDATE &gt; '2023-12-31'</query><pagesize>1</pagesize></readByQuery>"
    )
    session = post("<getAPISession/>", to=gateway, **given).text("operation/result/data/api/sessionid")
    held = f"<sessionid>{session}</sessionid>"
    assert post(query, to=gateway, authentication=held).column("LAST_INVOICEDATE") == ["2024-02-29"]
    more = post("<readMore><object>CUSTOMER</object></readMore>", to=gateway, authentication=held)
    assert more.column("LAST_INVOICEDATE") == ["2024-01-31"]
    read = "<read><object>CUSTOMER</object><keys>11</keys><fields>WHENMODIFIED</fields></read>"
    assert post(read, to=gateway, **given).column("WHENMODIFIED") == ["2024-01-31 09:00:00"]


def test_legacy_dates_are_elements_for_everybody(company, post):
    listing = '<get_list object="invoice"><fields><field>datedue</field></fields></get_list>'
    for userid in ("demo", "other"):
        data = post(listing, to=company(dateformat=".dmy"), authentication=login(userid)).root
        assert [[part.text for part in day] for day in data.iter("datedue")][:1] == [["2024", "03", "02"]]


@pytest.mark.parametrize(
    "settings", [{"dateformat": "mdY"}, {"dateformat": "/mmY"}, {"gmtoffset": "0930"}, {"clock": 13}]
)
def test_settings_nobody_can_choose(settings):
    with pytest.raises(ValueError, match=next(iter(settings))):
        Formatting(**settings)


def test_settings_of_a_stranger():
    with pytest.raises(ValueError, match="settings for nobody, who cannot sign in"):
        Accounts(users={"nobody": User()})


READS = [
    "<query><object>{0}</object><select><field>RECORDNO</field></select></query>",
    "<readByQuery><object>{0}</object><query/></readByQuery>",
    "<read><object>{0}</object><keys/></read>",
    "<readByName><object>{0}</object><keys>A</keys></readByName>",
    '<get_list object="customer"/>',
    '<get object="customer" key="ZAB001"/>',
]


@pytest.mark.parametrize("function", READS)
def test_an_object_out_of_reach_is_refused_by_every_function_that_reads(company, post, function):
    gateway, call = company("customer"), function.format("CUSTOMER")
    level, number, words = post(call, to=gateway, authentication=login("other")).error
    assert (level, number) == ("result", "PL04000005")
    assert "objects of type CUSTOMER" in words
    assert post(call, to=gateway, authentication=login("demo")).text("operation/result/status") == "success"
    assert post("<lookup><object>CUSTOMER</object></lookup>", to=gateway, authentication=login("other")).rows


@pytest.mark.parametrize("function", READS[:2])
def test_a_refused_audit_history_has_no_number(company, post, function):
    given = post(function.format("AUDITHISTORY"), to=company("AUDITHISTORY"), authentication=login("other"))
    assert given.error == ("result", "", "You do not have permission to view audit history")


@pytest.fixture
def people(store):
    store.insert("USERINFO", {"RECORDNO": 48, "LOGINID": "other"}, {"RECORDNO": 49, "LOGINID": "resting"})
    return store


@pytest.mark.parametrize("asked", ["<key>48</key>", "<userId>other</userId>"])
def test_formatting_is_told_by_number_and_by_login(company, post, people, asked):
    given = post(
        f"<readUserFormatting>{asked}</readUserFormatting>", to=company(dateformat=".ymd", gmtoffset="+09:30", clock=12)
    )
    told = {"recordno": "48", "locale": "en_US", "dateformat": ".ymd", "gmtoffset": "+09:30", "clock": "12"}
    assert given.rows == [told]
    assert given.root.find("operation/result/data")[0].tag == "userformatting"


def test_formatting_of_others_and_of_who_asks(company, post, people):
    gateway = company(clock=12)
    resting = post("<readUserFormatting><userId>resting</userId></readUserFormatting>", to=gateway)
    assert resting.rows == [{"recordno": "49", **USUAL}]
    assert post("<readUserFormatting/>", to=gateway).rows == [{"recordno": "", **USUAL}]
    own = post("<readUserFormatting/>", to=gateway, authentication=login("other"))
    assert own.rows == [{"recordno": "48", **USUAL, "clock": "12"}]


@pytest.mark.parametrize("asked", ["<key>1</key>", "<key>x</key>", "<userId>nobody</userId>"])
def test_an_unknown_user_is_refused(post, people, asked):
    level, number, words = post(f"<readUserFormatting>{asked}</readUserFormatting>").error
    assert (level, number, words[:11]) == ("result", "DL02000001", "No user has")


@pytest.mark.parametrize(
    "element",
    [
        "<readUserFormatting><key>1</key><userId>a</userId></readUserFormatting>",
        "<readUserFormatting><id>1</id></readUserFormatting>",
        "<getUserPermissions/>",
        "<getUserPermissions><key>1</key></getUserPermissions>",
        "<readEntityDetails><object>A</object></readEntityDetails>",
    ],
)
def test_what_breaks_the_schema(post, element):
    assert post(element).error[:2] == ("response", "XL03000003")


@pytest.mark.parametrize("name", ["getDimensions", "getDimensionRelationships", "readEntityDetails"])
def test_what_has_no_children_says_so(post, name):
    words = post(f"<{name}><object>A</object></{name}>").error[2]
    assert f"Element 'object': This element is not expected. Element '{name}' may have no child element." in words


def test_permissions_name_what_can_be_read(company, post, people):
    gateway = company("CUSTOMER")

    def policies(userid):
        asked = f"<getUserPermissions><userId>{userid}</userId></getUserPermissions>"
        root = post(asked, to=gateway).root.find("operation/result/data/permissions")
        return {
            (each.findtext("applicationName"), policy.findtext("policyName")): policy.findtext("rights")
            for each in root.findall("appSubscription")
            for policy in each.findall("policies/policy")
        }

    mine, theirs = policies("demo"), policies("other")
    assert set(mine) - set(theirs) == {("Accounts Receivable", "Customer")}
    assert theirs["General Ledger", "GL account"] == "List|View|Add|Edit|Delete"


def test_rights_are_those_that_hold(post, store):
    asked = "<getUserPermissions><userId>demo</userId></getUserPermissions>"
    policies = post(asked).root.findall(".//policies/policy")
    rights = {policy.findtext("policyName"): policy.findtext("rights") for policy in policies}
    for name in ("CUSTOMER", "UOM", "GLDETAIL", "ACTIVITYLOG", "ARINVOICEITEM", "ARINVOICE"):
        refused = post(f"<create><{name}><NONSENSE>1</NONSENSE></{name}></create>").error
        may = "NONSENSE" in refused[2]
        assert rights[store.catalog.object(name).label] == ("List|View|Add|Edit|Delete" if may else "List|View")


def test_rights_are_those_of_the_user_who_is_named(company, post):
    asked = "<getUserPermissions><userId>demo</userId></getUserPermissions>"
    gateway = company("CUSTOMER")
    own, others = (post(asked, to=gateway, authentication=login(who)).body for who in ("demo", "other"))
    assert own.count(b"Add|Edit") == others.count(b"Add|Edit") > 0


def test_permissions_are_told_to_those_who_see_users(company, post):
    asked = "<getUserPermissions><userId>demo</userId></getUserPermissions>"
    gateway = company("USERINFO")
    assert post(asked, to=gateway, authentication=login("other")).error[1] == "PL04000005"
    assert post(asked, to=gateway).text("operation/result/status") == "success"


def test_entities_are_listed(company, post):
    given = post("<readEntityDetails/>")
    assert given.data == {"listtype": "locationentity", "count": "2"}
    assert [(row["LOCATIONID"], row["NAME"]) for row in given.rows] == [("E1", "One"), ("E2", "Two")]
    assert (
        post("<readEntityDetails/>", to=company("LOCATIONENTITY"), authentication=login("other")).error[1]
        == "PL04000005"
    )

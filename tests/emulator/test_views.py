"""readView and its further pages."""

import pytest

from intacct_ql.emulator import Accounts, Gateway, demo
from intacct_ql.emulator.saved import Saved, SavedView
from intacct_ql.emulator.users import User

NAME = "CUSTOMER#101@9"
VIEWS = Saved(
    views=(
        SavedView(
            object="CUSTOMER",
            originalid="101@9",
            title="All Customers",
            fields=("RECORDNO", "NAME", "TERM.DUEDATE", "WHENMODIFIED"),
        ),
        SavedView(
            object="CUSTOMER",
            originalid="102@9",
            title="Active",
            fields=("RECORDNO",),
            condition="STATUS = 'T'",
        ),
    )
)


@pytest.fixture
def company(store, clock):
    return Gateway(store, strict=True, clock=clock, saved=VIEWS, seed=1)


@pytest.fixture
def view(post, company):
    def send(name=NAME, rest="", **settings):
        return post(f"<readView><view>{name}</view>{rest}</readView>", **({"to": company} | settings))

    return send


def rows(reply):
    (inside,) = reply.root.findall("operation/result/data/view")
    return [{cell.tag: cell.text or "" for cell in row} for row in inside]


def numbers(reply):
    return [row["RECORDNO"] for row in rows(reply)]


def filters(*expressions, condition=""):
    inside = "".join(
        f"<filterExpression><field>{field}</field><operator>{operator}</operator><value>{value}</value></filterExpression>"
        for field, operator, value in expressions
    )
    return f"<filters>{condition}{inside}</filters>"


def test_a_view_gives_its_fields_under_an_element_of_its_own(view):
    given = view()
    assert given.data == {"listtype": "view", "count": "4", "totalcount": "4", "numremaining": "0", "resultId": ""}
    assert rows(given)[-1] == {
        "RECORDNO": "11",
        "NAME": "Zabel & Söhne",
        "TERM.DUEDATE": "30",
        "WHENMODIFIED": "01/31/2024 09:00:00",
    }
    assert {row.tag for row in given.root.find("operation/result/data/view")} == {"customer"}


@pytest.mark.parametrize("name", ["customer#102@9", "Active", "ACTIVE"])
def test_a_view_has_its_condition_and_two_names(view, name):
    assert numbers(view(name)) == ["14", "12", "11"]


def test_a_view_without_rows(view):
    given = view(rest=filters(("RECORDNO", "greater than", "99")))
    assert (rows(given), given.data["totalcount"]) == ([], "0")


@pytest.mark.parametrize(
    ("expressions", "condition", "found"),
    [
        ([("totaldue", "greater than", "0")], "", ["12", "11"]),
        ([("TOTALDUE", "Less Than", "100")], "", ["13", "11"]),
        ([("TOTALDUE", "&gt;=", "6.5")], "", ["12", "11"]),
        ([("STATUS", "equals", "F")], "", ["13"]),
        ([("STATUS", "not equals", "F")], "", ["14", "12", "11"]),
        ([("COMMENTS", "contains", "%")], "", ["11"]),
        ([("COMMENTS", "contains", "\\")], "", ["12"]),
        ([("COMMENTS", "does not contain", "_")], "", ["13", "12"]),
        ([("CUSTOMERID", "starts with", "ZAB")], "", ["12", "11"]),
        ([("CUSTOMERID", "ends with", "001")], "", ["14", "13", "11"]),
        ([("NAME", "contains", "")], "", []),
        ([("PARENTID", "is null", "")], "", ["14", "11"]),
        ([("PARENTID", "is not null", "")], "", ["13", "12"]),
        ([("TERM.DUEDATE", "less or equal", "15")], "", ["13"]),
        ([("RECORDNO", "equals", "11"), ("RECORDNO", "equals", "12")], "", []),
        ([("RECORDNO", "equals", "11"), ("RECORDNO", "equals", "12")], "OR", ["12", "11"]),
        ([("RECORDNO", "greater than", "11"), ("RECORDNO", "less than", "13")], "AND", ["12"]),
    ],
)
def test_filters_narrow_a_view(view, expressions, condition, found):
    told = f"<filterCondition>{condition}</filterCondition>" if condition else ""
    assert numbers(view(rest=filters(*expressions, condition=told))) == found


def test_filters_come_on_top_of_the_condition(view):
    either = "<filterCondition>or</filterCondition>"
    rest = filters(("RECORDNO", "equals", "13"), ("RECORDNO", "equals", "14"), condition=either)
    assert numbers(view("Active", rest)) == ["14"]


def test_pages_go_on_by_view_and_by_result_id(view, post, sign_in, company):
    session = {"to": company, "authentication": sign_in(to=company)}
    first = view(rest="<pagesize>2</pagesize>", **session)
    assert (numbers(first), first.data["numremaining"]) == (["14", "13"], "2")
    second = post("<readMore><view>All Customers</view></readMore>", **session)
    assert (numbers(second), second.data["numremaining"], second.data["listtype"]) == (["12", "11"], "0", "view")
    by_object = post("<readMore><object>CUSTOMER</object></readMore>", **session).error[2]
    assert by_object == "readByQuery has not been asked for object CUSTOMER in this session."
    assert post(f"<readMore><view>{NAME}</view></readMore>", **session).error[0] == "result"
    again = view(rest="<pagesize>3</pagesize>", **session)
    rest = post(f"<readMore><resultId>{again.data['resultId']}</resultId></readMore>", **session)
    assert numbers(rest) == ["11"]
    fits = view(rest="<pagesize>4</pagesize>", **session)
    assert fits.data["resultId"] == ""
    words = post(f"<readMore><view>{NAME}</view></readMore>", **session).error[2]
    assert words == f"The last readView on view {NAME} has no rows left."


def test_a_view_and_a_query_on_its_object_are_gone_on_with_apart(view, post, sign_in, company):
    session = {"to": company, "authentication": sign_in(to=company)}
    view(rest="<pagesize>1</pagesize>", **session)
    query = (
        "<readByQuery><object>CUSTOMER</object><fields>RECORDNO</fields><query/><pagesize>3</pagesize></readByQuery>"
    )
    post(query, **session)
    assert numbers(post(f"<readMore><view>{NAME}</view></readMore>", **session)) == ["13"]
    assert post("<readMore><object>CUSTOMER</object></readMore>", **session).column("RECORDNO") == ["11"]


def test_a_view_that_was_not_read_cannot_be_gone_on_with(post, company):
    words = post("<readMore><view>Active</view></readMore>", to=company).error[2]
    assert words == "readView has not been asked for view CUSTOMER#102@9 in this session."


def test_other_formats_are_bare(view):
    assert view("Active", "<returnFormat>csv</returnFormat>").body == b"RECORDNO\n14\n12\n11\n"
    assert view("Active", "<returnFormat>json</returnFormat>").body.startswith(b'[{"RECORDNO":"14"}')


def test_an_object_out_of_reach_is_out_of_reach_in_a_view(post, store):
    accounts = Accounts(users={"demo": User(unreadable={"CUSTOMER"})})
    gateway = Gateway(store, accounts=accounts, saved=VIEWS)
    assert post(f"<readView><view>{NAME}</view></readView>", to=gateway).error[1] == "PL04000005"


@pytest.mark.parametrize(
    ("name", "rest", "words"),
    [
        ("VENDOR#1@1", "", "There is no view VENDOR#1@1."),
        (NAME, filters(("NAME", "resembles", "x")), "Unknown operator 'resembles' for field NAME."),
        (NAME, filters(("NAMES", "equals", "x")), "Field NAMES not found in object CUSTOMER."),
        (NAME, filters(("TOTALDUE", "equals", "much")), "Invalid value 'much' for field TOTALDUE"),
        (
            NAME,
            filters(("NAME", "equals", "x"), condition="<filterCondition>XOR</filterCondition>"),
            "filterCondition is AND or OR, not XOR.",
        ),
    ],
)
def test_what_cannot_be_run_is_refused(view, name, rest, words):
    level, number, told = view(name, rest).error
    assert (level, number) == ("result", "DL02000001")
    assert told.startswith(words)


@pytest.mark.parametrize(
    "rest",
    [
        "<pagesize>1001</pagesize>",
        "<filters/>",
        "<filters><filterExpression><field>A</field><operator>equals</operator></filterExpression></filters>",
        filters(("A", "equals", "b")).replace("</filters>", "<filterCondition>AND</filterCondition></filters>"),
        "<fields>NAME</fields>",
        "<returnformat>xml</returnformat>",
    ],
)
def test_what_breaks_the_schema(view, rest):
    assert view(rest=rest).error[:2] == ("response", "XL03000003")


def test_every_view_of_the_demo_company_has_rows(post, sign_in):
    from intacct_ql.emulator.demo.saved import SAVED

    gateway = demo()
    for kept in SAVED.views:
        given = post(f"<readView><view>{kept.name}</view></readView>", to=gateway)
        found = rows(given)
        assert tuple(found[0]) == kept.fields
    documented = filters(
        ("totaldue", "greater than", "30000"),
        ("creditlimit", "less than", "25000"),
        condition="<filterCondition>AND</filterCondition>",
    )
    given = post(
        f"<readView><view>VENDOR#135422@10051</view><pagesize>100</pagesize>{documented}</readView>", to=gateway
    )
    assert all(float(row["TOTALDUE"]) > 30_000 and float(row["CREDITLIMIT"]) < 25_000 for row in rows(given))

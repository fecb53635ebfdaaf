"""readReport: begun, polled, read page by page and gone; and what a report is."""

import pytest
from lxml import etree

from intacct_ql.emulator import Accounts, Gateway, demo
from intacct_ql.emulator.demo.saved import SAVED
from intacct_ql.emulator.formatting import Formatting
from intacct_ql.emulator.query import Order, Selected
from intacct_ql.emulator.running import KEPT
from intacct_ql.emulator.saved import Saved, SavedReport
from intacct_ql.emulator.users import User

REPORTS = Saved(
    reports=(
        SavedReport(
            name="Owed",
            object="CUSTOMER",
            columns=(Selected(field="STATUS"), Selected(field="TOTALDUE", function="sum")),
            orders=(Order(field="STATUS", descending=False),),
            parameters=("CUSTOMERID", "STATUS"),
        ),
        SavedReport(
            name="Customers",
            object="CUSTOMER",
            columns=(Selected(field="RECORDNO"), Selected(field="TERM.DUEDATE")),
            condition="STATUS = 'T'",
            orders=(Order(field="RECORDNO", descending=False),),
            parameters=("NAME",),
            interactive=False,
        ),
    )
)


@pytest.fixture
def company(store, clock):
    accounts = Accounts(logins={("demo", user): "demo" for user in ("demo", "other")})
    return Gateway(
        store,
        strict=True,
        clock=clock,
        saved=REPORTS,
        report_seconds=10,
        accounts=accounts,
        sleep=lambda seconds: clock.forward(seconds=seconds),
    )


@pytest.fixture
def report(post, company):
    def send(name="Owed", rest="", attributes=' type="interactive"', **settings):
        body = f"<readReport{attributes}><report>{name}</report>{rest}</readReport>"
        return post(body, **({"to": company} | settings))

    return send


@pytest.fixture
def original(report):
    return lambda rest="", **settings: report("Customers", rest, "", **settings)


@pytest.fixture
def more(post, company):
    def send(begun, **settings):
        reportid = begun if isinstance(begun, str) else status(begun)[0]
        return post(f"<readMore><reportId>{reportid}</reportId></readMore>", to=company, **settings)

    return send


def status(reply):
    results = reply.root.find("operation/result/data/report_results")
    assert [part.tag for part in results] == ["REPORTID", "STATUS"]
    return results[0].text, results[1].text


def arguments(**values):
    return "<arguments>" + "".join(f"<{name}>{value}</{name}>" for name, value in values.items()) + "</arguments>"


def test_a_report_is_pending_until_it_is_ready_and_gone_when_it_is_read(report, more, clock):
    begun = report()
    reportid, word = status(begun)
    assert word == "PENDING"
    clock.forward(seconds=9)
    assert status(more(begun)) == (reportid, "PENDING")
    clock.forward(seconds=1)
    read = more(begun)
    assert read.data == {"listtype": "report", "count": "2", "totalcount": "2", "numremaining": "0"}
    assert read.rows == [
        {"STATUS": "active", "SUM.TOTALDUE": "205381.50"},
        {"STATUS": "inactive", "SUM.TOTALDUE": "-1.2345"},
    ]
    assert {row.tag for row in read.root.find("operation/result/data")} == {"data"}
    assert more(begun).error == (
        "result",
        "DL02000001",
        f"There is no report {reportid}, or all of it has been read.",
    )


def test_pages_of_a_report(original, more, clock):
    begun = original("<pagesize>2</pagesize>")
    clock.forward(seconds=10)
    first, second = more(begun), more(begun)
    assert (first.column("RECORDNO"), first.data["numremaining"], first.data["totalcount"]) == (["11", "12"], "1", "3")
    assert (second.column("TERM.DUEDATE"), second.data["numremaining"]) == ([""], "0")
    assert more(begun).error[0] == "result"


def test_the_rows_are_those_of_the_moment_it_was_asked_for(original, more, clock, store):
    begun = original()
    store.delete("CUSTOMER", 11)
    clock.forward(seconds=10)
    assert more(begun).column("RECORDNO") == ["11", "12", "14"]


def test_waiting_makes_a_report_ready_if_it_is_long_enough(report, more, clock):
    began = clock.now
    assert status(report(rest="<waitTime>4</waitTime>"))[1] == "PENDING"
    assert (clock.now - began).total_seconds() == 4
    begun = report(rest="<waitTime>30</waitTime>")
    assert status(begun)[1] == "DONE"
    assert (clock.now - began).total_seconds() == 14
    assert more(begun).data["count"] == "2"


def test_arguments_narrow_a_report(report, original, more, clock):
    asked = [
        (arguments(CUSTOMERID="ABC001"), ["-1.2345"]),
        (arguments(**{"CUSTOMER.STATUS": "T"}), ["205381.50"]),
        (arguments(customerid="ZAB001;ABC001") + "<listSeparator>;</listSeparator>", ["6.50", "-1.2345"]),
        (arguments(CUSTOMERID="ZAB001;ABC001"), []),
        (arguments(CUSTOMERID="ZAB001", STATUS="F"), []),
    ]
    for rest, sums in asked:
        begun = report(rest=rest)
        clock.forward(seconds=10)
        assert [row["SUM.TOTALDUE"] for row in more(begun).rows] == sums
    narrowed = original(arguments(NAME="Zabel &amp; Söhne"))
    clock.forward(seconds=10)
    assert more(narrowed).column("RECORDNO") == ["11"]


def test_csv_has_its_status_as_a_row(report, more, clock):
    header, row = report(rest="<returnFormat>csv</returnFormat>").body.decode().splitlines()
    reportid, word = row.split(",")
    assert (header, word) == ("REPORTID,STATUS", "PENDING")
    assert more(reportid).body.decode() == f"REPORTID,STATUS\n{reportid},PENDING\n"
    clock.forward(seconds=10)
    assert more(reportid).body == b"STATUS,SUM.TOTALDUE\nactive,205381.50\ninactive,-1.2345\n"


def test_a_report_is_its_user_s_and_outlives_the_session(original, more, clock, sign_in, company):
    begun = original("<pagesize>1</pagesize>", authentication=sign_in(to=company))
    clock.forward(minutes=600)
    other = "<login><userid>other</userid><companyid>demo</companyid><password>demo</password></login>"
    assert more(begun, authentication=other).error[0] == "result"
    assert more(begun).column("RECORDNO") == ["11"]
    company.reset()
    assert more(begun).error[0] == "result"


def test_an_id_of_one_s_own(report, more, clock):
    assert status(report(rest="<reportId>mine</reportId><showStatusOnly>true</showStatusOnly>")) == ("mine", "PENDING")
    clock.forward(seconds=10)
    assert more("mine").data["count"] == "2"


def test_only_the_latest_are_kept(report, more, clock):
    ids = [status(report())[0] for _ in range(KEPT + 1)]
    assert len(set(ids)) == KEPT + 1
    clock.forward(seconds=10)
    assert more(ids[0]).error[0] == "result"
    assert more(ids[1]).data["count"] == "2"


def test_an_object_out_of_reach_is_out_of_reach_in_a_report(post, store):
    gateway = Gateway(store, accounts=Accounts(users={"demo": User(unreadable={"CUSTOMER"})}), saved=REPORTS)
    assert post("<readReport><report>Customers</report></readReport>", to=gateway).error[1] == "PL04000005"


def test_dates_of_a_report_are_written_as_its_user_has_them(post, store):
    dates = SavedReport(name="Dates", object="CUSTOMER", columns=(Selected(field="LAST_INVOICEDATE", function="max"),))
    accounts = Accounts(users={"demo": User(formatting=Formatting(dateformat="-Ymd"))})
    gateway = Gateway(store, accounts=accounts, saved=Saved(reports=(dates,)), report_seconds=0)
    reportid, word = status(post('<readReport type="interactive"><report>Dates</report></readReport>', to=gateway))
    assert word == "DONE"
    read = post(f"<readMore><reportId>{reportid}</reportId></readMore>", to=gateway)
    assert read.column("MAX.LAST_INVOICEDATE") == ["2024-02-29"]


def plain(element):
    return etree.tostring(element, encoding="unicode").replace("\n", "").replace("    ", "")


def test_the_definition_of_an_interactive_report(report):
    given = report(attributes=' type="interactive" returnDef="true"').root.find(
        "operation/result/data/report_definition"
    )
    assert [part.tag for part in given] == ["REPORTNAME", "REPORTTYPE", "OBJECT", "DOCPARID", "COLUMNS", "PARAMETERS"]
    assert [given.findtext(name) for name in ("REPORTNAME", "REPORTTYPE", "OBJECT")] == ["Owed", "CRW", "CUSTOMER"]
    assert [(each.findtext("PATH"), each.findtext("FULLPATH")) for each in given.iter("COLUMN")] == [
        ("STATUS", "CUSTOMER.STATUS"),
        ("TOTALDUE", "CUSTOMER.TOTALDUE"),
    ]


def test_the_definition_of_an_original_report(report):
    given = report("customers", attributes=' returnDef="true"').root.find("operation/result/data/report_definition")
    assert plain(given) == (
        "<report_definition><REPORTNAME>Customers</REPORTNAME><REPORTTYPE>tabular</REPORTTYPE><ROOT>CUSTOMER</ROOT>"
        "<PARAMETERS><PARAMETER><NAME>CUSTOMER.NAME</NAME><label>Customer Name</label><promptOnRun>1</promptOnRun>"
        "</PARAMETER></PARAMETERS><SORTBY><RECORDNO><dir>asc</dir></RECORDNO></SORTBY></report_definition>"
    )


@pytest.mark.parametrize(
    ("name", "attributes", "rest", "words"),
    [
        ("Nothing", ' type="interactive"', "", "There is no interactive report Nothing."),
        ("Owed", "", "", "There is no report Owed."),
        ("Owed", ' type="STANDARD"', "", "Reports of type STANDARD are not kept here."),
        ("Owed", ' type="interactive"', arguments(NAME="x"), "Report Owed has no parameter NAME."),
        ("Owed", ' type="interactive"', arguments(STATUS="<a/>"), "Parameter STATUS takes a text, not elements."),
        ("Owed", ' type="interactive"', arguments(STATUS="x"), "Invalid value 'x' for field STATUS."),
    ],
)
def test_what_cannot_be_run_is_refused(report, name, attributes, rest, words):
    assert report(name, rest, attributes).error == ("result", "DL02000001", words)


@pytest.mark.parametrize(
    ("attributes", "rest"),
    [
        (' kind="interactive"', ""),
        ("", "<waitTime>31</waitTime>"),
        ("", "<pagesize>1001</pagesize>"),
        ("", "<fields>NAME</fields>"),
        ("", "<returnFormat>pdf</returnFormat>"),
    ],
)
def test_what_breaks_the_schema(report, attributes, rest):
    assert report("Customers", rest, attributes).error[:2] == ("response", "XL03000003")


@pytest.mark.parametrize("kept", SAVED.reports, ids=lambda kept: kept.name)
def test_reports_of_the_demo_company(post, kept):
    gateway = demo(strict=True)
    kind = ' type="interactive"' if kept.interactive else ""
    begun = post(
        f"<readReport{kind}><report>{kept.name}</report><waitTime>5</waitTime><pagesize>1000</pagesize></readReport>",
        to=gateway,
    )
    reportid, word = status(begun)
    assert word == "DONE"
    read = post(f"<readMore><reportId>{reportid}</reportId></readMore>", to=gateway)
    assert len(read.rows) > 10
    if kept.name == "TrialBalance":
        debits, credits_ = (
            sum(round(float(row[f"SUM.{side}AMOUNT"]) * 100) for row in read.rows) for side in ("DEBIT", "CREDIT")
        )
        assert debits == credits_ > 0

"""All or nothing with transaction="true", and once only with uniqueid."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from emulator.writing import delete, element, errors, status, where, written

from intacct_ql.emulator import Accounts, Gateway, Store, demo

ACME = written("create", element("CUSTOMER", CUSTOMERID="ACME", NAME="Acme"))
WRONG = written("create", element("CUSTOMER", NAME="without an id"))
ALL = "<query><object>CUSTOMER</object><select><field>RECORDNO</field></select></query>"
ROLLED_BACK = ("XL03000009", "The entire transaction in this operation has been rolled back due to an error.")


@pytest.fixture
def once(gateway, document):
    """Send functions that are to be executed once only; their control ids are f1, f2, ..."""

    def send(*functions, to=gateway, uniqueid="true", **settings):
        body = document(*functions, **settings).replace(b"<uniqueid>false", f"<uniqueid>{uniqueid}".encode())
        return to.handle(body).body.decode()

    return send


def test_one_failure_undoes_the_whole_operation(post, ask):
    change = written("update", element("CUSTOMER", RECORDNO="11", NAME="New"))
    reply = post(ACME, change, delete("CUSTOMER", "14"), WRONG, ALL, transaction="true")
    assert status(reply) == ["aborted"] * 5
    assert [errors(reply, place) for place in (0, 1, 2, 4)] == [[ROLLED_BACK]] * 4
    assert [number for number, _ in errors(reply, 3)] == ["BL03000018", "BL01001973", "XL03000009"]
    assert reply.root.find("operation/result/data") is None
    assert sorted(ask("CUSTOMER", "RECORDNO").column("RECORDNO")) == ["11", "12", "13", "14"]
    assert ask("CUSTOMER", "NAME", where("RECORDNO", "11")).column("NAME") == ["Zabel & Söhne"]
    assert ask("AUDITHISTORY", "ID").rows == []


def test_a_failure_inside_one_create_undoes_its_other_objects_too(post, ask):
    both = written("create", element("ARTERM", NAME="Net 60"), element("CUSTOMER", NAME="x"))
    reply = post(both, transaction="true")
    assert status(reply) == ["aborted"]
    assert errors(reply)[-1] == ROLLED_BACK
    assert ask("ARTERM", "NAME", where("NAME", "Net 60")).rows == []


def test_without_a_failure_everything_stays(post, ask):
    reply = post(ACME, delete("CUSTOMER", "14"), ALL, transaction="true")
    assert status(reply) == ["success"] * 3
    assert {row[0].text for row in reply.root.findall("operation/result")[2].find("data")} == {"11", "12", "13", "15"}


def test_without_a_transaction_a_failure_is_alone(post, ask):
    assert status(post(ACME, WRONG)) == ["success", "failure"]
    assert ask("CUSTOMER", "NAME", where("CUSTOMERID", "ACME")).column("NAME") == ["Acme"]


def test_rows_that_were_read_during_a_transaction_are_not_lost_with_it(post):
    company = demo(strict=True)
    term = written("create", element("APTERM", NAME="Net 99"))
    assert status(post(term, WRONG, to=company, transaction="true")) == ["aborted", "aborted"]
    asked = "<query><object>{}</object><select><field>RECORDNO</field></select></query>"
    assert post(asked.format("APTERM"), to=company).data["totalcount"] == "6"
    assert post(asked.format("CUSTOMER"), to=company).data["totalcount"] == "60"


def test_a_mistake_of_the_emulator_undoes_a_transaction_too(store, document, once, ask):
    def fail(number, name):
        if name == "lookup":
            raise RuntimeError("a mistake")

    breaking = Gateway(store, strict=True, on_call=fail)
    lookup = "<lookup><object>CUSTOMER</object></lookup>"
    breaking.handle(document(ACME, lookup, transaction="true"))
    assert ask("CUSTOMER", "RECORDNO").data["totalcount"] == "4"
    once(ACME, lookup, to=breaking, transaction="true")
    assert "<status>success</status>\n            <function>create" in once(ACME, to=breaking)


def test_a_function_that_was_executed_is_refused(once, ask):
    assert "<VENDORID>V1" in once(written("create", element("VENDOR", VENDORID="V1", NAME="x")))
    again = once(written("create", element("VENDOR", VENDORID="V2", NAME="x")))
    assert "<status>failure</status>\n            <function>create</function>" in again
    assert "A function with the control id f1 was executed before." in again
    assert ask("VENDOR", "VENDORID").column("VENDORID") == ["V1"]


def test_what_failed_or_was_undone_may_come_again(once):
    assert "<status>failure" in once(WRONG)
    assert "<status>aborted" in once(ACME, WRONG, transaction="true")
    assert "<CUSTOMERID>ACME" in once(ACME)


def test_without_uniqueid_nothing_is_refused_or_remembered(once, post):
    assert status(post(ALL)) == status(post(ALL)) == ["success"]
    assert "<status>failure" not in once(ALL)
    assert "<status>failure" in once(ALL)
    assert "<status>failure" not in once(ALL, uniqueid="false")


def test_an_id_that_was_executed_stays_taken_when_it_is_refused_in_a_transaction(once):
    once(ACME)
    assert "<status>aborted" in once(ALL, transaction="true")
    assert "was executed before" in once(ALL)


def test_each_company_has_its_own(once):
    logins = {(company, "demo"): "demo" for company in ("demo", "other")}
    gateway = Gateway(Store(), strict=True, accounts=Accounts(logins=logins))
    other = "<login><userid>demo</userid><companyid>other</companyid><password>demo</password></login>"
    assert "<status>failure" not in once(ALL, to=gateway)
    assert "<status>failure" not in once(ALL, to=gateway, authentication=other)
    assert "<status>failure" in once(ALL, to=gateway, authentication=other)


@pytest.mark.unkept("threads decide who is first")
def test_a_request_that_is_sent_again_while_it_is_at_work_is_executed_once(once, ask):
    both = Barrier(2)

    def send(_):
        both.wait()
        return once(ACME)

    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(send, range(2)))
    assert sorted("was executed before" in reply for reply in replies) == [False, True]
    assert ask("CUSTOMER", "RECORDNO").data["totalcount"] == "5"


@pytest.mark.unkept("threads decide who is first")
def test_records_that_are_created_at_the_same_time_have_numbers_of_their_own(post, ask):
    def send(at):
        function = written("create", *[element("CUSTOMER", CUSTOMERID=f"N{at}-{each}", NAME="n") for each in range(10)])
        return post(function, WRONG, transaction="true") if at % 2 else post(function, transaction="true")

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(send, range(8)))
    assert [status(reply)[0] for reply in replies] == ["success", "aborted"] * 4
    made = [number.text for reply in replies for number in reply.root.iter("RECORDNO")]
    assert len(set(made)) == 40
    assert set(made) | {"11", "12", "13", "14"} == set(ask("CUSTOMER", "RECORDNO").column("RECORDNO"))


def test_a_reply_that_is_lost_does_not_mean_that_nothing_was_done(store, once, ask):
    losing = Gateway(store, strict=True, faults="drop@call=1")
    once(ACME, to=losing)
    assert "was executed before" in once(ACME, to=losing)
    assert ask("CUSTOMER", "NAME", where("CUSTOMERID", "ACME")).column("NAME") == ["Acme"]


def test_reset_goes_back_to_what_had_been_executed_then(once, gateway):
    once(ACME)
    moment = gateway.snapshot()
    once(ALL, ALL)
    assert "was executed before" in once(ALL, ALL)
    gateway.reset(moment)
    second = once(ALL, ALL)
    assert second.count("was executed before") == 1
    assert "f1 was executed before" in second

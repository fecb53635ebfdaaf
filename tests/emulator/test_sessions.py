"""Signing in, and how long it lasts."""

import pytest

from intacct_ql.emulator import Accounts, Gateway

LOOKUP = "<lookup><object>UOM</object></lookup>"
LOGIN = "<login><userid>{}</userid><companyid>{}</companyid><password>{}</password></login>"


def test_a_session_answers_in_place_of_credentials(post, sign_in):
    reply = post(LOOKUP, authentication=sign_in())
    assert reply.text("operation/authentication/userid") == "demo"
    assert reply.text("operation/result/status") == "success"


def test_every_call_moves_the_end_of_a_session(post, sign_in, clock):
    session = sign_in()
    for _ in range(3):
        clock.forward(minutes=29)
        reply = post(LOOKUP, authentication=session)
    assert reply.text("operation/authentication/sessiontimestamp") == "2024-05-06T07:08:09+00:00"
    assert reply.text("operation/authentication/sessiontimeout") == "2024-05-06T09:05:09+00:00"
    clock.forward(minutes=30, seconds=1)
    assert post(LOOKUP, authentication=session).error == ("operation", "XL03000006", "Invalid session")
    clock.forward(minutes=-20)
    assert post(LOOKUP, authentication=session).error[2] == "Invalid session"


def test_an_invalid_session_tells_nothing_about_who_it_was(post):
    reply = post(LOOKUP, authentication="<sessionid>guess</sessionid>")
    assert (reply.text("operation/authentication/userid"), reply.text("operation/authentication/companyid")) == ("", "")
    assert reply.root.find("operation/result") is None


def test_all_sessions_can_be_ended(post, sign_in, gateway):
    session = sign_in()
    gateway.sessions.expire_all()
    assert post(LOOKUP, authentication=session).error[2] == "Invalid session"


@pytest.mark.parametrize(
    "who", [("demo", "demo", "wrong"), ("demo", "other", "demo"), ("Demo", "demo", "demo"), ("", "", "")]
)
def test_wrong_credentials(post, who):
    reply = post("<getAPISession/>", authentication=LOGIN.format(*who))
    assert reply.error == ("operation", "XL03000006", "Sign-in information is incorrect")
    assert reply.text("control/status") == "success"


@pytest.mark.parametrize("sender", [{"sender": "other"}, {"password": "wrong"}, {"password": ""}])
def test_wrong_sender(post, sender):
    words = "Incorrect Intacct XML Partner ID or password."
    assert post("<getAPISession/>", **sender).error == ("response", "XL03000006", words)


def test_oauth_is_in_the_schema_and_never_accepted(post):
    assert post(LOOKUP, authentication="<oauth>x</oauth>").error[2] == "Invalid Web Services Authorization"


def test_other_accounts(post, store):
    accounts = Accounts(senders={"partner": "p"}, logins={("acme", "ann"): "a"})
    other = Gateway(store, accounts=accounts)
    who = LOGIN.format("ann", "acme", "a")
    assert (
        post(LOOKUP, to=other, sender="partner", password="p", authentication=who).text("control/status") == "success"
    )
    assert post(LOOKUP, to=other).error[0] == "response"
    assert "'p'" not in repr(accounts)


def test_an_entity_is_kept_changed_and_left(post, sign_in):
    path = "operation/authentication/locationid"
    at_e1 = sign_in("E1")
    assert post(LOOKUP, authentication=at_e1).text(path) == "E1"
    assert post(LOOKUP, authentication=sign_in(authentication=at_e1)).text(path) == "E1"
    assert post(LOOKUP, authentication=sign_in("E2", authentication=at_e1)).text(path) == "E2"
    assert post(LOOKUP, authentication=sign_in("", authentication=at_e1)).text(path) == ""


def test_an_unknown_entity_is_refused(post):
    assert post("<getAPISession><locationid>E9</locationid></getAPISession>").error[0] == "result"
    login = LOGIN.format("demo", "demo", "demo</password><clientid/><locationid>E9</locationid>").replace(
        "</password></", "</"
    )
    assert post(LOOKUP, authentication=login).error[0] == "operation"


def test_the_endpoint_is_where_the_caller_called(gateway, document):
    given = gateway.handle(document("<getAPISession/>"), url="http://127.0.0.1:1/x")
    assert b"<endpoint>http://127.0.0.1:1/x</endpoint>" in given.body

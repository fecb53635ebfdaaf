"""The fault language, and what each fault sends."""

import re

import pytest
from lxml import etree

from intacct_ql.emulator import Faults, Gateway
from intacct_ql.emulator import faults as documented
from intacct_ql.emulator.answers import AFTER, CHANGES, INSTEAD
from intacct_ql.emulator.faults import NAMES, Settings
from intacct_ql.emulator.refusals import PASSING

LOOKUP = "<lookup><object>UOM</object></lookup>"
SESSION = "<sessionid>x</sessionid>"


def strikes(spec, calls, **settings):
    faults = Faults.parse(spec, **settings)
    return [faults.next() for _ in range(calls)]


def test_at_a_call_and_from_a_call_on():
    assert strikes("429@call=2,cut@call=4+", 5) == [None, "429", None, "cut", "cut"]


def test_the_first_in_the_list_wins():
    assert strikes("html@call=1, drop@call=1+", 2) == ["html", "drop"]


def test_after_some_seconds_once():
    times = iter([0.0, 29.9, 30.1, 31.0])
    assert strikes("expire@30s", 3, clock=lambda: next(times)) == [None, "expire", None]


def test_chances_repeat_with_their_seed():
    first, again, other = (strikes("503:10%", 1000, seed=seed) for seed in (1, 1, 2))
    assert first == again != other
    assert 60 < first.count("503") < 140


def test_one_rule_does_not_change_the_luck_of_another():
    alone = strikes("503:10%", 500)
    both = strikes("503:10%,429:10%", 500)
    assert [at for at, name in enumerate(both) if name == "503"] != []
    assert strikes("503:10%,cut@call=3", 500)[3:] == alone[3:]


def test_chances_spare_a_sign_in_and_appointed_calls_do_not():
    faults = Faults.parse("500:100%,429@call=3")
    assert [faults.next(signs_in=True) for _ in range(3)] == [None, None, "429"]
    assert faults.next() == "500"


def test_a_seed_in_the_specification_counts_before_any_other():
    assert strikes("503:10%,seed=7", 200) == strikes("503:10%", 200, seed=7) != strikes("503:10%", 200)
    assert strikes("503:10%,seed=7", 200, seed=3) == strikes("seed=7,503:10%", 200)


def test_settings():
    faults = Faults.parse("retry-after=3s,dribble=250ms,hang=2.5s,at-most=4,per-minute=60,hang@call=1")
    assert faults.settings == Settings(retry_after=3, dribble=0.25, hang=2.5, at_most=4, per_minute=60)
    assert [faults.next(), faults.next()] == ["hang", None]


def test_every_fault_of_the_language_has_something_to_do():
    done = INSTEAD.keys() | AFTER.keys() | CHANGES.keys() | PASSING.keys() | {"expire", "short", "miscount"}
    assert set(NAMES) == done


def test_the_table_says_of_every_fault_whether_the_functions_have_run():
    rows = dict(re.findall(r"^([a-z0-9]+) .*  (not run|have run|by login)$", documented.__doc__, re.MULTILINE))
    assert set(rows) == set(NAMES)
    not_run = INSTEAD.keys() | PASSING.keys()
    assert {name for name, when in rows.items() if when == "not run"} == not_run


def test_waiting(store, document):
    waits = []
    gateway = Gateway(store, faults="slow=300ms,slow=1s", sleep=waits.append)
    gateway.handle(document(LOOKUP))
    assert waits == [1.3]


@pytest.mark.parametrize("spec", ["", " , "])
def test_nothing_ordered(spec):
    assert strikes(spec, 3) == [None] * 3


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("404:2%", "fault '404:2%': no such fault; there are 429 500"),
        ("429", "fault '429': write 429:2%, 429@call=7, 429@call=7+ or 429@30s"),
        ("429:2", "fault '429:2': write"),
        ("429@call=0", "fault '429@call=0': write"),
        ("cut:101%", "fault 'cut:101%': a chance is at most 100%"),
        ("flood=3", "fault 'flood=3': no such fault"),
        ("slow=fast", "setting 'slow=fast': write it as slow=300ms"),
        ("slow", "setting 'slow': write it as slow=300ms"),
        ("retry-after=300ms", "setting 'retry-after=300ms': write it as retry-after=3s"),
        ("at-most=0", "setting 'at-most=0': write it as at-most=4"),
        ("per-minute=many", "setting 'per-minute=many': write it as per-minute=60"),
        ("per-minute:3%", "setting 'per-minute:3%': write it as per-minute=60"),
        ("seed=-1", "setting 'seed=-1': write it as seed=7"),
        ("hang=", "setting 'hang=': write it as hang=5s"),
        ("dribble", "fault 'dribble': write dribble:2%"),
    ],
)
def test_a_wrong_specification_is_named_in_one_line(spec, words):
    with pytest.raises(ValueError, match=r"^(fault|setting) ") as caught:
        Faults.parse(f"503:1%,{spec}")
    assert str(caught.value).replace(",", "").startswith(words.replace(",", ""))
    assert "\n" not in str(caught.value)


@pytest.fixture
def struck(store, document):
    def send(name):
        gateway = Gateway(store, faults=f"{name}@call=1")
        return gateway, gateway.handle(document(LOOKUP))

    return send


@pytest.mark.parametrize(
    ("name", "status", "kind", "words"),
    [
        ("429", 429, "text/xml", b"<errorno>GW-0010</errorno>"),
        ("500", 500, "text/html", b"Internal Server Error"),
        ("502", 502, "text/html", b"502 Bad Gateway"),
        ("504", 504, "text/html", b"504 Gateway Time-out"),
        ("503", 503, "text/xml", b"<errorno>GW-0001</errorno>"),
        ("524", 524, "text/html", b"cf-error-details"),
        ("html", 200, "text/html", b"cf-error-details"),
        ("doctype", 200, "text/xml", b"<!DOCTYPE response [<!ENTITY"),
    ],
)
def test_what_takes_the_place_of_a_reply(struck, name, status, kind, words):
    gateway, given = struck(name)
    assert (given.status, given.cut, given.drop) == (status, None, False)
    assert dict(given.headers)["Content-Type"].startswith(kind)
    assert words in given.body
    assert gateway.ledger.to_dict()["faults"] == {name: 1}


def test_cut_and_drop_are_for_the_carrier_to_do(struck):
    assert struck("drop")[1].drop
    gateway, given = struck("cut")
    assert 0 < given.cut < len(given.body)
    assert etree.fromstring(given.body).findtext("control/status") == "success"
    assert gateway.ledger.calls["lookup"] == 1


def test_the_others_a_carrier_has_to_act_on(store, document):
    whole = Gateway(store, faults="dribble@call=1,dribble=2s").handle(document(LOOKUP))
    assert (whole.dribble, whole.drop, whole.cut) == (2, False, None)
    silent = Gateway(store, faults="hang@call=1").handle(document(LOOKUP))
    assert (silent.hang, silent.drop, silent.body) == (5, True, b"")


@pytest.mark.parametrize(("spec", "seconds"), [("429@call=1", "1"), ("429@call=1,retry-after=3s", "3")])
def test_a_429_says_when_to_come_back(store, document, spec, seconds):
    assert dict(Gateway(store, faults=spec).handle(document(LOOKUP)).headers)["Retry-After"] == seconds


@pytest.mark.parametrize("name", NAMES)
def test_work_is_done_behind_some_and_not_behind_others(struck, name):
    """The login is in the request, so that ``expire`` has nothing to end."""
    ran = name not in INSTEAD and name not in PASSING
    assert struck(name)[0].ledger.calls["lookup"] == ran


@pytest.mark.parametrize(
    ("name", "place", "words"),
    [
        ("busy", "errorno", "GW-0010"),
        ("busy", "description2", "API rate limit exceeded [Support ID: "),
        ("offline", "description2", "The Service is Temporarily Off-line, [Support ID: "),
        ("later", "correction", "Please Try Again Later"),
        ("dl", "errorno", "DL02000001"),
        ("dl", "description", "There was an error processing the request."),
    ],
)
def test_every_function_fails_and_the_reply_is_a_200(store, post, name, place, words):
    gateway = Gateway(store, faults=f"{name}@call=1")
    reply = post(LOOKUP, LOOKUP, to=gateway)
    assert (reply.status, reply.text("control/status")) == (200, "success")
    assert reply.text("operation/authentication/status") == "success"
    assert [found.text for found in reply.root.findall("operation/result/status")] == ["failure", "failure"]
    assert reply.text(f"operation/result/errormessage/error/{place}").startswith(words)
    assert post(LOOKUP, to=gateway).text("operation/result/status") == "success"


BY_QUERY = "<readByQuery><object>CUSTOMER</object><fields>RECORDNO</fields><query/><pagesize>2</pagesize></readByQuery>"


@pytest.fixture
def reading(store, post, sign_in):
    """The first page of a ``readByQuery`` under faults, and a function that asks for the next."""

    def begin(spec):
        gateway = Gateway(store, faults=spec, seed=1)
        session = sign_in(to=gateway)
        first = post(BY_QUERY, to=gateway, authentication=session)
        function = f"<readMore><resultId>{first.data['resultId']}</resultId></readMore>"
        return first, lambda: post(function, to=gateway, authentication=session)

    return begin


@pytest.mark.parametrize("name", [*INSTEAD, *PASSING])
def test_a_further_page_is_still_there_behind_what_did_not_run(reading, name):
    first, more = reading(f"{name}@call=3")
    assert first.column("RECORDNO") == ["14", "13"]
    more()
    assert more().column("RECORDNO") == ["12", "11"]


@pytest.mark.parametrize("name", [*AFTER, *CHANGES, "miscount"])
def test_a_further_page_is_gone_behind_what_ran(reading, name):
    _, more = reading(f"{name}@call=3")
    more()
    assert more().text("operation/result/status") == "failure"


def numbers(reply):
    return {name: int(reply.data[name]) for name in ("count", "numremaining", "totalcount")}


def test_short_pages_of_a_query_are_honest(store, ask):
    gateway = Gateway(store, faults="short@call=1+")
    reply = ask("CUSTOMER", "RECORDNO", "<offset>1</offset><pagesize>100</pagesize>", to=gateway)
    assert reply.column("RECORDNO") == ["13"]
    assert numbers(reply) == {"count": 1, "numremaining": 2, "totalcount": 4}
    whole = ask("CUSTOMER", "RECORDNO", "", to=gateway)
    assert (len(whole.rows), numbers(whole)) == (2, {"count": 2, "numremaining": 2, "totalcount": 4})
    nothing = ask("CUSTOMER", "RECORDNO", "<offset>9</offset>", to=gateway)
    assert (nothing.rows, numbers(nothing)) == ([], {"count": 0, "numremaining": 0, "totalcount": 4})


def test_short_pages_of_a_reading_go_on_where_they_ended(reading):
    first, more = reading("short@call=2,short@call=4")
    assert (first.column("RECORDNO"), numbers(first)) == (["14"], {"count": 1, "numremaining": 3, "totalcount": 4})
    assert more().column("RECORDNO") == ["13", "12"]
    last = more()
    assert (last.column("RECORDNO"), numbers(last)) == (["11"], {"count": 1, "numremaining": 0, "totalcount": 4})


def test_a_reading_that_fits_into_a_page_goes_on_where_the_page_is_short(store, post, sign_in):
    gateway = Gateway(store, faults="short@call=2")
    session = sign_in(to=gateway)
    first = post(BY_QUERY.replace("<pagesize>2", "<pagesize>9"), to=gateway, authentication=session)
    assert numbers(first) == {"count": 2, "numremaining": 2, "totalcount": 4}
    more = f"<readMore><resultId>{first.data['resultId']}</resultId></readMore>"
    assert post(more, to=gateway, authentication=session).column("RECORDNO") == ["12", "11"]


def test_a_short_list_says_where_it_ends(store, post):
    gateway = Gateway(store, faults="short@call=1")
    reply = post('<get_list object="customer"/>', to=gateway, version="2.1")
    listtype = reply.root.find("operation/result/listtype")
    assert dict(listtype.attrib) == {"start": "0", "end": "1", "total": "4"}
    assert len(reply.rows) == 2


READ = "<read><object>CUSTOMER</object><keys>11,12</keys><fields>RECORDNO</fields></read>"


@pytest.mark.parametrize(
    "function",
    [
        BY_QUERY,
        READ,
        "<query><object>CUSTOMER</object><select><field>RECORDNO</field></select><pagesize>2</pagesize></query>",
    ],
)
def test_a_miscounted_page_lacks_a_row(store, post, function):
    right, wrong = (post(function, to=Gateway(store, faults=f"miscount@call={call}", seed=1)) for call in (2, 1))
    assert wrong.data | {"resultId": ""} == right.data | {"resultId": ""}
    assert wrong.data["count"] == "2"
    assert wrong.rows == right.rows[:1]


def test_a_miscounted_list_lacks_a_row(store, post):
    reply = post('<get_list object="customer"/>', to=Gateway(store, faults="miscount@call=1"), version="2.1")
    assert reply.root.find("operation/result/listtype").get("end") == "3"
    assert len(reply.rows) == 3


def test_an_empty_page_has_no_row_to_lose(store, ask):
    reply = ask("CUSTOMER", "RECORDNO", "<offset>9</offset>", to=Gateway(store, faults="miscount@call=1"))
    assert (reply.rows, reply.data["count"]) == ([], "0")


def test_expire_by_chance_spares_the_sign_in(store, post, sign_in):
    gateway = Gateway(store, faults="expire:100%")
    session = sign_in(to=gateway)
    assert post(LOOKUP, to=gateway, authentication=session).error[2] == "Invalid session"
    assert gateway.ledger.faults == {"expire": 1}


def test_expire_ends_the_sessions_before_the_call(store, post, sign_in):
    gateway = Gateway(store, faults="expire@call=3")
    session = sign_in(to=gateway)
    assert post(LOOKUP, to=gateway, authentication=session).text("control/status") == "success"
    assert post(LOOKUP, to=gateway, authentication=session).error[2] == "Invalid session"
    assert post(LOOKUP, to=gateway, authentication=sign_in(to=gateway)).text("operation/result/status") == "success"

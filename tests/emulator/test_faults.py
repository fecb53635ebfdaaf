"""The fault language, and what each fault sends."""

import pytest
from lxml import etree

from intacct_ql.emulator import Faults, Gateway

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
        ("slow=fast", "fault 'slow=fast': no such fault"),
    ],
)
def test_a_wrong_specification_is_named_in_one_line(spec, words):
    with pytest.raises(ValueError, match=r"^fault ") as caught:
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


def test_work_is_done_behind_a_524_and_not_behind_a_429(struck):
    assert struck("524")[0].ledger.calls["lookup"] == 1
    assert struck("429")[0].ledger.calls["lookup"] == 0


def test_expire_ends_the_sessions_before_the_call(store, post, sign_in):
    gateway = Gateway(store, faults="expire@call=3")
    session = sign_in(to=gateway)
    assert post(LOOKUP, to=gateway, authentication=session).text("control/status") == "success"
    assert post(LOOKUP, to=gateway, authentication=session).error[2] == "Invalid session"
    assert post(LOOKUP, to=gateway, authentication=sign_in(to=gateway)).text("operation/result/status") == "success"

"""The log of calls: which records a run leaves, what stands in them, and that no secret does."""

import json
import logging
import threading
from contextlib import suppress

import pytest
from gateways import CREDENTIALS

import intacct_ql as iql
from intacct_ql.cli import records
from intacct_ql.emulator import Accounts, Gateway, Store
from intacct_ql.emulator.demo import tables
from intacct_ql.errors import TransportError
from intacct_ql.executor.drive import Line
from intacct_ql.executor.lanes import Lanes
from intacct_ql.executor.log import FIELDS, LOGGER, paused
from intacct_ql.executor.threads import Crew
from intacct_ql.gateway.escape import escape
from intacct_ql.gateway.messages import Credentials, Pause
from intacct_ql.gateway.session import Conversation
from intacct_ql.transport.loopback import Loopback

URL = "http://localhost/ia/xml/xmlgw.phtml"
QUERY = "select RECORDNO from CUSTOMER"
EXCHANGED = {"function", "host", "status", "bytes", "seconds"}
PAUSED = {"failure", "tries", "throttled", "wait"}
PLAIN = {*vars(logging.makeLogRecord({})), "message", "asctime"}


@pytest.fixture(scope="module")
def store():
    return Store(tables())


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(Crew, "_pause", lambda self, seconds: None)


class Keeps(logging.Handler):
    def __init__(self):
        super().__init__()
        self.made = []

    def emit(self, record):
        self.made.append(record)


@pytest.fixture
def kept():
    """All records that are made meanwhile, of every logger."""
    root, keeps = logging.getLogger(), Keeps()
    before = root.level
    root.addHandler(keeps)
    root.setLevel(logging.DEBUG)
    yield keeps.made
    root.removeHandler(keeps)
    root.setLevel(before)


@pytest.fixture
def connect(store):
    """``connect("429@call=2")``: a session in process, and the gateway behind it."""

    def connect(faults="", accounts=None, **changed):
        given = {**CREDENTIALS, **changed}
        known = Accounts(
            senders={given["sender_id"]: given["sender_password"]},
            logins={(given["company_id"], given["user_id"]): given["user_password"]},
        )
        gateway = Gateway(store, accounts=accounts or known, faults=faults)

        def handle(body):
            answer = gateway.handle(body, url=URL)
            if answer.drop:
                raise TransportError("the connection was lost", passing=True)
            headers = {name.lower(): value for name, value in answer.headers}
            return answer.status, headers, answer.body[: answer.cut]

        conversation = Conversation(Credentials(**given), URL, clock=lambda: 0.0)
        line = Line(transport=Loopback(handle), lock=threading.Lock(), lanes=Lanes(1))
        return iql.Session(conversation, line, "a company", ahead=False), gateway

    return connect


def extras(record):
    """The fields that stand beside the message."""
    return {name: value for name, value in vars(record).items() if name not in PLAIN}


def test_every_exchange_leaves_one_record(connect, kept):
    session, _ = connect()
    result = session.query(QUERY, page_size=25)
    list(result)
    assert [record.function for record in kept] == ["getAPISession", "query", "query", "query"]
    assert {(record.name, record.levelname) for record in kept} == {("intacct_ql.calls", "DEBUG")}
    for record in kept:
        assert set(extras(record)) == EXCHANGED
        assert (record.host, record.status) == ("localhost", 200)
        assert record.seconds >= 0
        assert record.getMessage().startswith(f"{record.function}: status 200, {record.bytes:,} bytes in ")
    assert sum(record.bytes for record in kept) == result.stats.bytes


def test_every_pause_leaves_one_record(connect, kept):
    session, _ = connect("429@call=2, 429@call=3, 500@call=4, retry-after=7s")
    list(session.query(QUERY))
    pauses = [record for record in kept if record.levelno == logging.INFO]
    assert all(set(extras(record)) == PAUSED for record in pauses)
    assert [(record.throttled, record.tries) for record in pauses] == [(True, 1), (True, 2), (False, 3)]
    assert [record.wait for record in pauses[:2]] == [7.0, 7.0]
    assert pauses[0].getMessage().endswith("; asking again in 7.0 s")
    assert "500" in pauses[2].failure
    assert [record.status for record in kept if record not in pauses] == [200, 429, 429, 500, 200]


def test_an_exchange_without_an_answer_says_so(connect, kept):
    session, _ = connect("drop@call=2")
    with pytest.raises(TransportError):
        list(session.query(QUERY, retries=0))
    assert (kept[-1].status, kept[-1].bytes) == (None, 0)
    assert kept[-1].getMessage().startswith("query: no answer in ")


@pytest.mark.parametrize(
    ("level", "levels"), [("DEBUG", {"DEBUG", "INFO"}), ("INFO", {"INFO"}), ("WARNING", set()), ("ERROR", set())]
)
def test_what_is_said_depends_on_the_level(connect, kept, level, levels):
    session, _ = connect("500@call=2")
    LOGGER.setLevel(level)
    try:
        list(session.query(QUERY))
    finally:
        LOGGER.setLevel(logging.NOTSET)
    assert {record.levelname for record in kept} == levels


def test_of_a_failure_only_the_first_line_is_kept(kept):
    failure = TransportError("the reply was cut", "a hint", "another")
    paused(Pause(seconds=1.25, failure=failure, tries=2))
    (record,) = kept
    assert extras(record) == {"failure": "the reply was cut", "tries": 2, "throttled": False, "wait": 1.25}


# Secrets.

ODD = {
    "markup": ("pa<ss>&\"'word", "s&nder]]>"),
    "formats": ("100%s %(password)s {0} {password}", "%d%%-\\n"),
    "letters": ("s\u00e9cret-\u6771-\U0001f600", "\u00fcber-geheim"),
    "plain": ("uSer-5ecret-9f3e", "sEnder-5ecret-71c2"),
}
TROUBLES = (
    *("", "html@call=2", "cut@call=2", "drop@call=2", "doctype@call=2", "500@call=2", "503@call=2", "524@call=2"),
    *("429@call=2, retry-after=0s", "busy@call=2", "offline@call=2", "later@call=2", "dl@call=2", "expire@call=3"),
    *("html@call=1", "drop@call=1", "429@call=1", "offline@call=1", "cut@call=1+", "500@call=2+", "busy@call=1+"),
)


def shapes(secret):
    """The secret, and how it looks where somebody wrote it down."""
    return {secret, escape(secret), repr(secret)[1:-1], json.dumps(secret)[1:-1], repr(secret.encode())[2:-1]}


@pytest.mark.parametrize("wrong", [False, True], ids=["signed in", "refused"])
@pytest.mark.parametrize("name", ODD)
def test_no_secret_in_any_record_whatever_fails(connect, kept, name, wrong):
    user, sender = ODD[name]
    others = Accounts(senders={CREDENTIALS["sender_id"]: "other"}, logins={("acme", "xml_gateway"): "other"})
    issued = set()
    for trouble in TROUBLES:
        session, gateway = connect(
            trouble, accounts=others if wrong else None, user_password=user, sender_password=sender
        )
        with suppress(iql.Error):
            list(session.query(QUERY, page_size=25))
        issued |= {*gateway.sessions._open}
    ours = [record for record in kept if record.name == LOGGER.name]
    said = "\n".join(repr(value) for record in kept for value in (vars(record), record.getMessage()))
    assert len(ours) > len(TROUBLES)
    assert wrong or len(issued) > 10
    assert all(set(extras(record)) <= set(FIELDS) for record in ours)
    assert not any(record.exc_info or record.stack_info or not_plain(record.args) for record in ours)
    assert [shape for secret in (user, sender) for shape in shapes(secret) if shape in said] == []
    assert [sessionid for sessionid in issued if sessionid in said] == []
    assert "<" not in said.replace("<class", "")


def not_plain(arguments):
    """Whether a record holds more than text and numbers, out of which somebody might read a secret."""
    return any(not isinstance(one, str | int | float | None) for one in arguments or ())


# Lines of JSON.


@pytest.fixture
def written(tmp_path):
    """What a file has after records: ``written(session.query, ...)``."""

    def written(action):
        handler = records.handler(str(tmp_path / "calls.log"))
        LOGGER.addHandler(handler)
        LOGGER.setLevel(logging.DEBUG)
        try:
            action()
        finally:
            LOGGER.removeHandler(handler)
            LOGGER.setLevel(logging.NOTSET)
            handler.close()
        return (tmp_path / "calls.log").read_text("utf-8")

    return written


def test_the_command_writes_one_object_a_line(connect, written):
    session, _ = connect("429@call=2, retry-after=7s")
    lines = [json.loads(line) for line in written(lambda: list(session.query(QUERY))).splitlines()]
    assert [line["level"] for line in lines] == ["DEBUG", "DEBUG", "INFO", "DEBUG"]
    assert [set(line) - {"time", "level", "message"} for line in lines] == [EXCHANGED, EXCHANGED, PAUSED, EXCHANGED]
    assert all(line["time"].endswith("+00:00") for line in lines)
    assert (lines[2]["wait"], lines[2]["throttled"]) == (7.0, True)


@pytest.mark.parametrize(
    "words", ["two\nlines", "a \u2028 separator \x85", '"quotes" \\ and \u6771', "", "100% {0} %s"]
)
def test_a_line_is_a_line_whatever_a_failure_says(written, words):
    pause = Pause(seconds=1, failure=TransportError(words), tries=1)
    text = written(lambda: (paused(pause), paused(pause)))
    assert text.count("\n") == len(text.splitlines()) == 2
    assert json.loads(text.splitlines()[0])["failure"] == words.partition("\n")[0]


def test_lines_are_added_to_those_of_the_last_run(written):
    pause = Pause(seconds=1, failure=TransportError("one"), tries=1)
    assert written(lambda: paused(pause)).count("\n") == 1
    assert written(lambda: paused(pause)).count("\n") == 2


def test_a_dash_is_standard_error(capsys):
    handler = records.handler("-")
    handler.emit(logging.makeLogRecord({"msg": "a word", "levelname": "INFO", "status": None}))
    out, err = capsys.readouterr()
    assert (out, json.loads(err)["message"], json.loads(err)["status"]) == ("", "a word", None)


def test_a_file_that_cannot_be_is_refused_at_once(tmp_path):
    with pytest.raises(OSError, match="missing"):
        records.handler(str(tmp_path / "missing" / "calls.log"))

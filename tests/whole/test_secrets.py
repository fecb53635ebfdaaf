"""No password and no session id in anything that is logged, drawn, represented or raised."""

import contextlib
import dataclasses
import logging
import traceback
from pathlib import Path

import pytest
from gateways import CREDENTIALS, ENVIRONMENT, SECRETS

import intacct_ql as iql
from intacct_ql import profiles
from intacct_ql.gateway.messages import Credentials, Function
from intacct_ql.gateway.session import Conversation

QUERIES = ("select NAME from CUSTOMER limit 3", "select NO_SUCH from VENDOR", "select NAM from CUSTOMER")
TROUBLES = ("", *(f"{name}@call=2" for name in ("html", "cut", "drop", "doctype", "500", "expire")))
PASSING = "429@call=2, retry-after=0s"
"""Is lived through; the others are raised at once."""


@pytest.fixture
def dump(tmp_path):
    """A folder for everything that is said, with all logging at its most talkative."""
    folder = tmp_path / "said"
    folder.mkdir()
    handler = logging.FileHandler(folder / "log.txt")
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield folder
    root.removeHandler(handler)
    root.setLevel(before)
    handler.close()


def say(folder: Path, *things: object) -> None:
    with open(folder / "said.txt", "a", encoding="utf-8") as out:
        for thing in things:
            print(repr(thing), str(thing), file=out)
            if isinstance(thing, BaseException):
                print(*traceback.format_exception(thing), *map(repr, thing.args), sep="\n", file=out)
            elif hasattr(thing, "__slots__") and not dataclasses.is_dataclass(thing):
                print([repr(getattr(thing, name, None)) for name in thing.__slots__], file=out)


def run_everything(serving, folder: Path) -> list[str]:
    """Every query under every trouble, with right and wrong passwords; gives the session ids that were handed out."""
    issued = []
    for trouble in (*TROUBLES, PASSING):
        for changed in ({}, {"user_password": SECRETS[1] + "x"}, {"sender_password": SECRETS[0] + "x"}):
            with serving(faults=trouble or None) as running:
                session = iql.connect(endpoint_url=running.url, **{**CREDENTIALS, **changed})
                for text in QUERIES:
                    with contextlib.suppress(iql.Error):
                        say(folder, session.explain(text))
                    try:
                        result = session.query(text, retries=1 if trouble == PASSING else 0)
                        say(folder, result, list(result), result.stats, result.columns)
                    except iql.Error as error:
                        say(folder, error)
                say(folder, session, session._conversation, vars(session), vars(session._conversation))
                issued += list(running.gateway.sessions._open)
                session.close()
    return issued


def test_no_secret_in_anything_that_is_said(serving, dump, tmp_path):
    issued = run_everything(serving, dump)
    credentials = Credentials(**CREDENTIALS)
    conversation = Conversation(credentials, "http://127.0.0.1:1/", clock=lambda: 0.0)
    exchange = next(conversation.call(Function(name="query", xml="<query/>")))
    settings = profiles.load(None, {}, ENVIRONMENT, tmp_path)
    say(dump, credentials, conversation, exchange, settings, exchange.reader)
    half = {name: value for name, value in ENVIRONMENT.items() if "COMPANY" not in name}
    try:
        profiles.load(None, {}, half, tmp_path)
    except iql.ConfigError as error:
        say(dump, error)
    said = "".join(path.read_text("utf-8") for path in dump.iterdir())
    assert len(said) > 10_000
    assert "acme" in said
    assert len(issued) > 5
    assert [secret for secret in (*SECRETS, *issued) if secret in said] == []

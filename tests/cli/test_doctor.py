"""``doctor``: each step fails once, says what to do, and those behind it are not tried."""

import json
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import companies
import gateways
import pexpect
import pytest
from click.testing import Result

from intacct_ql.diagnosing.case import PROBED
from intacct_ql.diagnosing.course import STEPS
from intacct_ql.emulator import Accounts, Gateway, Running, Store
from intacct_ql.emulator.demo import tables
from intacct_ql.emulator.formatting import Formatting
from intacct_ql.emulator.users import User

Run = Callable[..., Result]
FEW = User(unreadable=("GLENTRY", "GLDETAIL", "USERINFO"), formatting=Formatting(dateformat="-Ymd", gmtoffset="+09:30"))
NONE = User(unreadable=PROBED)


@pytest.fixture(scope="module")
def gateway() -> Gateway:
    logins = {("acme", user): gateways.USER_PASSWORD for user in ("xml_gateway", "few", "none")}
    accounts = Accounts(senders=gateways.ACCOUNTS.senders, logins=logins, users={"few": FEW, "none": NONE})
    return Gateway(Store(tables()), accounts=accounts)


@pytest.fixture(scope="module")
def running(gateway: Gateway) -> Iterator[str]:
    with Running(gateway) as served:
        yield served.url


@pytest.fixture(autouse=True)
def configured(home: Path, monkeypatch: pytest.MonkeyPatch, running: str) -> None:
    for name, value in gateways.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("INTACCT_ENDPOINT_URL", running)


@pytest.fixture
def faulty(gateway: Gateway) -> Iterator[Callable[[str], None]]:
    def set_faults(spec: str) -> None:
        gateway.faults = spec

    yield set_faults
    gateway.faults = None


def steps(result: Result) -> dict[str, dict[str, Any]]:
    """The first finding of each step that is not merely a warning beside it."""
    told: dict[str, dict[str, Any]] = {}
    for one in json.loads(result.stdout)["steps"]:
        told.setdefault(one["step"], one)
    return told


def examined(run: Run, *arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
    result = run("doctor", "--output", "json", *arguments)
    assert not any(secret in result.output for secret in gateways.SECRETS)
    return result.exit_code, steps(result)


def broken_at(run: Run, *arguments: str, status: int = 3) -> dict[str, Any]:
    """The one step that failed: those before it did not, those behind it were not tried."""
    code, told = examined(run, *arguments)
    assert code == status
    assert list(told) == list(STEPS)
    [failed] = [one for one in told.values() if one["state"] == "failed"]
    behind = list(STEPS)[list(STEPS).index(failed["step"]) + 1 :]
    for step in behind:
        assert told[step]["words"] == f"not tried, because {failed['step']} failed"
    return failed


def test_all_is_well(run: Run) -> None:
    code, told = examined(run)
    assert code == 0
    assert list(told) == list(STEPS)
    assert {one["state"] for one in told.values()} == {"ok"}
    assert told["clock"]["details"]["ahead"] < 5
    assert told["entities"]["details"] == {"entities": ["100", "200", "300"]}
    assert "General Ledger" in told["permissions"]["details"]["applications"]
    assert told["session"]["details"]["lifetime"] > 0
    assert told["wire"]["details"]["packed"] == ["gzip"]
    assert told["wire"]["details"]["answers"] == 18


def test_the_demo_company_is_in_this_process(run: Run) -> None:
    code, told = examined(run, "--demo")
    assert code == 0
    skipped = {step for step, one in told.items() if one["state"] == "skipped"}
    assert skipped == {"name", "connection", "clock", "wire"}


def test_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTACCT_COMPANY_ID")
    failed = broken_at(run)
    assert failed["step"] == "settings"
    assert failed["words"] == "credentials are incomplete: INTACCT_COMPANY_ID not set"
    assert failed["advice"][0].startswith("INTACCT_USER_ID and INTACCT_USER_PASSWORD are given")


def test_a_profile_that_others_may_read(run: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in gateways.ENVIRONMENT:
        monkeypatch.delenv(name)
    values = "\n".join(f"{key} = {value}" for key, value in gateways.CREDENTIALS.items())
    (home / ".intacct").mkdir()
    (home / ".intacct" / "credentials.ini").write_text(f"[default]\n{values}\n")
    (home / ".intacct" / "credentials.ini").chmod(0o644)
    result = run("doctor")
    assert result.exit_code == 0
    assert "! settings      others may read the passwords" in result.stdout
    assert "→ chmod 600" in result.stdout


def test_nothing_is_configured(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*gateways.ENVIRONMENT, "INTACCT_ENDPOINT_URL"):
        monkeypatch.delenv(name)
    result = run("doctor")
    assert result.exit_code == 0
    assert "! settings      there is no profile and there are no credentials\n" in result.stdout
    assert "→ intacct-ql profile add NAME makes a profile\n" in result.stdout


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://gateway.example/", "credentials are not sent to gateway.example"),
        ("http://api.intacct.com/", "without TLS"),
        ("ftp://api.intacct.com/", "not an http or https URL"),
    ],
)
def test_the_endpoint(url: str, words: str, run: Run) -> None:
    failed = broken_at(run, "--endpoint", url)
    assert failed["step"] == "endpoint"
    assert words in failed["words"]


def test_the_name(run: Run) -> None:
    failed = broken_at(run, "--endpoint", "https://nowhere.invalid/", "--trust-host", "nowhere.invalid")
    assert (failed["step"], failed["words"]) == ("name", "the name nowhere.invalid cannot be resolved")


def test_a_proxy_finds_the_name_and_its_password_is_not_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:hush@127.0.0.1:9")
    result = run("doctor", "--endpoint", "https://nowhere.invalid/", "--trust-host", "nowhere.invalid")
    assert result.exit_code == 3
    assert "– name          the proxy 127.0.0.1:9 looks it up" in result.stdout
    assert re.search(r"✗ gateway +nowhere.invalid refuses the connection|✗ gateway +the proxy", result.stdout)
    assert "hush" not in result.output


def test_nobody_listens(run: Run) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        failed = broken_at(run, "--endpoint", f"http://127.0.0.1:{free.getsockname()[1]}/")
    assert failed["step"] == "connection"
    assert "Connection refused" in failed["words"]


@contextmanager
def listening(answer: Callable[[socket.socket], object]) -> Iterator[int]:
    """Whatever connects is dealt with by ``answer``."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            try:
                while True:
                    with server.accept()[0] as came:
                        answer(came)
            except OSError:
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.fixture
def certified(tmp_path: Path) -> Iterator[tuple[int, Path]]:
    """A port that speaks TLS and says nothing, and its certificate, which ends tomorrow."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate]
    subprocess.run([*made, *names], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def answer(came: socket.socket) -> None:
        with context.wrap_socket(came, server_side=True):
            pass

    with listening(answer) as port:
        yield port, certificate


def test_a_certificate_that_is_not_trusted(run: Run, certified: tuple[int, Path]) -> None:
    failed = broken_at(run, "--endpoint", f"https://localhost:{certified[0]}/")
    assert failed["step"] == "connection"
    assert "the certificate of localhost is not trusted: self-signed certificate" in failed["words"]


def test_a_certificate_that_ends_soon(run: Run, certified: tuple[int, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[1]))
    result = run("doctor", "--endpoint", f"https://localhost:{certified[0]}/")
    assert re.search(r"✓ connection    port \d+ answers, TLSv1.3, certificate valid until \d{4}-", result.stdout)
    assert "! connection    the certificate ends soon" in result.stdout
    assert "✗ gateway       localhost broke off its answer" in result.stdout


def test_something_that_speaks_no_tls(run: Run) -> None:
    with listening(lambda came: came.sendall(b"SSH-2.0-x\r\n")) as port:
        failed = broken_at(run, "--endpoint", f"https://localhost:{port}/")
    assert failed["step"] == "connection"
    assert "no TLS connection with localhost" in failed["words"]


@pytest.mark.parametrize(
    ("faults", "words", "advice"),
    [
        ("503@call=1", "GW-0001 Unable to process request", ""),
        ("429@call=1", "GW-0010 API rate limit exceeded", "wait"),
        ("502@call=1", "HTTP status 502", "try again a little later"),
        ("html@call=1", "HTML", ""),
        ("drop@call=1", "broke off its answer", "try again a little later"),
        ("cut@call=1", "broke off", "try again a little later"),
        ("doctype@call=1", "DOCTYPE", ""),
    ],
)
def test_another_one_answers_than_the_gateway(
    faults: str, words: str, advice: str, run: Run, faulty: Callable[[str], None]
) -> None:
    faulty(faults)
    failed = broken_at(run)
    assert failed["step"] == "gateway"
    assert words in failed["words"]
    assert advice in " ".join(failed["advice"])


def test_the_wrong_path(run: Run, running: str) -> None:
    failed = broken_at(run, "--endpoint", running.replace("xmlgw", "other"))
    assert (failed["step"], failed["advice"]) == ("gateway", ["check the path of the endpoint"])


def test_a_gateway_that_is_silent(run: Run, faulty: Callable[[str], None]) -> None:
    faulty("hang@call=1,hang=2s")
    failed = broken_at(run, "--timeout", "0.5")
    assert (failed["step"], "does not go on answering" in failed["words"]) == ("gateway", True)


@pytest.mark.parametrize(("variable", "step"), [("INTACCT_SENDER_PASSWORD", "sender"), ("INTACCT_SENDER_ID", "sender")])
def test_the_sender_is_wrong(variable: str, step: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "wrong")
    failed = broken_at(run)
    assert failed["step"] == "sender"
    assert "Incorrect Intacct XML Partner ID or password" in failed["words"]
    assert failed["advice"][0].startswith("not the user: sender_id and sender_password")


@pytest.mark.parametrize("variable", ["INTACCT_USER_PASSWORD", "INTACCT_USER_ID", "INTACCT_COMPANY_ID"])
def test_the_user_is_wrong(variable: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "wrong")
    failed = broken_at(run)
    assert failed["step"] == "user"
    assert "Sign-in information is incorrect" in failed["words"]
    assert failed["advice"][0].startswith("not the sender: company_id, user_id and user_password")


def test_one_sign_in_is_tried_because_accounts_lock(
    run: Run, monkeypatch: pytest.MonkeyPatch, gateway: Gateway
) -> None:
    monkeypatch.setenv("INTACCT_USER_PASSWORD", "wrong")
    before = gateway.ledger.requests
    broken_at(run)
    assert gateway.ledger.requests == before + 1


def test_an_entity_that_does_not_exist(run: Run) -> None:
    failed = broken_at(run, "--entity", "999")
    assert failed["step"] == "user"
    assert failed["advice"][-1] == "entity 999 may not exist, or be closed to the user"


@pytest.mark.parametrize(
    ("words", "step", "advice"),
    [
        ("This company is not authorized for XML transactions", "web services", "Subscriptions"),
        ("Invalid Web Services Authorization", "authorisation", "add the sender id to Web Services authorizations"),
    ],
)
def test_what_a_company_has_to_set_up(  # in the words of the field; the emulator has neither state
    words: str, step: str, advice: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intacct_ql.emulator.sessions.Sessions._sign_in", lambda self, _: refuse(words))
    failed = broken_at(run)
    assert (failed["step"], words in failed["words"]) == (step, True)
    assert advice in failed["advice"][0]


def refuse(words: str) -> None:
    from intacct_ql.emulator.sessions import _refused

    raise _refused(words)


def test_a_user_with_few_rights(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTACCT_USER_ID", "few")
    result = run("doctor", "--output", "json")
    assert result.exit_code == 0
    told = [one for one in json.loads(result.stdout)["steps"] if one["step"] == "reading"]
    assert [one["state"] for one in told] == ["ok", "warning", "warning"]
    assert "GLENTRY" not in told[0]["words"]
    assert told[1]["words"].startswith("GLENTRY: the gateway refused (function): PL04000005")
    named = steps(result)
    assert named["permissions"]["state"] == "skipped"
    assert named["formats"]["words"] == "dates are YYYY-MM-DD, 24 hours a clock, zone +09:30, locale en_US"


def test_an_object_that_is_named_has_to_be_readable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTACCT_USER_ID", "few")
    code, told = examined(run, "--object", "customer", "--object", "GLENTRY")
    assert code == 4
    assert told["reading"]["words"] == "rows of CUSTOMER"
    assert told["reading"]["details"]["refused"].keys() == {"GLENTRY"}
    assert examined(run, "--object", "CUSTOMER")[0] == 0


def test_an_object_of_the_company_alone_is_asked_for_by_its_name_as_it_is_spelled(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in gateways.ENVIRONMENT:
        monkeypatch.setenv(name, "demo")
    with Running(companies.gateway(tmp_path / "company")) as served:
        result = run("doctor", "--endpoint", served.url, "--object", "rental_property", "--object", "no_such")
    assert "✓ reading       rows of rental_property\n" in result.stdout
    assert "✗ reading       no_such: the gateway refused" in result.stdout


def test_a_user_without_rights(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTACCT_USER_ID", "none")
    result = run("doctor")
    assert result.exit_code == 4
    assert "✗ reading       none of these objects can be read\n" in result.stdout


def test_a_clock_that_is_wrong(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from intacct_ql.diagnosing import case

    now = case.time
    monkeypatch.setattr(case, "time", lambda: now() - 600)
    _, told = examined(run)
    assert (told["clock"]["state"], told["clock"]["words"]) == (
        "warning",
        "this machine's is 10 minutes behind the gateway's",
    )


def test_words_wrap_on_their_own_side_of_a_terminal(environment) -> None:
    program, settings = environment()
    with pexpect.spawn(program, ["doctor", "--demo"], dimensions=(40, 70), **settings) as terminal:
        terminal.expect(pexpect.EOF)
        shown = terminal.before
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown).split("\r\n")
    start = next(at for at, line in enumerate(plain) if line.startswith("✓ reading"))
    assert plain[start + 1].startswith(" " * 16)
    assert not any(len(line.rstrip()) > 70 for line in plain)

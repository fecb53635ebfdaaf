"""``profile``: added, listed, tested, removed; no secret is ever shown."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import gateways
import keyrings
import pexpect
import pytest
from click.testing import Result
from rich.cells import cell_len

from intacct_ql.emulator import Gateway, Running, Store, Table

Run = Callable[..., Result]
IDS = ("--sender-id", "acme-sender", "--company-id", "acme", "--user-id", "xml_gateway")
BOTH = f"{gateways.SENDER_PASSWORD}\n{gateways.USER_PASSWORD}\n"


@pytest.fixture(autouse=True)
def keyring() -> Iterator[keyrings.Memory]:
    with keyrings.using(memory := keyrings.Memory()):
        yield memory


@pytest.fixture
def no_keyring(keyring: keyrings.Memory) -> Iterator[None]:
    with keyrings.using(keyrings.NONE()):
        yield


@pytest.fixture
def file(home: Path) -> Path:
    return home / ".intacct" / "credentials.ini"


@pytest.fixture
def acme(run: Run) -> None:
    assert run("profile", "add", "acme", *IDS, "--password-stdin", stdin=BOTH).exit_code == 0


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    store = Store([Table(object="CUSTOMER", columns=("RECORDNO",), rows=[(1,)])])
    with Running(Gateway(store, accounts=gateways.ACCOUNTS)) as running:
        yield running.url


def told(run: Run, *arguments: str) -> list[dict[str, object]]:
    return json.loads(run("profile", "list", "--output", "json", *arguments).stdout)


@pytest.mark.usefixtures("acme")
def test_passwords_go_into_the_keyring_and_the_rest_into_the_file(file: Path, keyring: keyrings.Memory) -> None:
    assert file.read_text() == "[acme]\nsender_id = acme-sender\ncompany_id = acme\nuser_id = xml_gateway\n"
    assert keyring.kept == {
        ("intacct-ql", "acme/sender_password"): gateways.SENDER_PASSWORD,
        ("intacct-ql", "acme/user_password"): gateways.USER_PASSWORD,
    }


def test_adding_says_what_comes_next(run: Run, file: Path) -> None:
    result = run("profile", "add", "acme", *IDS, "--password-stdin", stdin=BOTH)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        f"profile acme is kept in {file}; its passwords are in the system keyring (keyrings Memory)",
        "try it: intacct-ql profile test acme; then intacct-ql query --profile acme ...",
    ]


@pytest.mark.usefixtures("no_keyring")
def test_without_a_keyring_nothing_is_kept_silently(run: Run, file: Path) -> None:
    result = run("profile", "add", "acme", *IDS, "--password-stdin", stdin=BOTH)
    assert result.exit_code == 2
    assert "Passwords cannot go into a keyring: the system has no keyring that can be used." in result.stderr
    assert "--store file" in result.stderr
    assert not file.exists()


def test_a_keyring_of_plain_text_is_none(run: Run) -> None:
    with keyrings.using(plain := keyrings.PlaintextKeyring()):
        result = run("profile", "add", "acme", *IDS, "--store", "keyring", "--password-stdin", stdin=BOTH)
    assert result.exit_code == 2
    assert "(keyrings PlaintextKeyring) keeps passwords as plain text" in result.stderr
    assert plain.kept == {}


def test_the_file_of_the_sdks_is_a_choice(run: Run, file: Path, keyring: keyrings.Memory) -> None:
    run("profile", "add", "acme", *IDS, "--store", "file", "--password-stdin", stdin=BOTH)
    assert f"user_password = {gateways.USER_PASSWORD}\n" in file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    assert keyring.kept == {}


@pytest.mark.usefixtures("acme")
def test_moving_passwords_leaves_none_behind(run: Run, file: Path, keyring: keyrings.Memory) -> None:
    add = ("profile", "add", "acme", *IDS, "--replace", "--password-stdin")
    run(*add, "--store", "file", stdin=BOTH)
    assert keyring.kept == {}
    run(*add, stdin=BOTH)
    assert "password" not in file.read_text()
    run("profile", "add", "acme", *IDS, "--replace", "--store", "none")
    assert keyring.kept == {}


def test_passwords_come_from_the_environment_too(
    run: Run, monkeypatch: pytest.MonkeyPatch, keyring: keyrings.Memory
) -> None:
    for name, value in gateways.ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    result = run("profile", "add", "acme")
    assert set(keyring.kept.values()) == set(gateways.SECRETS)
    assert "INTACCT_USER_PASSWORD set: the environment comes before every profile" in result.stderr


def test_where_nobody_can_be_asked_everything_missing_is_named(run: Run) -> None:
    result = run("profile", "add", "acme", "--sender-id", "x")
    assert result.exit_code == 2
    for words in ("Company id: --company-id, or INTACCT_COMPANY_ID", "User password: --password-stdin, or INTACCT_"):
        assert words in result.stderr
    assert "Sender id" not in result.stderr


@pytest.mark.parametrize("lines", ["", "one\n", "one\n\n", "one\ntwo\nthree\n"])
def test_standard_input_holds_two_passwords(lines: str, run: Run) -> None:
    result = run("profile", "add", "acme", *IDS, "--password-stdin", stdin=lines)
    assert (result.exit_code, "reads two lines" in result.stderr) == (2, True)


@pytest.mark.parametrize("name", ["", " a", "a]", "a\nb"])
def test_a_name_that_no_section_can_have(name: str, run: Run) -> None:
    result = run("profile", "add", name, *IDS, "--password-stdin", stdin=BOTH)
    assert (result.exit_code, "cannot be the name of a profile" in result.stderr) == (3, True)


@pytest.mark.parametrize(
    ("url", "status", "words"),
    [
        ("api.intacct.com", 2, "not an http or https URL"),
        ("https://me:hush@api.intacct.com/", 2, "holds a user name or password"),
        ("https://gateway.example/", 0, "commands need --trust-host gateway.example"),
    ],
)
def test_an_address_is_looked_at_when_it_is_given(url: str, status: int, words: str, run: Run) -> None:
    result = run("profile", "add", "acme", *IDS, "--password-stdin", "--endpoint", url, stdin=BOTH)
    assert (result.exit_code, words in result.stderr) == (status, True)
    assert "hush" not in result.output


@pytest.mark.usefixtures("acme")
def test_a_profile_is_changed_only_when_told(run: Run, file: Path) -> None:
    add = ("profile", "add", "acme", *IDS, "--password-stdin", "--entity", "100")
    assert run(*add, stdin=BOTH).exit_code == 2
    assert run(*add, "--replace", stdin=BOTH).exit_code == 0
    assert "entity_id = 100" in file.read_text()
    run("profile", "add", "acme", *IDS, "--password-stdin", "--replace", stdin=BOTH)
    assert "entity_id = 100" in file.read_text()
    run("profile", "add", "acme", "--password-stdin", "--replace", "--entity", "", stdin=BOTH)
    assert "company_id = acme" in file.read_text(), "what it held stays where nobody can be asked"
    assert "entity_id" not in file.read_text()


def test_names_of_any_script_stay_in_their_columns(run: Run) -> None:
    run("profile", "add", "acme", "--sender-id", "s", "--company-id", "株式会社", "--user-id", "é", "--store", "none")
    run("profile", "add", "other", *IDS, "--store", "none")
    header, _, *rows = run("profile", "list").stdout.splitlines()
    at = cell_len(header[: header.index("USER")])
    assert [cell_len(row[: row.index(user)]) for row, user in zip(rows, ("é", "xml_gateway"), strict=True)] == [at, at]


@pytest.mark.usefixtures("acme")
def test_the_list(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("profile", "add", "default", *IDS, "--store", "file", "--password-stdin", stdin=BOTH)
    run("profile", "add", "bare", *IDS, "--store", "none", "--entity", "100")
    table = run("profile", "list").stdout
    assert [line.split() for line in table.splitlines()[2:]] == [
        ["acme", "acme", "xml_gateway", "acme-sender", "keyring", "api.intacct.com"],
        ["*", "default", "acme", "xml_gateway", "acme-sender", "file", "api.intacct.com"],
        ["bare", "acme", "xml_gateway", "100", "acme-sender", "missing", "api.intacct.com"],
    ]
    assert [(one["name"], one["default"], one["user_password"]) for one in told(run)] == [
        ("acme", False, "keyring"),
        ("default", True, "file"),
        ("bare", False, "missing"),
    ]
    assert not any(secret in table for secret in gateways.SECRETS)
    monkeypatch.setenv("INTACCT_PROFILE", "acme")
    assert [one["name"] for one in told(run) if one["default"]] == ["acme"]


def test_a_list_of_nothing_says_how_to_begin(run: Run) -> None:
    result = run("profile", "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "intacct-ql profile add NAME" in result.stderr
    assert told(run) == []


def test_a_file_that_others_may_read(run: Run, file: Path, url: str) -> None:
    run("profile", "add", "acme", *IDS, "--store", "file", "--password-stdin", "--endpoint", url, stdin=BOTH)
    file.chmod(0o644)
    query = ("query", "--quiet", "--profile", "acme", "select RECORDNO from CUSTOMER")
    for command in (("profile", "list"), ("profile", "show", "acme"), query):
        assert f"warning: others may read the passwords in {file}; chmod 600" in run(*command).stderr


@pytest.mark.usefixtures("acme")
def test_one_is_shown(run: Run, file: Path) -> None:
    result = run("profile", "show", "acme")
    assert "company_id       acme\n" in result.stdout
    assert f"file             {file}\n" in result.stdout
    assert not any(secret in result.output for secret in gateways.SECRETS)
    assert json.loads(run("profile", "show", "acme", "--output", "json").stdout)["sender_password"] == "keyring"


@pytest.mark.parametrize("command", ["show", "test", "remove"])
def test_one_that_is_not_there(command: str, run: Run, file: Path) -> None:
    result = run("profile", command, "acme")
    assert (result.exit_code, result.stdout) == (3, "")
    none = f"error: there is no profile acme in {file}\n  hint: it has none; intacct-ql profile add NAME makes one\n"
    assert result.stderr == none
    for name in ("acme", "widgets"):
        run("profile", "add", name, *IDS, "--password-stdin", stdin=BOTH)
    for name, hint in (("acne", "did you mean acme?"), ("nosuch", "it has acme, widgets")):
        result = run("profile", command, name)
        assert result.exit_code == 3
        assert result.stderr == f"error: there is no profile {name} in {file}\n  hint: {hint}\n"
    assert "did you mean acme?" in run("query", "--profile", "acne", "select NAME from VENDOR").stderr


@pytest.mark.usefixtures("acme")
def test_removing_takes_the_passwords_along(run: Run, file: Path, keyring: keyrings.Memory) -> None:
    assert run("profile", "remove", "acme").exit_code == 2
    result = run("profile", "remove", "acme", "--yes")
    assert result.stderr == "profile acme is gone, its passwords too\n"
    assert (file.read_text(), keyring.kept) == ("", {})


def test_signing_in(run: Run, url: str) -> None:
    run("profile", "add", "acme", *IDS, "--password-stdin", "--endpoint", url, stdin=BOTH)
    result = run("profile", "test", "acme")
    assert (result.exit_code, result.stdout) == (
        0,
        "profile acme works: user xml_gateway of company acme, at the top level\n",
    )


def test_signing_in_with_a_password_of_the_environment(run: Run, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run("profile", "add", "acme", *IDS, "--store", "none", "--endpoint", url)
    assert run("profile", "test", "acme").exit_code == 3
    for name, value in {**gateways.ENVIRONMENT, "INTACCT_USER_ID": "somebody else"}.items():
        monkeypatch.setenv(name, value)
    assert run("profile", "test", "acme").exit_code == 0


def test_signing_in_fails(run: Run, url: str) -> None:
    run(
        "profile", "add", "acme", *IDS, "--password-stdin", "--endpoint", url, stdin=f"{gateways.SENDER_PASSWORD}\nno\n"
    )
    result = run("profile", "test", "acme")
    assert (result.exit_code, result.stdout) == (3, "")
    assert "profile acme does not work; intacct-ql doctor --profile acme" in result.stderr
    assert "Sign-in information is incorrect" in result.stderr


@pytest.mark.usefixtures("acme")
def test_a_query_uses_the_keyring(run: Run, url: str) -> None:
    result = run("query", "--profile", "acme", "--endpoint", url, "select RECORDNO from CUSTOMER", "--output", "csv")
    assert (result.exit_code, result.stdout) == (0, "RECORDNO\n1\n")
    assert "and the system keyring" in result.stderr


def test_somebody_at_a_terminal_is_asked(home: Path, file: Path) -> None:
    environment = {**os.environ, "HOME": str(home), "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    program = str(Path(sys.executable).with_name("intacct-ql"))
    with pexpect.spawn(program, ["profile", "add", "acme"], env=environment, encoding="utf-8", timeout=20) as terminal:
        for question, answer in (
            ("cannot go into a keyring.*as plain text that you alone may read.*: ", "y"),
            ("Sender id .Web Services.: ", "acme-sender"),
            ("Sender password: ", gateways.SENDER_PASSWORD),
            ("Company id: ", "acme"),
            ("User id: ", "xml_gateway"),
            ("User password: ", gateways.USER_PASSWORD),
        ):
            terminal.expect(question)
            terminal.sendline(answer)
        terminal.expect("intacct-ql profile test acme")
        terminal.expect(pexpect.EOF)
        shown = terminal.before
    assert not any(secret in shown for secret in gateways.SECRETS)
    assert f"sender_password = {gateways.SENDER_PASSWORD}" in file.read_text()

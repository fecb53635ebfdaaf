"""Credentials: the names and the order of Sage's own SDKs."""

from collections.abc import Iterator
from pathlib import Path

import keyrings
import pytest

from intacct_ql.errors import ConfigError
from intacct_ql.profiles import ENDPOINT, Settings, load

FILE = """
[default]
sender_id = filesender
sender_password = "100%; sure"
company_id = filecompany
user_id = fileuser
user_password = 'a # b'
entity_id = fileentity
endpoint_url = https://file.intacct.com/

[other]
sender_id = othersender
sender_password = s
company_id = othercompany
user_id = u
user_password = p
"""

SENDER = {"INTACCT_SENDER_ID": "envsender", "INTACCT_SENDER_PASSWORD": "envsecret"}
LOGIN = {"INTACCT_COMPANY_ID": "envcompany", "INTACCT_USER_ID": "envuser", "INTACCT_USER_PASSWORD": "envpassword"}
ARGUMENTS = {"sender_id": "a", "sender_password": "b", "company_id": "c", "user_id": "d", "user_password": "e"}


@pytest.fixture(autouse=True)
def keyring() -> Iterator[keyrings.Memory]:
    with keyrings.using(memory := keyrings.Memory()):
        yield memory


@pytest.fixture
def home(tmp_path: Path) -> Path:
    write(tmp_path, FILE)
    return tmp_path


def write(home: Path, text: str) -> None:
    (home / ".intacct").mkdir(exist_ok=True)
    (home / ".intacct" / "credentials.ini").write_text(text, "utf-8")


def loaded(*arguments: object) -> Settings:
    settings = load(*arguments)  # type: ignore[arg-type]
    assert settings is not None
    return settings


def test_nothing_is_configured(tmp_path: Path) -> None:
    assert load(None, {}, {"INTACCT_SENDER_ID": ""}, tmp_path) is None
    assert load(None, {"user_id": None}, {"INTACCT_ENTITY_ID": "E100"}, tmp_path) is None


def test_the_file(home: Path) -> None:
    assert load(None, {}, {}, home) == Settings(
        sender_id="filesender",
        sender_password="100%; sure",
        company_id="filecompany",
        user_id="fileuser",
        user_password="a # b",
        entity_id="fileentity",
        endpoint_url="https://file.intacct.com/",
        source=f"profile default in {home}/.intacct/credentials.ini",
    )


def test_the_environment_alone(tmp_path: Path) -> None:
    settings = loaded(None, {}, SENDER | LOGIN, tmp_path)
    assert (settings.sender_id, settings.company_id, settings.entity_id) == ("envsender", "envcompany", None)
    assert settings.endpoint_url == ENDPOINT
    assert settings.source == "the environment"


def test_arguments_come_before_the_environment_and_the_environment_before_the_file(home: Path) -> None:
    settings = loaded(None, {"user_id": "argument"}, SENDER | LOGIN | {"INTACCT_ENTITY_ID": "E1"}, home)
    assert (settings.user_id, settings.company_id, settings.entity_id) == ("argument", "envcompany", "E1")


def test_each_half_of_the_file_is_read_on_its_own(home: Path) -> None:
    sender = loaded(None, {}, SENDER, home)
    assert (sender.sender_id, sender.company_id, sender.entity_id) == ("envsender", "filecompany", "fileentity")
    assert sender.endpoint_url == ENDPOINT, "the file's endpoint belongs to the file's sender"
    login = loaded(None, {}, LOGIN, home)
    assert (login.sender_id, login.company_id, login.entity_id) == ("filesender", "envcompany", None)
    assert login.endpoint_url == "https://file.intacct.com/"


def test_a_full_environment_never_opens_the_file(home: Path) -> None:
    write(home, "this is not a profile file")
    settings = loaded("other", {}, SENDER | LOGIN, home)
    assert settings.source == "the environment; profile other was not read"


def test_a_half_set_environment_hides_the_file_and_the_error_says_so(home: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load(None, {}, {"INTACCT_USER_ID": "envuser"}, home)
    assert str(caught.value) == (
        "credentials are incomplete: INTACCT_COMPANY_ID and INTACCT_USER_PASSWORD not set\n"
        f"  hint: INTACCT_USER_ID is given, so the login is not read from {home}/.intacct/credentials.ini (Sage's own "
        "SDKs do the same): give INTACCT_COMPANY_ID, INTACCT_USER_ID and INTACCT_USER_PASSWORD, or none of them"
    )


@pytest.mark.parametrize(
    ("argument", "env", "company"),
    [
        ("other", {}, "othercompany"),
        (None, {"INTACCT_PROFILE": "other"}, "othercompany"),
        (None, {"INTACCT_SENDER_PROFILE": "other"}, "othercompany"),
        (None, {"INTACCT_COMPANY_PROFILE": "other"}, "filecompany"),
        ("default", {"INTACCT_PROFILE": "other"}, "filecompany"),
    ],
)
def test_which_section_is_read(argument: str | None, env: dict[str, str], company: str, home: Path) -> None:
    assert loaded(argument, {}, env, home).company_id == company


def test_a_section_that_is_not_there(home: Path) -> None:
    with pytest.raises(ConfigError, match=r"has no section \[acme\]; its sections: default, other"):
        load("acme", {}, {}, home)


def test_a_profile_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="profile acme is wanted, and there is no file"):
        load("acme", {}, {}, tmp_path)


def test_an_incomplete_section(tmp_path: Path) -> None:
    write(tmp_path, "[default]\nsender_id = s\nsender_password = p\ncompany_id = c\nuser_id = u\n")
    with pytest.raises(ConfigError, match=r"user_password missing from \[default\] in"):
        load(None, {}, {}, tmp_path)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("user_password = hush\n", "line 1 is not"),
        ("[default]\nhush\n", "line 2 is not"),
        ("[default]\nuser_id = hush\nuser_id = hush\n", "line 3: user_id stands twice"),
        ("[default]\n[default]\n", "section .default. stands twice"),
    ],
)
def test_a_broken_file_is_named_and_not_quoted(text: str, words: str, tmp_path: Path) -> None:
    write(tmp_path, text)
    with pytest.raises(ConfigError, match=words) as caught:
        load(None, {}, {}, tmp_path)
    assert "hush" not in str(caught.value)


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    write(tmp_path, "")
    (tmp_path / ".intacct" / "credentials.ini").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="not UTF-8 text"):
        load(None, {}, {}, tmp_path)


def test_secrets_stay_out_of_the_repr(home: Path) -> None:
    assert "sure" not in repr(load(None, {}, {}, home))
    assert "a # b" not in repr(load(None, {}, {}, home))


def test_a_local_gateway_without_credentials_gets_the_demo_ones(tmp_path: Path) -> None:
    settings = loaded(None, {"endpoint_url": "http://127.0.0.1:8000/ia/xml/xmlgw.phtml"}, {}, tmp_path)
    assert {settings.sender_id, settings.sender_password, settings.company_id, settings.user_password} == {"demo"}


@pytest.mark.parametrize("url", ["https://api.intacct.com/", "http://127.0.0.1.evil.com/", "http://[::1", "x"])
def test_any_other_address_without_credentials_is_an_error(url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there are no credentials for"):
        load(None, {"endpoint_url": url}, {}, tmp_path)


def test_a_setting_that_does_not_exist() -> None:
    with pytest.raises(ConfigError, match="there is no setting passwd; the settings are sender_id"):
        load(None, {"passwd": "x"}, ARGUMENTS, Path())


IDS = "[default]\nsender_id = s\ncompany_id = c\nuser_id = u\n"


def test_passwords_that_are_not_in_the_file_are_in_the_keyring(tmp_path: Path, keyring: keyrings.Memory) -> None:
    write(tmp_path, IDS)
    keyring.kept = {("intacct-ql", "default/sender_password"): "hush", ("intacct-ql", "default/user_password"): "still"}
    settings = loaded(None, {}, {}, tmp_path)
    assert (settings.sender_password, settings.user_password) == ("hush", "still")
    assert settings.source == f"profile default in {tmp_path}/.intacct/credentials.ini and the system keyring"


def test_passwords_that_are_in_neither_are_asked_for_in_words(tmp_path: Path) -> None:
    write(tmp_path, IDS)
    with pytest.raises(ConfigError) as caught:
        load(None, {}, {}, tmp_path)
    file = f"{tmp_path}/.intacct/credentials.ini"
    assert str(caught.value) == (
        f"credentials are incomplete: sender_password and user_password missing from [default] in {file}\n"
        "  hint: intacct-ql profile add default asks for what is missing; or set INTACCT_SENDER_PASSWORD and "
        "INTACCT_USER_PASSWORD\n"
        "  hint: the system keyring has no such password of default either"
    )


def test_the_keyring_of_a_whole_profile_is_not_looked_at(home: Path, keyring: keyrings.Memory) -> None:
    keyring.locked = True
    assert loaded(None, {}, {}, home).user_password == "a # b"


def test_a_keyring_that_stays_locked_is_told_of(tmp_path: Path, keyring: keyrings.Memory) -> None:
    write(tmp_path, IDS)
    keyring.locked = True
    with pytest.raises(ConfigError, match=r"system keyring .* does not work: nobody unlocked it"):
        load(None, {}, {}, tmp_path)


def test_a_profile_without_passwords_takes_them_from_the_environment(tmp_path: Path) -> None:
    write(tmp_path, IDS)
    env = {"INTACCT_SENDER_PASSWORD": "hush", "INTACCT_USER_PASSWORD": "still"}
    settings = loaded(None, {}, env, tmp_path)
    assert (settings.sender_id, settings.sender_password, settings.user_password) == ("s", "hush", "still")
    assert settings.source.endswith("credentials.ini, sender_password and user_password from the environment")


def test_a_password_of_the_environment_is_not_sent_for_the_user_of_a_file_that_has_one(home: Path) -> None:
    with pytest.raises(ConfigError, match="INTACCT_USER_PASSWORD is given, so the login is not read"):
        load(None, {}, {"INTACCT_USER_PASSWORD": "of somebody else"}, home)


def test_a_file_that_others_may_read_is_warned_of(home: Path) -> None:
    file = home / ".intacct" / "credentials.ini"
    file.chmod(0o644)
    assert loaded(None, {}, {}, home).warning.startswith(f"others may read the passwords in {file}; chmod 600")
    file.chmod(0o600)
    assert loaded(None, {}, {}, home).warning == ""

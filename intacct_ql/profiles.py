"""Credentials and the address they are for.

In: a profile name, explicit values, the environment, the home folder. Out: ``Settings``, or None where nothing at all
is configured. Refuses to know: the network, and whether the gateway likes what is found here.

The names and their order are those of Sage's own SDKs: an explicit value, then the environment, then
``~/.intacct/credentials.ini``. The file's sender (with its endpoint) is read only where neither sender value was
given, its login (with its entity) only where none of company, user and password was: a half-set environment hides the
file. The section is the named profile, else INTACCT_PROFILE, else INTACCT_SENDER_PROFILE, else ``default``.

One addition: with a loopback endpoint and no credential anywhere, every credential is the word ``demo``, which is what
the gateway of ``intacct-ql emulate`` takes.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from configparser import ConfigParser, DuplicateOptionError, DuplicateSectionError, ParsingError
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from intacct_ql.errors import ConfigError

ENDPOINT = "https://api.intacct.com/ia/xml/xmlgw.phtml"
"""Where requests go unless another address is given."""

FILE = Path(".intacct", "credentials.ini")
"""The profile file, below the home folder."""

SENDER = ("sender_id", "sender_password")
LOGIN = ("company_id", "user_id", "user_password")
KEYS = (*SENDER, *LOGIN, "entity_id", "endpoint_url")
"""Every setting: an argument and a profile key as it stands, an environment variable with INTACCT_ before it."""

_PROFILE_VARIABLES = ("INTACCT_PROFILE", "INTACCT_SENDER_PROFILE")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Who signs in, where. ``source`` says in words where the values came from; no secret is in the repr."""

    sender_id: str
    sender_password: str = field(repr=False)
    company_id: str
    user_id: str
    user_password: str = field(repr=False)
    entity_id: str | None = None
    endpoint_url: str = ENDPOINT
    source: str = ""


def load(
    profile: str | None,
    overrides: Mapping[str, str | None],
    env: Mapping[str, str] | None = None,
    home: Path | None = None,
) -> Settings | None:
    """The settings to sign in with; None where nothing is configured; a ConfigError where something is half done.

    ``overrides`` are the explicit values by their key; None and empty count as not given. The environment and the
    home folder are the process's own unless given.
    """
    given = _given(overrides, os.environ if env is None else env)
    file = Profile.choose(profile, os.environ if env is None else env, (home or Path(os.path.expanduser("~"))) / FILE)
    section = file.read() if given.lacks(SENDER) or given.lacks(LOGIN) else {}
    if section is None and given.lacks(SENDER + LOGIN):
        return _unconfigured(given.values)
    return _complete(given, file, section or {})


def variable(key: str) -> str:
    """The environment variable of a setting."""
    return f"INTACCT_{key.upper()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """What stands outside the file: the values, and for each where it stands."""

    values: Mapping[str, str]
    places: Mapping[str, str]

    def lacks(self, keys: Iterable[str]) -> bool:
        """Whether not one of the keys is given."""
        return not any(key in self.values for key in keys)


def _given(overrides: Mapping[str, str | None], env: Mapping[str, str]) -> _Given:
    unknown = sorted(set(overrides) - set(KEYS))
    if unknown:
        raise ConfigError(f"there is no setting {unknown[0]}; the settings are {', '.join(KEYS)}")
    values, places = {}, {}
    for key in KEYS:
        name = variable(key)
        for value, place in ((overrides.get(key), f"the argument {key}"), (env.get(name), name)):
            if value and key not in values:
                values[key], places[key] = value, place
    return _Given(values=values, places=places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A section of the profile file; ``asked`` when somebody named it."""

    name: str
    asked: bool
    file: Path

    @classmethod
    def choose(cls, name: str | None, env: Mapping[str, str], file: Path) -> "Profile":
        """The named one, else the environment's, else ``default``."""
        asked = name or next((env[key] for key in _PROFILE_VARIABLES if env.get(key)), None)
        return cls(name=asked or "default", asked=asked is not None, file=file)

    def read(self) -> dict[str, str] | None:
        """The section's values; None where there is no file. No line of the file gets into an error."""
        try:
            text = self.file.read_text("utf-8-sig")
        except FileNotFoundError:
            if self.asked:
                raise ConfigError(f"profile {self.name} is wanted, and there is no file {self.file}") from None
            return None
        except (OSError, UnicodeDecodeError) as unreadable:
            raise ConfigError(f"{self.file} cannot be read: {_why(unreadable)}") from None
        sections = _parse(text, self.file)
        if self.name not in sections:
            names = ", ".join(sections.sections()) or "none"
            raise ConfigError(f"{self.file} has no section [{self.name}]; its sections: {names}")
        return {key: value for key in KEYS if (value := _unquoted(sections[self.name].get(key, "")))}


def _parse(text: str, file: Path) -> ConfigParser:
    """No interpolation and no comments within a line, because passwords hold ``%`` and ``;``."""
    parser = ConfigParser(interpolation=None, default_section="\0")
    try:
        parser.read_string(text)
    except ParsingError as wrong:
        errors = getattr(wrong, "errors", None)  # a line before any section has a number instead
        line = errors[0][0] if errors else getattr(wrong, "lineno", "?")
        raise ConfigError(f"{file} line {line} is not [section] or key = value") from None
    except DuplicateOptionError as twice:
        raise ConfigError(f"{file} line {twice.lineno}: {twice.option} stands twice in [{twice.section}]") from None
    except DuplicateSectionError as twice:
        raise ConfigError(f"{file} line {twice.lineno}: section [{twice.section}] stands twice") from None
    return parser


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'" else value


def _why(unreadable: OSError | UnicodeDecodeError) -> str:
    return (unreadable.strerror or "unknown") if isinstance(unreadable, OSError) else "it is not UTF-8 text"


def _unconfigured(given: Mapping[str, str]) -> Settings | None:
    """No credential anywhere: nothing at all, or an address alone."""
    endpoint = given.get("endpoint_url")
    if endpoint is None:
        return None
    if _host(endpoint) not in _LOOPBACK:
        wanted = ", ".join(map(variable, SENDER + LOGIN))
        raise ConfigError(f"there are no credentials for {_host(endpoint)}" + _hint(f"set {wanted}"))
    demo = dict.fromkeys(SENDER + LOGIN, "demo")
    return Settings(**{**demo, **given}, source="the demo credentials of a local gateway")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "this endpoint"
    except ValueError:
        return "this endpoint"


def _complete(given: _Given, file: Profile, section: Mapping[str, str]) -> Settings:
    found = dict(given.values)
    taken: list[str] = []
    for keys, beside in ((SENDER, "endpoint_url"), (LOGIN, "entity_id")):
        if given.lacks(keys):
            taken += keys
            found = {**{key: section[key] for key in (*keys, beside) if key in section}, **found}
    missing = [key for key in SENDER + LOGIN if key not in found]
    if missing:
        raise ConfigError(_incomplete(missing, given, file, taken))
    return Settings(**found, source=_source(given, file, taken))


def _incomplete(missing: Sequence[str], given: _Given, file: Profile, taken: Sequence[str]) -> str:
    words = f"credentials are incomplete: {' and '.join(missing)} missing"
    if set(missing) & set(taken) and file.file.exists():
        words += f" from [{file.name}] in {file.file}"
    for keys in (SENDER, LOGIN):
        present = [given.places[key] for key in keys if key in given.places]
        if present and set(keys) & set(missing):
            words += _hint(
                f"{' and '.join(present)} given, so {', '.join(keys)} are not read from {file.file}: give all or none"
            )
    return words


def _hint(words: str) -> str:
    return f"\n  hint: {words}"


def _source(given: _Given, file: Profile, taken: Sequence[str]) -> str:
    profile = f"profile {file.name} in {file.file}"
    outside = "the environment" if any(place in map(variable, KEYS) for place in given.places.values()) else "arguments"
    if len(taken) == len(SENDER + LOGIN):
        return profile
    if not taken:
        return outside + (f"; profile {file.name} was not read" if file.asked else "")
    return f"{profile}, the other half from {outside}"

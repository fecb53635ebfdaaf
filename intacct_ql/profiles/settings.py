"""Credentials and the address they are for.

In: a profile name, explicit values, the environment, the home folder. Out: ``Settings``, or None where nothing at all
is configured. Refuses to know: the network, and whether the gateway likes what is found here.

The names and their order are those of Sage's own SDKs: an explicit value, then the environment, then
``~/.intacct/credentials.ini``. The file's sender (with its endpoint) is read only where neither sender value was
given, its login (with its entity) only where none of company, user and password was: a half-set environment hides the
file. The section is the named profile, else INTACCT_PROFILE, else INTACCT_SENDER_PROFILE, else ``default``.

Where those SDKs would give up, two more places are looked at: a section without a password takes it from the
environment, which may hold it alone, else from the system's keyring. And with a loopback endpoint and no credential
anywhere, every credential is the word ``demo``, which is what the gateway of ``intacct-ql emulate`` takes.
"""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from intacct_ql.errors import ConfigError
from intacct_ql.profiles import file as ini
from intacct_ql.profiles import keyrings
from intacct_ql.suggest import nearest

ENDPOINT = "https://api.intacct.com/ia/xml/xmlgw.phtml"
"""Where requests go unless another address is given."""


class Half(NamedTuple):
    """What is given together or not at all, its password last, and what stands beside it in the file."""

    name: str
    keys: tuple[str, ...]
    beside: str

    @property
    def password(self) -> str:
        """The key of its password."""
        return self.keys[-1]


SENDER = Half("sender", ("sender_id", "sender_password"), "endpoint_url")
LOGIN = Half("login", ("company_id", "user_id", "user_password"), "entity_id")
CREDENTIALS = (*SENDER.keys, *LOGIN.keys)
PASSWORDS = (SENDER.password, LOGIN.password)
KEYS = (*CREDENTIALS, "entity_id", "endpoint_url")
"""Every setting: an argument and a profile key as it stands, an environment variable with INTACCT_ before it."""

_PROFILE_VARIABLES = ("INTACCT_PROFILE", "INTACCT_SENDER_PROFILE")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Who signs in, where. ``source`` says in words where the values came from; no secret is in the repr.

    ``warning`` says what is dangerous about that, if anything is.
    """

    sender_id: str
    sender_password: str = field(repr=False)
    company_id: str
    user_id: str
    user_password: str = field(repr=False)
    entity_id: str | None = None
    endpoint_url: str = ENDPOINT
    source: str = ""
    warning: str = field(default="", compare=False)


def load(
    profile: str | None,
    overrides: Mapping[str, str | None],
    env: Mapping[str, str] | None = None,
    home: Path | None = None,
    *,
    secrets: bool = True,
) -> Settings | None:
    """The settings to sign in with; None where nothing is configured; a ConfigError where something is half done.

    ``overrides`` are the explicit values by their key; None and empty count as not given. The environment and the
    home folder are the process's own unless given. Without ``secrets`` the keyring is not asked, and the passwords that
    it would hold are empty: that is for who wants to know which company is meant.
    """
    env = os.environ if env is None else env
    given = _given(overrides, env)
    file = Profile.choose(profile, env, home)
    section = file.read() if any(given.leaves_open(half) for half in (SENDER, LOGIN)) else {}
    if section is None and given.lacks(CREDENTIALS):
        return _unconfigured(given.values)
    return _complete(given, file, section or {}, secrets=secrets)


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

    def leaves_open(self, half: Half) -> bool:
        """Whether the file may have its say: nothing of a half is given, or its password alone."""
        return self.lacks(half.keys[:-1])


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
    def choose(cls, name: str | None, env: Mapping[str, str], home: Path | None = None) -> "Profile":
        """The named one, else the environment's, else ``default``."""
        asked = name or next((env[key] for key in _PROFILE_VARIABLES if env.get(key)), None)
        return cls(name=asked or "default", asked=asked is not None, file=ini.locate(home))

    def read(self) -> dict[str, str] | None:
        """The section's values; None where there is no file, and nobody named the profile."""
        sections = ini.read(self.file)
        if sections is None:
            if self.asked:
                words = f"profile {self.name} is wanted, and there is no file {self.file}"
                raise ConfigError(words + _hint(f"intacct-ql profile add {self.name} makes it"))
            return None
        if self.name not in sections:
            names = ", ".join(sections) or "none"
            near = nearest(self.name, sections, 1)
            one = next(iter((*near, *sections)), "NAME")
            hint = f"did you mean {one}? " if near else ""
            hint += (
                f"name one of them by --profile or INTACCT_PROFILE={one}, or add it: intacct-ql profile add {self.name}"
            )
            raise ConfigError(f"{self.file} has no section [{self.name}]; its sections: {names}" + _hint(hint))
        return {key: value for key in KEYS if (value := sections[self.name].get(key))}


def _unconfigured(given: Mapping[str, str]) -> Settings | None:
    """No credential anywhere: nothing at all, or an address alone."""
    endpoint = given.get("endpoint_url")
    if endpoint is None:
        return None
    if _host(endpoint) not in _LOOPBACK:
        wanted = ", ".join(map(variable, CREDENTIALS))
        hint = _hint(f"intacct-ql profile add NAME asks for them; or set {wanted}")
        raise ConfigError(f"there are no credentials for {_host(endpoint)}" + hint)
    demo = dict.fromkeys(CREDENTIALS, "demo")
    return Settings(**{**demo, **given}, source="the demo credentials of a local gateway")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or "this endpoint"
    except ValueError:
        return "this endpoint"


def _complete(given: _Given, file: Profile, section: Mapping[str, str], *, secrets: bool) -> Settings:
    found = dict(given.values)
    taken: list[Half] = []
    for half in (SENDER, LOGIN):
        alone = half.password in given.values  # then the file may not have another: whose would it be?
        if given.leaves_open(half) and not (alone and half.password in section):
            taken.append(half)
            found = {**{key: section[key] for key in (*half.keys, half.beside) if key in section}, **found}
    kept = [half for half in taken if half.password not in found and half.keys[-2] in found]
    for half in kept:
        secret = keyrings.password(file.name, half.password) if secrets else ""
        found |= {half.password: secret} if secret is not None else {}
    missing = [key for key in CREDENTIALS if key not in found]
    if missing:
        raise ConfigError(_incomplete(missing, given, file, taken))
    exposed = any(half.password in section for half in taken) and ini.is_open(file.file)
    warning = f"others may read the passwords in {file.file}; chmod 600 {file.file} keeps them out" if exposed else ""
    return Settings(**found, source=_source(given, file, taken, kept), warning=warning)


def _incomplete(missing: list[str], given: _Given, file: Profile, taken: list[Half]) -> str:
    """What is missing, called as it is where it was looked for; and why it was not looked for elsewhere."""
    parts, hints = [], []
    if lacking := [key for half in taken for key in half.keys if key in missing]:
        there = f"[{file.name}] in {file.file}" if file.file.exists() else f"{file.file}, which does not exist"
        parts.append(f"{' and '.join(lacking)} missing from {there}")
        secrets = [key for key in lacking if key in PASSWORDS]
        or_else = f"; or set {_listed(secrets)}" if secrets == lacking else ""
        hints.append(f"intacct-ql profile add {file.name} asks for what is missing{or_else}")
        if secrets:
            hints.append(keyrings.find().why or f"the system keyring has no such password of {file.name} either")
    for half in (SENDER, LOGIN):
        lacking = [key for key in half.keys if key in missing]
        if lacking and half not in taken:
            present = [given.places[key] for key in half.keys if key in given.places]
            parts.append(f"{_listed(lacking)} not set")
            hints.append(
                f"{' and '.join(present)} {'is' if len(present) == 1 else 'are'} given, so the {half.name} is not read"
                f" from {file.file} (Sage's own SDKs do the same): give {_listed(half.keys)}, or none of them"
            )
    return f"credentials are incomplete: {'; '.join(parts)}" + "".join(map(_hint, hints))


def _listed(keys: Iterable[str]) -> str:
    *others, last = map(variable, keys)
    return f"{', '.join(others)} and {last}" if others else last


def _hint(words: str) -> str:
    return f"\n  hint: {words}"


def _source(given: _Given, file: Profile, taken: list[Half], kept: list[Half]) -> str:
    profile = f"profile {file.name} in {file.file}"
    if kept:
        profile += " and the system keyring"
    outside = "the environment" if any(place in map(variable, KEYS) for place in given.places.values()) else "arguments"
    if not taken:
        return outside + (f"; profile {file.name} was not read" if file.asked else "")
    if len(taken) < 2:
        return f"{profile}, the other half from {outside}"
    passwords = [half.password for half in taken if half.password in given.values]
    return f"{profile}, {' and '.join(passwords)} from {outside}" if passwords else profile

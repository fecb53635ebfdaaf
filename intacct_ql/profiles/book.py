"""The profiles that are kept: listed, added, taken away.

In: the profile file, the keyring, the environment. Out: ``Entry`` records; both places changed together. Refuses to
know: secrets, beyond handing them to where they are kept; whether anybody can sign in with them.
"""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from intacct_ql.errors import ConfigError
from intacct_ql.profiles import file as ini
from intacct_ql.profiles import keyrings
from intacct_ql.profiles.settings import CREDENTIALS, ENDPOINT, KEYS, PASSWORDS, Profile, variable
from intacct_ql.suggest import nearest


class Store(StrEnum):
    """Where passwords are kept: in the system's keyring, in the profile file as the SDKs do, or not at all."""

    KEYRING = "keyring"
    FILE = "file"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One profile, without its secrets: of each password where it is, ``file``, ``keyring``, or ``missing``."""

    name: str
    default: bool
    company_id: str
    user_id: str
    entity_id: str
    endpoint_url: str
    sender_id: str
    sender_password: str
    user_password: str

    def to_dict(self) -> dict[str, object]:
        """The record as plain JSON types."""
        return asdict(self)


def entries(env: Mapping[str, str] | None = None, home: Path | None = None) -> list[Entry]:
    """Every profile of the file, in its order. Raises ``ConfigError``."""
    default = Profile.choose(None, os.environ if env is None else env, home).name
    sections = ini.read(ini.locate(home)) or {}
    return [_entry(name, values, default=name == default) for name, values in sections.items()]


def entry(name: str, env: Mapping[str, str] | None = None, home: Path | None = None) -> Entry:
    """The profile of a name. Raises ``ConfigError`` where there is none."""
    values = _section(name, home)
    default = Profile.choose(None, os.environ if env is None else env, home).name
    return _entry(name, values, default=name == default)


def _section(name: str, home: Path | None) -> Mapping[str, str]:
    """What the file has of a profile. Raises ``ConfigError`` where that is nothing, with the names that there are."""
    file = ini.locate(home)
    sections = ini.read(file) or {}
    if name in sections:
        return sections[name]
    hint = f"it has {', '.join(sections)}" if sections else "it has none; intacct-ql profile add NAME makes one"
    if near := nearest(name, sections, 1):
        hint = f"did you mean {near[0]}?"
    raise ConfigError(f"there is no profile {name} in {file}\n  hint: {hint}")


def _entry(name: str, values: Mapping[str, str], *, default: bool) -> Entry:
    told = {key: values.get(key, "") for key in KEYS if key not in PASSWORDS}
    places = {key: _place(name, key, values) for key in PASSWORDS}
    return Entry(name=name, default=default, **{**told, **places, "endpoint_url": told["endpoint_url"] or ENDPOINT})


def _place(name: str, key: str, values: Mapping[str, str]) -> str:
    if values.get(key):
        return "file"
    return "keyring" if keyrings.password(name, key) else "missing"


def add(
    name: str, values: Mapping[str, str], passwords: Mapping[str, str], store: Store, home: Path | None = None
) -> None:
    """Keep a profile, in place of one that has its name. What the program does not know of a section stays.

    Raises ``ConfigError`` where that cannot be done; the file is then as it was.
    """
    check_name(name)
    file = ini.locate(home)
    written: dict[str, str | None] = {key: values.get(key) or None for key in KEYS}
    if written["endpoint_url"] == ENDPOINT:
        written["endpoint_url"] = None
    written |= {key: passwords[key] if store is Store.FILE else None for key in PASSWORDS}
    if store is Store.KEYRING:
        for key in PASSWORDS:
            keyrings.keep(name, key, passwords[key])
    ini.change(file, name, written)
    if store is not Store.KEYRING:
        _forget(name)


def remove(name: str, home: Path | None = None) -> bool:
    """Take a profile out of the file and its passwords out of the keyring; whether there were any."""
    _section(name, home)
    ini.change(ini.locate(home), name, None)
    return _forget(name)


def _forget(name: str) -> bool:
    return sum(keyrings.forget(name, key) for key in PASSWORDS) > 0


def check_name(name: str) -> None:
    """Raise ``ConfigError`` for a name that no section of the file can have."""
    if not name.strip() or name != name.strip() or any(sign in "[]" or not sign.isprintable() for sign in name):
        raise ConfigError(f"{name!r} cannot be the name of a profile: letters, digits, - and _ can")


def in_the_way(env: Mapping[str, str] | None = None) -> list[str]:
    """The variables of credentials that are set, and come before every profile."""
    given = os.environ if env is None else env
    return [variable(key) for key in CREDENTIALS if given.get(variable(key))]

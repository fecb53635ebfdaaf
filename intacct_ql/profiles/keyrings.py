"""The keyring of the system: where a profile keeps its passwords, if there is one.

In: a profile, the key of a password. Out: the password, or words on why there is no keyring. Refuses to know: files,
the environment, what a password is for.

What keeps passwords as plain text, or keeps none, is no keyring here. The library is imported when a password is looked
for, because it costs a tenth of a second and is an extra.
"""
# ruff: noqa: PLC0415 - as said above

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from intacct_ql.errors import ConfigError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

SERVICE = "intacct-ql"
"""What the entries of this program are called in a keyring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The keyring, or why there is none."""

    keyring: "KeyringBackend | None" = None
    why: str = ""

    @property
    def name(self) -> str:
        """What to call it."""
        return "" if self.keyring is None else str(self.keyring.name)


def find() -> Found:
    """The keyring of the system, unless it is none, or keeps plain text."""
    try:
        import keyring
        from keyring.backends import chainer
    except ImportError:
        return Found(why="the library keyring is not installed (pip install 'intacct-ql[keyring]')")
    try:
        chosen = keyring.get_keyring()
    except (ImportError, AttributeError, TypeError, ValueError, RuntimeError):
        return Found(why="the keyring that is configured (PYTHON_KEYRING_BACKEND, keyringrc.cfg) cannot be used")
    each = chosen.backends if isinstance(chosen, chainer.ChainerBackend) else [chosen]
    refusals = [_refusal(one) for one in each]
    for one, refused in zip(each, refusals, strict=True):
        if not refused:
            return Found(keyring=one)
    return Found(why=next(iter(refusals), "") or "the system has no keyring that can be used")


def password(profile: str, key: str) -> str | None:
    """A password of a profile; None where there is no keyring, or it has none. Raises ``ConfigError``."""
    found = find()
    if found.keyring is None:
        return None
    with _told(found.name):
        return found.keyring.get_password(SERVICE, _entry(profile, key)) or None


def keep(profile: str, key: str, secret: str) -> None:
    """Put a password into the keyring. Raises ``ConfigError``, also where there is no keyring."""
    found = find()
    if found.keyring is None:
        raise ConfigError(found.why)
    with _told(found.name):
        found.keyring.set_password(SERVICE, _entry(profile, key), secret)


def forget(profile: str, key: str) -> bool:
    """Take a password out of the keyring; whether there was one. Raises ``ConfigError``."""
    found = find()
    if found.keyring is None:
        return False
    with _told(found.name):
        there = found.keyring.get_password(SERVICE, _entry(profile, key)) is not None
        if there:
            found.keyring.delete_password(SERVICE, _entry(profile, key))
        return there


def _entry(profile: str, key: str) -> str:
    return f"{profile}/{key}"


def _refusal(one: "KeyringBackend") -> str:
    """Why a keyring is none for passwords; nothing where it is one."""
    kinds = type(one).__mro__
    if any("plaintext" in kind.__name__.lower() for kind in kinds):
        return f"the keyring that is configured ({one.name}) keeps passwords as plain text"
    if any(kind.__module__ in ("keyring.backends.fail", "keyring.backends.null") for kind in kinds):
        return "the system has no keyring that can be used"
    return ""


@contextmanager
def _told(name: str) -> Iterator[None]:
    from keyring.errors import KeyringError

    try:
        yield
    except (KeyringError, OSError, RuntimeError) as failed:
        words = str(failed) or type(failed).__name__
        raise ConfigError(f"the system keyring ({name}) does not work: {words}") from None

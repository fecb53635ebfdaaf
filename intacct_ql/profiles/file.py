"""The profile file of Sage's own SDKs: sections of ``key = value``.

In: a file, a section, values. Out: sections; the file anew with one of them changed. Refuses to know: which values a
sign-in needs, and where else they may be.

A change leaves every other line as it was, comments too, and is read back before it is written: where that does not
give what was meant, nothing is written. The new file is there whole, for its owner alone, or not at all. No line of
the file gets into an error, because it may hold a password.
"""

import os
import re
import stat
from collections.abc import Mapping, Sequence
from configparser import ConfigParser, DuplicateOptionError, DuplicateSectionError, ParsingError
from contextlib import suppress
from pathlib import Path

from intacct_ql.errors import ConfigError

FILE = Path(".intacct", "credentials.ini")
"""The profile file, below the home folder."""

Sections = Mapping[str, Mapping[str, str]]

_PLAIN = re.compile(r"[\w.@+/:-]*")
_HEADER = re.compile(r"\[(.+)\]")
_COMMENT = ("#", ";")


def locate(home: Path | None = None) -> Path:
    """Where the profile file is, or would be."""
    return (home or Path(os.path.expanduser("~"))) / FILE


def read(file: Path) -> Sections | None:
    """Every section by its name; None where there is no file. Raises ``ConfigError``."""
    text = _text(file)
    return None if text is None else parse(text, file)


def parse(text: str, file: Path) -> Sections:
    """Every section of a text. No interpolation and no comments within a line: passwords hold ``%`` and ``;``."""
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
    return {name: {key: _unquoted(value) for key, value in parser.items(name)} for name in parser.sections()}


def change(file: Path, name: str, values: Mapping[str, str | None] | None) -> None:
    """Set values of a section, take away those that are None; without values take the whole section away.

    Raises ``ConfigError`` where a value cannot be written down, or the file cannot be read, changed or written.
    """
    before = _text(file) or ""
    after = edited(before, name, values)
    old = parse(before, file)
    wanted = {section: dict(kept) for section, kept in old.items() if section != name}
    if values is not None:
        kept = {key: value for key, value in old.get(name, {}).items() if key not in values}
        wanted[name] = kept | {key: value for key, value in values.items() if value is not None}
    new: Sections = {}
    with suppress(ConfigError):
        new = parse(after, file)
    if new != wanted:
        raise ConfigError(f"{file} is laid out in a way that cannot be changed from here; change [{name}] by hand")
    _replace(file, after)


def edited(text: str, name: str, values: Mapping[str, str | None] | None) -> str:
    """The text with a section changed as ``change`` says, every other line as it was."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = re.findall(r"[^\n]*\n", text if text.endswith("\n") or not text else text + end)
    start, stop = _section(lines, name)
    if values is None:
        return "".join(lines[:start] + lines[stop:])
    written = {key: f"{key} = {quoted(value)}{end}" for key, value in values.items() if value is not None}
    if start == stop:
        gap = [end] if lines and lines[-1].strip() else []
        return "".join([*lines, *gap, f"[{name}]{end}", *written.values()])
    body: list[str] = []
    for key, line in _entries(lines[start + 1 : stop]):
        if key is None or key not in values:
            body.append(line)
        elif key in written:
            body.append(written.pop(key))
    place = max((at + 1 for at, line in enumerate(body) if line.strip() and not _is_comment(line)), default=0)
    return "".join([*lines[: start + 1], *body[:place], *written.values(), *body[place:], *lines[stop:]])


def quoted(value: str) -> str:
    """A value as it is written: in quotes where other readers of such files might see more in it than text."""
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise ConfigError("a value holds a control character, which the profile file cannot hold")
    if _PLAIN.fullmatch(value) and value.isascii():
        return value
    mark = "'" if any(special in value for special in '"\\$') else '"'
    return f"{mark}{value}{mark}"


def is_open(file: Path) -> bool:
    """Whether others than the owner may read a file, where the system says so by mode bits."""
    if os.name != "posix":
        return False
    with suppress(OSError):
        return bool(file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))
    return False


def _text(file: Path) -> str | None:
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        return None
    except OSError as unreadable:
        raise ConfigError(f"{file} cannot be read: {unreadable.strerror or 'unknown'}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{file} cannot be read: it is not UTF-8 text") from None


def _section(lines: Sequence[str], name: str) -> tuple[int, int]:
    """Where a section begins and ends; twice the end where there is none."""
    headers = [(at, match[1]) for at, line in enumerate(lines) if (match := _HEADER.match(line))]
    for place, (at, found) in enumerate(headers):
        if found == name:
            return at, headers[place + 1][0] if place + 1 < len(headers) else len(lines)
    return len(lines), len(lines)


def _entries(lines: Sequence[str]) -> list[tuple[str | None, str]]:
    """Each entry of a section with its key and whatever is indented below it; a comment or a gap has no key."""
    entries: list[tuple[str | None, str]] = []
    for line in lines:
        if entries and entries[-1][0] is not None and line[:1].isspace() and line.strip():
            entries[-1] = (entries[-1][0], entries[-1][1] + line)
        elif not line.strip() or _is_comment(line):
            entries.append((None, line))
        else:
            entries.append((re.split("[=:]", line, maxsplit=1)[0].strip().lower(), line))
    return entries


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith(_COMMENT)


def _unquoted(value: str) -> str:
    return value[1:-1] if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'" else value


def _replace(file: Path, text: str) -> None:
    """Put a new file in the place of another; a link stays one."""
    target = Path(os.path.realpath(file))
    part = target.with_name(f".{target.name}-{os.urandom(6).hex()}.part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with open(
                os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
            ) as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, UnicodeEncodeError) as refused:
        why = refused.strerror if isinstance(refused, OSError) else "a value is not text"
        raise ConfigError(f"{file} cannot be written: {why}") from None

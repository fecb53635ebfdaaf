"""Rows from a JSON file.

In: a file with a list of objects, one a record. Out: its ``Source``. Refuses to know: types.

Numbers are taken as they are written, so that no decimal is lost on the way.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from intacct_ql.emulator.data.mistakes import DataError, Mistakes, not_utf_8, shown
from intacct_ql.emulator.data.sources import Brought, Source

_SPACE = re.compile(r"[ \t\r\n]*")
_WORDS = {None: "", True: "true", False: "false"}

_Record = dict[str, object]


def read_json(path: Path, name: str) -> Source:
    """The rows of a file, which is read now: its fields are those of all records together."""
    records = list(_records(path))
    columns: dict[str, str] = {}
    for place, record in records:
        for field in record:
            columns.setdefault(field, f"{path} {place}, {shown(field)}")
    return Source(
        object=name, file=str(path), columns=columns, rows=lambda mistakes: _rows(path, columns, records, mistakes)
    )


def _rows(
    path: Path, columns: dict[str, str], records: list[tuple[str, _Record]], mistakes: Mistakes
) -> Iterator[Brought]:
    for place, record in records:
        texts = [_text(record.get(column)) for column in columns]
        if None not in texts:
            yield Brought(place, [text or "" for text in texts])
            continue
        wrong = list(columns)[texts.index(None)]
        mistakes.add(f"{path} {place}, {wrong}", "a list or an object is no cell; write text, a number, true or false")


def _text(value: object) -> str | None:
    """The text of a plain value; None where it is none. Numbers are texts already."""
    if isinstance(value, str):
        return value
    return _WORDS[value] if value is None or isinstance(value, bool) else None


def _records(path: Path) -> Iterator[tuple[str, _Record]]:
    """Each record with the line it begins on."""
    text = _read(path)
    decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_refuse, object_pairs_hook=_record)
    at = _after_space(text, 0)
    if text[at : at + 1] != "[":
        raise DataError(f"{path} line {_line(text, at)}: a list of objects is expected, [{{...}}, {{...}}]")
    at = _after_space(text, at + 1)
    line, counted = 1, 0
    more = text[at : at + 1] != "]"
    while more:
        line, counted = line + text.count("\n", counted, at), at
        try:
            record, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as wrong:
            raise DataError(f"{path} line {wrong.lineno}, column {wrong.colno}: this is no JSON: {wrong.msg}") from None
        except RecursionError:
            raise DataError(f"{path} line {line}: this record nests too deeply; a record holds plain cells") from None
        except ValueError as wrong:
            raise DataError(f"{path} line {line}: {wrong}") from None
        if not isinstance(record, dict):
            raise DataError(f"{path} line {line}: a record is expected, as in {{...}}")
        yield f"line {line}", record
        at = _after_space(text, at)
        if more := text[at : at + 1] == ",":
            at = _after_space(text, at + 1)
        elif text[at : at + 1] != "]":
            raise DataError(f"{path} line {_line(text, at)}: a comma or the end of the list ] is expected")
    end = _after_space(text, at + 1)
    if end < len(text):
        raise DataError(f"{path} line {_line(text, end)}: there is more after the end of the list")


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise not_utf_8(path) from None


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _record(pairs: list[tuple[str, object]]) -> _Record:
    record: _Record = {}
    for name, value in pairs:
        if name.upper() in record:
            raise ValueError(f"the field {shown(name)} stands in one record twice")
        record[name.upper()] = value
    return record


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is no number that a field holds")

"""Which files of a folder are the company.

In: a folder, or a database file. Out: a ``Source`` an object, and the paths of the lookup replies. Refuses to know:
what is in the files.

A folder holds ``NAME.csv`` or ``NAME.json`` for each object and, where the catalog lacks something, NAME.lookup.xml;
beside a database lie the lookup replies only. Hidden files and ``.md`` are left alone.
"""

import stat
from collections.abc import Callable
from pathlib import Path

from intacct_ql.emulator.data.csv_files import read_csv
from intacct_ql.emulator.data.database import is_database, read_database
from intacct_ql.emulator.data.json_files import read_json
from intacct_ql.emulator.data.mistakes import DataError
from intacct_ql.emulator.data.sources import Source

LOOKUP = ".lookup.xml"

_READERS: dict[str, Callable[[Path, str], Source]] = {".csv": read_csv, ".json": read_json}


def sources(path: Path) -> tuple[list[Source], dict[str, Path]]:
    """The rows and the lookup replies (by upper-case object name) of a company.

    Raises:
        DataError: the folder holds something else, an object twice, or no object at all.
        OSError: it cannot be read.
    """
    if path.is_dir():
        found = [_source(file) for file in _files(path) if not _is_lookup(file)]
        lookups = _lookups(path)
    elif stat.S_ISREG(path.stat().st_mode) and is_database(path):
        found, lookups = read_database(path), _lookups(path.parent)
    else:
        raise DataError(f"{path}: neither a folder nor a SQLite database")
    if not found and not lookups:  # a lookup reply alone is an object without rows
        raise DataError(f"{path}: no objects in it; add a file such as CUSTOMER.csv, or a table CUSTOMER")
    seen: dict[str, str] = {}
    for source in found:
        if other := seen.get(source.object.upper()):
            raise DataError(f"{source.file}: the rows of {source.object.upper()} are in {other} already; keep one")
        seen[source.object.upper()] = source.file
    return found, lookups


def _files(folder: Path) -> list[Path]:
    return [
        file
        for file in sorted(folder.iterdir())
        if not file.name.startswith(".") and file.suffix.lower() != ".md" and not file.is_dir()
    ]


def _is_lookup(file: Path) -> bool:
    return file.name.lower().endswith(LOOKUP)


def _lookups(folder: Path) -> dict[str, Path]:
    return {file.name[: -len(LOOKUP)].upper(): file for file in _files(folder) if _is_lookup(file)}


def _source(file: Path) -> Source:
    read = _READERS.get(file.suffix.lower())
    if read is None or (file.exists() and not file.is_file()):  # a pipe would be waited for
        raise DataError(f"{file}: files are NAME.csv, NAME.json or NAME{LOOKUP}, where NAME is an object")
    return read(file, file.stem)

"""Queries and commands from a pipe or a file.

In: lines. Out: what the queries give on standard output, mistakes with their lines on standard error. Refuses to know:
terminals.
"""

import sys
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path

from intacct_ql.errors import Error
from intacct_ql.shell.lines import pieces
from intacct_ql.shell.state import Shell
from intacct_ql.shell.taking import take

DEEPEST = 16
"""Files that read files that read files."""


def run_script(shell: Shell, lines: Iterable[str], name: str) -> bool:
    """Do what the lines say, each piece as soon as it is whole; give whether all went well.

    It ends at the first failure, unless the shell is to keep going.
    """
    seen: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            seen.append(line)
            yield line

    fine = True
    for piece in pieces(noted()):
        fine &= take(shell, piece, "".join(seen), name)
        if shell.leaving or not (fine or shell.keep_going):
            break
    return fine


def read_file(shell: Shell, file: str) -> None:
    """Do what a file says. Raises ``Error`` where it cannot be read, or something in it failed."""
    if shell.depth >= DEEPEST:
        raise Error(f"files read one another {DEEPEST} deep")
    try:
        text = Path(file).expanduser().read_text("utf-8-sig")
    except OSError as refused:
        raise Error(f"{file} cannot be read: {refused.strerror or refused}") from None
    except UnicodeDecodeError as wrong:
        raise Error(f"{file} is not UTF-8 text (byte {wrong.start})") from None
    shell.depth += 1
    try:
        fine = run_script(shell, StringIO(text), file)
    finally:
        shell.depth -= 1
    if not fine:
        raise Error(f"{file} was not done to its end" if not shell.keep_going else f"something in {file} failed")


def standard_input() -> Iterator[str]:
    """The lines of standard input. Raises ``Error`` where they are no text."""
    if sys.stdin is None:
        return
    reader = getattr(sys.stdin, "buffer", None)
    if reader is None:
        yield from sys.stdin
        return
    for number, line in enumerate(reader, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise Error(f"line {number} of standard input is not UTF-8 text") from None

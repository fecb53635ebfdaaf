"""Where the next answer goes: standard output, or a file for this one.

In: the state of the shell, and the name of a file. Out: a file that can be written, or what is wrong with it at once;
texts in it. Refuses to know: how rows are written.
"""
# ruff: noqa: PLC0415 - cold start

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intacct_ql.errors import Error, GatewayError, QueryError
from intacct_ql.shell.state import TABLE, Shell

_TEXTS = (".xml",)
"""Endings of files for what commands print, that tell no format of rows."""


def put_next(shell: Shell, name: str) -> None:
    """Put the next answer into the file of a name; without one, or with -, on standard output.

    Raises ``Error`` where it could not be written, or its name tells no format, and takes nothing over.
    """
    out = None if name in ("", "-") else os.path.expanduser(name)
    words = ""
    if out is not None:
        words = _checked(shell, out)
    shell.out = out
    if words and shell.interactive:
        shell.say(words)


def _checked(shell: Shell, out: str) -> str:
    """What is said of a file that can be written."""
    from intacct_ql.encoders import FORMATS

    if Path(out).is_dir() or Path(out).suffix.lower() in _TEXTS:
        form, medium = "", "text"
    else:
        form = form_of(shell.mode, out)
        medium = FORMATS[form].medium
    with shell.outside.destination(out, medium, trying=True):
        return f"the next rows go to {out}, as {form}" if form else f"the next answer of a command goes to {out}"


def form_of(mode: str, out: str | None) -> str:
    """The format of rows: by the name of their file where that tells one, else the one that was chosen.

    A table, which nobody need have chosen, goes to no file but one that is named for it: that raises ``Error``.
    """
    from intacct_ql.encoders import EXTENSIONS

    if out is None:
        return mode
    form = EXTENSIONS.get(Path(out).suffix.lower(), mode if mode != TABLE else None)
    if form is None:
        endings = ", ".join(EXTENSIONS)
        raise Error(
            f"the name of {out} tells no format ({endings}): give it another name, or choose a format with .mode before"
        )
    return form


@contextmanager
def using_up_output(shell: Shell) -> Iterator[None]:
    """Within the block an answer is given: its file is for this one alone, and is not tried again where that fails.

    A query that is wrong, here or to the gateway, is given none: the file is left to the next.
    """
    try:
        yield
    except (QueryError, GatewayError):
        raise
    except BaseException:
        shell.out = None
        raise
    shell.out = None


def print_text(shell: Shell, text: str) -> None:
    """Put data on standard output, or in the file that was named. Raises ``Error`` for one that holds no text."""
    from intacct_ql.encoders import EXTENSIONS, FORMATS, Medium

    with using_up_output(shell):
        form = EXTENSIONS.get(Path(shell.out or "").suffix.lower(), TABLE)
        if FORMATS[form].medium is not Medium.TEXT:
            raise Error(f"{shell.out} is for rows: .output FILE says where else text goes")
        with shell.outside.destination(shell.out, "text", draws=False) as stream:
            stream.write(text.rstrip("\n") + "\n")
            stream.flush()

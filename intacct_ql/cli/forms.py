"""In which form rows go where: the options that say so, and the format they choose.

In: the name of a format or of a file, and how cells are to look. Out: a ``Form``, which writes. Refuses to know: where
rows come from, and how any format looks.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from intacct_ql.cli import inputs
from intacct_ql.cli.program import on_terminal

if TYPE_CHECKING:
    from intacct_ql.encoders import Format, Pages, Written
    from intacct_ql.result import ResultColumn

FORMATS = (
    "table",
    "vertical",
    "csv",
    "tsv",
    "json",
    "jsonl",
    "markdown",
    "parquet",
    "arrow",
    "arrow-stream",
    "sqlite",
    "xlsx",
)
"""Written out, so that no encoder is imported for a page of help."""

output = click.option(
    "--output", type=click.Choice(FORMATS), help="The format.  [default: by the name of FILE, else table]"
)
look = inputs.options(
    click.option("--no-header", "header", is_flag=True, flag_value=False, default=None, help="No names of columns."),
    click.option("--null", metavar="TEXT", help="What stands for NULL."),
    click.option(
        "--spreadsheet-safe",
        is_flag=True,
        default=None,
        help="Put ' before text that a spreadsheet would run as a formula.",
    ),
)
into = inputs.options(
    click.option("--table", metavar="NAME", help="The table of a SQLite file.  [default: the name of FILE]"),
    click.option(
        "--if-exists",
        type=click.Choice(["fail", "replace", "append"]),
        help="What becomes of a table that is there.  [default: fail]",
    ),
)

_OPTIONS = {
    "header": "--no-header",
    "null": "--null",
    "spreadsheet_safe": "--spreadsheet-safe",
    "table": "--table",
    "if_exists": "--if-exists",
}


class Form(NamedTuple):
    """A format with its options, and the file it goes to; None is standard output."""

    name: str
    format: "Format"
    out: str | None
    options: Mapping[str, object]

    @classmethod
    def taken_from(cls, given: dict[str, Any], output: str | None, out: str | None) -> "Form":
        """What the options say; whatever cannot be is refused before anything is asked of a company."""
        from intacct_ql.encoders import FORMATS, Medium
        from intacct_ql.extras import extra

        out = None if out == "-" else out
        name = _name(output, out)
        found = FORMATS[name]
        options = {key: given.pop(key, None) for key in _OPTIONS}
        options = {key: value for key, value in options.items() if value is not None}
        for key in options:
            if key not in found.takes:
                fitting = ", ".join(other for other, one in FORMATS.items() if key in one.takes)
                raise click.UsageError(f"{_OPTIONS[key]} is for {fitting}, and not for {name}.")
            if not _is_text(str(options[key])):
                raise click.UsageError(f"What {_OPTIONS[key]} says is not UTF-8 text.")
        if found.medium is Medium.DATABASE and out is None:
            raise click.UsageError(f"{name} is a file: give -o FILE.")
        if found.medium is Medium.BYTES and out is None and on_terminal():
            raise click.UsageError(f"{name} is nothing to look at: give -o FILE, or a pipe.")
        if found.needs is not None:
            extra(found.needs)
        return cls(name, found, out, options)

    def write(self, columns: "Sequence[ResultColumn]", pages: "Pages", stream: Any) -> "Written":
        """Write pages of rows."""
        return self.format.load()(columns, pages, stream, **self.options)

    def write_behind(self, columns: "Sequence[ResultColumn]", pages: "Pages", stream: Any) -> "Written":
        """Write them behind others."""
        return self.format.load()(columns, pages, stream, **{**self.options, **(self.format.behind or {})})


def _is_text(argument: str) -> bool:
    try:
        argument.encode()
    except UnicodeEncodeError:  # bytes of the command line that were none
        return False
    return True


def _name(output: str | None, out: str | None) -> str:
    from intacct_ql.encoders import EXTENSIONS

    if output is not None:
        return output
    if out is None:
        return "table"
    name = EXTENSIONS.get(Path(out).suffix.lower())
    if name is None:
        raise click.UsageError(f"The name of {out} tells no format ({', '.join(EXTENSIONS)}); give --output.")
    return name


def spelled(options: Mapping[str, object]) -> str:
    """Options of a form as they are given."""
    said = [_OPTIONS.get(key, key) + ("" if isinstance(value, bool) else f" {value}") for key, value in options.items()]
    return " ".join(said) or "none of --no-header, --null and --spreadsheet-safe"


def appendable() -> str:
    """The formats that rows can be added to, in words."""
    from intacct_ql.encoders import FORMATS

    *others, last = (name for name, one in FORMATS.items() if one.behind is not None)
    return f"{', '.join(others)} or {last}"

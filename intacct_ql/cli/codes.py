"""The pages of the diagnostic codes.

In: a code. Out: its page as text, or codes that are near. Refuses to know: queries.
"""

from pathlib import Path

import click

from intacct_ql.suggest import nearest

_PAGES = Path(__file__).parents[1] / "docs" / "codes"


def page(_: click.Context, __: click.Parameter, code: str | None) -> str | None:
    """The page of a code, in any case or as its number alone; as click calls it for an option."""
    if code is None:
        return None
    wanted = code.strip().upper()
    wanted = f"IQL{wanted}" if wanted.isdecimal() else wanted
    known = sorted(path.stem for path in _PAGES.glob("IQL*.md"))
    if wanted in known:
        return (_PAGES / f"{wanted}.md").read_text("utf-8")
    near = nearest(wanted, known)
    hint = f"near it are {', '.join(near)}" if near else "a code looks like IQL202"
    raise click.BadParameter(f"there is no code {code}; {hint}")

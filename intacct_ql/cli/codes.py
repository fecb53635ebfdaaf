"""The pages of the diagnostic codes.

In: a code. Out: its page as text, or codes that are near. Refuses to know: queries.
"""

import os

import click

from intacct_ql.suggest import nearest

_PAGES = os.path.join(os.path.dirname(__file__), "..", "docs", "codes")


def known() -> list[str]:
    """Every code that has a page."""
    return sorted(name.removesuffix(".md") for name in os.listdir(_PAGES) if name.startswith("IQL"))


def complete(_: click.Context, __: click.Parameter, begun: str) -> list[str]:
    """The codes that begin so, in any case; as a shell asks for them."""
    return [code for code in known() if code.startswith(begun.upper())]


def page(_: click.Context, __: click.Parameter, code: str | None) -> str | None:
    """The page of a code, in any case or as its number alone; as click calls it for an option."""
    if code is None:
        return None
    wanted = code.strip().upper()
    wanted = f"IQL{wanted}" if wanted.isdecimal() else wanted
    if wanted in known():
        with open(os.path.join(_PAGES, f"{wanted}.md"), encoding="utf-8") as file:
            return file.read()
    near = nearest(wanted, known())
    hint = f"near it are {', '.join(near)}" if near else "a code looks like IQL202"
    raise click.BadParameter(f"there is no code {code}; {hint}")

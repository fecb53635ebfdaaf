"""What is known of a company without asking it: the options that say so.

In: a profile, an exported catalog, or neither. Out: a ``Catalog`` that names are checked by; how the user has days and
times, and words on that. Refuses to know: what is checked. Nobody is asked.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from intacct_ql import errors
from intacct_ql.cli import inputs
from intacct_ql.cli.program import say
from intacct_ql.formatting import USUAL

if TYPE_CHECKING:
    from intacct_ql.cli.company import Access
    from intacct_ql.formatting import Formatting
    from intacct_ql.planner.steps import Plan
    from intacct_ql.profiles import Settings
    from intacct_ql.schema.catalog import Catalog
    from intacct_ql.sessions import Session

options = inputs.options(
    click.option("--catalog", type=inputs.FILE, metavar="FILE", help="Check names by an exported catalog."),
    click.option("--no-snapshot", is_flag=True, help="Do not use what was learned of the company."),
)


class Known(NamedTuple):
    """What those options say."""

    catalog: str | None
    no_snapshot: bool

    @classmethod
    def taken_from(cls, given: dict[str, Any]) -> "Known":
        """Take the values of the options out of those that a command is given."""
        return cls(*(given.pop(name) for name in cls._fields))

    def of(self, access: "Access") -> "Catalog":
        """The catalog of the company that a command would ask."""
        if self.catalog is not None:
            from intacct_ql.discovery.shelf import catalog_in

            return catalog_in(self.catalog)
        settings = None if self.no_snapshot else _settings(access)
        if settings is None:
            from intacct_ql.schema.catalog import BUNDLED

            return BUNDLED
        from intacct_ql.discovery.kept import catalog_of

        return catalog_of(settings)

    def of_user(self, access: "Access") -> "User":
        """The user that a command would ask as."""
        settings = _settings(access)
        if settings is None:
            from intacct_ql.connecting import demo_formatting

            return User(None, demo_formatting() if access.demo else None)
        from intacct_ql.discovery.kept import formatting_of

        return User(settings.user_id, None if self.no_snapshot else formatting_of(settings))

    def put_into(self, session: "Session") -> None:
        """Let a session check names by the exported catalog, where one is given."""
        if self.catalog is not None:
            from intacct_ql.discovery.shelf import catalog_in

            session.catalog = catalog_in(self.catalog)


class User(NamedTuple):
    """Who would ask: by name, where a company is configured; and how days and times are written, where it has told."""

    name: str | None
    formatting: "Formatting | None"

    def remark(self, plans: "Iterable[Plan]") -> None:
        """Say how the days and times of requests are written, unless it is as in any other."""
        from intacct_ql.backends.doors import door
        from intacct_ql.backends.localised import compares_times

        if self.name is None or (self.formatting is not None and self.formatting.is_usual):
            return
        fetches = [plan.fetch for plan in plans if door(plan.target).localised]
        if any(fetch is not None and compares_times(fetch) for fetch in fetches):
            say(f"note: {self._words()}")

    def _words(self) -> str:
        if self.formatting is None:
            return f"days and times are written {USUAL}: how user {self.name} has them is not known, and query asks"
        return f"days and times are written as user {self.name} has them: {self.formatting}"


def _settings(access: "Access") -> "Settings | None":
    """Who would ask where; None where nothing is configured."""
    if not _is_anything_configured(access):
        return None
    try:
        return access.settings(secrets=False)
    except errors.ConfigError:
        if access.endpoint or access.profile or access.entity:
            raise
        return None  # half-made settings matter when something is sent


def _is_anything_configured(access: "Access") -> bool:
    """Whether it is worth the 15 ms to find out which company is meant; mostly it is not, and a compile takes 80."""
    return (
        any(access)
        or any(name.startswith("INTACCT_") for name in os.environ)
        or os.path.exists(os.path.join(os.path.expanduser("~"), ".intacct"))
    )

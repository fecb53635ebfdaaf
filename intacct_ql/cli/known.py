"""Which catalog names are checked by: the options that say so.

In: a profile, an exported catalog, or neither. Out: a ``Catalog``. Refuses to know: what is checked. Nobody is asked.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import os
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from intacct_ql import errors
from intacct_ql.cli import inputs
from intacct_ql.schema.catalog import BUNDLED, Catalog

if TYPE_CHECKING:
    from intacct_ql.cli.company import Access
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

    def of(self, access: "Access") -> Catalog:
        """The catalog of the company that a command would ask."""
        from intacct_ql import connecting

        if self.catalog is not None:
            return connecting.catalog(file=self.catalog)
        if self.no_snapshot or not _is_anything_configured(access):
            return BUNDLED
        try:
            settings = access.settings(secrets=False)
        except errors.ConfigError:
            if access.endpoint or access.profile or access.entity:
                raise
            return BUNDLED  # half-made settings matter when something is sent
        return BUNDLED if settings is None else connecting.known_of(settings)

    def put_into(self, session: "Session") -> None:
        """Let a session check names by the exported catalog, where one is given."""
        if self.catalog is not None:
            from intacct_ql import connecting

            session.catalog = connecting.catalog(file=self.catalog)


def _is_anything_configured(access: "Access") -> bool:
    """Whether it is worth the 15 ms to find out which company is meant; mostly it is not, and a compile takes 80."""
    return (
        any(access)
        or any(name.startswith("INTACCT_") for name in os.environ)
        or os.path.exists(os.path.join(os.path.expanduser("~"), ".intacct"))
    )

"""What is kept of a company, for who asks nobody.

In: the settings to sign in with. Out: the snapshot, the catalog, the preferences of the user. Refuses to know: secrets,
and what is done with it.
"""
# ruff: noqa: PLC0415 - where nothing is kept, nothing that reads it is imported: cold start

from pathlib import Path
from typing import TYPE_CHECKING

from intacct_ql.discovery.place import snapshot_file
from intacct_ql.profiles import Settings
from intacct_ql.schema.catalog import Catalog

if TYPE_CHECKING:
    from intacct_ql.discovery.snapshot import Snapshot
    from intacct_ql.formatting import Formatting


def catalog_of(settings: Settings) -> Catalog:
    """The catalog of the company of these settings: the bundled one until it is asked what it has."""
    if not _file(settings).exists():
        return Catalog(asks=True)
    from intacct_ql.discovery import shelf

    return shelf.catalog_of(snapshot_of(settings))


def formatting_of(settings: Settings) -> "Formatting | None":
    """How the user of these settings has days and times, as the company told lately; None where that is not known."""
    if not _file(settings).exists():
        return None
    from intacct_ql.executor.knowledge import Knowledge

    return Knowledge(settings.user_id, snapshot_of(settings)).formatting


def snapshot_of(settings: Settings) -> "Snapshot":
    """What the company of these settings said, as it is kept; empty until it is asked."""
    from intacct_ql.discovery.snapshot import Snapshot

    return Snapshot(_file(settings))


def _file(settings: Settings) -> Path:
    return snapshot_file(
        company=settings.company_id, user=settings.user_id, entity=settings.entity_id, endpoint=settings.endpoint_url
    )

"""Which company a command asks: the options that say so, and the session they give.

In: an endpoint, a profile, an entity, hosts to trust. Out: a ``Session``; words on who answers. Refuses to know: what
the company is asked.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from intacct_ql.cli import completing, inputs
from intacct_ql.cli.known import Known
from intacct_ql.cli.program import NO_CREDENTIALS, say

if TYPE_CHECKING:
    from intacct_ql.profiles import Settings
    from intacct_ql.sessions import Session

whose = inputs.options(
    click.option("--endpoint", metavar="URL", help="Where the gateway is."),
    click.option(
        "--profile",
        metavar="P",
        shell_complete=completing.profiles,
        help="A section of ~/.intacct/credentials.ini; profile add makes one.",
    ),
    click.option("--demo", is_flag=True, help="Ask the demo company."),
    click.option("--entity", metavar="ID", help="The entity to sign in to."),
)

access = inputs.options(
    whose,
    click.option(
        "--trust-host", multiple=True, metavar="HOST", help="Let credentials go to a host outside intacct.com."
    ),
)


reach = inputs.options(
    click.option("--all-entities", is_flag=True, help="Ask in every entity; the first column says in which."),
    click.option("--show-private", is_flag=True, help="Give rows of private entities at the top level, too."),
)


pace = inputs.options(
    click.option("--connections", type=inputs.COUNT, metavar="N", help="Requests at a time.  [default: 2]"),
    click.option("--calls-per-minute", type=inputs.COUNT, metavar="N", help="Requests in any minute."),
    click.option(
        "--rate-file",
        type=click.Path(dir_okay=False),
        metavar="FILE",
        help="Share --calls-per-minute with whoever names the same file.",
    ),
)


class Pace(NamedTuple):
    """What those options say."""

    connections: int | None
    calls_per_minute: int | None
    rate_file: str | None

    @classmethod
    def taken_from(cls, given: dict[str, Any]) -> "Pace":
        """Take the values of the options out of those that a command is given."""
        return cls(*(given.pop(name) for name in cls._fields))


class Access(NamedTuple):
    """What the options of ``access``, or of ``whose``, say."""

    endpoint: str | None
    profile: str | None
    demo: bool
    entity: str | None
    trust_host: Collection[str] = ()

    @classmethod
    def taken_from(cls, given: dict[str, Any]) -> "Access":
        """Take the values of the options out of those that a command is given; ``whose`` are all but the last."""
        return cls(**{name: given.pop(name) for name in cls._fields if name in given})

    def settings(self, *, secrets: bool = True) -> "Settings | None":
        """Who signs in where; None is the demo company: when it is wanted, or nothing is configured.

        Without ``secrets`` it is told who that would be, and no keyring is asked.
        """
        from intacct_ql.profiles import load

        if self.demo and (self.endpoint or self.profile):
            raise click.UsageError("--demo stands alone: it needs no --endpoint and no --profile.")
        overrides = {"endpoint_url": self.endpoint, "entity_id": self.entity}
        settings = None if self.demo else load(self.profile, overrides, secrets=secrets)
        if settings is None and self.entity:
            raise click.UsageError(
                "--entity needs a profile or credentials; the demo company answers for all entities."
            )
        return settings


def session(
    access: Access, *, quiet: bool, validate: bool = False, pace: Pace | None = None, known: Known | None = None
) -> "Session":
    """A session with the company, which is named; with ``validate`` requests are held to the schemas first.

    ``pace`` says how fast it may be asked; the demo company, which is here, is asked as fast as it goes. ``known`` says
    which catalog names are checked by.
    """
    made = _session(access, quiet=quiet, validate=validate, pace=pace, known=known)
    if known is not None:
        known.put_into(made)
    return made


def _session(access: Access, *, quiet: bool, validate: bool, pace: Pace | None, known: Known | None) -> "Session":
    from intacct_ql import connecting

    settings = access.settings()
    if settings is None:
        if not access.demo and not quiet:
            say(f"{NO_CREDENTIALS}; the demo company answers")
        return connecting.demo(validate=validate)
    if not quiet:
        say(f"note: company {settings.company_id}, user {settings.user_id} ({settings.source})")
    if settings.warning:
        say(f"warning: {settings.warning}")
    keys = ("sender_id", "sender_password", "company_id", "user_id", "user_password", "entity_id", "endpoint_url")
    given = {key: getattr(settings, key) for key in keys}
    ways = {} if pace is None else pace._asdict()
    snapshot = known is None or not known.no_snapshot
    return connecting.connect(trusted_hosts=access.trust_host, validate=validate, snapshot=snapshot, **ways, **given)

"""The emulator in tests: fixtures for pytest.

In: ``pytest_plugins = ["intacct_ql.emulator.pytest"]``, or ``-p intacct_ql.emulator.pytest``. Out: the fixtures
``intacct`` and ``intacct_company``. Refuses to know: any client.

::

    def test_overdue(intacct):
        with intacct_ql.connect(endpoint_url=intacct.url, **intacct.credentials) as session:
            ...
        assert intacct.ledger.calls["query"] == 1

    def test_throttled(intacct_company):
        company = intacct_company(Table(...), faults="429@call=2")

``intacct`` is the demo company on one port for the whole run. Each test finds it as it was at the beginning: its rows,
no session, no faults, a ledger that counts from nothing. ``intacct_company`` puts a company of the test's own on a
port, as often as it is called, until the test ends. A thread answers, so blocking and async code can ask alike.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypedDict

import pytest

from intacct_ql.emulator import Accounts, Gateway, Running, Store, Table, demo
from intacct_ql.emulator.ledger import Ledger


class Credentials(TypedDict):
    """Who signs in, by the names that clients use."""

    sender_id: str
    sender_password: str
    company_id: str
    user_id: str
    user_password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Intacct:
    """A gateway on a port: ``url`` is its endpoint, ``credentials`` are ones it accepts, by the names clients use.

    ``gateway.faults = "429@call=1"`` plays faults from then on.
    """

    url: str
    gateway: Gateway
    credentials: Credentials

    @property
    def store(self) -> Store:
        """The rows, to look at and to change."""
        return self.gateway.store

    @property
    def ledger(self) -> Ledger:
        """What has been asked."""
        return self.gateway.ledger


class MakeCompany(Protocol):
    """What ``intacct_company`` is.

    The company has these tables, or is that of a folder or database (``data``), or else a demo company of its own;
    ``faults`` and ``settings`` are those of ``Gateway``.
    """

    def __call__(
        self,
        *tables: Table,
        data: str | os.PathLike[str] | None = None,
        faults: str | None = None,
        accounts: Accounts | None = None,
        **settings: Any,
    ) -> Intacct:
        """Put a company on a port until the test ends."""


@pytest.fixture(scope="session")
def _intacct_running() -> Iterator[Running]:
    with Running(demo()) as running:
        yield running


@pytest.fixture(scope="session")
def _intacct_beginning(_intacct_running: Running) -> Any:
    return _intacct_running.gateway.snapshot()


@pytest.fixture
def intacct(_intacct_running: Running, _intacct_beginning: Any) -> Intacct:
    """The demo company on a port, as it was at the beginning."""
    gateway = _intacct_running.gateway
    gateway.faults = None
    gateway.reset(_intacct_beginning)
    gateway.ledger.on_answer = None
    return Intacct(url=_intacct_running.url, gateway=gateway, credentials=_credentials(Accounts()))


@pytest.fixture
def intacct_company() -> Iterator[MakeCompany]:
    """Companies of the test's own, each on a port: see ``MakeCompany``."""
    with ExitStack() as ports:

        def make(
            *tables: Table,
            data: str | os.PathLike[str] | None = None,
            faults: str | None = None,
            accounts: Accounts | None = None,
            **settings: Any,
        ) -> Intacct:
            accepted = accounts or Accounts()
            gateway = Gateway(_store(tables, data), faults=faults, accounts=accepted, **settings)
            running = ports.enter_context(Running(gateway))
            return Intacct(url=running.url, gateway=gateway, credentials=_credentials(accepted))

        yield make


def _store(tables: tuple[Table, ...], data: str | os.PathLike[str] | None) -> Store:
    from intacct_ql.emulator.data.loading import load  # noqa: PLC0415 - few tests bring files

    if tables and data is not None:
        raise ValueError("a company has tables or data, not both")
    if data is not None:
        return load(Path(data))
    return Store(tables) if tables else demo().store


def _credentials(accounts: Accounts) -> Credentials:
    """Credentials that are accepted: those that come first."""
    sender, sender_password = next(iter(accounts.senders.items()))
    (company, user), user_password = next(iter(accounts.logins.items()))
    return {
        "sender_id": sender,
        "sender_password": sender_password,
        "company_id": company,
        "user_id": user,
        "user_password": user_password,
    }

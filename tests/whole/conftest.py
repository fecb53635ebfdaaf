"""A gateway on a real port, and sessions with it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from gateways import ACCOUNTS, CREDENTIALS

import intacct_ql as iql
from intacct_ql.emulator import Gateway, Running, Store
from intacct_ql.emulator.demo import tables


@pytest.fixture(scope="session")
def store() -> Store:
    return Store(tables())


@pytest.fixture
def serving(store):
    """``with serving(faults="html@call=3") as running``: the demo company on a port of its own."""

    @contextmanager
    def serve(rows: Store = store, **settings) -> Iterator[Running]:
        with Running(Gateway(rows, strict=True, accounts=ACCOUNTS, seed=7, **settings)) as running:
            yield running

    return serve


@pytest.fixture
def connected(serving):
    """A session and its gateway: ``with connected(...) as (session, gateway)``."""

    @contextmanager
    def connect(**settings):
        with serving(**settings) as running, iql.connect(endpoint_url=running.url, **CREDENTIALS) as session:
            yield session, running.gateway

    return connect


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch, tmp_path):
    """No test sees the credentials of whoever runs it."""
    for name in list(os.environ):
        if name.startswith("INTACCT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))

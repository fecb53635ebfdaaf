import signal
from itertools import count

import pytest
from hypothesis import HealthCheck, settings


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run the long tests too")
    parser.addoption("--update-corpus", action="store_true", help="write the expected sections of the corpus anew")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--long"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="long: run with --long (make test-long)"))


_CACHES = count(1)


@pytest.fixture(autouse=True)
def cache(tmp_path_factory, monkeypatch):
    """What is learned of a company in a test is not known in another one, and not in the home of who runs it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / f"cache-{next(_CACHES)}"))


@pytest.fixture
def update_corpus(request):
    return request.config.getoption("--update-corpus")


settings.register_profile("short", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_configure(config):
    # A shell lets background jobs ignore interrupts, and processes that tests start would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    settings.load_profile("long" if config.getoption("--long") else "short")

import signal
from itertools import count
from pathlib import Path

import jitter
import pytest
import transcripts
from hypothesis import HealthCheck, is_hypothesis_test, settings

from intacct_ql.emulator import Gateway


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run the long tests too")
    parser.addoption("--jitter", type=int, metavar="SEED", help="hold threads up at random: none may count on its turn")
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


_EXCHANGED: dict[str, dict[str, list[transcripts.Exchange]]] = {}
"""What was exchanged in this process, by the files of the tests and their names; with --update-corpus alone."""

_MET: set[transcripts.Exchange] = set()
"""The same, whoever exchanged it: sessions that tests share are opened by the first of them."""

_ONCE = (b"<getAPISession", b"<readUserFormatting")
"""What a shared session is opened with, perhaps by a test whose exchanges are not kept: it is met all the same."""


@pytest.fixture(autouse=True)
def transcript(request, monkeypatch):
    """Whatever a test exchanges with a gateway of this process is held to the transcripts."""
    module, name = request.path, request.node.nodeid.partition("::")[2]
    written = _EXCHANGED.setdefault(str(module), {}) if request.config.getoption("--update-corpus") else None
    unkept = is_hypothesis_test(request.function) or any(map(request.node.get_closest_marker, ("unkept", "long")))
    exchanged, failed = [], request.session.testsfailed
    handle = Gateway.handle

    def recorded(self, body, **settings):
        given = handle(self, body, **settings)
        if not unkept or any(word in body for word in _ONCE):
            exchanged.append((transcripts.plain(body), transcripts.plain(given.body)))
        return given

    monkeypatch.setattr(Gateway, "handle", recorded)
    yield
    if unkept:
        _MET.update(exchanged)
        if written is not None:
            written[name] = []
        return
    if request.session.testsfailed > failed:  # it broke off in the middle
        return
    if written is not None:
        written[name] = exchanged
        return
    _MET.update(exchanged)
    for pair in exchanged:
        if pair not in transcripts.known(module.parent):
            assert pair == transcripts.nearest(pair, module), "pytest --update-corpus keeps what is right"
    missing = [pair for pair in transcripts.kept(module).get(name, ()) if pair not in _MET]
    assert missing == [], "kept, and exchanged no more: pytest --update-corpus drops it"


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):  # one of several processes: the first of them writes for all
        session.config.workeroutput["exchanged"] = _EXCHANGED
        return
    for module, exchanged in _EXCHANGED.items():
        transcripts.write(Path(module), exchanged)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    for module, exchanged in getattr(node, "workeroutput", {}).get("exchanged", {}).items():
        _EXCHANGED.setdefault(module, {}).update(exchanged)


settings.register_profile("short", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def pytest_configure(config):
    # A shell lets background jobs ignore interrupts, and processes that tests start would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if (seed := config.getoption("--jitter")) is not None:
        jitter.hold_up(seed)
    settings.load_profile("long" if config.getoption("--long") else "short")

import pytest


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run the long tests too")
    parser.addoption("--update-corpus", action="store_true", help="write the expected sections of the corpus anew")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--long"):
        return
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.skip(reason="long: run with --long (make test-long)"))


@pytest.fixture
def update_corpus(request):
    return request.config.getoption("--update-corpus")

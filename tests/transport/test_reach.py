"""The proxy on the way, as the environment says it."""

import pytest

from intacct_ql.transport.reach import proxy

URL = "https://api.intacct.com/ia/xml/xmlgw.phtml"


@pytest.mark.parametrize(
    ("variables", "way"),
    [
        ({}, ""),
        ({"HTTPS_PROXY": "http://proxy.example:3128"}, "proxy.example:3128"),
        ({"https_proxy": "proxy.example"}, "proxy.example"),
        ({"ALL_PROXY": "socks5://me:hush@proxy.example:1080"}, "proxy.example:1080"),
        ({"HTTP_PROXY": "http://proxy.example:3128"}, ""),
        ({"HTTPS_PROXY": "http://proxy.example:3128", "NO_PROXY": "intacct.com"}, ""),
        ({"HTTPS_PROXY": "http://me:hush@[proxy"}, "of the environment, whose address is no URL"),
    ],
)
def test_which_proxy(variables: dict[str, str], way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert proxy(URL) == way


@pytest.mark.parametrize("host", ["localhost", "localhost.", "127.0.0.1", "[::1]"])
def test_no_proxy_for_the_own_machine(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    assert proxy(f"http://{host}:8080/") == ""

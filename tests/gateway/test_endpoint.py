import pytest

from intacct_ql.errors import ConfigError
from intacct_ql.gateway.endpoint import DEFAULT_ENDPOINT, check_endpoint


@pytest.mark.parametrize(
    "url",
    [
        DEFAULT_ENDPOINT,
        "https://intacct.com/x",
        "https://NA12.Intacct.COM:443/ia",
        "https://api.intacct.com./ia",
        "http://localhost:8080/ia",
        "http://localhost.:8080/ia",
        "http://127.0.0.1:1/",
        "http://127.9.9.9/",
        "http://[::1]:80/",
        "https://gateway.example/ia",
        "http://gateway.example/ia",
    ],
)
def test_credentials_may_go_there(url):
    assert check_endpoint(url, ("Gateway.Example",)) == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://api.intacct.com/ia", "without TLS"),
        ("https://intacct.com.evil.example/", "not sent to intacct.com.evil.example"),
        ("https://evilintacct.com/", "not sent to evilintacct.com"),
        ("https://evil.example/?.intacct.com", "not sent to evil.example"),
        ("https://evil.example#.intacct.com", "not sent to evil.example"),
        ("https://user:s3cret@api.intacct.com/", "user name or password"),
        ("https://api.intacct.com@evil.example/", "user name or password"),
        ("https://evil.example\\.intacct.com/", "not an http or https URL"),
        ("https://evil.example\n.intacct.com/", "not an http or https URL"),
        ("https://evil.example/ .intacct.com", "not an http or https URL"),
        ("https://xn--intacct.com\u3002evil.example/", "not an http or https URL"),
        ("ftp://api.intacct.com/", "not an http or https URL"),
        ("api.intacct.com", "not an http or https URL"),
        ("", "not an http or https URL"),
        ("https:///ia", "not an http or https URL"),
        ("https://[::1", "not a URL"),
        ("https://api.intacct.com:99999999/", "not a URL"),
        ("http://localhost.evil.example/", "not sent to localhost.evil.example"),
        ("https://2130706433/", "not sent to 2130706433"),
        ("http://127.0.0.1./", "not sent to 127.0.0.1"),  # a name, which any server of names may answer
    ],
)
def test_credentials_do_not_go_there(url, words):
    with pytest.raises(ConfigError, match=words) as caught:
        check_endpoint(url)
    assert "s3cret" not in str(caught.value)

"""Requests and the replies they get, as files to be read side by side.

``{...}`` in a reply stands for any text on one line: ids that are drawn, and an XML parser's own words.
"""

import re
from pathlib import Path

import pytest

WIRE = Path(__file__).parent / "wire"
NAMES = sorted(path.name.removesuffix(".request.xml") for path in WIRE.glob("*.request.xml"))


@pytest.mark.parametrize("name", NAMES)
def test_reply(gateway, name):
    given = gateway.handle((WIRE / f"{name}.request.xml").read_bytes(), content_type="application/xml; charset=UTF-8")
    (expected,) = WIRE.glob(f"{name}.reply.*")
    pattern = ".+?".join(re.escape(part) for part in expected.read_text("utf-8").split("{...}"))
    assert re.fullmatch(pattern, given.body.decode()), given.body.decode()
    assert given.status == 200
    assert expected.suffix[1:] in dict(given.headers)["Content-Type"]

"""Two columns of one name: written where columns have places, refused where they are found by their names."""

from pathlib import Path

import pytest

from intacct_ql.cli.forms import FORMATS
from intacct_ql.emulator import Running, demo

TWICE = "select VENDORID, NAME, NAME from VENDOR order_by VENDORID limit 1"
BY_PLACE = {"table", "vertical", "csv", "tsv", "markdown", "xlsx"}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_them_or_refuses_them_before_anything_is_asked(run, name: str) -> None:
    with Running(demo()) as gateway:
        result = run("query", "--endpoint", gateway.url, "-q", "-o", "rows", "--output", name, TWICE)
        asked = gateway.gateway.ledger.requests
    if name in BY_PLACE:
        assert (result.exit_code, result.stderr) == (0, "")
        return
    told = "error: two columns are named NAME; give one of them another name with AS\n"
    assert (result.exit_code, result.stderr, asked) == (1, told, 0)
    assert not Path("rows").exists()

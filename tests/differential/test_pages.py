"""However small the pages and whatever the order, every row comes once."""

import pytest
from differential.queries import COMPANY

ORDERS = ["", " order_by RECORDNO desc", " order_by STATUS", " order_by TERMNAME desc, TOTALDUE"]


@pytest.mark.parametrize("page_size", [1, 7, 1_000])
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("target", ["query", "readByQuery", "get_list", "auto"])
def test_every_row_once(session, target, order, page_size):
    result = session.query(f"select RECORDNO from CUSTOMER{order}", target=target, page_size=page_size)
    numbers = [number for (number,) in result]
    assert sorted(numbers) == sorted(row["RECORDNO"] for row in COMPANY.rows("CUSTOMER"))
    assert result.stats.pages >= len(numbers) / page_size

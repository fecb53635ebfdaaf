"""Whatever happens while a company is read: each row that existed unchanged all the while arrives exactly once."""

import random
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from model.world import TurnsByLot, World

from intacct_ql.executor.settings import Settings
from intacct_ql.gateway.patience import Patience

ORDERS = (
    "",
    "order_by RECORDNO desc",
    "order_by NAME",
    "order_by NAME desc",
    "order_by STATUS, TOTALDUE desc",
    "order_by ONHOLD desc, NAME",
    "order_by TOTALDUE",
    "order_by TOTALDUE desc, STATUS desc, WHENMODIFIED",
    "order_by WHENMODIFIED desc",
    "order_by STATUS desc",
)
DOORS = ("query", "readByQuery", "get_list")
FAULTS = (
    "",
    "429:8%, 500:4%, 503:4%",
    "html:6%, cut:8%, drop:6%",
    "expire@call=4, expire@call=9",
    "429:3%, 500:3%, html:3%, cut:3%, drop:3%, 503:3%",
)
PATIENCE = Patience(tries=50, factor=0)


def steady_once(world, rows):
    """Every steady row once; and nothing that never was."""
    came = Counter(row[0] for row in rows)
    missing = sorted(number for number in world.steady if came[number] == 0)
    twice = sorted(number for number in world.steady if came[number] > 1)
    assert not missing, f"lost: {missing[:10]}"
    assert not twice, f"doubled: {twice[:10]}"


@given(
    seed=st.integers(0, 2**32),
    rows=st.integers(0, 60),
    order=st.sampled_from(ORDERS),
    door=st.sampled_from(DOORS),
    page_size=st.sampled_from([1, 2, 3, 5, 7, 10, 25, 100]),
    connections=st.sampled_from([1, 2, 3, 4, 8]),
    ordered=st.booleans(),
    faults=st.sampled_from(FAULTS),
)
def test_steady_rows_arrive_exactly_once(seed, rows, order, door, page_size, connections, ordered, faults):
    world = World(random.Random(seed), rows, faults)
    text = f"select RECORDNO, NAME from CUSTOMER {order}"
    chosen = Settings(page_size=page_size, ordered=ordered, patience=PATIENCE)
    run = TurnsByLot(world, text, target=door, connections=connections, settings=chosen)
    steady_once(world, run.rows())

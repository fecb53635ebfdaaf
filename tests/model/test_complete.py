"""Whatever happens while a company is read: each row that existed unchanged all the while arrives exactly once."""

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model.runs import PATIENCE, Asked, by_lot, by_tasks, by_threads, over_stops
from model.world import COLUMNS, World, faults_by_lot

from intacct_ql.executor import ride
from intacct_ql.executor.settings import Settings

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
    "order_by NAME, RECORDNO desc, STATUS",
)
DOORS = ("query", "readByQuery", "get_list")
WIRES = st.sampled_from(["xml", "xml", "json", "csv"])

SHARE = settings().max_examples // 28
"""A part of what a property has: 1 in the short mode, 71 in the long one; so many runs are SHARE times 150."""

pytestmark = pytest.mark.timeout(3600)

seeds = st.integers(0, 2**64)
sizes = st.sampled_from([1, 2, 3, 5, 7, 10, 25, 100])
connections = st.sampled_from([1, 2, 3, 4, 8])


@pytest.fixture(scope="module", autouse=True)
def _long():
    """What a long reply is belongs to others, too."""
    long = ride.LONG
    yield
    ride.LONG = long


def world_of(seed):
    """Its replies are all long, or none is: those that are wait until they are read."""
    dice = random.Random(seed)
    ride.LONG = dice.choice((0, 2**30))
    return World(dice, dice.choice((0, 1, 5, 20, 60)), faults_by_lot(dice))


def steady_once(world, asked, rows):
    """Every steady row once, with its cells, in the order that a quiet company gives them."""
    steady = [row for row in rows if row[0] in world.steady]
    twice = [number for number, times in Counter(row[0] for row in steady).items() if times > 1]
    assert not twice, f"doubled: {twice[:10]}"
    missing = sorted(world.steady - {row[0] for row in steady})
    assert not missing, f"lost: {missing[:10]}"
    with world.quiet():
        expected = [row for row in by_lot(world, replace(asked, connections=1)) if row[0] in world.steady]
    in_order = "order_by" in asked.text or (asked.settings.ordered and asked.target == "query")
    assert steady == expected if in_order else sorted(steady) == sorted(expected)


def asked_for(order, door, size, connections, *, ordered=True, wire="xml"):
    return Asked(
        text=f"select {', '.join(COLUMNS)} from CUSTOMER {order}",
        target=door,
        connections=connections,
        settings=Settings(page_size=size, ordered=ordered, wire=wire if door == "query" else "xml", patience=PATIENCE),
    )


@settings(max_examples=SHARE * 60)
@given(seeds, st.sampled_from(ORDERS), sizes, connections, st.booleans(), WIRES)
def test_steady_rows_arrive_exactly_once(seed, order, size, connections, ordered, wire):
    world = world_of(seed)
    asked = asked_for(order, "query", size, connections, ordered=ordered, wire=wire)
    steady_once(world, asked, by_lot(world, asked))


@settings(max_examples=SHARE * 30)
@given(seeds, st.sampled_from(ORDERS), st.sampled_from(DOORS[1:]), sizes, connections)
def test_through_the_other_doors_too(seed, order, door, size, connections):
    world = world_of(seed)
    asked = asked_for(order, door, size, connections)
    steady_once(world, asked, by_lot(world, asked))


@settings(max_examples=SHARE * 30)
@given(seeds, st.sampled_from(ORDERS), sizes, connections, st.booleans(), WIRES)
def test_over_stops_and_kills_too(seed, order, size, connections, ordered, wire):
    world = world_of(seed)
    asked = asked_for(order, "query", size, connections, ordered=ordered, wire=wire)
    steady_once(world, asked, over_stops(world, asked))


@pytest.mark.parametrize("run", [by_threads, by_tasks])
@settings(max_examples=SHARE * 10)
@given(seeds, st.sampled_from(ORDERS), st.sampled_from(DOORS), sizes, connections, st.booleans(), WIRES)
def test_by_threads_and_by_tasks_too(run, seed, order, door, size, connections, ordered, wire):
    world = world_of(seed)
    asked = asked_for(order, door, size, connections, ordered=ordered, wire=wire)
    steady_once(world, asked, run(world, asked))


@settings(max_examples=SHARE * 10)
@given(seeds, st.sampled_from(["", "order_by NAME desc", "order_by STATUS"]), sizes, WIRES)
def test_groups_of_steady_rows_arrive_once(seed, order, size, wire):
    world = world_of(seed)
    text = f"select NAME, STATUS, count(*) from CUSTOMER {order}"
    asked = Asked(text=text, settings=Settings(page_size=size, wire=wire, patience=PATIENCE))
    groups = Counter(row[:2] for row in by_lot(world, asked))
    assert max(groups.values(), default=1) == 1
    with world.quiet():
        steady = {row[2:4] for row in by_lot(world, asked_for("", "query", 100, 1)) if row[0] in world.steady}
    assert steady <= set(groups)

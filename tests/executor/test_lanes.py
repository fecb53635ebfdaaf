"""Connections in use at a time: never too many, fewer after a throttle, and nobody waits for ever."""

import asyncio
import threading

import pytest

from intacct_ql.executor.lanes import _GROWS_AFTER, CONNECTIONS, Lanes


class Counter:
    """How many are inside, and how many were at most."""

    def __init__(self):
        self.inside = self.most = 0
        self._lock = threading.Lock()

    def enter(self):
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)

    def leave(self):
        with self._lock:
            self.inside -= 1


def quiet_exchanges(lanes, count):
    for _ in range(count):
        with lanes.one():
            pass


async def settled():
    """Everything that can go on in the event loop has gone on."""
    for _ in range(10):
        await asyncio.sleep(0)


def test_two_connections_unless_more_are_asked_for():
    assert Lanes().most == Lanes().open == CONNECTIONS == 2


@pytest.mark.parametrize("most", [1, 2, 3, 8])
def test_as_many_threads_as_there_are_lanes_and_no_more(most):
    lanes, counter, together = Lanes(most), Counter(), threading.Barrier(most)

    def work():
        for _ in range(5):
            with lanes.one():
                counter.enter()
                together.wait(10)  # passes only where all lanes are in use at the same time
                counter.leave()

    threads = [threading.Thread(target=work) for _ in range(2 * most)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (counter.most, counter.inside) == (most, 0)


@pytest.mark.parametrize("most", [1, 2, 3, 8])
def test_as_many_tasks_as_there_are_lanes_and_no_more(most):
    lanes, counter = Lanes(most), Counter()

    async def work():
        for _ in range(5):
            async with lanes.one_async():
                counter.enter()
                await settled()
                counter.leave()

    async def main():
        await asyncio.wait_for(asyncio.gather(*(work() for _ in range(3 * most))), 20)

    asyncio.run(main())
    assert (counter.most, counter.inside) == (most, 0)


def test_threads_and_tasks_share_the_lanes():
    lanes, counter = Lanes(2), Counter()

    def block():
        for _ in range(20):
            with lanes.one():
                counter.enter()
                counter.leave()

    async def work():
        for _ in range(20):
            async with lanes.one_async():
                counter.enter()
                await asyncio.sleep(0)
                counter.leave()

    async def main():
        threads = [asyncio.to_thread(block) for _ in range(3)]
        await asyncio.wait_for(asyncio.gather(*threads, *(work() for _ in range(3))), 20)

    asyncio.run(main())
    assert counter.most <= 2
    assert counter.inside == 0


@pytest.mark.parametrize(("most", "after"), [(1, 1), (2, 1), (3, 1), (8, 4), (9, 4)])
def test_a_throttle_leaves_half_of_the_lanes_and_at_least_one(most, after):
    lanes = Lanes(most)
    lanes.narrow()
    assert lanes.open == after
    for _ in range(10):
        lanes.narrow()
    assert (lanes.open, lanes.most) == (1, most)


def test_lanes_grow_back_one_by_one_and_not_beyond_what_was_allowed():
    lanes = Lanes(4)
    lanes.narrow()
    quiet_exchanges(lanes, _GROWS_AFTER - 1)
    assert lanes.open == 2
    quiet_exchanges(lanes, 1)
    assert lanes.open == 3
    quiet_exchanges(lanes, _GROWS_AFTER)
    assert lanes.open == 4
    quiet_exchanges(lanes, 3 * _GROWS_AFTER)
    assert lanes.open == 4


def test_a_throttle_begins_the_count_of_quiet_exchanges_anew():
    lanes = Lanes(4)
    lanes.narrow()
    quiet_exchanges(lanes, _GROWS_AFTER - 1)
    lanes.narrow()
    quiet_exchanges(lanes, _GROWS_AFTER - 1)
    assert lanes.open == 1
    quiet_exchanges(lanes, 1)
    assert lanes.open == 2


def test_who_is_on_the_road_stays_and_nobody_follows_while_it_is_narrow():
    lanes = Lanes(4)

    async def main():
        entered = []

        async def pass_through(number, leaving):
            async with lanes.one_async():
                entered.append(number)
                await leaving.wait()

        doors = [asyncio.Event() for _ in range(6)]
        tasks = [asyncio.create_task(pass_through(number, door)) for number, door in enumerate(doors)]
        await settled()
        lanes.narrow()
        seen = [len(entered)]
        for door in doors[:3]:
            door.set()
            await settled()
            seen.append(len(entered))
        for door in doors[3:]:
            door.set()
        await asyncio.wait_for(asyncio.gather(*tasks), 10)
        return seen, entered

    seen, entered = asyncio.run(main())
    assert seen == [4, 4, 4, 5]  # two left before anybody came after them
    assert sorted(entered) == [0, 1, 2, 3, 4, 5]


def test_growing_lets_in_who_waits_for_a_lane():
    lanes = Lanes(2)
    lanes.narrow()
    quiet_exchanges(lanes, _GROWS_AFTER - 2)
    both = threading.Barrier(2)
    first_is_in = threading.Event()
    met = []

    def meet():
        with lanes.one():
            first_is_in.set()
            both.wait(10)
            met.append(True)

    threads = [threading.Thread(target=meet) for _ in range(2)]
    for thread in threads:
        thread.start()
    assert first_is_in.wait(10)
    lanes._quiet = _GROWS_AFTER - 1  # as after exchanges that others made
    lanes._left()
    for thread in threads:
        thread.join(20)
    assert (met, lanes.open) == ([True, True], 2)


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt])
def test_a_lane_is_given_back_whatever_happens_on_it(failure):
    lanes = Lanes(1)
    for _ in range(3):
        with pytest.raises(failure), lanes.one():
            raise failure

    async def fail():
        async with lanes.one_async():
            raise failure

    for _ in range(3):
        with pytest.raises(failure):
            fail().send(None)
    quiet_exchanges(lanes, 1)


def test_a_task_that_waits_is_woken_by_a_thread_that_leaves():
    lanes = Lanes(1)

    async def main():
        inside, leaving = threading.Event(), threading.Event()

        def hold():
            with lanes.one():
                inside.set()
                leaving.wait(10)

        holding = asyncio.create_task(asyncio.to_thread(hold))
        await asyncio.to_thread(inside.wait, 10)

        async def wait():
            async with lanes.one_async():
                return True

        waiting = asyncio.create_task(wait())
        await settled()
        assert not waiting.done()
        leaving.set()
        await asyncio.wait_for(asyncio.gather(holding, waiting), 10)
        return waiting.result()

    assert asyncio.run(main())


@pytest.mark.parametrize("cancelled", [{0}, {1, 2}, {0, 1, 2, 3}])
def test_who_gave_up_waiting_is_no_hindrance_to_the_others(cancelled):
    lanes, passed = Lanes(1), []

    async def main():
        async def wait(number):
            async with lanes.one_async():
                passed.append(number)
                await asyncio.sleep(0)

        async with lanes.one_async():
            tasks = [asyncio.create_task(wait(number)) for number in range(5)]
            await settled()
            for number in cancelled:
                tasks[number].cancel()
            await settled()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)

    asyncio.run(main())
    assert sorted(passed) == sorted({0, 1, 2, 3, 4} - cancelled)
    quiet_exchanges(lanes, 1)


def test_who_is_woken_and_cancelled_at_once_keeps_no_lane():
    lanes = Lanes(1)

    async def main():
        async def wait():
            async with lanes.one_async():
                await asyncio.sleep(0)

        async with lanes.one_async():
            tasks = [asyncio.create_task(wait()) for _ in range(3)]
            await settled()
        await asyncio.sleep(0)  # all are woken
        tasks[0].cancel()
        await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 10)
        assert tasks[1].exception() is tasks[2].exception() is None

    asyncio.run(main())
    quiet_exchanges(lanes, 1)


def test_who_waited_in_a_loop_that_is_closed_by_now_is_forgotten():
    lanes = Lanes(1)

    async def wait():
        async with lanes.one_async():
            raise AssertionError("the lane was in use")

    async def give_up():
        task = asyncio.create_task(wait())
        await settled()
        task.cancel()

    with lanes.one():
        asyncio.run(give_up())
    quiet_exchanges(lanes, 1)

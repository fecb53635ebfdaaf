"""What a run asks for and when it ends, without a wire: errands are answered here, in whatever order a test likes."""

import operator
import threading
import time

import pytest

import intacct_ql as iql
from intacct_ql.binder.setting import Setting
from intacct_ql.connecting import DEMO_ENDPOINT
from intacct_ql.emulator import demo
from intacct_ql.errors import BudgetExceeded, Error, Stopped, TransportError
from intacct_ql.executor import course as course_module
from intacct_ql.executor.course import Course
from intacct_ql.executor.drive import Line, Traffic
from intacct_ql.executor.lanes import Lanes
from intacct_ql.executor.settings import Budget, Settings
from intacct_ql.gateway.messages import Page
from intacct_ql.gateway.paging import PageRequest
from intacct_ql.prepared import statement
from intacct_ql.result import Stats
from intacct_ql.schema.catalog import BUNDLED
from intacct_ql.transport.loopback import Loopback

RANGES = "select RECORDNO from CUSTOMER"
ONE_BY_ONE = "select RECORDNO from CUSTOMER limit 1000000"
SIZE = 10
KINDS = pytest.mark.parametrize("text", [RANGES, ONE_BY_ONE], ids=["ranges", "one by one"])
ORDERED = pytest.mark.parametrize("ordered", [True, False], ids=["ordered", "unordered"])

COMPARISONS = {">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le}


def course_of(text=RANGES, connections=4, **settings):
    made = statement(text, BUNDLED, "query", Setting()).prepare(None)
    budget = {name[4:]: settings.pop(name) for name in [*settings] if name.startswith("max_")}
    settings = Settings(page_size=SIZE, budget=Budget(**budget), **settings)
    return Course(made.plan, made.plan.fetch, made.door, settings, Stats(), connections=connections)


def page(errand, rows=1000):
    """What a gateway with so many customers answers."""
    asked = errand.request
    behind = asked.behind.open[0][0] if asked.behind is not None else 0
    found = [
        key
        for key in range(1, rows + 1)
        if key > behind and all(COMPARISONS[sign](key, end) for sign, end in asked.bounds)
    ]
    given = (found[::-1] if asked.backwards else found)[asked.offset :][: asked.size]
    left = max(0, len(found) - asked.offset - len(given))
    return Page(rows=[(key,) for key in given], count=len(given), totalcount=len(found), numremaining=left)


def body(errand):
    """As much of that answer as is looked at before it is read."""
    told = page(errand)
    return b'<data numremaining="%d"><RECORDNO>%d</RECORDNO></data>' % (told.numremaining, told.rows[-1][0])


def begun(*arguments, **settings):
    """A course whose first page has come and been handed on."""
    course = course_of(*arguments, **settings)
    first = course.ask()
    course.settle(first, page(first))
    assert len(course.ready()) == SIZE
    return course


def asked(course):
    """All errands that may be under way now."""
    return [*iter(course.ask, None)]


def keys(course):
    """The keys of all rows that can be handed on now."""
    return [row[0] for block in iter(course.ready, None) for row in block]


def behind(mark):
    """The key that a run goes on behind: that of its only column, or the first gap."""
    place = mark.place
    return place.behind.open[0][0] if isinstance(place, PageRequest) else place[0][0]


def ended(course):
    """What ends the run."""
    assert course.is_idle
    with pytest.raises(BudgetExceeded) as stopped:
        course.check_end()
    return stopped.value


# How far ahead.


@KINDS
@ORDERED
def test_the_first_page_is_asked_for_alone(text, ordered):
    course = course_of(text, ordered=ordered)
    assert len(asked(course)) == 1
    assert not course.is_idle


@pytest.mark.parametrize("connections", [1, 2, 4, 8])
@ORDERED
def test_as_many_pages_are_on_their_way_as_there_are_connections(connections, ordered):
    course = begun(connections=connections, ordered=ordered)
    at_once = []
    under_way = asked(course)
    for _ in range(12):
        at_once.append(len(under_way))
        errand = under_way.pop()
        course.settle(errand, page(errand))
        keys(course)
        under_way += asked(course)
    assert max(at_once) <= connections
    assert max(at_once) >= min(connections, 4)


def busy(connections, ordered):
    """A course with so many pages under way that every connection has one, and those pages."""
    course = begun(connections=connections, ordered=ordered)
    for _ in range(6):  # until there is work for all
        for errand in asked(course):
            course.settle(errand, page(errand))
        keys(course)
    under_way = asked(course)
    assert len(under_way) == connections
    return course, under_way


@pytest.mark.parametrize("connections", [1, 2, 4, 8])
@ORDERED
def test_a_page_that_has_arrived_gives_its_connection_on_until_too_many_are_unread(connections, ordered):
    course, under_way = busy(connections, ordered)
    further = []
    for errand in under_way:
        course.arrive(errand, body(errand))
        further += asked(course)
    assert len(further) == max(1, connections - 1)
    for errand in further:
        course.arrive(errand, body(errand))
        assert not asked(course)
    assert course.unread() in under_way  # it is being read, and another may come in its place
    assert len(asked(course)) == 1


def test_pages_are_read_in_the_order_in_which_they_were_asked_for():
    course, under_way = busy(4, ordered=True)
    for errand in under_way[:0:-1]:
        course.arrive(errand, body(errand))
        assert course.unread() is None
    course.arrive(under_way[0], body(under_way[0]))
    for errand in under_way:
        assert course.unread() is errand
        assert course.unread() is None
        course.settle(errand, page(errand))
        assert len(keys(course)) == SIZE


def test_in_no_order_pages_are_read_as_they_arrive():
    course, under_way = busy(4, ordered=False)
    course.arrive(under_way[2], body(under_way[2]))
    assert course.unread() is under_way[2]


def test_pages_behind_one_that_failed_are_read_before_that_is_told():
    course, (front, second, *others) = busy(4, ordered=True)
    course.arrive(second, body(second))
    course.settle(front, TransportError("broken"))
    for errand in others:
        course.settle(errand, None)
    course.raise_failure()  # not yet
    assert course.unread() is second
    course.settle(second, page(second))
    with pytest.raises(TransportError):
        course.raise_failure()
    assert keys(course) == []
    again = course.ask()
    assert again.request == front.request
    course.settle(again, page(again))
    assert len(keys(course)) == 2 * SIZE


@KINDS
@ORDERED
@pytest.mark.parametrize("connections", [1, 2, 4])
@pytest.mark.parametrize("handed", [1, 2, 5])
def test_nobody_reads_on_for_ever_for_a_caller_who_takes_nothing(text, ordered, connections, handed):
    course = course_of(text, connections, ordered=ordered)
    for _ in range(handed):
        while (rows := course.ready()) is None:
            errand = course.ask()
            course.settle(errand, page(errand))
        assert len(rows) == SIZE
    waiting = 0
    for _ in range(80):
        errands = asked(course)
        for errand in errands:
            course.settle(errand, page(errand))
        waiting += len(errands)
    assert course._delivery.waiting <= 3 * connections
    assert waiting <= 3 * connections


@pytest.mark.parametrize("connections", [2, 4, 8])
@ORDERED
def test_a_caller_who_takes_every_page_gets_every_row(connections, ordered):
    course = course_of(connections=connections, ordered=ordered)
    found = []
    while True:
        errands = asked(course)
        for errand in errands[::-1]:
            course.settle(errand, page(errand, 437))
        rows = course.ready()
        if rows is None and not errands:
            break
        found += [row[0] for row in rows or ()]
    assert course.is_idle
    assert (found if ordered else sorted(found)) == [*range(1, 438)]
    assert course.mark is None
    course.check_end()


def test_in_order_what_is_missing_in_front_is_asked_for_however_much_waits_behind_it():
    course = begun(connections=2)
    held = None
    for _ in range(40):  # the page in front is on its way for ever
        for errand in asked(course):
            if held is None:
                held = errand
            else:
                course.settle(errand, page(errand))
    assert course.ready() is None
    course.settle(held, TransportError("broken"))
    with pytest.raises(TransportError):
        course.raise_failure()
    again = course.ask()
    assert again.request == held.request
    assert (again.request.behind.open[0][0], again.request.offset) == (SIZE, 0)
    course.settle(again, page(again))
    assert keys(course)[:SIZE] == [*range(SIZE + 1, 2 * SIZE + 1)]


@pytest.mark.unkept("threads decide which pages are asked for ahead")
def test_who_waits_with_rows_in_hand_makes_no_calls():
    with iql.demo() as company:  # in one process nothing reads ahead
        conversation, line, name = company._conversation, company._line, "ahead"
        with iql.Session(conversation, line, name, ahead=True) as session:
            result = session.query("select RECORDNO from GLENTRY", page_size=20)
            result.fetchmany(30)
            before = -1
            for _ in range(200):  # until nothing moves any more
                if result.stats.pages == before:
                    break
                before = result.stats.pages
                time.sleep(0.3)
            assert result.stats.pages < 30
            result.close()


# Budgets.


@pytest.mark.parametrize("calls", [1, 2, 4, 7])
def test_calls_on_their_way_count(calls):
    course = begun(connections=8, ordered=False, max_calls=calls)
    errands = asked(course)
    assert len(errands) <= calls - 1
    made = 1 + len(errands)
    while errands:
        for errand in errands:
            course.settle(errand, page(errand))
        keys(course)
        errands = asked(course)
        made += len(errands)
    assert made == course.stats.pages == calls
    stopped = ended(course)
    assert (stopped.limit, stopped.allowed, stopped.rows) == ("max_calls", calls, calls * SIZE)


def test_no_call_at_all():
    course = course_of(max_calls=0)
    assert course.ask() is None
    assert ended(course).rows == 0
    assert course.mark.place == PageRequest(size=0)


@pytest.mark.parametrize("rows", [11, 25, 40, 73])
@ORDERED
@KINDS
def test_rows_on_their_way_count(text, rows, ordered):
    course = begun(text, connections=8, ordered=ordered, max_rows=rows)
    found, wanted = SIZE, [SIZE]
    while errands := asked(course):
        wanted += [errand.request.size - (errand.request.offset > 0) for errand in errands]  # one row is known
        for errand in errands:
            course.settle(errand, page(errand))
        found += len(keys(course))
    assert found == sum(wanted) == rows
    assert (ended(course).limit, course.stats.rows) == ("max_rows", rows)


def test_as_many_rows_as_there_are_exceed_nothing():
    course = course_of(max_rows=15)
    while errands := asked(course):
        for errand in errands:
            course.settle(errand, page(errand, 15))
        keys(course)
    assert course.is_idle
    course.check_end()


@ORDERED
def test_rows_beyond_the_page_that_was_asked_for_are_not_given(ordered):
    course = course_of(max_rows=4, ordered=ordered)
    errand = course.ask()
    rows = [(key,) for key in range(1, 7)]
    course.settle(errand, Page(rows=rows, count=6, totalcount=1000, numremaining=994))
    assert keys(course) == [1, 2, 3, 4]
    assert ended(course).rows == 4
    if ordered:
        assert (behind(course.mark), course.mark.rows) == (4, 4)
    else:
        assert course.mark is None  # from behind the page rows would be missing


@KINDS
@ORDERED
def test_bytes_stop_what_comes_next_and_what_is_under_way_is_kept(text, ordered):
    course = begun(text, connections=4, ordered=ordered, max_bytes=5000)
    course.count(Traffic(calls=1, bytes=4999), 0.1)
    errands = asked(course)
    assert errands
    course.count(Traffic(calls=1, bytes=1), 0.1)
    course.settle(errands[0], page(errands[0]))
    assert course.ask() is None
    assert course.stopped.limit == "max_bytes"
    for errand in errands[1:]:
        course.settle(errand, page(errand))
    assert len(keys(course)) == SIZE * len(errands)
    stopped = ended(course)
    assert (stopped.rows, stopped.calls) == (SIZE * (1 + len(errands)), 2)


@ORDERED
@KINDS
def test_a_budget_that_strikes_where_nothing_more_would_have_come_ends_nothing(text, ordered):
    course = begun(text, connections=4, ordered=ordered, max_calls=2)
    (front,) = asked(course)
    assert course.stopped is not None
    course.settle(front, page(front, SIZE + 3))
    assert keys(course) == [*range(SIZE + 1, SIZE + 4)]
    assert course.is_idle
    course.check_end()
    assert course.mark is None


@pytest.fixture
def clock(monkeypatch):
    """A clock that a test sets."""
    seconds = [100.0]
    monkeypatch.setattr(course_module, "monotonic", lambda: seconds[0])
    return seconds


def test_seconds_stop_what_comes_next_and_what_is_under_way_is_kept(clock):
    course = begun(ordered=False, max_seconds=5)
    clock[0] = 104.9
    (first, *others) = asked(course)
    clock[0] = 105.0
    course.settle(first, page(first))
    assert course.ask() is None
    for errand in others:
        course.settle(errand, page(errand))
    assert len(keys(course)) == SIZE * (1 + len(others))
    assert ended(course).limit == "max_seconds"


@pytest.mark.parametrize(("pause", "fits"), [(0.0, True), (2.9, True), (3.0, False), (60.0, False)])
def test_a_pause_has_to_fit_into_the_time_that_is_left(clock, pause, fits):
    course = course_of(max_seconds=5)
    clock[0] = 102.0
    if fits:
        course.check_time(pause)
    else:
        with pytest.raises(BudgetExceeded, match="max_seconds = 5"):
            course.check_time(pause)


def test_without_a_budget_there_is_time_for_anything(clock):
    course_of().check_time(1e9)


@pytest.mark.parametrize("budget", [{"max_calls": 4}, {"max_rows": 40}, {"max_bytes": 9}, {"max_seconds": 9}])
def test_in_order_and_with_a_budget_what_is_under_way_comes_in_order(budget):
    course = begun(connections=4, **budget)
    errands = asked(course)
    assert len(errands) == 4 - ("max_calls" in budget) - ("max_rows" in budget)
    for errand in errands[::-1]:
        course.settle(errand, page(errand))
    assert keys(course) == [*range(SIZE + 1, SIZE * (1 + len(errands)) + 1)]


@ORDERED
def test_a_budget_that_strikes_during_a_pause_ends_the_run_and_keeps_what_is_under_way(ordered):
    course = begun(connections=4, ordered=ordered)
    front, *others = asked(course)
    course.settle(front, BudgetExceeded("max_seconds", 5, calls=1, rows=0))
    assert course.ask() is None
    for errand in others:
        course.settle(errand, page(errand))
    found = keys(course)
    assert len(found) == (0 if ordered else SIZE * len(others))
    stopped = ended(course)
    assert (stopped.limit, stopped.rows) == ("max_seconds", SIZE + len(found))
    assert behind(course.mark) == SIZE


@ORDERED
def test_the_mark_of_a_stopped_run_has_all_that_was_not_given(ordered):
    course = begun(connections=4, ordered=ordered)
    errands = asked(course)
    course.halted = True
    for errand in errands:
        course.settle(errand, page(errand))
    given = [*range(1, SIZE + 1), *keys(course)]
    assert isinstance(ended_by_caller(course), Stopped)
    place = course.mark.place
    gaps = ((behind(course.mark), 1001),) if ordered else place
    missing = [key for low, high in gaps for key in range(1, 1001) if low < key <= high]
    assert sorted(given + missing) == [*range(1, 1001)]
    assert course.mark.rows == len(given)


def ended_by_caller(course):
    assert course.ask() is None
    return ended(course)


def test_a_run_that_was_halted_asks_for_nothing_and_takes_no_pause():
    course = begun()
    course.halted = True
    with pytest.raises(Stopped):
        course.check_time()
    stopped = ended_by_caller(course)
    assert (stopped.limit, stopped.rows) == ("stop", SIZE)
    assert "stopped on request" in str(stopped)


# Failures.


@KINDS
@ORDERED
def test_a_failure_is_raised_once_what_is_under_way_has_come_and_then_asked_again(text, ordered):
    course = begun(text, ordered=ordered)
    front, *others = asked(course)
    course.settle(front, TransportError("broken"))
    assert course.is_over
    assert course.ask() is None
    for errand in others:
        course.raise_failure()  # not yet
        course.settle(errand, page(errand))
    with pytest.raises(TransportError, match="broken"):
        course.raise_failure()
    course.raise_failure()  # once
    assert not course.is_over or not course._delivery.waiting
    for errand in asked(course):
        course.settle(errand, page(errand))
    found = keys(course)
    assert len(found) == len({*found})
    assert {*range(SIZE + 1, 2 * SIZE + 1)} <= {*found}


def test_rows_that_came_before_a_failure_are_there():
    course = begun()
    front, *others = asked(course)
    course.settle(front, page(front))
    for errand in others:
        course.settle(errand, TransportError("broken"))
    assert keys(course) == [*range(SIZE + 1, 2 * SIZE + 1)]
    with pytest.raises(TransportError):
        course.raise_failure()


@KINDS
def test_an_errand_that_was_given_up_is_no_failure_and_is_made_again(text):
    course = begun(text)
    front, *_ = asked(course)
    course.settle(front, None)
    course.raise_failure()
    again = course.ask().request
    assert (again.behind, again.offset, again.bounds[:1]) == (
        front.request.behind,
        front.request.offset,
        front.request.bounds[:1],
    )


CONTRADICTIONS = {
    "no order": [(13,), (12,)],
    "a key twice": [(12,), (12,)],
    "what was read": [(9,), (12,)],
    "no key": [(None,), (12,)],
}


@KINDS
@pytest.mark.parametrize("rows", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_a_page_that_contradicts_those_before_it_is_a_failure_and_asked_for_again(text, rows):
    course = begun(text, connections=1)
    errand = course.ask()
    course.settle(errand, Page(rows=rows, count=2, totalcount=1000, numremaining=500))
    assert course.ready() is None
    with pytest.raises(TransportError, match="paging"):
        course.raise_failure()
    again = course.ask()
    assert again.request == errand.request
    course.settle(again, page(again))
    assert keys(course) == [*range(SIZE + 1, 2 * SIZE + 1)]


# Who is told.


@pytest.fixture
def company():
    """The demo company, which throttles once."""
    with iql.demo() as session:
        gateway = demo(faults="429@call=4, retry-after=0s")

        def handle(body):
            answer = gateway.handle(body, url=DEMO_ENDPOINT)
            return answer.status, {name.lower(): value for name, value in answer.headers}, answer.body

        line = Line(transport=Loopback(handle), lock=threading.Lock(), lanes=Lanes(1))
        yield iql.Session(session._conversation, line, "demo", ahead=False)


def test_pages_and_pauses_are_told_of(company):
    pages, pauses = [], []
    result = company.query(
        RANGES,
        page_size=20,
        on_page=lambda stats: pages.append((stats.pages, stats.rows, stats.total)),
        on_retry=pauses.append,
    )
    assert len(list(result)) == 60
    assert pages == [(1, 20, 60), (2, 40, 60), (3, 60, 60)]
    assert [(pause.throttled, pause.tries, pause.seconds) for pause in pauses] == [(True, 1, 0.0)]


@pytest.mark.parametrize("failure", [ValueError("full disk"), KeyboardInterrupt()], ids=repr)
def test_a_page_that_its_caller_could_not_take_is_not_lost_in_silence(company, failure):
    def fail(stats):
        if stats.pages == 2:
            raise failure

    result = company.query(RANGES, page_size=20, on_page=fail)
    assert len(result.fetchmany(20)) == 20
    with pytest.raises(type(failure)):
        result.fetchmany(20)
    with pytest.raises((ValueError, Error), match=r"full disk|interrupted"):
        result.fetchall()
    with pytest.raises((ValueError, Error), match=r"full disk|interrupted"):
        next(result)


def test_who_fails_when_told_of_a_pause_is_told_so_and_may_go_on(company):
    told = []

    def fail(pause):
        told.append(pause)
        raise ValueError("nobody listens")

    result = company.query(RANGES, page_size=20, on_retry=fail)
    rows = result.fetchmany(40)
    with pytest.raises(ValueError, match="nobody listens"):
        rows += result.fetchall()
    rows += result.fetchall()
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    assert (len(rows), len(told)) == (60, 1)


@ORDERED
def test_a_page_that_cannot_be_taken_is_told_whatever_is_wrong_with_it(ordered, monkeypatch):
    course = begun(ordered=ordered)
    errand = course.ask()

    def fail(*_):
        raise ArithmeticError("a strange cell")

    with monkeypatch.context() as patched:
        patched.setattr(course._pager, "take", fail)
        course.settle(errand, page(errand))
    assert course.ready() is None
    with pytest.raises(ArithmeticError, match="strange"):
        course.raise_failure()
    assert course.ask().request == errand.request

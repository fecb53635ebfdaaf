"""A run whose local steps go to disk: its files end with it, and what went wrong there is never passed over."""

import asyncio
from pathlib import Path

import pytest
from files import open_files

import intacct_ql as iql
from intacct_ql.errors import Error
from intacct_ql.executor.course import Course
from intacct_ql.executor.drive import AsyncLine
from intacct_ql.executor.run import AsyncPull, Pull
from intacct_ql.executor.settings import Settings
from intacct_ql.executor.spill import Storage
from intacct_ql.executor.tasks import AsyncCrew
from intacct_ql.executor.threads import Crew
from intacct_ql.result import AsyncResult, Result, Stats
from intacct_ql.transport.loopback import AsyncLoopback

QUERY = "select RECORDNO, TOTALDUE from ARINVOICE order by TOTALDUE nulls first, RECORDNO"


@pytest.fixture(scope="module")
def session():
    with iql.demo() as session:
        yield session


def course(session, folder, **settings):
    made = session._asked(QUERY, None, "query", False, False).made
    assert made.plan.local
    storage = Storage(memory=5_000, folder=folder)
    return made.plan, Course(made.plan, made.plan.fetch, made.door, Settings(storage=storage, **settings), Stats())


def pull(session, folder, **settings):
    plan, course_ = course(session, folder, **settings)
    return Pull(plan, course_, lambda: "", Crew(course_, session._conversation, session._line, 0))


def result(session, folder, **settings):
    return Result((), pull(session, folder, **settings), Stats())


def test_the_rows_are_those_of_a_run_in_memory(session, tmp_path):
    assert result(session, tmp_path, page_size=50).fetchall() == session.query(QUERY).fetchall()
    assert open_files(tmp_path) == 0


def test_closing_a_result_removes_its_files(session, tmp_path):
    rows = result(session, tmp_path)
    assert len(rows.fetchmany(3)) == 3
    assert open_files(tmp_path) > 0
    rows.close()
    assert open_files(tmp_path) == 0
    assert rows.fetchall() == []


def test_a_forgotten_result_removes_its_files(session, tmp_path):
    rows = result(session, tmp_path)
    next(rows)
    assert open_files(tmp_path) > 0
    del rows
    assert open_files(tmp_path) == 0


def test_the_same_for_async_callers(session, tmp_path):
    async def main():
        plan, course_ = course(session, tmp_path)
        line = AsyncLine(transport=AsyncLoopback(session._line.transport._handle), lock=asyncio.Lock())
        rows = AsyncResult(
            (), AsyncPull(plan, course_, lambda: "", AsyncCrew(course_, session._conversation, line, 0)), Stats()
        )
        assert len(await rows.fetchmany(3)) == 3
        assert open_files(tmp_path) > 0
        await rows.close()
        assert open_files(tmp_path) == 0
        assert await rows.fetchall() == []

    asyncio.run(main())


def test_a_refusing_disk_is_told_again_and_never_looks_complete(session):
    rows = result(session, Path("/nowhere"))
    for _ in range(3):
        with pytest.raises(Error, match="cannot be kept in /nowhere"):
            rows.fetchmany(10)


def test_a_disk_that_fails_while_rows_are_read_back(session, tmp_path, monkeypatch):
    rows = pull(session, tmp_path)
    next(rows)
    monkeypatch.setattr("intacct_ql.executor.spill.Spool._block", lambda _: (_ for _ in ()).throw(Error("lost")))
    with pytest.raises(Error, match="lost"):
        list(rows)
    with pytest.raises(Error, match="lost"):
        next(rows)
    assert open_files(tmp_path) == 0


def test_an_interrupted_page_is_not_passed_over(session, tmp_path):
    def interrupt(_):
        raise KeyboardInterrupt

    rows = pull(session, tmp_path, page_size=50, on_page=interrupt)
    with pytest.raises(KeyboardInterrupt):
        next(rows)
    with pytest.raises(Error, match="was interrupted"):
        next(rows)

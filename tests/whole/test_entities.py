"""One entity, all of them, and what the top level sees: over a port and in this process, blocking and async."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from gateways import ACCOUNTS, CREDENTIALS
from whole.asking import WAYS, asking

import intacct_ql as iql
from intacct_ql.connecting import DEMO_ENDPOINT, demo_formatting
from intacct_ql.emulator import Gateway, Store, Table
from intacct_ql.emulator.users import User
from intacct_ql.executor.drive import AsyncLine
from intacct_ql.gateway.messages import Credentials
from intacct_ql.gateway.session import Conversation
from intacct_ql.sessions import AsyncSession
from intacct_ql.transport.base import AsyncResponse

ENTITIES = Table(
    object="LOCATIONENTITY",
    columns=("RECORDNO", "LOCATIONID", "NAME"),
    rows=[(1, "US", "The States"), (2, "DE", "Germany"), (3, "NO", "Nothing yet")],
)
OWNERS = (None, "US", "DE", "DE", "US", None, "DE", "US", "US", "DE")
INVOICES = Table(
    object="ARINVOICE",
    columns=("RECORDNO", "RECORDID", "TOTALENTERED", "WHENDUE", "MEGAENTITYID"),
    rows=[(number, f"I{number}", number * 10_000, "2024-03-01", owner) for number, owner in enumerate(OWNERS, 1)],
)
SHARED = [number for number, owner in enumerate(OWNERS, 1) if owner is None]
TEXT = "select RECORDNO, WHENDUE from ARINVOICE order by RECORDNO"


def seen(*entities: str) -> list[int]:
    return [number for number, owner in enumerate(OWNERS, 1) if owner is None or owner in entities]


def in_all(text_of=seen) -> list[tuple[str, int]]:
    return [(entity, number) for entity in ("US", "DE", "NO") for number in text_of(entity)]


AHEAD = pytest.mark.unkept("threads and tasks decide which pages are asked for ahead")


@pytest.fixture
def gateway():
    def build(*unreadable, **settings) -> Gateway:
        users = {"xml_gateway": User(unreadable=unreadable)}
        accounts = type(ACCOUNTS)(senders=ACCOUNTS.senders, logins=ACCOUNTS.logins, users=users)
        return Gateway(Store([ENTITIES, INVOICES]), strict=True, accounts=accounts, **settings)

    return build


def places(rows) -> list[tuple]:
    return [row[:2] for row in rows]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("page_size", [pytest.param(2, marks=AHEAD), 2000])
def test_all_entities_one_after_the_other(gateway, way, page_size):
    made = gateway()
    with asking(made, way) as asker:
        result, rows = asker.ask(TEXT, all_entities=True, page_size=page_size)
        assert places(rows) == in_all()
        assert [column.name for column in result.columns] == ["ENTITY", "RECORDNO", "WHENDUE"]
        stats = result.stats
        assert (stats.sign_ins, stats.settings) == (4, 2)  # the top level tells the entities; the format, once
        assert stats.pages == made.ledger.calls["query"]
        assert stats.calls == stats.pages + stats.sign_ins
        assert stats.rows == len(rows)
        again, _ = asker.ask(TEXT, all_entities=True)
        assert (again.stats.sign_ins, again.stats.pages) == (0, 3)


@pytest.mark.parametrize("way", WAYS)
def test_order_limit_and_sums_are_those_of_each_entity(gateway, way):
    with asking(gateway(), way) as asker:
        _, rows = asker.ask("select RECORDNO from ARINVOICE order by RECORDNO desc limit 2", all_entities=True)
        assert rows == in_all(lambda entity: seen(entity)[::-1][:2])
        _, rows = asker.ask("select count(*) from ARINVOICE where MEGAENTITYID is not null", all_entities=True)
        assert rows == [("US", 4), ("DE", 4), ("NO", 0)]


@AHEAD
@pytest.mark.parametrize(
    ("budget", "rows"), [({"max_rows": 9}, 9), ({"max_calls": 4}, 8), ({"max_rows": 0}, 0), ({"max_calls": 0}, 0)]
)
@pytest.mark.parametrize("way", ["here", "here, async"])
def test_budgets_are_those_of_the_whole(gateway, way, budget, rows):
    with asking(gateway(), way) as asker:
        given: list[tuple] = []
        with pytest.raises(iql.BudgetExceeded) as stopped:
            asker.ask(TEXT, all_entities=True, page_size=2, into=given, **budget)
        ((name, allowed),) = budget.items()
        assert (stopped.value.limit, stopped.value.allowed, stopped.value.rows) == (name, allowed, rows)
        assert places(given) == in_all()[:rows]


@AHEAD
def test_who_listens_is_told_of_the_whole(gateway):
    told = []
    with asking(gateway(), "here") as asker:
        asker.ask(TEXT, all_entities=True, page_size=2, on_page=lambda stats: told.append((stats.pages, stats.rows)))
    pages = [pages for pages, _ in told]
    assert (pages, pages[-1]) == (sorted(pages), len(told))  # a page may have come while the one before was told of
    assert told[-1][1] == len(in_all())


@pytest.mark.parametrize("way", WAYS)
def test_what_goes_wrong_in_an_entity_names_it(gateway, way):
    made = gateway()
    made.faults = "524@call=7"
    with asking(made, way) as asker, pytest.raises(iql.Error, match="this was in entity DE"):
        asker.ask(TEXT, all_entities=True)


def test_an_object_nobody_may_read_names_the_first_entity(gateway):
    with asking(gateway("ARINVOICE"), "here") as asker, pytest.raises(iql.GatewayError, match="entity US") as caught:
        asker.ask(TEXT, all_entities=True)
    assert caught.value.number == "PL04000005"


def test_where_entities_may_not_be_listed_they_are_read(gateway, monkeypatch):
    from intacct_ql.emulator import functions
    from intacct_ql.emulator.refusals import not_permitted

    def refuse(*_):
        raise not_permitted("LOCATIONENTITY")

    table, name = functions.FUNCTIONS, "readEntityDetails"
    monkeypatch.setitem(table, name, replace(table[name], prepare=lambda _: refuse))
    with asking(gateway(), "here") as asker:
        assert asker.session.entities() == ("DE", "NO", "US")


@pytest.mark.parametrize("way", WAYS)
def test_inside_one_entity(gateway, way):
    with asking(gateway(), way) as asker:
        for entity in ("US", "DE"):
            asker_inside = asker.inside(entity)
            assert [row[0] for row in asker_inside.ask(TEXT)[1]] == seen(entity)
            assert asker.session.inside(entity) is asker_inside.session
        with pytest.raises(iql.ConfigError, match="inside the entity US"):
            asker.inside("US").ask(TEXT, all_entities=True)
        with pytest.raises(iql.SignInError, match="whether the company has an entity MARS"):
            asker.inside("MARS").ask(TEXT)


@pytest.mark.parametrize("way", WAYS)
def test_who_closes_a_session_inside_an_entity_may_open_another(gateway, way):
    with asking(gateway(), way) as asker:
        inside = asker.inside("US")
        inside.close_session()
        with pytest.raises(iql.ConfigError, match="closed"):
            inside.ask(TEXT)
        assert [row[0] for row in asker.inside("US").ask(TEXT)[1]] == seen("US")
        assert places(asker.ask(TEXT, all_entities=True)[1]) == in_all()


def test_a_run_over_all_cannot_be_gone_on_with(gateway):
    with asking(gateway(), "here") as asker:
        result = asker.session.query(TEXT, all_entities=True, page_size=2)
        next(result)
        assert result.resume is None
        with pytest.raises(iql.ConfigError, match="cannot be gone on with"):
            asker.session.query(TEXT, all_entities=True, resume="{}")


@AHEAD
def test_as_arrow_and_dictionaries(gateway):
    with asking(gateway(), "here") as asker:
        table = asker.session.query(TEXT, all_entities=True, page_size=2).to_arrow()
        assert table.column_names == ["ENTITY", "RECORDNO", "WHENDUE"]
        assert table.num_rows == len(in_all())
        first = next(asker.session.query(TEXT, all_entities=True).dicts())
        assert first["ENTITY"] == "US"


@pytest.mark.parametrize("way", WAYS)
def test_private_entities_are_seen_from_the_top_on_demand(gateway, way):
    with asking(gateway(private_entities=("DE",)), way) as asker:
        assert [row[0] for row in asker.ask(TEXT)[1]] == seen("US")
        everything = list(range(1, len(OWNERS) + 1))
        assert [row[0] for row in asker.ask(TEXT, show_private=True)[1]] == everything
        assert [row[0] for row in asker.ask(f"{TEXT} option (showprivate)")[1]] == everything


def test_the_command_line(gateway, monkeypatch):
    from click.testing import CliRunner

    from intacct_ql.cli import main
    from intacct_ql.emulator import Running

    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(f"INTACCT_{name.upper()}", value)
    with Running(gateway(private_entities=("DE",))) as running:

        def run(*arguments):
            done = CliRunner().invoke(main, ["query", "--output", "csv", "--endpoint", running.url, *arguments])
            return done.exit_code, done.stdout.splitlines(), done.stderr

        text = "select RECORDNO from ARINVOICE order by RECORDNO"
        status, rows, words = run("--all-entities", text)
        assert (status, rows[0]) == (0, "ENTITY,RECORDNO")
        assert rows[1:] == [f"{entity},{number}" for entity, number in in_all()]
        assert "3 calls, 4 sign-ins, 1 call for settings" in words
        assert run("--entity", "DE", text)[1][1:] == [str(number) for number in seen("DE")]
        assert run(text)[1][1:] == [str(number) for number in seen("US")]
        assert len(run("--show-private", text)[1]) == 1 + len(OWNERS)
        status, _, words = run("--entity", "DE", "--all-entities", text)
        assert status == 3
        assert "inside the entity DE" in words
        status, rows, words = run("--all-entities", "--max-rows", "7", text)
        assert (status, len(rows)) == (5, 1 + 7)
        assert "stopped by --max-rows 7 after 7 rows" in words


@pytest.mark.parametrize("entered", [False, True])
def test_a_tour_that_is_closed_while_a_task_reads_it_ends_there(gateway, entered):
    made, asked, going_on = gateway(), [], asyncio.Event()
    held = b"<query>" if entered else b"<readEntityDetails"

    class Wire:
        @asynccontextmanager
        async def send(self, url, body):
            asked.append(body)
            if held in body:
                await going_on.wait()
            answer = made.handle(body, url=url)
            headers = {name.lower(): value for name, value in answer.headers}

            async def pieces():
                yield answer.body

            yield AsyncResponse(status=answer.status, headers=headers, chunks=pieces())

        async def close(self):
            pass

    async def main():
        conversation = Conversation(Credentials(**CREDENTIALS), DEMO_ENDPOINT, clock=lambda: 0.0)
        line = AsyncLine(transport=Wire(), lock=asyncio.Lock())
        async with AsyncSession(conversation, line, "here", formatting=demo_formatting()) as session:
            result = session.query(TEXT, all_entities=True)
            reading = asyncio.create_task(result.fetchall())
            while not any(held in body for body in asked):
                await asyncio.sleep(0)
            before = len(asked)
            await result.close()
            going_on.set()
            with pytest.raises(iql.Error, match="was closed"):
                await reading
            return len(asked) - before

    assert asyncio.run(main()) == 0

"""Days and times of a user with another zone and format: right to the second on the way there and back."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import product

import pyarrow as pa
import pytest
from gateways import ACCOUNTS
from whole.asking import WAYS, asking

import intacct_ql as iql
from intacct_ql.emulator import Gateway, Store, Table
from intacct_ql.emulator.formatting import Formatting
from intacct_ql.emulator.users import User

DARWIN = timezone(timedelta(hours=9, minutes=30))
ROWS = 60
TABLE = "select RECORDNO, WHENMODIFIED from CUSTOMER"


def stored(number: int) -> datetime:
    """The moment of a row, in UTC: 37 minutes and a second apart, over two midnights of everybody."""
    return datetime(2024, 2, 28, 10, 59, 58, tzinfo=UTC) + timedelta(minutes=37, seconds=1) * number


EXPECTED = [(number, stored(number)) for number in range(1, ROWS + 1)]


@pytest.fixture
def gateway():
    """The gateway of a company whose user has these settings."""

    def build(*unreadable: str, **formatting) -> Gateway:
        rows = [
            (number, f"C{number:03}", str(stored(number).date()), f"{stored(number):%Y-%m-%d %H:%M:%S}")
            for number in range(1, ROWS + 1)
        ]
        columns = ("RECORDNO", "CUSTOMERID", "LAST_INVOICEDATE", "WHENMODIFIED")
        user = User(formatting=Formatting(**formatting), unreadable=unreadable)
        accounts = type(ACCOUNTS)(senders=ACCOUNTS.senders, logins=ACCOUNTS.logins, users={"xml_gateway": user})
        return Gateway(Store([Table(object="CUSTOMER", columns=columns, rows=rows)]), strict=True, accounts=accounts)

    return build


FORMATS = [
    {"dateformat": "-dmY", "gmtoffset": "+09:30", "clock": 12},
    {"dateformat": "/mdY", "gmtoffset": "-09:30", "clock": 24},
    {"dateformat": ".dmy", "gmtoffset": "+14:00", "clock": 24},
    {"dateformat": " Ymd", "gmtoffset": "+00:00", "clock": 12},
    {"dateformat": "/dmY", "gmtoffset": "-12:00", "clock": 24},
]


@pytest.mark.unkept("threads decide who asks for what")
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("wire", ["xml", "json", "csv"])
def test_rows_come_with_the_zone_of_the_user(gateway, way, wire):
    with asking(gateway(**FORMATS[0]), way) as asker:
        result, rows = asker.ask(TABLE, wire=wire, page_size=7)
        assert rows == EXPECTED
        assert {row[1].utcoffset() for row in rows} == {timedelta(hours=9, minutes=30)}
        assert (result.stats.calls, result.stats.sign_ins, result.stats.settings) == (result.stats.pages + 1, 1, 1)
        assert [column.zone for column in result.columns] == [None, "+09:30"]
        assert asker.ask(TABLE)[0].stats.settings == 0


@pytest.mark.unkept("threads decide which pages are asked for ahead")
@pytest.mark.parametrize("settings", FORMATS, ids=str)
@pytest.mark.parametrize("page_size", [7, 2000])
@pytest.mark.parametrize("direction", ["", " desc"])
def test_pages_follow_an_order_of_moments(gateway, settings, page_size, direction):
    with asking(gateway(**settings), "here") as asker:
        _, rows = asker.ask(f"{TABLE} order by WHENMODIFIED{direction}", page_size=page_size)
        assert rows == (EXPECTED[::-1] if direction else EXPECTED)
        _, by_day = asker.ask(
            "select LAST_INVOICEDATE, RECORDNO from CUSTOMER order by LAST_INVOICEDATE, RECORDNO", page_size=page_size
        )
        assert by_day == [(moment.date(), number) for number, moment in EXPECTED]


def every_way_and_every_format():
    """Each way with one format and each format in one way; each with each in the long run."""
    for way, settings in product(WAYS, FORMATS):
        marks = () if way == WAYS[0] or settings is FORMATS[0] else pytest.mark.long
        yield pytest.param(settings, way, id=f"{settings}-{way}", marks=marks)


@pytest.mark.unkept("threads decide who asks for what")
@pytest.mark.parametrize(("settings", "way"), [*every_way_and_every_format()])
def test_a_literal_with_an_offset_is_that_moment(gateway, way, settings):
    at = stored(31)
    texts = [at.isoformat(), at.astimezone(DARWIN).isoformat(), f"{at:%m/%d/%Y %H:%M:%SZ}"]
    with asking(gateway(**settings), way) as asker:
        for text in texts:
            assert asker.ask(f"{TABLE} where WHENMODIFIED = '{text}'")[1] == [(31, at)]
            assert asker.ask(f"{TABLE} where WHENMODIFIED < '{text}'", page_size=7)[1] == EXPECTED[:30]
            assert len(asker.ask(f"{TABLE} where WHENMODIFIED between '{text}' and '{text}'")[1]) == 1
        for bound in (at, at.astimezone(DARWIN)):
            assert asker.ask(f"{TABLE} where WHENMODIFIED > :at", {"at": bound})[1] == EXPECTED[31:]


def test_a_day_and_a_time_without_an_offset_are_those_of_the_user(gateway):
    here = stored(40).astimezone(DARWIN)
    with asking(gateway(**FORMATS[0]), "here") as asker:
        assert asker.ask(f"{TABLE} where WHENMODIFIED = '{here.replace(tzinfo=None)}'")[1] == [(40, here)]
        day = [row for row in EXPECTED if row[1].astimezone(DARWIN).date() == here.date()]
        assert asker.ask(f"{TABLE} where WHENMODIFIED = {here.date()}")[1] == day
        assert 0 < len(day) < ROWS


@pytest.mark.unkept("each day asks for another")
def test_today_is_that_of_the_user(gateway, monkeypatch):
    """Of a user at +14:00 and one at -12:00 one surely has another day than this machine."""
    for settings in (FORMATS[2], FORMATS[4]):
        made = gateway(**settings)
        now = datetime.now(UTC)
        for number, hours in ((1, 0), (2, -48), (3, 48)):
            moment = now + timedelta(hours=hours)
            made.store.update("CUSTOMER", number, {"WHENMODIFIED": f"{moment:%Y-%m-%d %H:%M:%S}"})
        with asking(made, "here, async") as asker:
            result, rows = asker.ask("select RECORDNO from CUSTOMER where WHENMODIFIED = TODAY")
            assert rows == [(1,)]
            zone = asker.session._knowledge.formatting.zone
            assert f"TODAY is {now.astimezone(zone).date()}" in result.diagnostics[0].reason


@pytest.mark.unkept("threads decide who asks for what")
@pytest.mark.parametrize("settings", FORMATS, ids=str)
@pytest.mark.parametrize("wire", ["xml", "csv"])
def test_arrow_has_the_zone_and_is_read_by_column(gateway, settings, wire, monkeypatch):
    casts = []
    monkeypatch.setattr("intacct_ql.gateway.columnar.cast", counting(casts))
    with asking(gateway(**settings), "here") as asker:
        text = "select RECORDNO, LAST_INVOICEDATE, WHENMODIFIED from CUSTOMER"
        streamed = pa.table(asker.session.query(text, wire=wire, page_size=11))
        assert len(casts) == 3 * 6  # no page was read as rows
        collected = asker.session.query(text, wire=wire).to_arrow()
        assert streamed.to_pylist() == collected.to_pylist()
        assert [row["WHENMODIFIED"] for row in streamed.to_pylist()] == [moment for _, moment in EXPECTED]
        assert [row["LAST_INVOICEDATE"] for row in streamed.to_pylist()] == [moment.date() for _, moment in EXPECTED]
        zone = "UTC" if settings["gmtoffset"] == "+00:00" else settings["gmtoffset"]
        assert streamed.schema.field("WHENMODIFIED").type == pa.timestamp("us", zone)
        assert streamed.schema == collected.schema


def counting(casts: list[str]):
    from intacct_ql.gateway.casts import cast

    def counted(texts, kind, formatting):
        made = cast(texts, kind, formatting)
        casts.append(kind)
        return made

    return counted


def test_a_stopped_run_loses_and_repeats_nothing(gateway):
    ordered = f"{TABLE} where WHENMODIFIED > '{stored(3).isoformat()}' order by WHENMODIFIED desc"
    made, given, token, runs = gateway(**FORMATS[0]), [], None, 0
    while runs == 0 or token is not None:
        runs += 1
        with asking(made, "here") as asker:  # a new session each time, that knows nothing
            result = asker.session.query(ordered, page_size=5, max_calls=2, resume=token)
            token = None
            try:
                for page in result.pages():
                    given += page
            except iql.BudgetExceeded as stopped:
                token = stopped.resume
    assert given == EXPECTED[:2:-1]
    assert runs == 6


def test_a_token_goes_on_after_the_user_moved_to_another_zone(gateway):
    ordered = f"{TABLE} order by WHENMODIFIED"
    with asking(gateway(**FORMATS[0]), "here") as asker:
        result = asker.session.query(ordered, page_size=20, max_calls=1)
        given = result.fetchmany(20)
        token = result.resume
    with asking(gateway(**FORMATS[1]), "here") as asker:
        given += list(asker.session.query(ordered, page_size=20, resume=token))
    assert given == EXPECTED


def test_a_token_of_another_query_is_refused_before_and_after_the_zone_is_known(gateway):
    with asking(gateway(**FORMATS[0]), "here") as asker:
        result = asker.session.query(f"{TABLE} where RECORDNO > 1", page_size=20, max_calls=1)
        result.fetchmany(20)
        with pytest.raises(iql.Error, match="another"):
            list(asker.session.query(f"{TABLE} where WHENMODIFIED < TODAY", resume=result.resume))


def test_queries_without_days_or_times_do_not_ask(gateway):
    made = gateway(**FORMATS[0])
    with asking(made, "here") as asker:
        asker.ask("select RECORDNO, CUSTOMERID from CUSTOMER where CUSTOMERID like 'C%'")
        assert "readUserFormatting" not in made.ledger.calls
        asker.ask("select RECORDNO from CUSTOMER where LAST_INVOICEDATE > 2024-01-01")
        assert made.ledger.calls["readUserFormatting"] == 1


def test_a_user_who_may_not_read_it_is_told_once_and_read_as_the_documents_write(gateway, monkeypatch):
    from intacct_ql.emulator import preferences
    from intacct_ql.emulator.refusals import not_permitted

    def refuse(*_):
        raise not_permitted("USERINFO")

    monkeypatch.setattr(preferences, "_user", refuse)
    made = gateway(gmtoffset="+09:30")
    with asking(made, "here") as asker:
        first, rows = asker.ask(TABLE)
        assert rows == [(number, moment.astimezone(DARWIN).replace(tzinfo=None)) for number, moment in EXPECTED]
        (note,) = first.diagnostics
        assert note.severity == "info"
        assert "You do not have permission" in note.hints[0]
        assert asker.ask(TABLE)[0].diagnostics == ()
        with pytest.raises(iql.QueryError, match="needs the session's zone"):
            asker.ask(f"{TABLE} where WHENMODIFIED < 2024-01-01T00:00:00Z")
        assert made.ledger.calls["readUserFormatting"] == 1


@pytest.mark.parametrize("fault", ["429", "busy", "500", "cut"])
def test_a_failure_that_passes_is_borne(gateway, fault):
    made = gateway(**FORMATS[0])
    made.faults = f"{fault}@call=2"
    with asking(made, "here") as asker:
        settings = {"on_retry": lambda pause: None}
        object.__setattr__(asker.session._line, "pause", lambda _: None)
        assert asker.ask(TABLE, **settings)[1] == EXPECTED


@pytest.mark.unkept("threads decide who asks for what")
def test_threads_that_share_a_session_ask_once(gateway):
    from concurrent.futures import ThreadPoolExecutor

    made = gateway(**FORMATS[0])
    with asking(made, "port") as asker, ThreadPoolExecutor(8) as pool:
        for rows in pool.map(lambda _: list(asker.session.query(TABLE, page_size=9)), range(8)):
            assert rows == EXPECTED
    assert made.ledger.calls["readUserFormatting"] == 1


def test_it_is_kept_for_later_sessions_for_a_day(gateway):
    from intacct_ql.executor.knowledge import LASTS, Knowledge

    kept = Kept()
    made = gateway(**FORMATS[0])
    for _ in range(2):
        with asking(made, "here", snapshot=None) as asker:
            asker.session._knowledge = Knowledge("xml_gateway", kept)
            assert asker.ask(f"{TABLE} where WHENMODIFIED <= '{stored(60).isoformat()}'")[1] == EXPECTED
    assert made.ledger.calls["readUserFormatting"] == 1
    late = Knowledge("xml_gateway", kept, clock=lambda: kept.facts["formatting of xml_gateway"]["told"] + LASTS)
    assert late.formatting is None
    assert Knowledge("another", kept).formatting is None


def test_what_cannot_be_kept_is_known_all_the_same(gateway):
    from intacct_ql.executor.knowledge import Knowledge

    class Full(Kept):
        def put_fact(self, name, value):
            raise iql.ConfigError("the disk is full")

    with asking(gateway(**FORMATS[0]), "here") as asker:
        asker.session._knowledge = Knowledge("xml_gateway", Full())
        assert asker.ask(TABLE)[1] == EXPECTED


def test_conditions_that_are_left_to_us_know_the_zone(gateway):
    at = stored(31)
    with asking(gateway(**FORMATS[0]), "here") as asker:
        having = f"having max(WHENMODIFIED) > '{at.isoformat()}'"
        rows = asker.ask(f"select CUSTOMERID, max(WHENMODIFIED) as last from CUSTOMER {having} order by last")[1]
        assert rows == [(f"C{number:03}", moment) for number, moment in EXPECTED[31:]]
        _, rows = asker.ask(
            f"{TABLE} where WHENMODIFIED = '{at.isoformat()}' or CUSTOMERID = field(NAME) option (allow_scan)"
        )
        assert rows == [(31, at)]


def test_an_explanation_asks_for_the_zone_only_where_it_may_ask(gateway):
    made = gateway(**FORMATS[0])
    text = f"{TABLE} where WHENMODIFIED < '{stored(31).isoformat()}'"
    with asking(made, "here") as asker:
        told = asker.session.explain(text)
        assert "the user's zone is not known yet" in str(told)
        assert made.ledger.calls == {}
        counted = asker.session.explain(text, count=True)
        assert "not known yet" not in str(counted)
        assert f"<value>{stored(31).astimezone(DARWIN):%d-%m-%Y %I:%M:%S %p}</value>" in str(counted)
        assert made.ledger.calls["query"] == 1


def test_who_only_checks_or_explains_needs_no_zone_and_who_compiles_does():
    text = "select NAME from CUSTOMER where WHENMODIFIED < 2024-01-01T00:00:00+02:00"
    assert iql.check(text) == []
    told = iql.explain(text)
    assert [found.code for found in told.diagnostics] == ["IQL401"]
    assert "<value>12/31/2023 22:00:00</value>" in str(told)
    with pytest.raises(iql.QueryError, match="needs the session's zone"):
        iql.compile(text)


class Kept:
    """What a snapshot is to a session."""

    def __init__(self) -> None:
        self.facts = {}
        self.refusals = ()

    def fact(self, name):
        return self.facts.get(name)

    def put_fact(self, name, value):
        self.facts[name] = value


def test_the_embedded_demo_company_is_in_utc_and_never_asked():
    with iql.demo() as session:
        result = session.query("select WHENMODIFIED from CUSTOMER where WHENMODIFIED < 2100-01-01T00:00:00Z limit 1")
        assert result.one()[0].tzinfo is UTC
        assert result.stats.settings == 0


def test_days_stay_days(gateway):
    with asking(gateway(**FORMATS[2]), "here") as asker:
        rows = asker.ask("select LAST_INVOICEDATE from CUSTOMER where LAST_INVOICEDATE = 2024-02-29")[1]
        assert set(rows) == {(date(2024, 2, 29),)}

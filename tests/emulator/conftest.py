"""A small company with every type and with NULLs, and ways to ask its gateway."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from lxml import etree

from intacct_ql.emulator import Gateway, Store, Table

LOGIN = "<login><userid>demo</userid><companyid>demo</companyid><password>demo</password></login>"

TABLES = (
    Table(
        object="CUSTOMER",
        columns=(
            "RECORDNO",
            "CUSTOMERID",
            "NAME",
            "PARENTID",
            "TERMNAME",
            "DISPLAYCONTACT.CONTACTNAME",
            "TOTALDUE",
            "CREDITLIMIT",
            "RETAINAGEPERCENTAGE",
            "ONHOLD",
            "STATUS",
            "LAST_INVOICEDATE",
            "WHENMODIFIED",
            "COMMENTS",
        ),
        rows=[
            (
                11,
                "ZAB001",
                "Zabel & Söhne",
                None,
                "Net 30",
                "Zabel",
                65_000,
                10_000_000,
                125_000,
                0,
                "active",
                "2024-01-31",
                "2024-01-31 09:00:00",
                "50% off_hand",
            ),
            (
                12,
                "ZAB002",
                'zabel "north"',
                "ZAB001",
                "Net 30",
                "Zabel",
                2_053_750_000,
                None,
                0,
                1,
                "active",
                "2024-02-29",
                "2024-02-29 00:00:00",
                "C:\\temp",
            ),
            (
                13,
                "ABC001",
                "O'Neil <co>",
                "ZAB002",
                "Net 15",
                None,
                -12_345,
                0,
                None,
                0,
                "inactive",
                None,
                "2024-02-29 23:59:59",
                "line\none",
            ),
            (14, "abc001", None, None, None, "Nobody", None, None, None, None, "active", "2023-12-31", None, None),
        ],
    ),
    Table(
        object="CONTACT",
        columns=("RECORDNO", "CONTACTNAME", "MAILADDRESS.CITY"),
        rows=[(1, "Zabel", "Bremen"), (2, "Zabel", "Second of the name"), (3, "Else", "Trier")],
    ),
    Table(object="ARTERM", columns=("RECORDNO", "NAME", "DUEDATE"), rows=[(1, "Net 15", 15), (2, "Net 30", 30)]),
    Table(
        object="ARINVOICE",
        columns=("RECORDNO", "RECORDID", "CUSTOMERID", "TOTALENTERED", "WHENDUE", "MEGAENTITYID"),
        rows=[
            (101, "INV-1", "ZAB001", 1_000_000, "2024-03-01", None),
            (102, "INV-2", "ZAB001", 5_000, "2024-03-02", "E1"),
            (103, "INV-3", "ABC001", 333_333, None, "E2"),
            (104, "INV-4", "GONE", None, "2024-03-02", "E2"),
        ],
    ),
    Table(
        object="ARINVOICEITEM",
        columns=("RECORDNO", "RECORDKEY", "AMOUNT"),
        rows=[(1001, 101, 600_000), (1002, 101, 400_000), (1003, 103, 333_333)],
    ),
    Table(
        object="LOCATIONENTITY", columns=("RECORDNO", "LOCATIONID", "NAME"), rows=[(1, "E1", "One"), (2, "E2", "Two")]
    ),
)


class Clock:
    """A clock that moves when told to."""

    def __init__(self) -> None:
        self.now = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **times: float) -> None:
        self.now += timedelta(**times)


@dataclass
class Reply:
    """A reply, read with the plainest means."""

    status: int
    body: bytes
    root: Any = field(init=False)

    def __post_init__(self) -> None:
        self.root = etree.fromstring(self.body) if self.body.startswith(b"<?xml") else None

    def text(self, path: str) -> str | None:
        found = self.root.find(path)
        return None if found is None else found.text or ""

    @property
    def data(self) -> dict[str, str]:
        return dict(self.root.find("operation/result/data").attrib)

    @property
    def rows(self) -> list[dict[str, str]]:
        return [{cell.tag: cell.text or "" for cell in row} for row in self.root.find("operation/result/data")]

    def column(self, name: str) -> list[str]:
        return [row[name] for row in self.rows]

    @property
    def error(self) -> tuple[str, str, str]:
        """Level (the element above the message), number, and the second description without the support id."""
        message = next(self.root.iter("errormessage"))
        number, words = (message.findtext(f"error/{name}") or "" for name in ("errorno", "description2"))
        return message.getparent().tag, number, words.partition(" [Support ID: ")[0]


def envelope(
    *functions: str,
    authentication: str = LOGIN,
    sender: str = "demo",
    password: str = "demo",
    version: str = "3.0",
    extra: str = "",
    transaction: str = "false",
) -> bytes:
    calls = "".join(f'<function controlid="f{at}">{function}</function>' for at, function in enumerate(functions, 1))
    return (
        f"<request><control><senderid>{sender}</senderid><password>{password}</password><controlid>c1</controlid>"
        f"<uniqueid>false</uniqueid><dtdversion>{version}</dtdversion>{extra}</control>"
        f'<operation transaction="{transaction}"><authentication>{authentication}</authentication>'
        f"<content>{calls}</content></operation></request>"
    ).encode()


Ask = Callable[..., Reply]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> Store:
    return Store(TABLES)


@pytest.fixture
def gateway(store: Store, clock: Clock) -> Gateway:
    """Strict: what a test sends is held to the schema, but where it says otherwise."""
    return Gateway(store, strict=True, clock=clock, seed=1, session_minutes=30)


@pytest.fixture
def post(gateway: Gateway) -> Callable[..., Reply]:
    """Send functions in an envelope: ``post("<lookup>...", authentication=...)``."""

    def send(*functions: str, to: Gateway = gateway, **settings: str) -> Reply:
        given = to.handle(envelope(*functions, **settings))
        return Reply(given.status, given.body)

    return send


@pytest.fixture
def ask(post: Callable[..., Reply]) -> Ask:
    """Send one query: ``ask("CUSTOMER", "RECORDNO", "<filter>...</filter>")``; upper-case names become fields."""

    def send(name: str, select: str, rest: str = "", **settings: Any) -> Reply:
        fields = "".join(item if item.startswith("<") else f"<field>{item}</field>" for item in select.split())
        return post(f"<query><object>{name}</object><select>{fields}</select>{rest}</query>", **settings)

    return send


@pytest.fixture
def sign_in(post: Callable[..., Reply]) -> Callable[..., str]:
    """A new session as an authentication element."""

    def send(entity: str | None = None, **settings: Any) -> str:
        inside = "" if entity is None else f"<locationid>{entity}</locationid>"
        reply = post(f"<getAPISession>{inside}</getAPISession>", **settings)
        return f"<sessionid>{reply.text('operation/result/data/api/sessionid')}</sessionid>"

    return send


@pytest.fixture
def document() -> Callable[..., bytes]:
    return envelope


@pytest.fixture
def new_clock() -> Iterator[type[Clock]]:
    return Clock

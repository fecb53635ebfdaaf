"""The company of ``discovery/company``, changed as a test wants it, behind a gateway; and sessions with it."""

import asyncio
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from intacct_ql.discovery.snapshot import Snapshot
from intacct_ql.emulator import Gateway, company
from intacct_ql.executor.drive import AsyncLine, Line
from intacct_ql.executor.lanes import Lanes
from intacct_ql.gateway.messages import Credentials
from intacct_ql.gateway.session import Conversation
from intacct_ql.gateway.validate import demand_valid
from intacct_ql.sessions import AsyncSession, Session
from intacct_ql.transport.checked import Checked
from intacct_ql.transport.loopback import AsyncLoopback, Loopback

FILES = Path(__file__).parent / "discovery" / "company"

Edits = dict[str, Callable[[str], str | None]]
"""What becomes of the text of a file, by its name; None leaves the file out."""


def gateway(folder: Path, edits: Edits | None = None, **settings: Any) -> Gateway:
    """The gateway of the company, whose files are put into a folder that is made; ``settings`` are the emulator's."""
    shutil.copytree(FILES, folder)
    for name, edit in (edits or {}).items():
        text = edit((folder / name).read_text("utf-8"))
        if text is None:
            (folder / name).unlink()
        else:
            (folder / name).write_text(text, "utf-8")
    return company(folder, **settings)


def without_field(name: str) -> Callable[[str], str]:
    """An edit of a lookup reply: a field goes, and with it each way that it leads."""

    def edit(text: str) -> str:
        lines = text.split("\n")
        kept = [
            line for line in lines if f"<ID>{name}</ID>" not in line and f"<RELATEDBY>{name}</RELATEDBY>" not in line
        ]
        assert len(kept) < len(lines)
        return "\n".join(kept)

    return edit


def without_column(name: str) -> Callable[[str], str]:
    """An edit of a file of rows."""

    def edit(text: str) -> str:
        rows = [line.split(",") for line in text.split("\n") if line]
        at = rows[0].index(name)
        return "\n".join(",".join(cell for place, cell in enumerate(row) if place != at) for row in rows) + "\n"

    return edit


Change = Callable[[bytes], bytes]
"""What becomes of a request or an answer on its way."""


def session(
    to: Gateway,
    snapshot: Snapshot | None,
    *,
    connections: int = 1,
    asked: Change = bytes,
    answered: Change = bytes,
) -> Session:
    """A session in this process, its requests held to their schema."""

    def handle(body: bytes) -> tuple[int, dict[str, str], bytes]:
        answer = to.handle(asked(body), url="http://localhost/")
        return answer.status, dict(answer.headers), answered(answer.body)

    transport = Checked(Loopback(handle), lambda body: demand_valid(body, "request"))
    line = Line(transport=transport, lock=Lock(), lanes=Lanes(connections))
    return Session(_conversation(), line, "company", ahead=False, snapshot=snapshot)


def listing(*names: str) -> Change:
    """Let the company list these objects alone: to look all of them up takes a second."""

    def answered(body: bytes) -> bytes:
        return re.sub(
            rb'<type typename="([^"]+)">[^<]*</type>', lambda one: one[0] if one[1].decode() in names else b"", body
        )

    return answered


def async_session(to: Gateway, snapshot: Snapshot) -> AsyncSession:
    """The same for async callers."""

    def handle(body: bytes) -> tuple[int, dict[str, str], bytes]:
        answer = to.handle(body, url="http://localhost/")
        return answer.status, dict(answer.headers), answer.body

    line = AsyncLine(transport=AsyncLoopback(handle), lock=asyncio.Lock(), lanes=Lanes(2))
    return AsyncSession(_conversation(), line, "company", ahead=False, snapshot=snapshot)


def _conversation() -> Conversation:
    who = dict.fromkeys(("sender_id", "sender_password", "company_id", "user_id", "user_password"), "demo")
    return Conversation(Credentials(**who), "http://localhost/", clock=monotonic)

"""Every request of the emulator's tests and the reply it got, in pairs of files that a newcomer can read side by side.

``tests/emulator/transcripts/test_reads.requests.txt`` and ``test_reads.replies.txt`` hold what the tests of
``test_reads.py`` exchange, section for section under the same headings. Whatever is exchanged anew is held to them, and
the client reads the replies from there. ``pytest tests/emulator --update-corpus`` writes them.

What is drawn or told by the clock is ``{...}``. Of bodies of more than LONGEST bytes no more is kept than that; bytes
that are no text stand as their numbers. Not kept is what chance or threads decide: examples of properties, and tests
that say why by ``@pytest.mark.unkept("why")``.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "emulator" / "transcripts"
LONGEST = 10_000

Exchange = tuple[str, str]
"""A request and its reply."""

_HEADING = re.compile(r"^#### (.+) · \d+\n", re.MULTILINE)
_DRAWN = re.compile(
    "|".join(
        (
            r"(?<=Support ID: )[^\]]+",
            r"(?<=Request ID: )[^\]]+",
            r"(?<=Ray ID: <strong>)[^<]+",
            r"(?<=<sessionid>)[^<]+",
            r"(?<=127\.0\.0\.1:)\d+",
            r"7765623330[\w-]{20,}",  # a result id
            r"(?<![\w-])[\w-]{64}(?![\w-])",  # a report id
            r"\d{4}-\d\d-\d\dT[\d:.]+(?:[+-]\d\d:\d\d|Z)?",
        )
    )
)


def plain(body: bytes) -> str:
    """A body as it is kept."""
    if len(body) > LONGEST:
        return f"(more than {LONGEST:,} bytes)"
    return _DRAWN.sub("{...}", body.decode("utf-8", "backslashreplace"))


def path(module: str, side: str) -> Path:
    """The file of a test module; ``side`` is requests or replies."""
    return FOLDER / f"{module}.{side}.txt"


@cache
def kept(module: str) -> Mapping[str, list[Exchange]]:
    """What the tests of a module exchanged, by the name of the test."""
    found: dict[str, list[Exchange]] = {}
    if path(module, "requests").exists():
        sides = [list(_sections(path(module, side).read_text("utf-8"))) for side in ("requests", "replies")]
        for (name, request), (same, reply) in zip(*sides, strict=True):
            assert name == same
            found.setdefault(name, []).append((request, reply))
    return found


def write(module: str, exchanged: Mapping[str, Iterable[Exchange]]) -> None:
    """Write what the tests of a module exchanged; those that did not run stay as they are."""
    found = sorted({**kept(module), **exchanged}.items())
    FOLDER.mkdir(exist_ok=True)
    for at, side in enumerate(("requests", "replies")):
        numbered = [(name, number, pair[at]) for name, pairs in found for number, pair in enumerate(pairs, 1)]
        text = "".join(f"#### {name} · {number}\n{body}\n" for name, number, body in numbered)
        path(module, side).write_text(text, "utf-8", newline="")


def modules() -> list[str]:
    """The test modules that have transcripts."""
    return sorted(each.name.removesuffix(".replies.txt") for each in FOLDER.glob("*.replies.txt"))


def _sections(text: str) -> Iterable[tuple[str, str]]:
    _, *parts = _HEADING.split(text)
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        yield name, body.removesuffix("\n")

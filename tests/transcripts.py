"""Every request that tests send to a gateway of this process and its reply, in pairs of files to read side by side.

``transcripts/test_reads.requests.txt`` and ``test_reads.replies.txt`` hold, section for section under the same
headings, what the tests of ``test_reads.py`` beside that folder exchange. A pair that several of them exchange stands
under one; in which order, and how often, is the business of the tests. Whatever is exchanged anew must stand in that
folder, and what stands there must be exchanged: neither side changes a word unnoticed. From there the client reads the
replies in ``gateway/test_transcripts.py``, where its requests are held to their schemas too. ``pytest --update-corpus``
writes the modules that it runs, with ``-n`` as well.

What is drawn, counted or told by the clock is ``{...}``. Of bodies of more than LONGEST bytes the envelope is kept, and
of the rest its length and digest; bytes that are no text stand as their numbers.

Not kept is what chance or threads decide: examples of properties, long tests, and tests that say why by
``@pytest.mark.unkept("why")``. Nor is what a gateway in a process of its own is asked, a demo or an emulator that a
test starts as a user would: nobody stands beside it there to write, and it is the same gateway.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache
from hashlib import sha256
from pathlib import Path

TESTS = Path(__file__).parent
LONGEST = 6_000

Exchange = tuple[str, str]
"""A request and its reply."""

_HEADING = re.compile(r"^#### (.+) · \d+\n", re.MULTILINE)
_ENVELOPE = re.compile(rb"<data\b[^>]*>|<content><function [^>]*>")
_CUT = re.compile(r"\([\d,]+ bytes more, \w+\)\Z")
_DRAWN = tuple(
    re.compile(drawn)
    for drawn in (
        r"(Support ID: )[^\]]+",
        r"(Request ID: )[^\]]+",
        r"(Ray ID: <strong>)[^<]+",
        r"(<sessionid>)[^<]+",
        r"(<controlid>iql-)\d+",
        r"( controlid=\"iql-)\d+",
        r"(//127\.0\.0\.1:)\d+",
        r"()7765623330[\w-]{20,}",  # a result id
        r"([>\n\" ])[\w-]{64}(?=[<,\" ])",  # a report id
        r"()\d{4}-\d\d-\d\dT[\d:.]+(?:[+-]\d\d:\d\d|Z)?",
    )
)


def plain(body: bytes) -> str:
    """A body as it is kept."""
    found = _ENVELOPE.search(body, 0, LONGEST)
    at = found.end() if found else 0
    envelope = _masked(body[:at])
    if len(envelope) + len(body) - at <= LONGEST:  # whatever the length of what is drawn
        return _masked(body)
    return f"{envelope}({len(body) - at:,} bytes more, {sha256(body[at:]).hexdigest()[:16]})"


def is_whole(text: str) -> bool:
    """Whether a kept body was not cut."""
    return _CUT.search(text) is None


def path(module: Path, side: str) -> Path:
    """The file of a test module; ``side`` is requests or replies."""
    return module.parent / "transcripts" / f"{module.stem}.{side}.txt"


@cache
def kept(module: Path) -> Mapping[str, list[Exchange]]:
    """What the tests of a module exchanged, by the name of the test under which it stands."""
    found: dict[str, list[Exchange]] = {}
    if path(module, "requests").exists():
        sides = [list(_sections(path(module, side).read_bytes().decode())) for side in ("requests", "replies")]
        for (name, request), (same, reply) in zip(*sides, strict=True):
            assert name == same
            found.setdefault(name, []).append((request, reply))
    return found


@cache
def known(folder: Path) -> frozenset[Exchange]:
    """The same of all modules of a folder: what its tests share, the first of them opens, wherever it stands."""
    return frozenset(pair for module in modules(folder) for pairs in kept(module).values() for pair in pairs)


def nearest(pair: Exchange, module: Path) -> Exchange | None:
    """The kept pair with the likest request: what one that is not kept should have been, as a rule."""
    like = SequenceMatcher(autojunk=False)
    like.set_seq2(pair[0])

    def likeness(other: Exchange) -> float:
        like.set_seq1(other[0])
        return like.quick_ratio()

    pairs = [other for others in kept(module).values() for other in others]
    same = [other for other in pairs if other[0] == pair[0]]
    return same[0] if same else max(pairs, key=likeness, default=None)


def write(module: Path, exchanged: Mapping[str, Iterable[Exchange]]) -> None:
    """Write what the tests of a module exchanged; those that did not run stay as they are while the module has them."""
    source = module.read_text("utf-8")
    found = {
        name: pairs
        for name, pairs in kept(module).items()
        if name not in exchanged and f"def {function(name)}(" in source
    }
    taken = {pair for pairs in found.values() for pair in pairs}
    for name in sorted(exchanged):
        found[name] = [pair for pair in dict.fromkeys(exchanged[name]) if pair not in taken]
        taken.update(found[name])
    for at, side in enumerate(("requests", "replies")):
        numbered = [(name, number, pair[at]) for name in sorted(found) for number, pair in enumerate(found[name], 1)]
        text = "".join(f"#### {name} · {number}\n{body}\n" for name, number, body in numbered)
        if text:
            path(module, side).parent.mkdir(exist_ok=True)
            path(module, side).write_text(text, "utf-8", newline="")
        else:
            path(module, side).unlink(missing_ok=True)


def modules(folder: Path | None = None) -> list[Path]:
    """The test modules that have transcripts, of one folder or of all."""
    files = TESTS.rglob("*.replies.txt") if folder is None else (folder / "transcripts").glob("*.replies.txt")
    return sorted(each.parent.parent / f"{each.name.removesuffix('.replies.txt')}.py" for each in files)


def function(name: str) -> str:
    """The function of a test, by the name of the test."""
    return name.partition("[")[0].rpartition("::")[2]


def _masked(body: bytes) -> str:
    text = body.decode("utf-8", "backslashreplace")
    for drawn in _DRAWN:
        text = drawn.sub(r"\1{...}", text)
    return text


def _sections(text: str) -> Iterable[tuple[str, str]]:
    _, *parts = _HEADING.split(text)
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        yield name, body.removesuffix("\n")

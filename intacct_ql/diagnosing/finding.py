"""What a step finds.

In: nothing. Out: ``Finding`` records, and ``Failed``, which ends the examination. Refuses to know: what is looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from intacct_ql import errors


class State(StrEnum):
    """How a step ended. A warning is something to look at; what comes after it is tried all the same."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: the step, how it ended, words, what to do. ``details`` are for tools; no secret is in any of it.

    ``refused`` tells of a failure that is the gateway's refusal, and not one to reach it or to sign in.
    """

    step: str
    state: State
    words: str
    advice: tuple[str, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)
    refused: bool = False

    def to_dict(self) -> dict[str, object]:
        """The record as plain JSON types."""
        record: dict[str, object] = {"step": self.step, "state": self.state.value, "words": self.words}
        return record | {"advice": list(self.advice), "details": dict(self.details)}


class Failed(Exception):  # noqa: N818 - an end, not an error of this program
    """The step failed, and those behind it cannot be tried."""

    def __init__(self, words: str, *advice: str, refused: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.advice = advice
        self.refused = refused


def failed(error: errors.Error) -> Failed:
    """The failure that an error is: its words, and its hints as what to do."""
    words, *hints = str(error).split("\n  hint: ")
    return Failed(words, *hints)

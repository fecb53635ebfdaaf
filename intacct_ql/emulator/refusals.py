"""How the gateway says no: the error record and the exceptions that carry it, one for each level.

In: numbers and words. Out: ``Error`` records for the reply. Refuses to know: XML, what was asked.
"""

from dataclasses import dataclass

DATA_LAYER = "DL02000001"
"""The number of every mistake whose own number is in no public material."""

NOT_DONE = "BL01001973"
"""A record could not be created, updated, deleted or found; where there is a more specific error, that comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Error:
    """One ``error`` of an ``errormessage``, in the words of the wire."""

    errorno: str
    description: str = ""
    description2: str = ""
    correction: str = ""


PASSING = {
    "busy": Error(errorno="GW-0010", description="API rate limit exceeded", description2="API rate limit exceeded"),
    "offline": Error(errorno=DATA_LAYER, description2="The Service is Temporarily Off-line,"),
    "later": Error(
        errorno=DATA_LAYER,
        description2="The request could not be completed.",
        correction="Please Try Again Later",
    ),
    "dl": Error(errorno=DATA_LAYER, description="There was an error processing the request."),
}
"""What every function of a request answers that is struck by one of these faults: it was not run, and a little later
it would be. The words are those that clients report; the numbers of two of them nobody does ([?])."""


class Refusal(Exception):  # noqa: N818 - it is an answer, not a mistake of the program
    """A request, an operation or a function is answered with an error."""

    def __init__(self, error: Error) -> None:
        super().__init__(f"{error.errorno}: {error.description2 or error.description}")
        self.error = error


class ControlRefusal(Refusal):
    """The whole request is refused: ``errormessage`` under ``response``, no operation."""


class Malformed(ControlRefusal):
    """The document is not well formed or not valid by the schema: control failure XL03000003.

    Real messages come from a schema validator and end in a line and a column; the column of an element, which the
    parser does not tell, is always 1.
    """

    def __init__(self, what: str, *, line: int | None = None, column: int = 1) -> None:
        place = f" Line: {line}, column: {column}." if line else ""
        super().__init__(Error(errorno="XL03000003", description2=f"XML Parse schema error: {what}{place}"))


class SignInRefused(Refusal):
    """The credentials or the session of an operation are refused: ``errormessage`` under ``operation``."""


class FunctionRefused(Refusal):
    """One function fails: ``errormessage`` in its ``result``; its neighbours go on."""


def not_permitted(name: str) -> FunctionRefused:
    """A refusal of an object that the user's role, or the company's subscription, does not reach.

    That of the audit history has no number and words of its own [C].
    """
    if name.upper() == "AUDITHISTORY":
        return FunctionRefused(Error(errorno="", description2="You do not have permission to view audit history"))
    words = f"You do not have permission for this, or it cannot be done with objects of type {name}."
    return FunctionRefused(
        Error(errorno="PL04000005", description2=words, correction="Ask an administrator for the permission.")
    )


def data_failure(words: str, *, correction: str = "") -> FunctionRefused:
    """A refusal by the data layer.

    The numbers of an unknown object, an unknown field and a bad literal inside ``query`` are in no public material.
    DL02000001 is what the data layer answers in a published fixture, with "There was an error processing the
    request": a guess, and clients must not lean on it.
    """
    return FunctionRefused(
        Error(
            errorno=DATA_LAYER,
            description="There was an error processing the request.",
            description2=words,
            correction=correction,
        )
    )


def bad_value(words: str, *, correction: str = "") -> FunctionRefused:
    """A refusal of what is to be written: a value of the wrong form [C], or one that is missing [C].

    Whatever else makes a record impossible has this number too ([?]).
    """
    return FunctionRefused(Error(errorno="BL03000018", description2=words, correction=correction))

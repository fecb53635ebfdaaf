"""Which field of a query a refusal is about.

In: a refusal and the plan that was refused. Out: the field it names. Refuses to know: what becomes of it.

No public source has the words in which ``query`` refuses a field [?]: clients tell of fields that ``lookup`` lists and
``query`` does not give [C], REST has REST-1106 for them, and the older reads put ``Invalid fields list`` and the name
in the place of the number [C]. So any refusal of the function is looked through for the names of the fields that were
asked for; who gets an answer without the field knows that it was right.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from intacct_ql.binder import tree
from intacct_ql.errors import GatewayError
from intacct_ql.planner.predicates import operands
from intacct_ql.planner.steps import Fetch, Plan

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_OF_A_FIELD = re.compile(r"cannot be queried|not queryable|REST-1106|Invalid fields list", re.IGNORECASE)
_OF_THE_OBJECT = re.compile(r"PL04000005|do not have permission", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A field of an object that was refused, in the gateway's words; ``certain`` if they say that much themselves."""

    object: str
    field: str
    words: str
    certain: bool = False


def named(refusal: GatewayError, plan: Plan, known: Iterable[Refused] = ()) -> Refused | None:
    """The field that a refusal names, of those that were asked for and not refused before; None where there is none."""
    said = " ".join(f"{number} {words}" for number, words in refusal.errors)
    if refusal.level != "function" or plan.fetch is None or _OF_THE_OBJECT.search(said):
        return None
    certain = _OF_A_FIELD.search(said) is not None
    names = {name.upper() for name in _NAME.findall(said)}
    before = {(one.object.upper(), one.field.upper()) for one in known}
    asked = [one for one in _asked(plan.fetch, certain=certain) if one.owner and _place(one) not in before]
    found = [one for one in asked if names & {one.path.upper(), one.name.upper()}]
    # A name that several objects have is told apart by theirs.
    found = [one for one in found if one.owner.upper() in names] or found
    if not found:
        return None
    return Refused(object=found[0].owner, field=found[0].name, words=refusal.words, certain=certain)


def is_of_object(refusal: GatewayError) -> bool:
    """Whether it is the object that the user may not read."""
    return any(_OF_THE_OBJECT.search(f"{number} {words}") for number, words in refusal.errors)


def _place(field: tree.Field) -> tuple[str, str]:
    return field.owner.upper(), field.name.upper()


def _asked(fetch: Fetch, *, certain: bool) -> Iterator[tree.Field]:
    """The fields that were asked for; those of a condition too, unless it may be their value that was refused."""
    yield from map(_field, fetch.select)
    yield from (_field(order.expression) for order in fetch.order_by)
    if certain and fetch.where is not None:
        yield from map(_field, operands(fetch.where))


def _field(expression: tree.Expression) -> tree.Field:
    return expression if isinstance(expression, tree.Field) else expression.argument

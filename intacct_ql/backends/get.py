"""``get``, the function of DTD 2.1 that reads one object by its key.

In: ``steps.Fetch`` whose condition is one key. Out: the ``<get>`` element as text. Refuses to know: envelopes, replies.

Which field the key is depends on the object: an id where people know it by one, the record number for transactions.
A key that is not there is a refusal and not an empty list [?]: ``BL01001973``, with words about finding a record.
"""

from intacct_ql.backends.door import Door
from intacct_ql.backends.get_list import column_names, fields, legacy_object, unable
from intacct_ql.binder import tree
from intacct_ql.errors import GatewayError
from intacct_ql.gateway.escape import escape
from intacct_ql.planner.abilities import Abilities
from intacct_ql.planner.steps import Fetch
from intacct_ql.schema.legacy import legacy_key


def _key(query: tree.Query) -> str | None:
    return legacy_key(query.object)


def _says(_: tree.Query, leaf: tree.Leaf) -> bool:
    """Whether the key stands in an attribute as it is: there a tab and a new line become spaces."""
    return isinstance(leaf, tree.Compare) and bool(leaf.value.text) and not set(leaf.value.text) & set("\t\r\n")


ABILITIES = Abilities(operators=frozenset({"="}), keys=_key, pages="none", says=_says, unable=unable)
"""What ``get`` can say: one key."""


def render(fetch: Fetch, *, page_size: int | None = None, offset: int | None = None) -> str:  # noqa: ARG001
    """The ``<get>`` element; it gives one object, so what is asked of a page does not count. Raises as ``escape``."""
    key = fetch.where.value.text if isinstance(fetch.where, tree.Compare) else ""
    return f'<get object="{escape(legacy_object(fetch.object))}" key="{escape(key)}">{fields(fetch)}</get>'


def _found_nothing(refusal: GatewayError) -> bool:
    """Whether finding is all that failed: the number alone is said of creating records, too."""
    found = [number == "BL01001973" and "find" in words.lower() for number, words in refusal.errors]
    return bool(found) and all(found)


DOOR = Door(
    function="get",
    abilities=ABILITIES,
    render=render,
    column_names=column_names,
    found_nothing=_found_nothing,
    localised=False,
)

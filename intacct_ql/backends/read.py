"""``read`` and ``readByName``: rows by their record numbers, or by the ids people know them by.

In: ``steps.Fetch`` whose condition is one key or a list of them. Out: the element as text. Refuses to know: envelopes,
replies.

Keys stand in one list with commas between, 100 at the most [D]. So a key with a comma or with space around it cannot
be said; such a condition is left to other doors.
"""

from intacct_ql.backends.door import Door
from intacct_ql.backends.spelling import listed, own_names, unlistable
from intacct_ql.binder import tree
from intacct_ql.gateway.escape import escape
from intacct_ql.planner.abilities import Abilities, Keys
from intacct_ql.planner.steps import Fetch

MOST_KEYS = 100


def _door(function: str, keys: Keys) -> Door:
    """One of the two; neither knows pages, so what is asked of one does not count."""
    abilities = Abilities(
        operators=frozenset({"=", "IN"}),
        docparid=True,
        star=True,
        keys=keys,
        pages="none",
        says=_can_list,
        unable=unlistable,
    )

    def render(fetch: Fetch, *, page_size: int | None = None, offset: int | None = None) -> str:  # noqa: ARG001
        return _render(function, fetch)

    return Door(function=function, abilities=abilities, render=render, column_names=own_names)


def _number(query: tree.Query) -> str:
    return "RECORDNO" if query.key is None else query.key.path


def _name(query: tree.Query) -> str | None:
    return None if query.schema is None else query.schema.id_field


def _can_list(_: tree.Query, leaf: tree.Leaf) -> bool:
    keys = keys_of(leaf)
    return len(keys) <= MOST_KEYS and all(key and key == key.strip() and "," not in key for key in keys)


def keys_of(condition: tree.Predicate | None) -> list[str]:
    """The keys a condition names."""
    if isinstance(condition, tree.Compare):
        return [condition.value.text]
    return [value.text for value in condition.values] if isinstance(condition, tree.In) else []


def _render(function: str, fetch: Fetch) -> str:
    docparid = fetch.options.docparid
    return (
        f"<{function}><object>{escape(fetch.object)}</object><keys>{escape(','.join(keys_of(fetch.where)))}</keys>"
        f"<fields>{escape(listed(fetch))}</fields>"
        f"{'' if docparid is None else f'<docparid>{escape(docparid)}</docparid>'}</{function}>"
    )


BY_RECORD_NUMBER = _door("read", _number)
BY_NAME = _door("readByName", _name)

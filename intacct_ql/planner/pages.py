"""What paging adds to a fetch.

In: a bound query with its fetch, later the plan. Out: the paging method with its reason; the fetch with a hidden key
and a stable order; the fetch of the next keyset page; the length of a page. Refuses to know: requests and replies.

Every page of the gateway is a new query over data that may have changed, in an undefined order unless one is asked
for. *Keyset*: order by the key, and each page asks for the rows behind the last key seen; nothing is lost or
repeated, whatever changes meanwhile. *Offset*: rows are counted from the start, so the order must be total; the
user's order is completed by the key, or by all selected fields where there is no key (rows equal in all of them
cannot be told apart anyway). *Result id*: the gateway keeps the result of ``readByQuery`` and is asked for more of it.

    Fetch   CUSTOMER: NAME where STATUS = 'active'
    paged   CUSTOMER: NAME, RECORDNO where STATUS = 'active' order by RECORDNO
    after   CUSTOMER: NAME, RECORDNO where STATUS = 'active' and RECORDNO > 24 order by RECORDNO
"""

from dataclasses import replace

from intacct_ql.binder import tree
from intacct_ql.planner.abilities import Abilities
from intacct_ql.planner.predicates import conjunction
from intacct_ql.planner.steps import Fetch, Paging, Plan
from intacct_ql.schema.types import TEXTUAL


def paging(query: tree.Query, fetch: Fetch, abilities: Abilities) -> tuple[Paging, str, tree.Field | None]:
    """How the pages of a fetch are told apart, why, and the key where one is used."""
    if query.options.single and fetch.limit is not None:
        return "none", "one row is the most: two are asked for, to find a second out", None
    if abilities.pages == "none":
        return "none", "rows found by their keys come at once", None
    if abilities.pages == "resultid":
        return "resultid", "the gateway keeps the result, and each page is the next part of it", None
    if is_grouped(fetch):
        if _plain(fetch):
            return "offset", "groups have no key", None
        return "none", "aggregates without a plain field give one row", None
    key = query.usable_key
    if key is None:
        return "offset", f"no key of {fetch.object} is known", None
    against = _against_keyset(fetch, key, abilities)
    if against:
        return "offset", against, key
    return "keyset", f"each page asks for the rows behind the last {key.path}", key


def _against_keyset(fetch: Fetch, key: tree.Field, abilities: Abilities) -> str:
    """Why rows cannot be found again by their key; empty when they can."""
    if fetch.offset:
        return "OFFSET counts rows from the start"
    if fetch.order_by and not _is_by_key(fetch.order_by, key):
        return "the order is not that of the key"
    if not abilities.order or not {">", "<"} <= abilities.operators:
        return "this door cannot ask for the rows behind a key"
    if fetch.options.case_insensitive and key.type in TEXTUAL:
        # behind 'b' comes 'C' in one reading and not in the other: rows between the two would be lost
        return f"{key.path} is text, which compares without regard to case but may be ordered with it"
    return ""


def paged(plan: Plan) -> Fetch:
    """The fetch of the first page: ``plan.fetch`` with what its paging needs.

    The hidden key stands behind the selected fields; indexes into the row stay what they were. The rows given to the
    user are the first ``len(plan.fetch.select)`` columns. ``limit`` and ``offset`` are those of the whole query.
    """
    fetch = _asked(plan)
    if plan.paging in ("none", "resultid"):
        return fetch
    if plan.paging == "offset":
        return replace(fetch, order_by=(*fetch.order_by, *_tie_breakers(fetch, plan.key)))
    key = _key(plan)
    select = fetch.select if _place(fetch, key) is not None else (*fetch.select, key)
    return replace(fetch, select=select, order_by=fetch.order_by or (tree.Order(expression=key),))


def after(fetch: Fetch, plan: Plan, last_key_text: str) -> Fetch:
    """The fetch of the page behind a key; ``fetch`` is what ``paged`` gave, for every page anew."""
    key = _key(plan)
    behind = tree.Compare(
        left=key,
        operator="<" if is_descending(fetch) else ">",
        value=tree.Value(data=last_key_text, text=last_key_text),
    )
    return replace(fetch, where=conjunction(fetch.where, behind))


def key_index(fetch: Fetch, plan: Plan) -> int:
    """Where the key stands in the rows of a paged fetch."""
    key = _key(plan)
    place = _place(fetch, key)
    if place is None:
        raise ValueError(f"{key.path} is not fetched")
    return place


def is_descending(fetch: Fetch) -> bool:
    """Whether the keys of a paged fetch fall."""
    return fetch.order_by[0].descending


def rows_a_page(fetch: Fetch, asked: int | None, abilities: Abilities) -> int:
    """How many rows each page holds: those asked for by the caller or else by the query, as far as the door goes."""
    most = abilities.most_rows
    return min(asked or fetch.options.page_size or most, most)


def is_grouped(fetch: Fetch) -> bool:
    """Whether the door groups: it does as soon as one aggregate is selected."""
    return tree.Aggregate in map(type, fetch.select)


def _tie_breakers(fetch: Fetch, key: tree.Field | None) -> list[tree.Order]:
    ordered = {order.expression.path for order in fetch.order_by}
    fields = _plain(fetch) if key is None else [key]
    return [tree.Order(expression=field) for field in fields if field.path not in ordered]


def _plain(fetch: Fetch) -> list[tree.Field]:
    return [expression for expression in fetch.select if isinstance(expression, tree.Field)]


def _is_by_key(orders: tuple[tree.Order, ...], key: tree.Field) -> bool:
    return len(orders) == 1 and type(orders[0].expression) is tree.Field and orders[0].expression.path == key.path


def _place(fetch: Fetch, key: tree.Field) -> int | None:
    places = (i for i, field in enumerate(fetch.select) if type(field) is tree.Field and field.path == key.path)
    return next(places, None)


def _asked(plan: Plan) -> Fetch:
    if plan.fetch is None:
        raise ValueError("this plan asks nothing of the gateway")
    return plan.fetch


def _key(plan: Plan) -> tree.Field:
    if plan.key is None:
        raise ValueError("this plan has no key")
    return plan.key

"""``readEntityDetails``: the entities of the company, which are the places a session can be in.

In: the ``Scene``. Out: ``Given``. Refuses to know: sessions.

Elements and their case are a guess ([?]): a public client looks for ENTITYID, LOCATIONID or ID in whatever records it
gets. Here they are those of LOCATIONENTITY, in the order of their numbers.
"""

from functools import partial

from intacct_ql.emulator.fetch import fetch
from intacct_ql.emulator.query import Order, Query, Selected
from intacct_ql.emulator.replies import Node
from intacct_ql.emulator.scene import Given, Scene, given

MOST = 2000

_TAG = "locationentity"
_FIELDS = ("RECORDNO", "LOCATIONID", "NAME", "STATUS", "CURRENCY")


def details(_asked: None, scene: Scene) -> Given:
    """Every entity."""
    query = Query(
        object=_TAG.upper(),
        select=tuple(Selected(field=name) for name in _FIELDS),
        orders=(Order(field="RECORDNO", descending=False),),
        pagesize=MOST,
    )
    page = fetch(scene.allowed(query), scene.store, scene.counts, scene.view).page
    attributes = {"listtype": _TAG, "count": str(page.count)}
    return given(page, Node(tag="data", attributes=attributes, raw=partial(page.xml, _TAG)))

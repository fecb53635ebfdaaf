"""What the gateway notes by itself: when and by whom a record was written, in which entity, and that it was deleted.

In: an object and the ``Scene``. Out: cells, and a row of AUDITHISTORY. Refuses to know: what was written.

WHENCREATED is such a note only where it is a TIMESTAMP: on documents it is a date that the caller gives, and the note
is AUWHENCREATED [D]. A new record has been modified when it was created ([?]). What has a STATUS is active at first
([?]). A record that is created from within an entity belongs to it.

Of the audit history only deletions are kept: ACCESSMODE ``D``, OBJECTTYPE in lower case, the record number as
OBJECTKEY, an ID like ``1:17`` [C]. Other objects have an id as their OBJECTKEY in reality; which is known of few.
"""

from datetime import UTC

from intacct_ql.emulator.finding import numbered, row
from intacct_ql.emulator.numbering import next_number
from intacct_ql.emulator.records import Cells
from intacct_ql.emulator.scene import Scene
from intacct_ql.schema.model import Object
from intacct_ql.schema.types import DataType

_CREATED, _MODIFIED = ("WHENCREATED", "AUWHENCREATED"), ("WHENMODIFIED", "MODIFIED")
_ENTITY = {"MEGAENTITYID": "LOCATIONID", "MEGAENTITYKEY": "RECORDNO", "MEGAENTITYNAME": "NAME"}


def created(target: Object, scene: Scene) -> Cells:
    """The notes on a new record."""
    notes: Cells = {name: now(scene) for name in _CREATED if _is_moment(target, name)}
    if "CREATEDBY" in target.fields:
        notes["CREATEDBY"] = _user(scene)
    status = target.fields.get("STATUS")
    if status and "active" in [value.label for value in status.values]:
        notes["STATUS"] = "active"
    return notes | _entity(target, scene) | modified(target, scene)


def modified(target: Object, scene: Scene) -> Cells:
    """The notes on a record that changes."""
    notes: Cells = {name: now(scene) for name in _MODIFIED if _is_moment(target, name)}
    return notes | ({"MODIFIEDBY": _user(scene)} if "MODIFIEDBY" in target.fields else {})


def deleted(target: Object, number: int, description: str, scene: Scene) -> None:
    """Note in the audit history that a record is gone; a catalog without one has nowhere to note it."""
    history = scene.store.catalog.object("AUDITHISTORY")
    if history is None:
        return
    notes: Cells = {
        "ID": f"1:{next_number(scene.store, history)}",
        "OBJECTTYPE": target.name.lower(),
        "OBJECTKEY": str(number),
        "OBJECTDESC": description,
        "ACCESSMODE": "D",
        "ACCESSTIME": now(scene),
        "USERID": scene.session.userid,
    }
    scene.store.insert("AUDITHISTORY", {name: cell for name, cell in notes.items() if name in history.fields})


def now(scene: Scene) -> str:
    """This moment as it is stored."""
    return scene.sessions.now().astimezone(UTC).replace(tzinfo=None).isoformat(" ", "seconds")


def _is_moment(target: Object, name: str) -> bool:
    return name in target.fields and target.fields[name].type is DataType.TIMESTAMP


def _user(scene: Scene) -> int | None:
    users = scene.store.catalog.object("USERINFO")
    found = numbered(users, "LOGINID", scene.session.userid, scene.store) if users else []
    return found[0] if found else None


def _entity(target: Object, scene: Scene) -> Cells:
    entities = scene.store.catalog.object("LOCATIONENTITY")
    if not scene.session.locationid or "MEGAENTITYID" not in target.fields or entities is None:
        return {}
    found = numbered(entities, "LOCATIONID", scene.session.locationid, scene.store)
    known = row(entities, found[0], scene.store) if found else {"LOCATIONID": scene.session.locationid}
    return {name: known.get(source) for name, source in _ENTITY.items() if name in target.fields}

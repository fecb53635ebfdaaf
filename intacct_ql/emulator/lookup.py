"""The ``lookup`` function: what the catalog knows of an object, in the gateway's words.

In: an ``Object``. Out: the ``Type`` node of a reply. Refuses to know: rows.
"""

from intacct_ql.emulator.replies import Node, branch, flag, leaf
from intacct_ql.schema.model import Field, Object, Relationship


def type_node(found: Object) -> Node:
    """The ``Type`` element: ``Fields`` in catalog order, then ``Relationships``."""
    fields = branch("Fields", *(_field(field) for field in found.fields.values()))
    relationships = branch("Relationships", *(_relationship(way, found) for way in found.relationships.values()))
    return Node(tag="Type", content=(fields, relationships), attributes={"Name": found.name, "DocumentType": ""})


def _field(field: Field) -> Node:
    values = [leaf("VALIDVALUE", value.label) for value in field.values]
    return branch(
        "Field",
        leaf("ID", field.name),
        leaf("LABEL", field.label),
        leaf("DESCRIPTION", field.description),
        flag("REQUIRED", field.required),
        flag("READONLY", field.readonly),
        leaf("DATATYPE", field.type.value),
        *([branch("VALIDVALUES", *values)] if values else []),
        flag("ISCUSTOM", field.custom),
    )


def _relationship(way: Relationship, found: Object) -> Node:
    return branch(
        "Relationship",
        leaf("OBJECTPATH", way.path),
        leaf("OBJECTNAME", way.object),
        leaf("LABEL", way.object if way.object != found.name else found.label),
        leaf("RELATIONSHIPTYPE", "MANY2ONE"),
        leaf("RELATEDBY", way.related_by or ""),
    )

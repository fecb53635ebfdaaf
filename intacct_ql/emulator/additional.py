"""``additionalinfo``, which every error has where the request asks for it by ``showadditionalerrorinfo``.

In: the nodes of a response. Out: the same with an ``additionalinfo`` in each ``error``. Refuses to know: what failed.

The elements, their order and the spelling of the attributes are the vendor's documented sample. ``errorid``,
``category`` and the message ids are a catalog of the vendor's that is not public: they are empty, as the documentation
has it of whatever is not known. The support id of ``description2`` is repeated in ``requestinfo``.
"""

import re
from dataclasses import replace

from intacct_ql.emulator.replies import Node, branch, leaf

_SUPPORT_ID = re.compile(r"\[Support ID: (.*)\]$")
_MESSAGES = ("description", "cdescription", "correction")
_ATTRIBUTES = ("domain", "requestinfo", "object", "field")


def explained(node: Node) -> Node:
    """A node with more about each error in it."""
    if isinstance(node.content, str) or node.raw:
        return node
    content = tuple(explained(child) for child in node.content)
    return replace(node, content=(*content, _additional(content)) if node.tag == "error" else content)


def _additional(error: tuple[Node, ...]) -> Node:
    texts = {part.tag: part.content for part in error if isinstance(part.content, str)}
    support = _SUPPORT_ID.search(texts.get("description2", ""))
    return branch(
        "additionalinfo",
        leaf("errorid", ""),
        leaf("category", ""),
        _target("businessinfo", requestinfo=support[1] if support else ""),
        *(_message(name) for name in _MESSAGES),
    )


def _message(name: str) -> Node:
    return branch(name, leaf("messageid", ""), _target("businessInfo"), leaf("placeholders", ""))


def _target(business: str, **known: str) -> Node:
    """What an error is about; the last attribute is spelled in two ways in the documented sample."""
    return Node(tag="target", attributes=dict.fromkeys((*_ATTRIBUTES, business), "") | known)

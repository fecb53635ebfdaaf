"""The DTD 2.1 vocabulary: what ``get_list`` and ``get`` call the fields of the generic objects.

In: names of objects and fields as the catalog has them. Out: the legacy name of a field, and the field that the ``key``
attribute of ``get`` means. Refuses to know: the catalog's records, query text, XML, functions.

Where the published DTD plainly has another word for a field, ``legacy.json`` says so [D]. Every other field goes by its
generic name in lower case [?]: most of the DTD's names are just that, and a guess at a meaning would silently read
another field. The file is read when a name is first asked for.
"""

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

_FILE = os.path.join(os.path.dirname(__file__), "legacy.json")


def legacy_name(object_name: str, field_name: str) -> str:
    """The DTD 2.1 name of a field of a generic object; both names in any case.

    No two fields of an object share one: the catalog's fields can be found again by their legacy names.
    """
    names = _vocabulary().names.get(object_name.upper(), {})
    return names.get(field_name.upper(), field_name.lower())


def legacy_key(object_name: str) -> str | None:
    """The generic field that ``key`` holds in ``<get object= key=>``; None where no source says.

    The functions that change one object say it [D]: ``update_vendor`` takes the ID as an attribute of that name,
    ``update_invoice`` a ``key`` that the reply's ``key`` element repeats, the record number. Documents of Order
    Entry, Purchasing and Inventory Control are found by document ID (``Sales Order-SO0001``). That ``get`` agrees
    with its sisters is documented for few objects and assumed for the rest [?].
    """
    return _vocabulary().keys.get(object_name.upper())


def is_unlisted(object_name: str) -> bool:
    """Whether ``get_list`` has no list of an object, though DTD 2.1 has a word for it.

    Account balances are no list there [D]; ``journal`` gives another object than GLJOURNAL [?], and ``bankaccount`` the
    savings accounts, too [D].
    """
    return object_name.upper() in _vocabulary().unlisted


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    names: Mapping[str, Mapping[str, str]]
    keys: Mapping[str, str]
    unlisted: Collection[str]


@cache
def _vocabulary() -> _Vocabulary:
    with open(_FILE, encoding="utf-8") as file:
        return _Vocabulary(**json.load(file))

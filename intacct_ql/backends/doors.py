"""The doors of the gateway that a plan can go through, by target name.

In: a target name. Out: its ``Door``. Refuses to know: plans and pages. A door's module is imported when it is first
asked for.
"""

from functools import cache
from importlib import import_module

from intacct_ql.backends.door import Door
from intacct_ql.errors import ConfigError

_DOORS = {
    "query": ("query", "DOOR"),
    "readByQuery": ("read_by_query", "DOOR"),
    "get_list": ("get_list", "DOOR"),
    "get": ("get", "DOOR"),
    "read": ("read", "BY_RECORD_NUMBER"),
    "readByName": ("read", "BY_NAME"),
    "rest": ("rest", "DOOR"),
}

TARGETS = tuple(_DOORS)
"""Every door by its name, the widest first."""


@cache
def door(target: str) -> Door:
    """The door of this name. Raises ``ConfigError`` for one that does not exist."""
    if target not in _DOORS:
        raise ConfigError(f"unknown target {target}; there is {', '.join(TARGETS)}")
    module, name = _DOORS[target]
    found: Door = getattr(import_module(f"intacct_ql.backends.{module}"), name)
    return found

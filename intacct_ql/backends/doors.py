"""The doors of the gateway that a plan can go through, by target name.

In: a target name. Out: its ``Door``. Refuses to know: plans and pages. A door's module is imported when it is first
asked for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from intacct_ql.binder import tree
from intacct_ql.errors import ConfigError
from intacct_ql.planner.abilities import Abilities

Render = Callable[..., str]
"""``render(fetch, *, page_size=None, offset=None)``: the element exactly as the plan says, with a page if asked."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Door:
    """One way to ask.

    ``function`` is the wire name; ``column_names`` gives, for each selected expression, the element names it may come
    back under; ``literal`` writes a value beside a field, ``escape`` makes text fit for the request.
    """

    target: str
    function: str
    abilities: Abilities
    render: Render
    column_names: Callable[[Sequence[tree.Expression]], tuple[tuple[str, ...], ...]]
    literal: Callable[[tree.Value, tree.Expression], str]
    escape: Callable[[str], str]


_MODULES = {"query": "query"}


@cache
def door(target: str) -> Door:
    """The door of this name. Raises ``ConfigError`` for one that does not exist."""
    name = _MODULES.get(target)
    if name is None:
        raise ConfigError(f"unknown target {target}; there is {', '.join(_MODULES)}")
    module = import_module(f"intacct_ql.backends.{name}")
    return Door(
        target=target,
        function=module.FUNCTION,
        abilities=module.ABILITIES,
        render=module.render,
        column_names=module.column_names,
        literal=module.literal,
        escape=module.escape,
    )

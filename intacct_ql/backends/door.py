"""What a door is: how a plan's fetch becomes a request, and what its rows come back as.

In: nothing. Out: the record each back end fills. Refuses to know: which doors there are.
"""

from collections.abc import Callable
from dataclasses import dataclass

from intacct_ql.binder import tree
from intacct_ql.errors import GatewayError
from intacct_ql.gateway.messages import Function
from intacct_ql.planner.abilities import Abilities
from intacct_ql.planner.steps import Fetch

Render = Callable[..., str]
"""``render(fetch, *, page_size=None, offset=None)``: the element exactly as the plan says, with a page if asked."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False, eq=False)
class Door:
    """One way to ask.

    ``function`` is the wire name; what is not ``sent`` is only written. ``more`` asks for the next part of a kept
    result. ``column_names`` gives, for each selected expression, the element names it may come back under.
    ``found_nothing`` tells the refusals that mean no more than that no row was found. ``localised``: days and times
    are written and come back as the user of the session has them.

    ``literal`` writes a value beside a field, ``escape`` a text. They are there where a value is all there is in its
    element, so that a request can be kept with holes to put other values in.
    """

    function: str
    abilities: Abilities
    render: Render
    column_names: Callable[[Fetch], tuple[tuple[str, ...], ...]]
    sent: bool = True
    localised: bool = True
    more: Callable[[str], Function] | None = None
    found_nothing: Callable[[GatewayError], bool] | None = None
    literal: Callable[[tree.Value, tree.Expression], str] | None = None
    escape: Callable[[str], str] | None = None

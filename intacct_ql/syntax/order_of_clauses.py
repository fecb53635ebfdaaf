"""Clauses at the wrong place, LIMIT and OFFSET in other orders among them.

In: a ``Scene``. Out: one Diagnostic that says where the clause stands, or None. Refuses to know: what is in a clause.
"""

import re

from intacct_ql.errors import Diagnostic, error
from intacct_ql.syntax.scene import Scene, clause, clauses_before
from intacct_ql.syntax.words import CLAUSES

_NUMBER = re.compile(r"[0-9]+|\?|:\w+")
_ORDER = "the order is SELECT FROM WHERE GROUP BY HAVING ORDER_BY LIMIT OFFSET OPTION"


def misplaced(scene: Scene) -> Diagnostic | None:
    """A clause that stands twice, or behind one that it should stand before."""
    word = clause(scene, scene.at)
    if word is None:
        return None
    seen = clauses_before(scene)
    later = [name for name in seen if CLAUSES.index(name) >= CLAUSES.index(word)]
    if not later:
        return None
    reason = f"a second {_said(word)}" if word in seen else f"{_said(word)} must stand before {_said(later[0])}"
    return error("IQL119", scene.token().span, reason, _ORDER)


def _said(name: str) -> str:
    return "GROUP BY" if name == "GROUP_BY" else name


def offset_first(scene: Scene) -> Diagnostic | None:
    """``limit 10, 20``, where the rows to leave out stand first."""
    if scene.token().text != "," or clauses_before(scene)[-1:] != ["LIMIT"]:
        return None
    left_out, given = scene.token(-1).text, scene.token(1).text
    hint = f"write LIMIT {given or 'n'} OFFSET {left_out}: how many rows, and how many to leave out before them"
    return error("IQL100", scene.token().span, "unexpected ,", hint)


def offset_alone(scene: Scene) -> Diagnostic | None:
    """``offset 5`` without LIMIT in front; behind the object it is taken for a name first."""
    step = next((step for step in (0, -1) if scene.token(step).upper == "OFFSET"), None)
    if step is None or "LIMIT" in clauses_before(scene):
        return None
    left_out = scene.token(step + 1)
    if not _NUMBER.fullmatch(left_out.text):
        return None
    behind = [token.text for at, token in enumerate(scene.tokens) if at and scene.tokens[at - 1].upper == "LIMIT"]
    hint = f"write LIMIT {behind[0] if behind else 'n'} OFFSET {left_out.text}"
    return error("IQL119", scene.token(step).span, "OFFSET stands behind LIMIT, never without it", hint)

"""How far the run of a query has come, in a file: the one that ``--resume`` names.

In: what a run asks, how its rows are written, how many there are. Out: a ``State``, kept and read again by a run that
is the same. Refuses to know: rows, and how a run goes on; it keeps the token.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from intacct_ql.backends.localised import bound_with
from intacct_ql.binder.parameters import Parameters
from intacct_ql.cli.appending import keep
from intacct_ql.cli.forms import Form
from intacct_ql.cli.held import Held
from intacct_ql.errors import ConfigError
from intacct_ql.executor.resume import fingerprint
from intacct_ql.planner.steps import Plan
from intacct_ql.prepared import statement
from intacct_ql.sessions import Session
from intacct_ql.syntax.printer import print_select

VERSION = 1

_OF_FORMER_SHAPE = frozenset({"out", "form", "size", "rows", "token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class State(Held):
    """How far a run has come: what holds of its file are ``rows`` rows, and ``token`` goes on.

    No token: it has come to its end; or to nothing yet, where it has no columns. ``query`` tells what was asked from
    other things.
    """

    query: str
    rows: int = 0
    token: str | None = None


def beginning(
    session: Session, text: str, params: Parameters, out: Path, form: Form, settings: Mapping[str, Any]
) -> tuple[State, Plan]:
    """The state of a run that begins, and its plan. Raises ``QueryError``."""
    target, strict = settings["target"], settings["strict"]
    made = statement(text, session.catalog, target, bound_with(target, None, strict=strict)).prepare(params)
    values = json.dumps(params, default=str, sort_keys=True)
    query = fingerprint(repr(session), print_select(made.select), values, target, str(settings["show_private"]))
    return State(out=str(out), query=query, form=form.name, options=form.options), made.plan


def read_state(path: Path, fresh: State) -> State | None:
    """The state that a run is to go on from; None where there is none yet, or one of a run that had come to nothing.

    ``fresh`` is that of the run if it were to begin. Raises ``ConfigError`` for the state of another one, and where the
    file is not as it was left.
    """
    try:
        state = _read(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except OSError as refused:
        raise ConfigError(f"{path} cannot be read: {refused.strerror}") from None
    except (ValueError, TypeError, KeyError):
        raise ConfigError(f"{path} is not the state of a run; name another file, or remove it") from None
    if state is None:
        raise ConfigError(
            f"{path} is of an earlier version of this program, which did not note how the rows of {fresh.out} are "
            f"written; remove {path} to begin again"
        )
    state.check_same(path, fresh)
    state.check_left()
    if not state.columns:
        return None
    if state.token is None and state.query != fresh.query:
        raise ConfigError(f"{path} belongs to another query, company or entity, and {state.out} has all of its rows")
    return state


def _read(record: dict[str, Any]) -> State | None:
    """The state that a record says; None for one of the former shape. Raises what a wrong one leads to."""
    if set(record) == _OF_FORMER_SHAPE:
        return None
    if record.pop("intacct-ql query") != VERSION:
        raise ValueError
    state = State(**record)
    texts = [state.out, state.query, *([] if state.token is None else [state.token])]
    if not all(isinstance(one, str) for one in texts) or {type(state.size), type(state.rows)} != {int}:
        raise TypeError
    return state


def write_state(path: Path, state: State) -> None:
    """Keep the state, whole or not at all."""
    keep(path, {"intacct-ql query": VERSION, **asdict(state)})

"""The drivers' side of a run: names of steps come in, one a line, and an outcome goes out for each.

Clients of the ``requests`` library send to the gateway of the run whatever address they have built in; nothing else
about them is changed.
"""

import json
import os
import sys
from collections.abc import Callable

import requests


def redirect() -> None:
    """Send every request of this process to the gateway of the run."""
    gateway, request = os.environ["INTEROP_URL"], requests.Session.request

    def redirected(self: requests.Session, method: str, url: str, **settings: object) -> requests.Response:
        return request(self, method, gateway, **settings)

    requests.Session.request = redirected


def run(steps: dict[str, Callable[[], None]]) -> None:
    """Run each step that is named on standard input; one that is not among them is not offered by the client."""
    redirect()
    for line in sys.stdin:
        step = steps.get(line.strip())
        print(json.dumps(outcome(step) if step else "not offered"), flush=True)


def outcome(step: Callable[[], None]) -> str:
    """``ok``, or why not in one line."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - whatever a client fails with is an outcome
        said = " ".join(f"{type(error).__name__}: {error} {getattr(error, 'response', '')}".split())
        return f"failed: {said}"
    return "ok"


def check(found: object, expected: object) -> None:
    """Fail a step whose client understood something else."""
    if found != expected:
        raise AssertionError(f"{found!r} instead of {expected!r}")

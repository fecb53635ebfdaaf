"""Ways in which a run ends while it waits for a connection.

In: the lanes of a session, a result. Out: no free connection; a result that is closed, stopped or out of time.
"""

from contextlib import ExitStack


def hold(lanes):
    """Every connection is in use, by somebody else, until the stack is closed."""
    held = ExitStack()
    for _ in range(lanes.most):
        held.enter_context(lanes.one())
    return held


def let_time_pass(result):
    result._rows._course.began -= 9_999


ENDS = {
    "close": (lambda result: result.close(), "was closed"),
    "stop": (lambda result: result.stop(), "stop"),
    "time": (let_time_pass, "max_seconds"),
}
"""What is done to the result, and words of the error that its reader gets."""

"""What was typed before, kept between sessions.

In: the user's folder. Out: a history that only its owner can read; one in memory where no file can be. Refuses to know:
what was typed.
"""

import os
from pathlib import Path

from platformdirs import user_state_path
from prompt_toolkit.history import FileHistory, History, InMemoryHistory


def history_file() -> Path:
    """Where it is."""
    return user_state_path("intacct-ql", appauthor=False) / "history"


def kept_history() -> History:
    """The history of this user."""
    file = history_file()
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        file.chmod(0o600)
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))

"""How shells ask for completions, where click does not understand them.

In: the words of a line as a shell has split them. Out: the same as click expects them. Refuses to know: what is
completed.
"""

from click.shell_completion import BashComplete, add_completion_class


class Bash(BashComplete):
    """Bash splits ``--output=js`` into three words, of which click takes the second for a value."""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the one that is completed, and that one."""
        before, begun = super().get_completion_args()
        if begun == "=":
            return before, ""
        return before[:-1] if before[-1:] == ["="] else before, begun


def register() -> None:
    """Let these answer in place of click's own."""
    add_completion_class(Bash)

"""``completion``: what makes a shell complete commands, options and their values.

In: the name of a shell. Out: a script for it. Refuses to know: what may be completed; commands say so themselves.
"""
# ruff: noqa: PLC0415 - a command imports what it needs when it runs: cold start

import click

from intacct_ql.cli.program import COMPLETE, NAME

ALIAS = "iql"
"""The other name that the program is installed under; every script completes both."""

_BOTH = {
    "bash": "complete -o nosort -F {function} {alias}\n",
    "zsh": "[[ $zsh_eval_context[-1] == loadautofunc ]] || compdef {function} {alias}\n",
    "fish": 'complete --no-files --command {alias} --arguments "({function})"\n',
    "powershell": "",
}
"""What follows click's script of a shell, for the other name."""


@click.command(
    epilog="""\b
To have it in every new shell:
  bash        eval "$(intacct-ql completion bash)"          in ~/.bashrc
  zsh         eval "$(intacct-ql completion zsh)"           in ~/.zshrc, after compinit
  fish        intacct-ql completion fish | source           in ~/.config/fish/config.fish
  powershell  intacct-ql completion powershell | Out-String | Invoke-Expression   in $PROFILE

\b
Examples:
  intacct-ql completion bash
  intacct-ql completion zsh"""
)
@click.argument("shell", type=click.Choice(list(_BOTH)))
def completion(shell: str) -> None:
    """Print the script that makes a shell complete this program: its commands and options, the values of options,
    profiles, objects and files.
    """
    from click.shell_completion import get_completion_class

    from intacct_ql.cli import main
    from intacct_ql.cli.shells import register

    register()
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"The click that is installed knows no {shell}; a newer one does.")
    script = kind(main, {}, NAME, COMPLETE)
    click.echo(script.source() + _BOTH[shell].format(function=script.func_name, alias=ALIAS), nl=False)

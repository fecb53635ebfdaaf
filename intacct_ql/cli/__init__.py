"""The command line: one command a stage.

In: arguments, standard input, files, the environment. Out: data on standard output, everything else on standard error,
and an exit status. Refuses to know: how a stage works; a command imports what it needs when it runs, so that
``compile`` starts without HTTP, XML readers, tables and the demo company.
"""

import click

from intacct_ql.cli.program import Program

COMMANDS = {
    "query": "query:query",
    "shell": "shell:shell",
    "watch": "watch:watch",
    "compile": "stages:compile_query",
    "check": "stages:check",
    "format": "stages:format_query",
    "explain": "explain:explain",
    "schema": "schema:schema",
    "profile": "profile:profile",
    "doctor": "doctor:doctor",
    "emulate": "emulate:emulate",
    "completion": "completion:completion",
    "help": "manual:manual",
}
"""Every command with its module and name in this package."""


@click.group(
    cls=Program,
    places=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='\b\nExample:\n  intacct-ql query --demo "select CUSTOMERID, NAME from CUSTOMER limit 5"',
)
@click.version_option(package_name="intacct-ql", prog_name="intacct-ql")
def main() -> None:
    """SQL for Sage Intacct.

    Data goes to standard output, everything else to standard error. Exit status: 0 ok, 1 the query is wrong, 2 usage,
    3 sign-in or connection, 4 the gateway refused, 5 a budget stopped the run, 70 an internal error, 130 interrupted.
    """

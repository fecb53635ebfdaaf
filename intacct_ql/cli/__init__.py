"""The command line: one command a stage.

In: arguments, standard input, files, the environment. Out: data on standard output, everything else on standard error,
and an exit status. Refuses to know: how a stage works; a command imports what it needs when it runs, so that
``compile`` starts without HTTP, XML readers, tables and the demo company.
"""

import click

from intacct_ql.cli.emulate import emulate
from intacct_ql.cli.program import Program
from intacct_ql.cli.query import query
from intacct_ql.cli.schema import schema
from intacct_ql.cli.stages import check, compile_query, explain, format_query


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog='\b\nExample:\n  intacct-ql query --demo "select CUSTOMERID, NAME from CUSTOMER limit 5"',
)
@click.version_option(package_name="intacct-ql", prog_name="intacct-ql")
def main() -> None:
    """SQL for Sage Intacct.

    Data goes to standard output, everything else to standard error. Exit status: 0 ok, 1 the query is wrong, 2 usage,
    3 sign-in or connection, 4 the gateway refused, 5 a budget stopped the run, 130 interrupted.
    """


for _command in (query, compile_query, check, format_query, explain, schema, emulate):
    main.add_command(_command)

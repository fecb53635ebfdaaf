"""``python -m intacct_ql``: the command line."""

from intacct_ql.cli import main

if __name__ == "__main__":
    main(prog_name="intacct-ql")

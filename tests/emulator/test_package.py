"""The room's promises: it shares only the schema, and importing it costs next to nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import intacct_ql.emulator
from intacct_ql import emulator

ROOM = Path(intacct_ql.emulator.__file__).parent


@pytest.mark.parametrize("path", sorted(ROOM.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOM)))
def test_shares_only_the_schema_with_the_client(path):
    imported = {
        node.module for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
    }
    ours = {name for name in imported if name and name.startswith("intacct_ql")}
    assert all(name.startswith(("intacct_ql.emulator", "intacct_ql.schema")) for name in ours), ours


def test_importing_it_loads_neither_parser_nor_server():
    code = "import sys, intacct_ql.emulator; print(*{'lxml', 'uvicorn', 'sqlite3', 'urllib3'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == ""


def test_public_names_are_there():
    assert all(getattr(emulator, name) for name in emulator.__all__)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = emulator.nonsense


def test_the_demo_folder_does_not_hide_the_demo_function():
    from intacct_ql.emulator.demo import tables

    assert callable(emulator.demo)
    assert callable(tables)


def test_the_demo_company_answers(document):
    gateway = emulator.demo(faults="429@call=2")
    query = "<query><object>CUSTOMER</object><select><count>RECORDNO</count></select></query>"
    assert b"<COUNT.RECORDNO>" in gateway.handle(document(query)).body
    assert gateway.handle(document(query)).status == 429
    assert gateway.ledger.to_dict()["rows"] == 1

"""schema: what there is to ask for."""

import json

from intacct_ql.schema.catalog import BUNDLED


def test_every_object_is_listed(run) -> None:
    listed = json.loads(run("schema", "--output", "json").stdout)
    assert {one["name"] for one in listed} == set(BUNDLED.names())
    assert len(run("schema").stdout.splitlines()) == len(listed) + 2


def test_search_looks_at_names_and_labels(run) -> None:
    result = run("schema", "--search", "ar INVOICE")
    assert "ARINVOICEITEM   " in result.stdout
    assert "VENDOR" not in result.stdout
    fields = run("schema", "CUSTOMER", "--search", "due").stdout
    assert "TOTALDUE" in fields
    assert "CREDITLIMIT" not in fields


def test_an_object_with_its_fields(run) -> None:
    result = run("schema", "customer")
    assert result.exit_code == 0
    assert result.stdout.startswith("CUSTOMER  Customer  key RECORDNO  coverage live\n")
    row = next(line for line in result.stdout.splitlines() if line.startswith("STATUS "))
    assert row.split()[:2] == ["STATUS", "ENUM"]
    assert "active, inactive" in row


def test_an_object_for_tools(run) -> None:
    record = json.loads(run("schema", "CUSTOMER", "--output", "json").stdout)
    assert (record["name"], record["key"]) == ("CUSTOMER", "RECORDNO")
    status = next(field for field in record["fields"] if field["name"] == "STATUS")
    assert [value["label"] for value in status["values"]][:2] == ["active", "inactive"]


def test_another_name_of_an_object_is_followed_and_said(run) -> None:
    result = run("schema", "AIRINVOICE")
    assert result.stdout.startswith("ARINVOICE ")
    assert "AIRINVOICE is another name of ARINVOICE" in result.stderr


def test_an_unknown_object(run) -> None:
    result = run("schema", "ARTREM")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "ARTERM or APTERM" in result.stderr

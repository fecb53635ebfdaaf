"""schema: what there is to ask for."""

import json

from intacct_ql.schema.catalog import BUNDLED


def test_every_object_is_listed(run) -> None:
    listed = json.loads(run("schema", "--output", "json").stdout)
    assert {one["name"] for one in listed} == set(BUNDLED.names())
    assert len(run("schema").stdout.splitlines()) == len(listed) + 2


def test_search_looks_at_names_labels_and_descriptions(run) -> None:
    result = run("schema", "--search", "ar INVOICE")
    assert "ARINVOICEITEM   " in result.stdout
    assert "VENDOR" not in result.stdout
    found = json.loads(run("schema", "--search", "buys from you", "--output", "json").stdout)
    assert found == {"objects": [{"name": "CUSTOMER", "label": "Customer"}], "fields": []}
    assert "no object and no field holds nonsense" in run("schema", "--search", "nonsense").stderr


def test_search_finds_fields_of_all_objects_or_of_one(run) -> None:
    found = json.loads(run("schema", "--search", "due", "--output", "json").stdout)
    named = {(field["object"], field["name"]) for field in found["fields"]}
    assert {("APBILL", "WHENDUE"), ("ARINVOICE", "TOTALDUE"), ("APTERM", "DUEDATE")} <= named
    everything = [
        (name, field.name)
        for name in BUNDLED.names()
        for field in BUNDLED.object(name).fields.values()
        if "due" in f"{field.name}\0{field.label}\0{field.description}".lower()
    ]
    assert named == set(everything)
    assert "WHENDUE" in run("schema", "--search", "due").stdout
    fields = run("schema", "CUSTOMER", "--search", "due").stdout
    assert "TOTALDUE" in fields
    assert "CREDITLIMIT" not in fields


def test_an_object_with_its_fields(run) -> None:
    result = run("schema", "customer")
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "CUSTOMER  Customer  key RECORDNO  id CUSTOMERID\nbundled with intacct-ql, never looked up; coverage live\n"
    )
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


def test_a_path_is_told_hop_by_hop(run) -> None:
    shown = run("schema", "apbill.vendor.term").stdout
    assert shown.startswith(
        "APBILL.VENDOR leads to VENDOR by VENDORID\nVENDOR.TERM leads to APTERM by TERMNAME\n\nAPTERM  AP term  key "
    )
    record = json.loads(run("schema", "APBILL.VENDOR.TERM", "--output", "json").stdout)
    assert (record["name"], [hop["path"] for hop in record["hops"]]) == ("APTERM", ["VENDOR", "TERM"])


def test_a_path_may_end_in_a_field(run) -> None:
    lines = run("schema", "APBILL.VENDOR.TERM.name").stdout.splitlines()
    assert lines[3] == "Field       VENDOR.TERM.NAME of APBILL"
    assert lines[4:6] == ["Type        TEXT", "Label       Name"]
    assert (
        "Field       DISPLAYCONTACT.CONTACTNAME of CUSTOMER"
        in run("schema", "CUSTOMER.DISPLAYCONTACT.CONTACTNAME").stdout
    )


def test_a_hierarchy_is_climbed_one_step(run) -> None:
    assert "one hop only" in run("schema", "CUSTOMER", "--search", "PARENT").stdout
    assert run("schema", "CUSTOMER.PARENT").exit_code == 0
    result = run("schema", "CUSTOMER.PARENT.PARENT")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "a hierarchy can be climbed one step only" in result.stderr


def test_a_path_that_leads_nowhere(run) -> None:
    assert "APBILL has no field and no relationship VENDR" in run("schema", "APBILL.VENDR").stderr
    assert "hint: VENDOR" in run("schema", "APBILL.VENDR.TERM").stderr


def test_words_of_the_command_are_no_objects(run) -> None:
    assert "Ask the company what it has" in run("schema", "refresh", "--help").stdout
    assert "there is no object REFRESH" in run("schema", "REFRESH").stderr
    misplaced = run("schema", "--output", "json", "refresh")
    assert "hint: write intacct-ql schema refresh first" in misplaced.stderr


def test_the_demo_company_is_never_refreshed(run) -> None:
    for arguments in (("refresh",), ("refresh", "--demo", "CUSTOMER")):
        result = run("schema", *arguments)
        assert (result.exit_code, result.stdout) == (3, "")
        assert "name a company by --profile or --endpoint" in result.stderr
    assert "no company was looked up" in run("schema", "export").stderr

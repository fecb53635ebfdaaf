"""The command in one process, the gateway in another, HTTP between them."""

import csv
import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from gateways import ACCOUNTS, CREDENTIALS, ENVIRONMENT, SECRETS

from intacct_ql.emulator import Gateway, Running

COMMAND = Path(sys.executable).parent / "intacct-ql"
DEMO = dict.fromkeys(ENVIRONMENT, "demo")


def environment(home: Path, credentials: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("INTACCT_")}
    return {**kept, "HOME": str(home), **credentials}


def run(home: Path, *arguments: str, credentials: dict[str, str] = ENVIRONMENT) -> subprocess.CompletedProcess:
    return subprocess.run(
        [COMMAND, *arguments], env=environment(home, credentials), capture_output=True, text=True, timeout=120
    )


@pytest.fixture(scope="module")
def emulator():
    """``intacct-ql emulate`` in a process of its own; gives the URL it prints."""
    process = subprocess.Popen([COMMAND, "emulate", "--port", "0"], stdout=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    yield re.search(r"http://\S+", line).group()
    process.terminate()
    process.wait(10)
    process.stdout.close()


PUBLISHED = [
    ("Select * from CUSTOMER", 60),
    (
        "Select Customerid,Name, Parentid,Termname, Shippingmethod, Custtype,Taxid,Creditlimit from CUSTOMER",
        60,
    ),
    ("Select * from AIRINVOICE WHERE whenmodified < 10/22/2010 00:00:00\\", 2),
    ("Select Recordno,Customerid, Name from CUSTOMER Where Customerid = ZAB001 AND Recordno = 24", 1),
]


@pytest.mark.parametrize(("text", "rows"), PUBLISHED)
def test_the_published_examples_run_over_http(emulator, tmp_path, text, rows):
    done = run(tmp_path, "query", "--endpoint", emulator, "--output", "json", text, credentials=DEMO)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) == rows
    if "AIRINVOICE" in text:
        assert "IQL251 warning: AIRINVOICE is read as ARINVOICE" in done.stderr
        assert "the backslash at the end of the line is ignored" in done.stderr
    if "ZAB001" in text:
        assert json.loads(done.stdout) == [
            {"RECORDNO": 24, "CUSTOMERID": "ZAB001", "NAME": "Zabriskie Point Outfitters"}
        ]


def test_the_published_examples_agree_with_each_other(emulator, tmp_path):
    done = run(tmp_path, "query", "--endpoint", emulator, "--output", "csv", PUBLISHED[1][0], credentials=DEMO)
    head, *rows = csv.reader(done.stdout.splitlines())
    assert head == ["CUSTOMERID", "NAME", "PARENTID", "TERMNAME", "SHIPPINGMETHOD", "CUSTTYPE", "TAXID", "CREDITLIMIT"]
    assert ["00123", "Leading Zero Logistics"] in [row[:2] for row in rows]


SELECT = "select CUSTOMERID, NAME from CUSTOMER"

FAILURES = {
    "a wrong sender": ({"INTACCT_SENDER_PASSWORD": "no"}, None, SELECT, 3, "XL03000006"),
    "a wrong password": ({"INTACCT_USER_PASSWORD": "no"}, None, SELECT, 3, "Sign-in information is incorrect"),
    "an unknown object": ({}, None, "select NAME from CUSTOMR", 1, "unknown object CUSTOMR"),
    "an unknown field": ({}, None, "select NAM from CUSTOMER", 1, "unknown field NAM on CUSTOMER"),
    "a field only the gateway does not know": ({}, None, "select NO_SUCH from VENDOR", 4, "DL02000001"),
    "a dropped connection": ({}, "drop@call=2", SELECT, 3, "broke off its answer"),
    "an HTML page": ({}, "html@call=2", SELECT, 3, "HTML page instead of XML"),
    "a truncated reply": ({}, "cut@call=2", SELECT, 3, "run it again"),
    "a reply with a DOCTYPE": ({}, "doctype@call=2", SELECT, 3, "DOCTYPE"),
    "throttling": ({}, "429@call=2", SELECT, 4, "GW-0010"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_one_clear_error(store, tmp_path, name):
    changed, faults, text, status, words = FAILURES[name]
    with Running(Gateway(store, accounts=ACCOUNTS, faults=faults)) as running:
        asked = ("query", "--retries", "0", "--endpoint", running.url, text)
        done = run(tmp_path, *asked, credentials={**ENVIRONMENT, **changed})
    assert done.returncode == status, done.stderr
    assert words in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert not any(secret in done.stderr for secret in SECRETS)


def test_nobody_there(tmp_path):
    done = run(tmp_path, "query", "--endpoint", "http://127.0.0.1:9/ia/xml/xmlgw.phtml", SELECT)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    assert not any(secret in done.stderr for secret in SECRETS)


def test_credentials_go_to_no_other_host(tmp_path):
    for endpoint in ("http://api.intacct.com/ia/xml/xmlgw.phtml", "https://intacct.com.example.org/", "ftp://x"):
        done = run(tmp_path, "query", "--endpoint", endpoint, SELECT)
        assert done.returncode in (2, 3)
        assert "Traceback" not in done.stderr


@pytest.mark.long
def test_half_a_million_rows_to_a_file(tmp_path):
    """All rows once; memory that does not grow with them; few calls beside pages, one sign-in, by both counts."""
    scale = os.environ.get("IQL_SCALE", "95")
    process = subprocess.Popen([COMMAND, "emulate", "--port", "0", "--scale", scale], stdout=subprocess.PIPE, text=True)
    try:
        url = re.search(r"http://\S+", process.stdout.readline()).group()
        small, _, _ = measured(tmp_path, url, "select * from GLDETAIL limit 5000")
        large, rows, notes = measured(tmp_path, url, "select * from GLDETAIL")
        with open(tmp_path / "out.csv", newline="", encoding="utf-8") as out:
            reader = csv.DictReader(out)
            numbers = [int(row["RECORDNO"]) for row in reader]
        assert len(numbers) == len(set(numbers)) == rows >= 500_000
        pages = -(-rows // 2000)
        calls = int(re.search(r"([\d,]+) calls, 1 sign-in", notes)[1].replace(",", ""))
        assert pages <= calls <= pages + 1  # pages asked for ahead bring a row that is known already
        ledger = json.loads(fetched(url.replace("/ia/xml/xmlgw.phtml", "/ledger")))
        assert ledger["calls"]["query"] == calls + 3
        print(
            f"{rows} rows, {calls} calls; peak {large} kB against {small} kB for 5,000 rows; {notes.splitlines()[-2]}"
        )
        assert large - small < 60_000, (small, large)
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def measured(home: Path, url: str, text: str) -> tuple[int, int, str]:
    """Peak memory in kB, rows, and the notes of one pull to out.csv."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    program = (
        "import resource, sys; from intacct_ql.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "query", "-o", str(home / "out.csv"), "--endpoint", url, text],
        env=environment(home, DEMO),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert before >= 0
    rows = int(re.search(r"([\d,]+) rows", done.stderr).group(1).replace(",", ""))
    return int(re.search(r"peak (\d+)", done.stderr).group(1)), rows, done.stderr


def fetched(url: str) -> str:
    import httpx

    return httpx.get(url).text


def test_credentials_name_the_variables():
    assert set(CREDENTIALS) == {name[8:].lower() for name in ENVIRONMENT}

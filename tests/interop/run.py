"""Public clients of the gateway, unmodified, against the emulator: one table of client and step.

``make interop`` installs the clients and runs this; ``make interop RECORD=1`` also keeps what went over as files under
``tests/exchanges``. A driver is one small file a client; it is told one step after the other. Ends with 1 where a step
fails.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile

from carrier import Carrier, carrying
from recording import record

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / ".venv-interop"

PATIENCE = 120.0
"""Seconds that a client has for all its steps."""

CLIENTS = {
    "sageintacctsdk": [INSTALLED / "bin" / "python", HERE / "sageintacctsdk_driver.py"],
    "pyintacct": [INSTALLED / "bin" / "python", HERE / "pyintacct_driver.py"],
    "intacct-sdk (js)": ["node", HERE / "intacct_sdk_driver.js"],
}
STEPS = (
    "sign in",
    "lookup",
    "inspect",
    "page to the end",
    "readByQuery",
    "read",
    "readByName",
    "query",
    "query, and/or",
    "policyid",
    "create",
)


@contextmanager
def emulator(*options: str) -> Iterator[str]:
    """The URL of an emulator in a process of its own."""
    command = [sys.executable, "-m", "intacct_ql", "emulate", "--seed", "7", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url, _, _ = process.stdout.readline().partition(" ")
            if not url:
                raise SystemExit("the emulator did not start")
            yield url
        finally:
            process.kill()


def outcomes(client: str, carrier: Carrier, *, keep: bool) -> dict[str, str]:
    """What became of each step of a client."""
    environment = os.environ | {
        "INTEROP_URL": carrier.url,
        "NO_PROXY": "127.0.0.1",
        "NODE_PATH": str(INSTALLED / "node_modules"),
        "NODE_NO_WARNINGS": "1",
    }
    found, exchanges = {}, {}
    with driver(client, environment) as tell:
        for step in STEPS:
            found[step] = tell(step)
            exchanges[step] = carrier.taken()
    if keep:
        record(client, {step: exchanges[step] for step in STEPS if found[step] == "ok"})
    return found


@contextmanager
def driver(client: str, environment: dict[str, str]) -> Iterator[Callable[[str], str]]:
    """A function that has a client take a step and gives what became of it; a client that hangs is ended."""
    pipe = subprocess.PIPE
    with (
        TemporaryFile("w+") as said,
        subprocess.Popen(CLIENTS[client], env=environment, stdin=pipe, stdout=pipe, stderr=said, text=True) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        asked, answers = process.stdin, process.stdout

        def tell(step: str) -> str:
            with suppress(BrokenPipeError):
                print(step, file=asked, flush=True)
            line = answers.readline()
            if line:
                return str(json.loads(line))
            said.seek(0)
            why = next((text for text in said if "Error" in text), "").strip()
            return f"failed: the driver ended. {why}"

        patience = threading.Timer(PATIENCE, process.kill)
        patience.start()
        try:
            yield tell
        finally:
            patience.cancel()
            process.kill()


def table(found: dict[str, dict[str, str]]) -> Iterator[str]:
    """The lines of the table, and why steps failed."""
    yield f"{'':18}" + "".join(f"{client:>20}" for client in found)
    for step in STEPS:
        yield f"{step:18}" + "".join(f"{of_client[step].partition(':')[0]:>20}" for of_client in found.values())
    for client, of_client in found.items():
        for step, outcome in of_client.items():
            if outcome.startswith("failed"):
                yield f"{client}, {step}: {outcome.removeprefix('failed: ')[:400]}"


def main() -> None:
    """Run every client, print the table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("clients", nargs="*", help=f"{', '.join(CLIENTS)}; all of them unless named")
    options.add_argument("--strict", action="store_true", help="the emulator refuses whatever the schema refuses")
    options.add_argument("--record", action="store_true", help="keep what goes over under tests/exchanges")
    given = options.parse_args()
    found = {}
    for client in given.clients or CLIENTS:
        with emulator(*["--strict"] * given.strict) as url, carrying(url) as carrier:
            found[client] = outcomes(client, carrier, keep=given.record)
    print("\n".join(table(found)))
    sys.exit(any(outcome.startswith("failed") for of_client in found.values() for outcome in of_client.values()))


if __name__ == "__main__":
    main()

"""How long ``schema`` takes for all objects, and a compile beside it: processes of their own, the best of several.

python tests/benchmarks/schema.py
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1]))

import companies

from intacct_ql.discovery.place import snapshot_file
from intacct_ql.discovery.snapshot import Snapshot
from intacct_ql.emulator import Running

RUNS = 7
GOAL = 300
QUERY = "select NAME from CUSTOMER where STATUS = active"


def best(*command: str) -> tuple[float, float]:
    """Milliseconds of wall time and of processor time of the fastest run."""
    taken = []
    for _ in range(RUNS):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
        subprocess.run([sys.executable, *command], stdout=subprocess.DEVNULL, check=True)
        after, seconds = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter() - began
        busy = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        taken.append((seconds * 1000, busy * 1000))
    return min(taken)


def main() -> None:
    """Print the figures of the bundled catalog, and of a company all of whose objects were looked up."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HOME=folder, XDG_CACHE_HOME=f"{folder}/cache")
        with Running(companies.gateway(Path(folder) / "company")) as server:
            of = ("--endpoint", server.url)
            kept = Snapshot(snapshot_file(company="demo", user="demo", entity=None, endpoint=server.url))
            began = perf_counter()
            subprocess.run(
                [sys.executable, "-m", "intacct_ql", "schema", "refresh", "--quiet", *of],
                stderr=subprocess.DEVNULL,
                check=True,
            )
            count = len(kept.objects())
            print(
                f"schema refresh: {count} objects in {perf_counter() - began:.1f} s, {kept.file.stat().st_size:,} bytes"
            )
        for words, arguments in (
            ("a bare interpreter", ()),
            ("schema, bundled", ("schema",)),
            ("schema, looked up", ("schema", *of)),
            ("schema --search due, looked up", ("schema", "--search", "due", *of)),
            ("schema CUSTOMER, looked up", ("schema", "CUSTOMER", *of)),
            ("compile, bundled", ("compile", QUERY)),
            ("compile, looked up", ("compile", QUERY, *of)),
        ):
            wall, busy = best("-m", "intacct_ql", *arguments) if arguments else best("-c", "pass")
            goal = f"  (goal: under {GOAL})" if arguments[:1] == ("schema",) and "--search" not in arguments else ""
            print(f"{words:<32} {wall:6.0f} ms, {busy:6.0f} ms of processor time{goal}")


if __name__ == "__main__":
    main()

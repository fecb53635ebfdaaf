"""One long pull in a process of its own: ``python tests/benchmarks/pulled.py PULL URL CONNECTIONS WAY``.

In: the URL of a gateway of canned rows. Out: a line of JSON with the seconds, the rows, the sum of their keys, and the
peak of memory in kB: when everything is imported, behind the first page, and at the end. Imports no more than the pull
needs, for its peak counts.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from rows_server import KEY, OBJECT, fields, types

DEMO = dict.fromkeys(("sender_id", "sender_password", "company_id", "user_id", "user_password"), "demo")
QUERY = f"select {', '.join(fields())} from {OBJECT}"
MOMENT = next(name for name, kind in types().items() if kind == "TIMESTAMP")
WARM = f"select {KEY}, {MOMENT} from {OBJECT} where {KEY} = 1"
"""Signs in, asks how the user has times, and makes everything be imported; it asks for one row."""


def high_water() -> int:
    """The peak of this process in kB. Not ru_maxrss: that begins with the peak of the parent."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


class Watch:
    """Adds up what a pull brings, and looks at the memory when it brings its first page."""

    def __init__(self) -> None:
        self.imported, self.first = high_water(), 0
        self.rows = self.keys = 0
        self._began = perf_counter()

    def add(self, rows: int, keys: int) -> None:
        self.first = self.first or high_water()
        self.rows += rows
        self.keys += keys

    def stop(self) -> None:
        """To be called at the end of the pull, once."""
        self.seconds = perf_counter() - self._began
        self.peak = high_water()

    def report(self) -> None:
        print(json.dumps([self.seconds, self.rows, self.keys, self.imported, self.first, self.peak]))


def tuples(url: str, connections: int) -> Watch:
    """Every row of a blocking session, one after the other."""
    import intacct_ql as iql

    with iql.connect(endpoint_url=url, connections=connections, **DEMO) as session:
        session.query(WARM).fetchall()
        watch = Watch()
        for row in session.query(QUERY):
            watch.add(1, row[0])  # type: ignore[arg-type]
        watch.stop()
    return watch


def arrow(url: str, connections: int) -> Watch:
    """The result as a stream of Arrow batches."""
    import pyarrow as pa
    import pyarrow.compute as pc

    import intacct_ql as iql

    with iql.connect(endpoint_url=url, connections=connections, **DEMO) as session:
        pa.RecordBatchReader.from_stream(session.query(WARM)).read_all()
        watch = Watch()
        for batch in pa.RecordBatchReader.from_stream(session.query(QUERY)):
            watch.add(batch.num_rows, pc.sum(batch.column(0)).as_py())
        watch.stop()
    return watch


def command(url: str, connections: int) -> Watch:
    """A CSV file by the command; the first page is one that it fetches before."""
    from intacct_ql.cli import main

    os.environ.update({f"INTACCT_{name.upper()}": value for name, value in DEMO.items()})
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.csv"

        def run(text: str) -> None:
            arguments = ["--quiet", "--endpoint", url, "--connections", str(connections), "-o", str(out)]
            try:
                main(["query", *arguments, text])
            except SystemExit as left:
                if left.code:
                    raise

        run(WARM)
        imported = high_water()
        run(f"{QUERY} limit 2000")
        watch = Watch()
        watch.imported, watch.first = imported, high_water()
        run(QUERY)
        watch.stop()
        with out.open(encoding="utf-8") as lines:
            next(lines)
            for line in lines:
                watch.add(1, int(line.partition(",")[0]))
    return watch


def sdk(url: str, way: str) -> Watch:
    """Every row by sageintacctsdk, as dicts of texts: all at once, or by its generator."""
    from sageintacctsdk.apis import GLDetail

    os.environ["NO_PROXY"] = "127.0.0.1"
    api = GLDetail()
    api._ApiBase__api_url = url
    api.set_sender_id("demo")
    api.set_sender_password("demo")
    api.set_show_private(show_private=False)
    api.get_session_id("demo", "demo", "demo")
    watch = Watch()
    pages = api.get_all_generator(fields=fields()) if way == "generator" else [api.get_all(fields=fields())]
    for page in pages:
        watch.add(len(page), sum(int(row[KEY]) for row in page))
    watch.stop()
    return watch


def main(pull: str, url: str, connections: str, way: str = "") -> None:
    ours = {"tuples": tuples, "arrow": arrow, "command": command}
    watch = sdk(url, way) if pull == "sdk" else ours[pull](url, int(connections))
    watch.report()


if __name__ == "__main__":
    main(*sys.argv[1:])

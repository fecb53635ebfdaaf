"""Stream a large result to a CSV file: one page in memory at a time, progress after each page."""

import csv
import sys
from pathlib import Path

import intacct_ql as iql
from intacct_ql.result import Stats

target = Path(sys.argv[1] if len(sys.argv) > 1 else "gldetail.csv")


def progress(stats: Stats) -> None:
    print(f"{stats.rows} of {stats.total} rows", file=sys.stderr)


with iql.demo(scale=3) as session, target.open("w", newline="", encoding="utf-8") as out:
    result = session.query("select RECORDNO, ENTRY_DATE, ACCOUNTNO, AMOUNT from GLDETAIL", on_page=progress)
    writer = csv.writer(out)
    writer.writerow(column.name for column in result.columns)
    writer.writerows(result)

print(f"{result.stats.rows} rows in {result.stats.pages} pages")

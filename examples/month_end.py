"""A month-end pack: questions of the cookbook as tables of one SQLite file, and there the arithmetic between them.

What the language leaves to others (differences, ratios, joins) is a line of SQL on the rows.
"""

import sqlite3
import sys
from decimal import Decimal

import intacct_ql as iql

QUESTIONS = {
    "trial": "select ACCOUNTNO, ACCOUNTTITLE, sum(DEBITAMOUNT) as debits, sum(CREDITAMOUNT) as credits from GLDETAIL "
    "where ENTRY_DATE between :first and :last order_by ACCOUNTNO",
    "due": "select CUSTOMERID, CUSTOMERNAME, sum(TOTALDUE) as due from ARINVOICE where TOTALDUE > 0 order_by due desc",
    "limits": "select CUSTOMERID, CREDITLIMIT from CUSTOMER where CREDITLIMIT is not null",
}
MONTH = {"first": "2026-09-01", "last": "2026-09-30"}


def main(path: str) -> None:
    books = sqlite3.connect(path)
    with iql.demo() as session:
        for table, text in QUESTIONS.items():
            result = session.query(text, MONTH if ":first" in text else None)
            columns = ", ".join(f'"{column.name}"' for column in result.columns)
            books.execute(f"create table {table} ({columns})")
            marks = ", ".join("?" * len(result.columns))
            # Cents are whole numbers: a Decimal has no place in SQLite, and a float would not add up.
            cells = ([round(cell * 100) if isinstance(cell, Decimal) else cell for cell in row] for row in result)
            books.executemany(f"insert into {table} values ({marks})", cells)
    books.commit()
    (off,) = books.execute("select sum(debits) - sum(credits) from trial").fetchone()
    print("September is off by", off, "cents")
    for name, over in books.execute(
        "select CUSTOMERNAME, due - CREDITLIMIT from due join limits using (CUSTOMERID) "
        "where due > CREDITLIMIT order by 2 desc limit 3"
    ):
        print(f"{name} is {over / 100:,.2f} over the limit")


main(sys.argv[1] if len(sys.argv) > 1 else ":memory:")

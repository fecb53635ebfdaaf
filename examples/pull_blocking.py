"""Pull rows with a session.

``demo()`` is a company inside this process. For a real one, set INTACCT_SENDER_ID, INTACCT_SENDER_PASSWORD,
INTACCT_COMPANY_ID, INTACCT_USER_ID and INTACCT_USER_PASSWORD and write ``iql.connect()`` instead.
"""

from decimal import Decimal

import intacct_ql as iql

with iql.demo() as session:
    bills = session.query(
        "select VENDORNAME, WHENDUE, TOTALDUE from APBILL where TOTALDUE > ? order_by TOTALDUE desc limit 3",
        [Decimal(5000)],
    )
    print([column.name for column in bills.columns])
    for name, due, amount in bills:
        print(f"{name}: {amount} due on {due:%d %B %Y}")
    print(f"{bills.stats.pages} page, {bills.stats.sign_ins} sign-in")

    print(session.query("select count(*) from GLDETAIL").one())

"""Every kind of failure has an exception of its own; all of them are ``iql.Error``."""

from typing import Unpack

import intacct_ql as iql
from intacct_ql.emulator import Running
from intacct_ql.emulator import demo as demo_gateway

DEMO: iql.Credentials = {
    "sender_id": "demo",
    "sender_password": "demo",
    "company_id": "demo",
    "user_id": "demo",
    "user_password": "demo",
}


def attempt(text: str, faults: str | None = None, **changes: Unpack[iql.Credentials]) -> None:
    with Running(demo_gateway(faults=faults)) as running:
        try:
            with iql.connect(endpoint_url=running.url, **(DEMO | changes)) as session:
                result = session.query(text, max_rows=5, retries=0)  # else what passes is asked again
                for row in result:
                    print("row", row)
        except iql.QueryError as wrong:  # the text; every mistake at once, before anything is sent
            print("query:", [finding.code for finding in wrong.diagnostics])
        except iql.SignInError as refused:  # the credentials; never tried again by itself
            print("sign-in:", refused.number, refused.words.partition(" [")[0])
        except iql.GatewayError as refused:  # the gateway's number and words
            print("gateway:", refused.number)
        except iql.BudgetExceeded as stopped:  # max_rows, max_calls: what was read is kept
            print("budget:", stopped)
        except iql.TransportError as broken:  # no whole, valid reply
            print("transport:", broken.reason)


attempt("select NAME from CUSTOMR where NAME = A and")
attempt("select NAM from CUSTOMER where STATUS = actve")
attempt("select NAME from CUSTOMER", user_password="wrong")
attempt("select NAME from VENDOR where NO_SUCH_FIELD = 1")
attempt("select NAME from CUSTOMER limit 1", faults="html@call=2")
attempt("select RECORDNO from ARINVOICE")

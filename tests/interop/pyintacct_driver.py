"""pyintacct: it reads by ``readByQuery`` and ``readMore`` only."""

from pyintacct import IntacctAPI
from steps import check, run

api = IntacctAPI({"SENDER_ID": "demo", "SENDER_PW": "demo", "COMPANY_ID": "demo", "USER_ID": "demo", "USER_PW": "demo"})
rows: list[dict[str, str]] = []


def sign_in() -> None:
    sessionid, endpoint, _ = api.get_session_id()
    check((bool(sessionid), endpoint.endswith("/ia/xml/xmlgw.phtml")), (True, True))


def page() -> None:
    rows.extend(api.read_by_query("CUSTOMER", "", "RECORDNO,CUSTOMERID,NAME", pagesize=25))
    check(len({row["RECORDNO"] for row in rows}), len(rows))
    check(len(rows) > 50, expected=True)


def read_by_query() -> None:
    (found,) = api.read_by_query("CUSTOMER", f"CUSTOMERID = '{rows[0]['CUSTOMERID']}'", "RECORDNO,CUSTOMERID,NAME")
    check(dict(found), dict(rows[0]))


def inspect() -> None:
    found = api.inspect("CUSTOMER", detail=True)
    check("CUSTOMERID" in {str(field["Name"]) for field in found.find_nodes_with_tag("Field")}, expected=True)


def create() -> None:
    api.create({"CUSTOMER": {"CUSTOMERID": "INTEROP", "NAME": "Made & read", "STATUS": "active"}})
    (found,) = api.read_by_query("CUSTOMER", "CUSTOMERID = 'INTEROP'", "NAME")
    check(str(found["NAME"]), "Made & read")


run(
    {
        "sign in": sign_in,
        "inspect": inspect,
        "page to the end": page,
        "readByQuery": read_by_query,
        "create": create,
    }
)

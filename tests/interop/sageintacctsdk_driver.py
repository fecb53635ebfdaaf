"""sageintacctsdk: every read is a ``query`` by offset, but for ``get``. It has no ``read`` and no ``readByName``."""

from sageintacctsdk import SageIntacctSDK
from sageintacctsdk.apis.api_base import ApiBase
from steps import check, run

FIELDS = ["RECORDNO", "CUSTOMERID", "NAME"]

company: SageIntacctSDK
rows: list[dict[str, str]] = []


def sign_in() -> None:
    global company  # noqa: PLW0603 - the session of the steps that follow
    company = SageIntacctSDK(
        sender_id="demo", sender_password="demo", user_id="demo", company_id="demo", user_password="demo"
    )


def lookup() -> None:
    fields = company.customers.get_lookup()["Type"]["Fields"]["Field"]
    check("CUSTOMERID" in {field["ID"] for field in fields}, expected=True)


def page() -> None:
    customers = ApiBase(dimension="CUSTOMER", pagesize=25)
    customers.set_sender_id("demo")
    customers.set_sender_password("demo")
    customers.set_show_private(True)
    customers.set_session_id(company.api_base._ApiBase__session_id)
    total = customers.count(None)
    rows.extend(customers.get_all(fields=FIELDS))
    check(len({row["RECORDNO"] for row in rows}), total)
    check(len(rows) > 50, expected=True)


def read_by_query() -> None:
    found = company.customers.get("CUSTOMERID", rows[0]["CUSTOMERID"], FIELDS)["customer"]
    check(found, rows[0])


def query() -> None:
    (found,) = company.customers.get_all_generator(
        field="STATUS", value="active", fields=["NAME", "STATUS"], order_by_field="NAME", order="descending"
    )
    check({row["STATUS"] for row in found}, {"active"})
    check([row["NAME"] for row in found], sorted((row["NAME"] for row in found), reverse=True))


def conditions() -> None:
    number = rows[0]["RECORDNO"]
    found = company.customers.get_by_query(
        FIELDS,
        and_filter=[("greaterthanorequalto", "RECORDNO", number), ("lessthanorequalto", "RECORDNO", number)],
        or_filter=[("like", "NAME", "%")],
    )
    check(found, [rows[0]])


def create() -> None:
    company.customers.post({"CUSTOMERID": "INTEROP", "NAME": "Made & read", "STATUS": "active"})
    (found,) = company.customers.get_by_query(FIELDS, and_filter=[("equalto", "CUSTOMERID", "INTEROP")])
    check(found["NAME"], "Made & read")


run(
    {
        "sign in": sign_in,
        "lookup": lookup,
        "page to the end": page,
        "readByQuery": read_by_query,
        "query": query,
        "query, and/or": conditions,
        "create": create,
    }
)

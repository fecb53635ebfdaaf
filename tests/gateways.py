"""Credentials that are easy to look for in whatever is printed, and the accounts of the gateways that know them."""

from intacct_ql.emulator import Accounts

SENDER_PASSWORD = "sEnder-5ecret-71c2"
USER_PASSWORD = "uSer-5ecret-9f3e"
SECRETS = (SENDER_PASSWORD, USER_PASSWORD)

CREDENTIALS = {
    "sender_id": "acme-sender",
    "sender_password": SENDER_PASSWORD,
    "company_id": "acme",
    "user_id": "xml_gateway",
    "user_password": USER_PASSWORD,
}

ACCOUNTS = Accounts(senders={"acme-sender": SENDER_PASSWORD}, logins={("acme", "xml_gateway"): USER_PASSWORD})

ENVIRONMENT = {f"INTACCT_{name.upper()}": value for name, value in CREDENTIALS.items()}

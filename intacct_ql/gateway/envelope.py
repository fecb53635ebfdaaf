"""Requests as bytes.

In: credentials or a session id, and a function element. Out: a whole ``<request>`` document in UTF-8.
Refuses to know: what the function asks.

The order of the elements is the schema's (dtdversion 3.0): ``control`` and ``login`` are sequences, and a password
before its companyid makes the login fail. Booleans are lower-case: ``includewhitespace`` is ``xs:boolean``.
``uniqueid`` is false because a repeated read is harmless and must not be refused.
"""

from intacct_ql.gateway.escape import escape
from intacct_ql.gateway.messages import Credentials, Function

_REQUEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<request><control><senderid>{senderid}</senderid><password>{password}</password>"
    "<controlid>{controlid}</controlid><uniqueid>false</uniqueid><dtdversion>3.0</dtdversion>"
    "<includewhitespace>false</includewhitespace></control>"
    '<operation transaction="false"><authentication>{authentication}</authentication>'
    '<content><function controlid="{controlid}">{function}</function></content></operation></request>'
)
_LOGIN = (
    "<login><userid>{userid}</userid><companyid>{companyid}</companyid><password>{password}</password>{entity}</login>"
)

GET_SESSION = Function(name="getAPISession", xml="<getAPISession/>")
"""Opens a session; the gateway wants it alone in its request."""


def sign_in_request(credentials: Credentials, controlid: str) -> bytes:
    """The request that opens a session with the company login. Raises ``ValueError`` as ``escape`` does."""
    entity = credentials.entity_id
    login = _LOGIN.format(
        userid=escape(credentials.user_id),
        companyid=escape(credentials.company_id),
        password=escape(credentials.user_password),
        entity="" if entity is None else f"<locationid>{escape(entity)}</locationid>",
    )
    return _request(credentials, login, GET_SESSION, controlid)


def function_request(credentials: Credentials, sessionid: str, function: Function, controlid: str) -> bytes:
    """The request for one function inside a session; ``function.xml`` goes in as it stands."""
    return _request(credentials, f"<sessionid>{escape(sessionid)}</sessionid>", function, controlid)


def _request(credentials: Credentials, authentication: str, function: Function, controlid: str) -> bytes:
    return _REQUEST.format(
        senderid=escape(credentials.sender_id),
        password=escape(credentials.sender_password),
        controlid=escape(controlid),
        authentication=authentication,
        function=function.xml,
    ).encode()

"""The document of a POST.

In: a body, the type it is said to have. Out: the bytes of a document, None where there is none. Refuses to know: what
is in it.
"""

from urllib.parse import parse_qs

_XML_TYPES = frozenset({"application/xml", "text/xml", "x-intacct-xml-request", "application/x-intacct-xml-request"})
_FORM = "application/x-www-form-urlencoded"


def document_of(body: bytes, content_type: str, *, strict: bool) -> bytes | None:
    """The document of a POST: the body itself, or the field ``xmlrequest`` of an old client's form.

    Unless it is to be ``strict``, what looks like a document or like that form is one, whatever its type is said to be.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if not strict:
        body = body.strip()
        looks = ((b"xmlrequest=", _FORM), (b"<", "text/xml"), (b"\xef\xbb\xbf<", "text/xml"))
        kind = next((meant for start, meant in looks if body.startswith(start)), kind)
    if kind == _FORM:
        found = parse_qs(body.decode("ascii", "replace"), encoding="utf-8").get("xmlrequest")
        return found[0].encode() if found else None
    return body if kind in _XML_TYPES else None

"""Replies with pages of rows: regular ones, irregular ones, and damaged ones; and what a reader makes of them."""

from hypothesis import strategies as st

from intacct_ql.errors import Error
from intacct_ql.gateway.messages import ColumnShape, RowShape
from intacct_ql.schema.by_column import by_column
from intacct_ql.schema.types import DataType, decoder

KINDS = list(DataType)
NAMES = [f"F.{kind}" for kind in KINDS]
SHAPE = RowShape(
    columns=tuple(
        ColumnShape(names=(name,), decode=decoder(kind), together=by_column(decoder(kind)), kind=kind)
        for name, kind in zip(NAMES, KINDS, strict=True)
    )
)
TWO = RowShape(columns=tuple(ColumnShape(names=(name,), decode=str) for name in "AB"))


def document(rows, attributes='listtype="R" totalcount="9" offset="0" numremaining="5"', head=""):
    return (
        f"{head}<response><control><status>success</status><controlid>c-1</controlid></control><operation><result>"
        f"<status>success</status><function>query</function><data {attributes}>{rows}</data></result></operation>"
        "</response>"
    ).encode()


def outcome(reader, body, step=0):
    """The reply, or what was raised in words."""
    try:
        for start in range(0, len(body), step or len(body) or 1):
            reader.feed(body[start : start + (step or len(body))])
        return reader.close()
    except Error as error:
        return type(error), str(error), getattr(error, "passing", None)


# The characters of a page.

GOOD = {
    "INTEGER": ["", "0", "-7", "007", "9223372036854775807"],
    "DECIMAL": ["", "1.50", "-0.000000000000000001", "12345678901234567890"],
    "CURRENCY": ["", "6.50", "205375", "-.5", "+1."],
    "PERCENT": ["", "12.5"],
    "BOOLEAN": ["", "true", "false", "T", "F", "True", "False"],
    "DATE": ["", "02/29/2024", "12/31/9999", "01/01/0001"],
    "TIMESTAMP": ["", "02/29/2024 23:59:59", "01/01/2024", "01/31/2024T00:00:00"],
    "TEXT": [
        "",
        "a",
        " two\nlines\t",
        "é 東京 😀 \x7f\u2028",
        "&amp;lt; &lt;b&gt; &quot;&apos;&#039;&#39;&#13;",
        "a>b]]",
        "/",
    ],
}
BAD = {
    "INTEGER": ["1.5", "0x1F", "9223372036854775808", "1_000", " 7", "x", "٣", "1e3"],
    "DECIMAL": ["NaN", "1e5", "1e0x1", "0.0000000000000000001", "123456789012345678901", "1_0.5"],
    "CURRENCY": ["0.12345678901", "Infinity", "1e+-0", "12,5", "99999999999999999999999999999"],
    "PERCENT": ["5%"],
    "BOOLEAN": ["1", "0", "TRUE", "yes", " "],
    "DATE": [
        "1/2/2024",
        "02/30/2024",
        "2024-02-29",
        "20240229",
        "0000-01-01",
        "01/01/0000",
        "+1/01/2024",
        "１2/12/2024",
    ],
    "TIMESTAMP": [
        "02/29/2024 24:00:00",
        "02/29/2024 23:59:60",
        "02/29/2024 12:30+01",
        "02/29/2024 23:59:59.5",
        "2024-02-29 23:59:59",
        "01/01/0000 00:00:00",
        "02/29/2024 9:00:00",
    ],
    "TEXT": ["<![CDATA[x]]>", "<!-- x -->y", "&#233;", "<b>x</b>", "&#x26;", "\r", "]]>", "&", "\ufffe", "<?p?>z"],
}


def cells(kind, lists):
    return lists.get(kind, lists["TEXT"])


def row_of(texts, names=NAMES, tag="R"):
    return f"<{tag}>" + "".join(f"<{n}>{text}</{n}>" for n, text in zip(names, texts, strict=True)) + f"</{tag}>"


FRAGMENTS = """< > / & &amp; ]]> <!-- --> <![CDATA[ <?x?> \x01 \ufffe é </A> <A> <A/> <R> </R> A B R = " xmlns='x'
data <data> </data> </result> &#49; count"""
WRECKS = st.sampled_from([*FRAGMENTS.split(), " ", "\n", "\r"])
PLAIN = document("<R><A>1</A><B>2&gt;</B></R><R><A></A><B>é\n</B></R>", 'count="2"', '<?xml version="1.0"?>').decode()


IRREGULAR = {
    "blanks between rows": "<R><A>1</A><B>2</B></R> <R><A>1</A><B>2</B></R>",
    "another order": "<R><A>1</A><B>2</B></R><R><B>1</B><A>2</A></R>",
    "a missing cell": "<R><A>1</A><B>2</B></R><R><A>1</A></R>",
    "one cell more": "<R><A>1</A><B>2</B></R><R><A>1</A><B>2</B><C>3</C></R>",
    "another row element": "<R><A>1</A><B>2</B></R><S><A>1</A><B>2</B></S>",
    "an empty element": "<R><A>1</A><B>2</B></R><R><A/><B>2</B></R>",
    "an attribute": "<R><A>1</A><B>2</B></R><R><A x='1'>1</A><B>2</B></R>",
    "an attribute of a row": "<R k='1'><A>1</A><B>2</B></R><R k='2'><A>1</A><B>2</B></R>",
    "elements in a cell": "<R><A><C>1</C></A><B>2</B></R>",
    "a cell named as the row": "<A><A>1</A><B>2</B></A>",
    "no cells": "<R></R><R></R>",
    "other columns": "<R><C>1</C></R>",
    "nothing": "",
}


HIDDEN = {
    "a comment": document("<R><A>1</A></R>", head="<!-- <data> -->").decode(),
    "a comment around": document("<R><A>1</A></R>--><data>").decode().replace("<data ", "<!--<data "),
    "a comment around all": document("").decode().replace("<data ", "<!--<data><R><A>1</A></R></data>--><data "),
    "other encoding": '<?xml version="1.0" encoding="ISO-8859-1"?>' + document("<R><A>é</A></R>").decode(),
    "two results": document("<R><A>1</A></R>").decode().replace("</operation>", "<result><data/></result></operation>"),
    "elsewhere": "<response><data><R><A>1</A></R></data></response>",
    "another document": "<answer><data><R><A>1</A></R></data></answer>",
    "after the end": document("<R><A>1</A></R>").decode() + "<x/>",
    "a count that is wrong": document("<R><A>1</A></R>", 'count="2"').decode(),
    "a sign in the tag": document("<R><A>1</A></R>", 'listtype="a>b"').decode(),
}

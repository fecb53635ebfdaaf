"""A company that somebody brings, in files and in a database; and what is said about its mistakes."""

import json
import os
import re
import sqlite3

import pytest

from intacct_ql.emulator import Gateway, company, demo

CUSTOMERS = "RECORDNO,CUSTOMERID,NAME,TOTALDUE,ONHOLD,STATUS,LAST_INVOICEDATE,WHENMODIFIED\n"
PROPERTY = """<Type Name="rental_property" DocumentType=""><Fields>
<Field><ID>id</ID><LABEL>Id</LABEL><DATATYPE>TEXT</DATATYPE></Field>
<Field><ID>name</ID><LABEL>Name</LABEL><DATATYPE>TEXT</DATATYPE></Field>
<Field><ID>rent</ID><LABEL>Rent</LABEL><DATATYPE>CURRENCY</DATATYPE><ISCUSTOM>true</ISCUSTOM></Field>
<Field><ID>kind</ID><DATATYPE>ENUM</DATATYPE><VALIDVALUES><VALIDVALUE>Flat</VALIDVALUE><VALIDVALUE>House</VALIDVALUE></VALIDVALUES></Field>
<Field><ID>RCUSTOMER</ID><LABEL>Tenant</LABEL><DATATYPE>INTEGER</DATATYPE></Field>
</Fields><Relationships>
<Relationship><OBJECTPATH>TENANT</OBJECTPATH><OBJECTNAME>CUSTOMER</OBJECTNAME><RELATEDBY>RCUSTOMER</RELATEDBY></Relationship>
<Relationship><OBJECTPATH>NOWHERE</OBJECTPATH><OBJECTNAME>CUSTOMER</OBJECTNAME><RELATEDBY>ABSENT</RELATEDBY></Relationship>
</Relationships></Type>"""


@pytest.fixture
def write(tmp_path):
    """Put files into a folder: ``write(**{"CUSTOMER.csv": "..."})``; gives the folder."""

    def put(**files):
        for name, content in files.items():
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return tmp_path

    return put


@pytest.fixture
def wrong(write):
    """What is said about the mistakes of such files, without the path of the folder."""

    def message(extend=False, **files):
        folder = write(**files)
        with pytest.raises(ValueError, match=r".") as caught:
            company(folder, extend=extend)
        return str(caught.value).replace(f"{folder}/", "").replace(str(folder), "DIR")

    return message


def database(path, *statements):
    with sqlite3.connect(path) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return path


def test_a_csv_file_is_an_object(write, ask):
    rows = (
        '7,C1,"Ash, ""the"" & Söhne",12.5,true,active,01/31/2024,01/31/2024 09:00:00\n'
        "8,C2,,-0.0001,FALSE,inactive,2024-02-29,2024-02-29T00:00:01Z\n"
        '\n9,C3,"two\nlines",,,,,\n'
    )
    gateway = company(write(**{"customer.csv": "\ufeff" + CUSTOMERS + rows}))
    found = ask(
        "CUSTOMER",
        "RECORDNO CUSTOMERID NAME TOTALDUE ONHOLD STATUS LAST_INVOICEDATE WHENMODIFIED",
        "<orderby><order><field>RECORDNO</field><ascending/></order></orderby>",
        to=gateway,
    ).rows
    assert [list(row.values()) for row in found] == [
        ["7", "C1", 'Ash, "the" & Söhne', "12.50", "true", "active", "01/31/2024", "01/31/2024 09:00:00"],
        ["8", "C2", "", "-0.0001", "false", "inactive", "02/29/2024", "02/29/2024 00:00:01"],
        ["9", "C3", "two\nlines", "", "", "", "", ""],
    ]


def test_a_json_file_is_an_object(write, ask):
    text = '[{"RECORDNO": 7, "customerid": "C1", "TOTALDUE": 0.10, "ONHOLD": true},\n {"NAME": null, "RECORDNO": "8"}]'
    gateway = company(write(**{"CUSTOMER.json": text}))
    assert ask("CUSTOMER", "RECORDNO CUSTOMERID NAME TOTALDUE ONHOLD", to=gateway).rows == [
        {"RECORDNO": "8", "CUSTOMERID": "", "NAME": "", "TOTALDUE": "", "ONHOLD": ""},
        {"RECORDNO": "7", "CUSTOMERID": "C1", "NAME": "", "TOTALDUE": "0.10", "ONHOLD": "true"},
    ]


def test_a_database_has_a_table_an_object(tmp_path, ask):
    path = database(
        tmp_path / "company.db",
        "CREATE TABLE customer (recordno INTEGER, customerid TEXT, totaldue REAL, onhold INTEGER, whenmodified TEXT)",
        "INSERT INTO customer VALUES (7, 'C1', 0.1 + 0.2, 1, '2024-01-31 09:00:00'), (8, 'C2', NULL, 0, '')",
        'CREATE TABLE "UOM" (NAME TEXT)',
        "INSERT INTO UOM VALUES ('Each')",
        "CREATE VIEW nonsense AS SELECT 1",
    )
    gateway = company(path)
    assert ask("CUSTOMER", "RECORDNO TOTALDUE ONHOLD WHENMODIFIED", to=gateway).rows == [
        {"RECORDNO": "8", "TOTALDUE": "", "ONHOLD": "false", "WHENMODIFIED": ""},
        {"RECORDNO": "7", "TOTALDUE": "0.30", "ONHOLD": "true", "WHENMODIFIED": "01/31/2024 09:00:00"},
    ]
    assert ask("UOM", "RECORDNO NAME", to=gateway).rows == [{"RECORDNO": "1", "NAME": "Each"}]


def test_the_demo_company_is_not_added(write, ask):
    gateway = company(write(**{"CLASS.csv": "CLASSID\nK1\n"}))
    assert ask("CUSTOMER", "RECORDNO", to=gateway).rows == []
    assert ask("CLASS", "CLASSID", to=gateway).column("CLASSID") == ["K1"]


def test_unless_the_files_extend_it(write, ask):
    gateway = company(write(**{"CLASS.csv": "CLASSID\nK1\n"}), extend=True)
    before = int(ask("CLASS", "CLASSID", to=demo()).data["totalcount"])
    reply = ask("CLASS", "CLASSID RECORDNO", to=gateway)
    assert int(reply.data["totalcount"]) == before + 1
    assert reply.rows[0]["CLASSID"] == "K1"
    assert int(ask("CUSTOMER", "RECORDNO", to=gateway).data["totalcount"]) > 0


@pytest.mark.parametrize("column", ["RECORDNO", "CUSTOMERID"])
def test_keys_of_the_demo_company_are_taken(wrong, ask, column):
    taken = ask("CUSTOMER", "RECORDNO CUSTOMERID", to=demo()).rows[0][column]
    words = wrong(extend=True, **{"CUSTOMER.csv": f"{column}\n{taken}\n"})
    assert words == f"CUSTOMER.csv line 2, {column}: {taken} is in the demo company already; take another"


@pytest.mark.parametrize("extend", [False, True])
def test_an_id_is_one_in_a_company(wrong, extend):
    words = wrong(extend=extend, **{"CUSTOMER.csv": 'CUSTOMERID\nNEW1\n\nNEW2\n""\n""\nNEW1\n'})
    assert words == "CUSTOMER.csv line 7, CUSTOMERID: NEW1 is in line 2 already; take another"


@pytest.mark.parametrize("column", ["CUSTOMERID", "RECORDNO"])
def test_so_it_is_in_json(wrong, column):
    words = wrong(**{"CUSTOMER.json": f'[{{"{column}": "7"}},\n {{"{column}": "7"}}]'})
    assert words == f"CUSTOMER.json line 2, {column}: 7 is in line 1 already; take another"


def test_what_is_one_only_beside_another_field_and_names_of_custom_objects_may_come_again(write, ask):
    gateway = company(
        write(
            **{
                "APBILL.csv": "RECORDNO,VENDORID,RECORDID\n1,V1,B-1\n2,V2,B-1\n",
                "RENTAL_PROPERTY.lookup.xml": PROPERTY,
                "RENTAL_PROPERTY.csv": "id,name\nP1,Mill Lane\nP2,Mill Lane\n",
            }
        )
    )
    assert ask("APBILL", "RECORDID", to=gateway).column("RECORDID") == ["B-1", "B-1"]
    assert ask("rental_property", "NAME", to=gateway).column("NAME") == ["Mill Lane"] * 2


def test_a_custom_object_by_its_lookup_reply(write, ask, post):
    folder = write(
        **{
            "RENTAL_PROPERTY.lookup.xml": f"<response><operation><result>{PROPERTY}</result></operation></response>",
            "rental_property.csv": "id,name,rent,kind,RCUSTOMER\nP1,Mill Lane,950,House,7\n",
            "CUSTOMER.csv": "RECORDNO,NAME\n7,Ash\n",
        }
    )
    gateway = company(folder)
    assert ask("rental_property", "NAME RENT TENANT.NAME", to=gateway).rows == [
        {"NAME": "Mill Lane", "RENT": "950.00", "TENANT.NAME": "Ash"}
    ]
    reply = post("<lookup><object>rental_property</object></lookup>", to=gateway)
    assert reply.root.find(".//Type").get("Name") == "rental_property"
    assert reply.text(".//Field[ID='rent']/DATATYPE") == "CURRENCY"
    refused = ask("rental_property", "NOWHERE.NAME", to=gateway)
    assert "cannot be followed" in refused.error[2]
    keyed = "<read><object>rental_property</object><keys>P1</keys><fields>name</fields></read>"
    assert post(keyed, to=gateway).column("NAME") == ["Mill Lane"]


def test_a_custom_field_by_a_lookup_reply_of_a_gateway(write, ask, post, document):
    reply = Gateway(demo().store).handle(document("<lookup><object>CUSTOMER</object></lookup>")).body
    custom = b"<Field><ID>HEALTH</ID><LABEL>Health</LABEL><DATATYPE>PERCENT</DATATYPE><ISCUSTOM>true</ISCUSTOM></Field>"
    lookup = reply.replace(b"</Fields>", custom + b"</Fields>")
    gateway = company(write(**{"CUSTOMER.csv": "HEALTH,STATUS\n99.5,active\n", "CUSTOMER.lookup.xml": lookup}))
    assert ask("CUSTOMER", "HEALTH RECORDNO", to=gateway).rows == [{"HEALTH": "99.5", "RECORDNO": "1"}]
    by_code = "<readByQuery><object>CUSTOMER</object><query>STATUS = 'T'</query><fields>HEALTH</fields></readByQuery>"
    assert post(by_code, to=gateway).rows == [{"HEALTH": "99.5"}]


def test_a_lookup_reply_beneath_which_the_demo_company_lies(write, ask):
    lookup = '<Type Name="CLASS"><Fields><Field><ID>HUE</ID><DATATYPE>TEXT</DATATYPE></Field></Fields></Type>'
    folder = write(**{"CLASS.csv": "CLASSID,HUE\nK1,red\n", "CLASS.lookup.xml": lookup})
    assert ask("CLASS", "HUE NAME", to=company(folder, extend=True)).rows[0] == {"HUE": "red", "NAME": ""}


@pytest.mark.parametrize("extend", [False, True])
def test_a_lookup_reply_alone_is_an_object_without_rows(write, ask, extend):
    gateway = company(write(**{"RENTAL_PROPERTY.lookup.xml": PROPERTY}), extend=extend)
    assert ask("rental_property", "id NAME RENT", to=gateway).rows == []
    assert gateway.store.sizes()["rental_property"] == 0
    assert bool(ask("CUSTOMER", "RECORDNO", to=gateway).rows) == extend


@pytest.mark.parametrize("extend", [False, True])
def test_a_lookup_reply_alone_brings_custom_fields(write, ask, extend):
    fields = "".join(f"<Field><ID>{name}</ID><DATATYPE>TEXT</DATATYPE></Field>" for name in ("HUE", "CLASSID"))
    gateway = company(
        write(**{"CLASS.lookup.xml": f'<Type Name="CLASS"><Fields>{fields}</Fields></Type>'}), extend=extend
    )
    before = ask("CLASS", "CLASSID", to=demo()).column("CLASSID") if extend else []
    assert ask("CLASS", "CLASSID HUE", to=gateway).rows == [{"CLASSID": name, "HUE": ""} for name in before]


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        ("RECORDNO", "1.5", "'1.5' is not a whole number of 64 bits, such as 1234"),
        ("RECORDNO", "9223372036854775808", "'9223372036854775808' is not a whole number of 64 bits, such as 1234"),
        ("TOTALDUE", "1.00001", "'1.00001' is not a number with at most four decimals, such as 1234.56"),
        ("TOTALDUE", '"1,000"', "'1,000' is not a number with at most four decimals, such as 1234.56"),
        ("TOTALDUE", "1e5", "'1e5' is not a number with at most four decimals, such as 1234.56"),
        ("ONHOLD", "yes", "'yes' is not true or false"),
        ("STATUS", "T", "'T' is not one of active, "),
        ("LAST_INVOICEDATE", "31/01/2024", "'31/01/2024' is not a date, MM/DD/YYYY or YYYY-MM-DD"),
        ("LAST_INVOICEDATE", "2023-02-29", "'2023-02-29' is not a date, MM/DD/YYYY or YYYY-MM-DD"),
        ("WHENMODIFIED", "2024-01-31 25:00:00", "is not a timestamp, MM/DD/YYYY HH:MM:SS or YYYY-MM-DD HH:MM:SS"),
        ("NAME", "a\0b", "is not text without the character U+0000, which XML cannot carry"),
        ("RECORDNO", '""', "it is empty; give every row its RECORDNO, or leave the column out"),
    ],
)
def test_a_wrong_cell_is_told_with_its_place(wrong, column, cell, expected):
    words = wrong(**{"CUSTOMER.csv": f"{column}\n{cell}\n"})
    assert words.startswith(f"CUSTOMER.csv line 2, {column}: ")
    assert expected in words


def test_every_mistake_is_told(wrong):
    words = wrong(**{"CUSTOMER.csv": "RECORDNO,ONHOLD\nx,y\n1,true\n1,true\n2\n", "UOM.json": '[{"NAME": []}]'})
    assert words.split("\n") == [
        "CUSTOMER.csv line 2, RECORDNO: 'x' is not a whole number of 64 bits, such as 1234",
        "CUSTOMER.csv line 2, ONHOLD: 'y' is not true or false",
        "CUSTOMER.csv line 4, RECORDNO: 1 is in line 3 already; take another",
        "CUSTOMER.csv line 5: 1 cells, but the first line names 2 fields",
        "UOM.json line 1, NAME: a list or an object is no cell; write text, a number, true or false",
    ]


def test_but_no_more_than_anybody_reads(wrong):
    words = wrong(**{"CUSTOMER.csv": "ONHOLD\n" + "maybe\n" * 1000}).split("\n")
    assert len(words) == 21
    assert words[-1] == "there may be more mistakes: reading stopped here"


def test_what_the_catalog_does_not_know(wrong):
    assert wrong(**{"CUSTOMR.csv": "NAME\n"}).startswith(
        "CUSTOMR.csv: there is no object 'CUSTOMR'; near it are CUSTOMER"
    )
    words = wrong(**{"CUSTOMR.csv": "NAME\n", "CUSTOMER.csv": "NAME,TOTLDUE\nx,1\n"}).split("\n")
    assert words[0].startswith("CUSTOMER.csv line 1, column 2: CUSTOMER has no field 'TOTLDUE'; near it are TOTALDUE")
    assert words[0].endswith("; save a lookup reply that has it as DIR/CUSTOMER.lookup.xml".replace("DIR/", ""))
    assert words[1].endswith("for a custom object save its lookup reply as CUSTOMR.lookup.xml")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, "DIR: no objects in it; add a file such as CUSTOMER.csv, or a table CUSTOMER"),
        ({".hidden": "", "README.md": ""}, "DIR: no objects in it"),
        ({"CUSTOMER.xlsx": ""}, "CUSTOMER.xlsx: files are NAME.csv, NAME.json or NAME.lookup.xml"),
        ({"CUSTOMER.csv": "NAME\n", "customer.json": "[]"}, "customer.json: the rows of CUSTOMER are in CUSTOMER.csv"),
        ({"CUSTOMER.csv": ""}, "CUSTOMER.csv: the file is empty; its first line holds the names of the fields"),
        ({"CUSTOMER.csv": "NAME;STATUS\n"}, "CUSTOMER.csv line 1, column 1: 'NAME;STATUS' is no field; columns are"),
        ({"CUSTOMER.csv": "NAME,\n"}, "CUSTOMER.csv line 1, column 2: the name of a field is missing"),
        ({"CUSTOMER.csv": "NAME,name\n"}, "CUSTOMER.csv line 1, column 2: the field NAME stands here for the second"),
        ({"CUSTOMER.csv": 'NAME\n"a"b\n'}, "CUSTOMER.csv line 2: this is no CSV: "),
        ({"CUSTOMER.csv": "NAME\n" + "x" * 200_000}, "CUSTOMER.csv line 2: this is no CSV: field larger than"),
        ({"CUSTOMER.csv": "NAME\nSöhne\n".encode("latin-1")}, "CUSTOMER.csv line 2: this is not UTF-8 text"),
        ({"CUSTOMER.csv": "NAME\n".encode("utf-16")}, "CUSTOMER.csv line 1: this is not UTF-8 text"),
        ({"CUSTOMER.json": "{}"}, "CUSTOMER.json line 1: a list of objects is expected"),
        ({"CUSTOMER.json": ""}, "CUSTOMER.json line 1: a list of objects is expected"),
        ({"CUSTOMER.json": "[\n\n1]"}, "CUSTOMER.json line 3: a record is expected, as in {...}"),
        ({"CUSTOMER.json": '[{"NAME":\n]'}, "CUSTOMER.json line 2, column 1: this is no JSON: "),
        ({"CUSTOMER.json": "[{} {}]"}, "CUSTOMER.json line 1: a comma or the end of the list ] is expected"),
        ({"CUSTOMER.json": "[{}"}, "CUSTOMER.json line 1: a comma or the end of the list ] is expected"),
        ({"CUSTOMER.json": "[{},\n]"}, "CUSTOMER.json line 2, column 1: this is no JSON: "),
        ({"CUSTOMER.json": "[]\n[]"}, "CUSTOMER.json line 2: there is more after the end of the list"),
        ({"CUSTOMER.json": '[{"NAME": "a", "Name": "b"}]'}, "CUSTOMER.json line 1: the field 'Name' stands in one"),
        ({"CUSTOMER.json": '[{"TOTALDUE": NaN}]'}, "CUSTOMER.json line 1: NaN is no number that a field holds"),
        ({"CUSTOMER.json": "[" + '{"NAME":' * 100_000}, "CUSTOMER.json line 1: this record nests too deeply"),
        ({"CUSTOMER.json": '[{"NAME": "\\ud800"}]'}, "CUSTOMER.json line 1, NAME: '\\ud800' is not text without"),
        ({"CUSTOMER.json": '[\n{"NAM": 1}]'}, "CUSTOMER.json line 2, 'NAM': CUSTOMER has no field 'NAM'; near it are "),
        ({"CUSTOMER.json": b'[\n"\xff"]'}, "CUSTOMER.json line 2: this is not UTF-8 text; save the file as UTF-8"),
    ],
)
def test_files_that_are_no_company(wrong, files, expected):
    assert wrong(**files).startswith(expected)


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><Type Name="UOM">&b;</Type>'


@pytest.mark.parametrize(
    ("lookup", "expected"),
    [
        ("", "UOM.lookup.xml: "),
        ("<Type", "UOM.lookup.xml: Couldn't find end of Start Tag"),
        (BOMB, "UOM.lookup.xml: a DOCTYPE is not allowed."),
        ("<a/>", "UOM.lookup.xml: no Type element with a Name, so this is no reply to lookup"),
        (
            "<response><error><description2>No such thing</description2></error></response>",
            "UOM.lookup.xml: no Type element with a Name, so this is no reply to lookup: No such thing",
        ),
        ('<a><Type Name="A"/><Type Name="B"/></a>', "UOM.lookup.xml: 2 Type elements; save the reply to one lookup"),
        (
            '<Type Name="CLASS"/>',
            "UOM.lookup.xml: line 1: this describes CLASS, not UOM; name the file after its object",
        ),
        ('<Type Name="UOM"><Fields/></Type>', "UOM.lookup.xml: line 1: it has no Fields"),
        ('<Type Name="UOM"><Fields>\n<Field/></Fields></Type>', "UOM.lookup.xml: line 2: a Field without ID"),
        (
            '<Type Name="UOM"><Fields>\n<Field><ID>A</ID><DATATYPE>FLOAT</DATATYPE></Field></Fields></Type>',
            "UOM.lookup.xml: line 2: DATATYPE 'FLOAT' of field A is not one of TEXT, INTEGER",
        ),
        (
            '<Type Name="UOM"><Fields><Field><ID>a&lt;b</ID></Field></Fields></Type>',
            "UOM.lookup.xml: line 1: the ID 'a<b' is no name that an element can have",
        ),
        ("<a>" * 1000, "UOM.lookup.xml: "),
    ],
)
def test_lookup_replies_that_are_none(wrong, lookup, expected):
    assert wrong(**{"UOM.csv": "NAME\nEach\n", "UOM.lookup.xml": lookup}).startswith(expected)


def test_they_are_told_of_when_no_rows_lie_beside_them(wrong):
    assert wrong(**{"UOM.lookup.xml": "<a/>"}).startswith("UOM.lookup.xml: no Type element with a Name")
    fields = "".join(f"<Field><ID>F{number}</ID><DATATYPE>TEXT</DATATYPE></Field>" for number in range(3000))
    words = wrong(**{"UOM.lookup.xml": f'<Type Name="UOM"><Fields>{fields}</Fields></Type>'})
    assert words.startswith("UOM.lookup.xml: this cannot be stored: too many columns")


def test_a_field_that_the_lookup_reply_lacks(wrong):
    lookup = '<Type Name="UOM"><Fields><Field><ID>A</ID><DATATYPE>TEXT</DATATYPE></Field></Fields></Type>'
    words = wrong(**{"UOM.csv": "NAME\nEach\n", "UOM.lookup.xml": lookup})
    assert words == "UOM.csv line 1, column 1: UOM has no field 'NAME'; it is not in UOM.lookup.xml"


def test_a_custom_object_without_its_key(wrong):
    files = {"RENTAL_PROPERTY.lookup.xml": PROPERTY, "RENTAL_PROPERTY.json": json.dumps([{"name": "Mill Lane"}])}
    assert wrong(**files) == (
        "RENTAL_PROPERTY.json: the field id is missing: it tells the records of rental_property apart"
    )


def test_databases_that_are_no_company(tmp_path):
    path = database(tmp_path / "a.db", "CREATE TABLE UOM (NAME TEXT)", "INSERT INTO UOM VALUES ('Each'), (x'ff')")
    with pytest.raises(ValueError, match=re.escape("a.db table UOM row 2, NAME: bytes (a BLOB) are no cell")):
        company(path)
    broken = tmp_path / "b.db"
    broken.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096)
    with pytest.raises(ValueError, match=r"b.db: this database cannot be read"):
        company(broken)
    empty = database(tmp_path / "c.db", "CREATE VIEW v AS SELECT 1")
    with pytest.raises(ValueError, match="no objects in it"):
        company(empty)
    other = tmp_path / "company.txt"
    other.write_text("no database")
    with pytest.raises(ValueError, match=r"company.txt: neither a folder nor a SQLite database"):
        company(other)


def test_what_would_be_waited_for_or_fill_the_memory(tmp_path):
    os.mkfifo(tmp_path / "CUSTOMER.csv")
    for path in (tmp_path, tmp_path / "CUSTOMER.csv"):
        with pytest.raises(ValueError, match=r"CUSTOMER\.csv: (files are|neither)"):
            company(path)
    path = database(
        tmp_path / "a.db",
        "CREATE TABLE UOM (RECORDNO INTEGER, NAME TEXT GENERATED ALWAYS AS (hex(zeroblob(100000000))))",
        "INSERT INTO UOM (RECORDNO) VALUES (1)",
    )
    with pytest.raises(ValueError, match=r"a\.db: this database cannot be read: string or blob too big"):
        company(path)


def test_more_fields_than_a_table_can_have(wrong):
    fields = "".join(f"<Field><ID>F{number}</ID><DATATYPE>TEXT</DATATYPE></Field>" for number in range(3000))
    files = {"UOM.lookup.xml": f'<Type Name="UOM"><Fields>{fields}</Fields></Type>', "UOM.csv": "F1\nx\n"}
    assert wrong(**files) == "UOM.csv: this cannot be stored: too many columns on UOM"


def test_a_path_that_is_not_there(tmp_path):
    with pytest.raises(OSError, match="No such file"):
        company(tmp_path / "absent")

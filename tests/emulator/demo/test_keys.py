"""Whatever points somewhere points to a row that exists, and says the same of it as the row itself."""

import pytest

from intacct_ql.schema.catalog import BUNDLED

NAMES = {
    "CUSTOMER": ("RECORDNO", "CUSTOMERID", "NAME"),
    "VENDOR": ("RECORDNO", "VENDORID", "NAME"),
    "EMPLOYEE": ("RECORDNO", "EMPLOYEEID", "CONTACT.CONTACTNAME"),
    "ITEM": ("RECORDNO", "ITEMID", "NAME"),
    "CLASS": ("RECORDNO", "CLASSID", "NAME"),
    "PROJECT": ("RECORDNO", "PROJECTID", "NAME"),
    "LOCATION": ("RECORDNO", "LOCATIONID", "NAME"),
    "LOCATIONENTITY": ("RECORDNO", "LOCATIONID", "NAME"),
    "DEPARTMENT": ("RECORDNO", "DEPARTMENTID", "TITLE"),
    "GLACCOUNT": ("RECORDNO", "ACCOUNTNO", "TITLE"),
    "TERRITORY": ("RECORDNO", "TERRITORYID", "NAME"),
}

DIMENSIONS = [
    (f"{name}DIMKEY", f"{name}ID", f"{name}NAME", name)
    for name in ("CUSTOMER", "VENDOR", "EMPLOYEE", "ITEM", "CLASS", "PROJECT")
]
ENTITY = ("MEGAENTITYKEY", "MEGAENTITYID", "MEGAENTITYNAME", "LOCATIONENTITY")
PLACE = [(None, "LOCATIONID", "LOCATIONNAME", "LOCATION"), (None, "DEPARTMENTID", "DEPARTMENTNAME", "DEPARTMENT")]
ACCOUNT = ("ACCOUNTKEY", "ACCOUNTNO", "ACCOUNTTITLE", "GLACCOUNT")

TRIPLES = {
    "CUSTOMER": [
        ("PARENTKEY", "PARENTID", "PARENTNAME", "CUSTOMER"),
        ("CUSTREPKEY", "CUSTREPID", "CUSTREPNAME", "EMPLOYEE"),
        (None, "TERRITORYID", "TERRITORYNAME", "TERRITORY"),
        ENTITY,
    ],
    "VENDOR": [("PARENTKEY", "PARENTID", "PARENTNAME", "VENDOR"), ENTITY],
    "EMPLOYEE": [
        ("SUPERVISORKEY", "SUPERVISORID", "SUPERVISORNAME", "EMPLOYEE"),
        ("LOCATIONKEY", "LOCATIONID", "LOCATIONNAME", "LOCATION"),
        ("DEPARTMENTKEY", "DEPARTMENTID", "DEPARTMENTTITLE", "DEPARTMENT"),
    ],
    "PROJECT": [
        ("PARENTKEY", "PARENTID", "PARENTNAME", "PROJECT"),
        ("CUSTOMERKEY", "CUSTOMERID", "CUSTOMERNAME", "CUSTOMER"),
        ("MANAGERKEY", "MANAGERID", "MANAGERCONTACTNAME", "EMPLOYEE"),
        ("PROJECTLOCATIONKEY", "LOCATIONID", "LOCATIONNAME", "LOCATION"),
        ("PROJECTDEPTKEY", "DEPARTMENTID", "DEPARTMENTNAME", "DEPARTMENT"),
    ],
    "LOCATION": [("PARENTKEY", "PARENTID", "PARENTNAME", "LOCATION")],
    "CLASS": [("PARENTKEY", "PARENTID", "PARENTNAME", "CLASS")],
    "GLACCOUNT": [("CLOSETOACCTKEY", "CLOSINGACCOUNTNO", "CLOSINGACCOUNTTITLE", "GLACCOUNT")],
    "ARINVOICE": [(None, "CUSTOMERID", "CUSTOMERNAME", "CUSTOMER"), ENTITY],
    "ARINVOICEITEM": [*(d for d in DIMENSIONS if d[3] not in {"VENDOR", "EMPLOYEE"}), *PLACE, ACCOUNT],
    "ARPYMT": [(None, "CUSTOMERID", "CUSTOMERNAME", "CUSTOMER"), ENTITY],
    "APBILL": [(None, "VENDORID", "VENDORNAME", "VENDOR"), ENTITY],
    "APBILLITEM": [
        *(d for d in DIMENSIONS if d[3] in {"VENDOR", "ITEM", "CLASS"}),
        (None, "PROJECTID", "PROJECTNAME", "PROJECT"),
        *PLACE,
        ACCOUNT,
    ],
    "APPYMT": [(None, "VENDORID", "VENDORNAME", "VENDOR"), ENTITY],
    "GLBATCH": [ENTITY],
    "GLENTRY": [
        *DIMENSIONS,
        ACCOUNT,
        ("LOCATIONKEY", "LOCATION", "LOCATIONNAME", "LOCATION"),
        ("DEPARTMENTKEY", "DEPARTMENT", "DEPARTMENTTITLE", "DEPARTMENT"),
    ],
    "GLDETAIL": [
        *DIMENSIONS,
        (None, "ACCOUNTNO", "ACCOUNTTITLE", "GLACCOUNT"),
        (None, "LOCATIONID", "LOCATIONNAME", "LOCATION"),
        (None, "DEPARTMENTID", "DEPARTMENTTITLE", "DEPARTMENT"),
    ],
}

KEYS = [  # object, column, object it points to, column there
    ("ARINVOICE", "TERMKEY", "ARTERM", "RECORDNO"),
    ("ARINVOICE", "PRBATCHKEY", "ARINVOICEBATCH", "RECORDNO"),
    ("ARINVOICE", "PRBATCH", "ARINVOICEBATCH", "TITLE"),
    ("ARINVOICE", "BILLTOPAYTOKEY", "CONTACT", "RECORDNO"),
    ("ARINVOICE", "SHIPTORETURNTOCONTACTNAME", "CONTACT", "CONTACTNAME"),
    ("ARINVOICE", "CREATEDBY", "USERINFO", "RECORDNO"),
    ("ARINVOICEITEM", "RECORDKEY", "ARINVOICE", "RECORDNO"),
    ("ARINVOICEITEM", "OFFSETGLACCOUNTNO", "GLACCOUNT", "ACCOUNTNO"),
    ("ARPYMT", "PRBATCHKEY", "ARPAYMENTBATCH", "RECORDNO"),
    ("ARPYMT", "FINANCIALENTITY", "CHECKINGACCOUNT", "BANKACCOUNTID"),
    ("ARPYMTDETAIL", "RECORDKEY", "ARINVOICE", "RECORDNO"),
    ("ARPYMTDETAIL", "ENTRYKEY", "ARINVOICEITEM", "RECORDNO"),
    ("ARPYMTDETAIL", "PAYMENTKEY", "ARPYMT", "RECORDNO"),
    ("ARINVOICEPAYMENT", "PAIDITEMKEY", "ARINVOICEITEM", "RECORDNO"),
    ("APBILL", "TERMKEY", "APTERM", "RECORDNO"),
    ("APBILL", "PRBATCHKEY", "APBILLBATCH", "RECORDNO"),
    ("APBILL", "FINANCIALENTITY", "CHECKINGACCOUNT", "BANKACCOUNTID"),
    ("APBILL", "USERID", "USERINFO", "LOGINID"),
    ("APBILLITEM", "RECORDKEY", "APBILL", "RECORDNO"),
    ("APPYMTDETAIL", "RECORDKEY", "APBILL", "RECORDNO"),
    ("APPYMTDETAIL", "ENTRYKEY", "APBILLITEM", "RECORDNO"),
    ("APPYMTDETAIL", "PAYMENTKEY", "APPYMT", "RECORDNO"),
    ("GLBATCH", "JOURNAL", "GLJOURNAL", "SYMBOL"),
    ("GLBATCH", "USERKEY", "USERINFO", "RECORDNO"),
    ("GLBATCH", "REVERSEDKEY", "GLBATCH", "RECORDNO"),
    ("GLENTRY", "BATCHNO", "GLBATCH", "BATCHNO"),
    ("GLENTRY", "USERNO", "USERINFO", "RECORDNO"),
    ("GLDETAIL", "GLENTRYKEY", "GLENTRY", "RECORDNO"),
    ("GLDETAIL", "BATCH_NO", "GLBATCH", "BATCHNO"),
    ("GLDETAIL", "MODIFIEDBY", "USERINFO", "RECORDNO"),
    ("CUSTOMER", "TERMSKEY", "ARTERM", "RECORDNO"),
    ("CUSTOMER", "CUSTTYPEKEY", "CUSTTYPE", "RECORDNO"),
    ("CUSTOMER", "BILLTOKEY", "CONTACT", "RECORDNO"),
    ("CUSTOMER", "CREATEDBY", "USERINFO", "RECORDNO"),
    ("VENDOR", "TERMSKEY", "APTERM", "RECORDNO"),
    ("VENDOR", "VENDTYPEKEY", "VENDTYPE", "RECORDNO"),
    ("VENDOR", "PAYTOKEY", "CONTACT", "RECORDNO"),
    ("PROJECT", "PROJECTTYPEKEY", "PROJECTTYPE", "RECORDNO"),
    ("ITEM", "PRODUCTLINEID", "PRODUCTLINE", "PRODUCTLINEID"),
    ("ITEM", "UOMGRP", "UOM", "NAME"),
    ("ITEM", "GLGROUP", "ITEMGLGROUP", "NAME"),
    ("CHECKINGACCOUNT", "GLACCOUNTNO", "GLACCOUNT", "ACCOUNTNO"),
    ("USERINFO", "CONTACTINFO.CONTACTNAME", "CONTACT", "CONTACTNAME"),
    ("DEPARTMENT", "PARENTKEY", "DEPARTMENT", "RECORDNO"),
]


@pytest.mark.parametrize(("name", "column", "target", "there"), KEYS)
def test_keys_resolve(books, name, column, target, there):
    missing = set(books[name].column(column)) - set(books[target].column(there)) - {None}
    assert not missing


@pytest.mark.parametrize("name", TRIPLES)
def test_key_id_and_name_belong_together(books, name):
    for key, number, title, target in TRIPLES[name]:
        columns = [column for column in (key, number, title) if column]
        there = [column for asked, column in zip((key, number, title), NAMES[target], strict=True) if asked]
        known = {*books[target].column(*there), (None,) * len(columns)}
        assert set(books[name].column(*columns)) - known == set(), (name, number)


def test_every_relationship_of_the_catalog_resolves(books):
    walked = 0
    for name, sheet in books.items():
        for way in BUNDLED.object(name).relationships.values():
            target = books.get(way.object)
            if target is None or way.related_by not in sheet.columns:
                continue
            there = "RECORDNO" if way.related_by.endswith("KEY") else BUNDLED.object(way.object).id_field
            missing = set(sheet.column(way.related_by)) - set(target.column(there)) - {None}
            assert not missing, (name, way.path)
            walked += 1
    assert walked > 60


def test_batch_keys_that_are_text(books):
    keys = {(str(key), number) for key, number in books["GLBATCH"].column("RECORDNO", "BATCHNO")}
    assert set(books["GLDETAIL"].column("BATCHKEY", "BATCH_NO")) <= keys


def test_gl_batches_name_summaries_of_their_module(books):
    summaries = {
        key for name in ("ARINVOICEBATCH", "APBILLBATCH", "ARPAYMENTBATCH") for key in books[name].column("RECORDNO")
    }
    assert set(books["GLBATCH"].column("PRBATCHKEY")) - {None} <= summaries


def test_ledger_names_the_documents_behind_it(books):
    known = {
        "ri": set(books["ARINVOICE"].column("RECORDID", "STATE", "TOTALENTERED", "TOTALDUE", "WHENDUE")),
        "rp": set(books["ARPYMT"].column("RECORDID", "STATE", "TOTALENTERED", "TOTALDUE")),
        "pi": set(books["APBILL"].column("RECORDID", "STATE", "TOTALENTERED", "TOTALDUE", "WHENDUE")),
        "pp": set(books["APPYMT"].column("RECORDID", "STATE", "TOTALENTERED", "TOTALDUE")),
    }
    behind = books["GLDETAIL"].column("RECORDTYPE", "RECORDID", "STATE", "TOTALENTERED", "TOTALDUE", "WHENDUE")
    for kind, *cells in set(behind):
        assert kind is None or tuple(cells[: 5 if kind in {"ri", "pi"} else 4]) in known[kind]
    assert {kind for kind, *_ in behind} == {None, *known}

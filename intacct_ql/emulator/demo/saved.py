"""The views and reports that people at the company keep.

In: nothing. Out: ``SAVED``. Refuses to know: rows.
"""

from intacct_ql.emulator.query import Order, Selected
from intacct_ql.emulator.saved import Saved, SavedReport, SavedView

SAVED = Saved(
    views=(
        SavedView(
            object="VENDOR",
            originalid="135422@10051",
            title="All Vendors",
            fields=("RECORDNO", "VENDORID", "NAME", "TERMNAME", "TOTALDUE", "CREDITLIMIT", "STATUS"),
        ),
        SavedView(
            object="ARINVOICE",
            originalid="135430@10051",
            title="Customer Aging",
            fields=("CUSTOMERID", "CUSTOMERNAME", "RECORDID", "WHENDUE", "TOTALDUE", "CUSTOMER.CREDITLIMIT"),
            condition="TOTALDUE > 0",
        ),
        SavedView(
            object="CUSTOMER",
            originalid="135431@10051",
            title="Customers on Hold",
            fields=("CUSTOMERID", "NAME", "TOTALDUE", "WHENMODIFIED"),
            condition="ONHOLD = 'T' and STATUS = 'T'",
        ),
    ),
    reports=(
        SavedReport(
            name="TrialBalance",
            object="GLDETAIL",
            columns=(
                Selected(field="ACCOUNTNO"),
                Selected(field="ACCOUNTTITLE"),
                Selected(field="DEBITAMOUNT", function="sum"),
                Selected(field="CREDITAMOUNT", function="sum"),
            ),
            condition="BOOKID = 'ACCRUAL'",
            orders=(Order(field="ACCOUNTNO", descending=False),),
            parameters=("LOCATIONID", "DEPARTMENTID", "CUSTOMERID", "VENDORID"),
        ),
        SavedReport(
            name="OpenBills",
            object="APBILL",
            columns=tuple(
                Selected(field=name) for name in ("VENDORID", "VENDORNAME", "RECORDID", "WHENDUE", "TOTALDUE")
            ),
            condition="TOTALDUE > 0",
            orders=(Order(field="WHENDUE", descending=False),),
            parameters=("VENDORID", "TERMNAME"),
            interactive=False,
        ),
    ),
)

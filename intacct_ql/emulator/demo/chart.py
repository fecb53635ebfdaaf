"""The chart of accounts, the journals, the bank accounts and the periods.

In: the seed. Out: GLACCOUNT, GLJOURNAL, JOURNAL, CHECKINGACCOUNT, REPORTINGPERIOD and the account labels, and
``Account`` records for lines. Refuses to know: who posts.
"""

from calendar import monthrange
from collections.abc import Iterator

from intacct_ql.emulator.demo import audit
from intacct_ql.emulator.demo.dice import stream
from intacct_ql.emulator.demo.rows import Named, Record, master
from intacct_ql.emulator.tables import Table

_TITLES = """
1010 Operating Bank
1020 Savings Bank
1050 Petty Cash
1060 Undeposited Funds
1200 Accounts Receivable
1210 Allowance for Bad Debt
1220 Unbilled Receivables
1300 Inventory
1310 Work in Process
1400 Prepaid Insurance
1410 Prepaid Software
1420 Prepaid Rent
1500 Furniture & Fixtures
1510 Computers
1520 Vehicles
1530 Leasehold Improvements
1590 Accumulated Depreciation
1600 Goodwill
1700 Deposits Paid
2000 Accounts Payable
2010 Credit Cards
2050 Accrued Expenses
2100 Accrued Payroll
2110 Payroll Taxes Payable
2120 Accrued Vacation
2200 Sales Tax Payable
2210 VAT Payable
2300 Deferred Revenue
2310 Customer Deposits
2400 Line of Credit
2500 Long-term Debt
2600 Intercompany -- Payable
3000 Common Stock
3100 Paid-in Capital
3200 Retained Earnings
3900 Opening Balances
4000 Product Revenue
4000.01 Product Revenue (retired)
4010 Service Revenue
4020 Subscription Revenue
4030 Support Revenue
4040 Freight Income
4090 Discounts Given
5000 Cost of Goods
5010 Cost of Services
5020 Freight-in
6000 Salaries & Wages
6010 Payroll Taxes
6020 Employee Benefits
6100 Rent
6110 Utilities
6120 Repairs
6200 Office Supplies
6210 Software & Hosting
6220 Telephone
6300 Travel
6310 Meals <50% deductible>
6400 Advertising
6410 Trade Shows
6500 Professional Fees
6510 Legal
6600 Insurance
6700 Depreciation
6800 Bank Fees
6900 Miscellaneous
7000 Interest Income
7100 Interest Expense
7200 Currency Gain/Loss
8000 Income Tax
"""

ACCOUNTS: dict[str, Named] = {
    number: (10 + place + place // 9, number, title)
    for place, (number, title) in enumerate(line.split(" ", 1) for line in _TITLES.strip().splitlines())
}
"""Accounts by number: record number, ACCOUNTNO, TITLE."""

BANK, RECEIVABLE, PAYABLE = ACCOUNTS["1010"], ACCOUNTS["1200"], ACCOUNTS["2000"]
INCOME = tuple(ACCOUNTS[number] for number in ("4000", "4010", "4020", "4030", "4040"))
EXPENSE = tuple(
    ACCOUNTS[number]
    for number in (
        "5000",
        "5020",
        "6100",
        "6110",
        "6120",
        "6200",
        "6210",
        "6220",
        "6300",
        "6400",
        "6410",
        "6500",
        "6510",
    )
)
BANKS = (
    ("CHK-1010", "Harbor First Bank", BANK, "Operating"),
    ("CHK-1020", "Köln & Sohn Bank", ACCOUNTS["1020"], "Reserve"),
)

JOURNALS = {
    "GJ": (1, "General Journal"),
    "ARJ": (2, "Accounts Receivable Journal"),
    "APJ": (3, "Accounts Payable Journal"),
    "CRJ": (4, "Cash Receipts Journal"),
    "CDJ": (5, "Cash Disbursements Journal"),
    "PYRJ": (8, "Payroll Journal"),
    "ADJ": (9, "Adjusting Journal"),
    "OLDJ": (10, "Journal of the old system"),
}
"""Journals by symbol: record number and title."""

_CREDIT = frozenset({"1210", "1590"})
_DEBIT = frozenset({"4090", "7100", "7200"})


def tables(seed: int) -> Iterator[Table]:
    """The tables of the general ledger's masters."""
    yield master("GLACCOUNT", _accounts(seed))
    yield master("GLJOURNAL", _journals(seed, "GLJOURNAL"))
    yield master("JOURNAL", _journals(seed, "JOURNAL"))
    yield master("CHECKINGACCOUNT", _banks(seed))
    yield master("REPORTINGPERIOD", _periods(seed))
    yield master("ARACCOUNTLABEL", _labels(seed, "ARACCOUNTLABEL", ("4000", "4010", "4030"), "1200"))
    yield master("APACCOUNTLABEL", _labels(seed, "APACCOUNTLABEL", ("6200", "6300", "6500"), "2000"))


def _accounts(seed: int) -> list[Record]:
    chance = stream(seed, "GLACCOUNT")
    rows: list[Record] = []
    for key, number, title in ACCOUNTS.values():
        closes = number >= "4"
        credit = (number[0] in "234" or number == "7000" or number in _CREDIT) and number not in _DEBIT
        rows.append(
            {
                "RECORDNO": key,
                "ACCOUNTNO": number,
                "TITLE": title,
                "ACCOUNTTYPE": "incomestatement" if closes else "balancesheet",
                "NORMALBALANCE": "credit" if credit else "debit",
                "CLOSINGTYPE": "closing account" if closes else "non-closing account",
                "CLOSINGACCOUNTNO": "3200" if closes else None,
                "CLOSINGACCOUNTTITLE": "Retained Earnings" if closes else None,
                "CLOSETOACCTKEY": ACCOUNTS["3200"][0] if closes else None,
                "STATUS": "inactive" if "." in number else "active",
                "REQUIREDEPT": int(number[0] == "6"),
                "REQUIRELOC": 1,
                "REQUIRECUSTOMER": int(number == "1200"),
                "REQUIREVENDOR": int(number == "2000"),
                "REQUIREPROJECT": 0,
                "REQUIREITEM": 0,
                "REQUIRECLASS": 0,
                "REQUIREEMPLOYEE": 0,
                "TAXABLE": int(number == "4000"),
                "CATEGORY": title if chance.random() < 0.4 else None,
                "ALTERNATIVEACCOUNT": {"1200": "Receivables account", "2000": "Payables account"}.get(number, "None"),
                "SUBLEDGERCONTROLON": int(number in {"1200", "2000"}),
                "ENABLE_GLMATCHING": 0,
                **audit.marks(chance),
            }
        )
    return rows


def _journals(seed: int, name: str) -> list[Record]:
    chance = stream(seed, "JOURNAL")
    return [
        {
            "RECORDNO": key,
            "SYMBOL": symbol,
            "TITLE": title,
            "STATUS": "inactive" if symbol == "OLDJ" else "active",
            "START_DATE": "2010-01-01",
            "LAST_DATE": "2026-10-31" if symbol != "OLDJ" else "2010-12-31",
            "ADJ": (int(symbol == "ADJ") if name == "GLJOURNAL" else str(symbol == "ADJ").lower()),
            "BOOKID": "ACCRUAL",
            "BILLABLE": 0,
            **audit.marks(chance),
        }
        for symbol, (key, title) in JOURNALS.items()
    ]


def _banks(seed: int) -> list[Record]:
    chance = stream(seed, "CHECKINGACCOUNT")
    return [
        {
            "RECORDNO": key,
            "BANKACCOUNTID": number,
            "BANKACCOUNTNO": f"00{chance.randrange(10**8, 10**9)}",
            "DESCRIPTION": purpose,
            "GLACCOUNTNO": account[1],
            "BANKNAME": bank,
            "ROUTINGNO": f"0{chance.randrange(10**7, 10**8)}",
            "BANKACCOUNTTYPE": "checking",
            "LOCATIONID": "100",
            "CURRENCY": "USD",
            "STATUS": "active",
            **audit.marks(chance),
        }
        for key, (number, bank, account, purpose) in enumerate(BANKS, 1)
    ]


def _periods(seed: int) -> list[Record]:
    chance = stream(seed, "REPORTINGPERIOD")
    years = (2010, 2024, 2025, 2026)
    months = [
        (f"Month {year}-{month:02}", f"{month:02}/01/{year}", f"{month:02}/{monthrange(year, month)[1]}/{year}")
        for year in years
        for month in range(1, 13)
    ]
    spans = [(f"Year {year}", f"01/01/{year}", f"12/31/{year}") for year in years] + months
    return [
        {
            "RECORDNO": key,
            "NAME": name,
            "HEADER1": name.split()[0],
            "HEADER2": name.split()[1],
            "START_DATE": start,
            "END_DATE": end,
            "BUDGETING": int(name.startswith("Month")),
            "STATUS": "inactive" if "2010" in name else "active",
            **audit.marks(chance),
        }
        for key, (name, start, end) in enumerate(spans, 1)
    ]


def _labels(seed: int, name: str, numbers: tuple[str, ...], control: str) -> list[Record]:
    chance = stream(seed, name)
    return [
        {
            "RECORDNO": key,
            "ACCOUNTLABEL": ACCOUNTS[number][2].split()[0],
            "DESCRIPTION": f"Posts to {number}",
            "GLACCOUNTNO": number,
            "GLACCOUNTTITLE": ACCOUNTS[number][2],
            "OFFSETGLACCOUNTNO": control,
            "STATUS": "active",
            "TAXABLE": 0,
            "SUBTOTAL": 0,
            **audit.marks(chance),
        }
        for key, number in enumerate(numbers, 1)
    ]

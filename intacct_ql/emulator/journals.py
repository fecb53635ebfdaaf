"""Journal entries: their lines must balance.

In: the lines of a GLBATCH. Out: nothing, or ``FunctionRefused``. Refuses to know: elements, rows.

TR_TYPE is 1 for a debit and -1 for a credit [D]. For each currency debits and credits must be equal; in words and
number the refusals are guesses ([?]). Amounts in the base currency are not compared: rounding may part them by a cent.
"""

from collections import defaultdict
from collections.abc import Sequence

from intacct_ql.emulator.records import Cells
from intacct_ql.emulator.refusals import bad_value
from intacct_ql.emulator.tables import SCALE, Cell

_SIDES = (1, -1)


def check_balance(lines: Sequence[Cells]) -> None:
    """Refuse lines that are not a debit or a credit, or do not balance."""
    sums: defaultdict[Cell, int] = defaultdict(int)
    for line in lines:
        if line.get("TR_TYPE") not in _SIDES:
            raise bad_value(
                f"Invalid TR_TYPE '{line.get('TR_TYPE')}'.", correction="Use 1 for a debit, -1 for a credit."
            )
        sums[line.get("CURRENCY")] += int(line["TR_TYPE"] or 0) * int(line.get("TRX_AMOUNT") or 0)
    for currency, total in sums.items():
        if total:
            side = "Debits" if total > 0 else "Credits"
            amount = f"{abs(total) / SCALE:.4f}".rstrip("0").rstrip(".")
            words = f"The entries do not balance: {side} are more by {amount}{f' {currency}' if currency else ''}."
            raise bad_value(words, correction="Make the debits equal to the credits in each currency.")

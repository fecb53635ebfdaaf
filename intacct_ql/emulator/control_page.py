"""The page of the emulator: one document without anything to load.

In: the state as plain data. Out: HTML. Refuses to know: where the state comes from, HTTP.
"""

from collections.abc import Mapping
from html import escape
from typing import Any

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
table { border-collapse: collapse; } td, th { padding: .1rem 1.5rem .1rem 0; text-align: left; }
td + td { text-align: right; } form { display: inline; } input { width: 30rem; } code { background: #8882; }
main { display: flex; flex-wrap: wrap; gap: 0 4rem; }
"""


def page(state: Mapping[str, Any], *, wrong: str = "", spec: str | None = None) -> str:
    """The company, the faults, the counts and the bill, with a form for whatever can be changed.

    ``wrong`` is what is wrong with a specification of faults, and ``spec`` that, to be put right.
    """
    typed = state["faults"] if spec is None else spec
    ledger = state["ledger"]
    counts = {name.replace("_", " "): ledger[name] for name in ("requests", "sign_ins", "rows")}
    metering = ledger["metering"]
    rows = {name: "not read yet" if count is None else count for name, count in state["company"].items()}
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Intacct emulator</title><style>{_STYLE}</style></head><body>
<h1>Intacct emulator</h1>
<h2>Faults</h2>{_told(wrong, state["faults"])}
<form method="post" action="/faults"><input name="spec" value="{escape(typed)}" aria-label="Faults"
 placeholder="none; such as 429:2%,503@call=7,slow=300ms"> <button>Set</button></form>
<h2>Company</h2>
{_button("/reset", "Reset rows, sessions and counts")} to the last snapshot, or to the beginning.
{_button("/snapshot", "Snapshot")} makes that now.
<h2>Counts</h2>
{_button("/ledger/reset", "Count from nothing")}
<main>
<section><h3>Requests</h3>{_table(counts)}</section>
<section><h3>Calls</h3>{_table(ledger["calls"])}</section>
<section><h3>Faults made</h3>{_table(ledger["faults"])}</section>
<section><h3>Transactions on the bill: {metering["transactions"]:,}</h3>{_table(metering["by_function"])}</section>
<section><h3>Rows of the company</h3>{_table(rows)}</section>
</main></body></html>
"""


def _told(wrong: str, faults: str) -> str:
    if not wrong:
        return ""
    return f'<p role="alert">{escape(wrong)}<br>In force is still: {escape(faults or "none")}</p>'


def _button(action: str, words: str) -> str:
    return f'<form method="post" action="{action}"><button>{words}</button></form>'


def _table(counts: Mapping[str, int | str]) -> str:
    rows = "".join(f"<tr><td>{escape(name)}</td><td>{_number(count)}</td></tr>" for name, count in counts.items())
    return f"<table>{rows}</table>" if rows else "<p>none</p>"


def _number(count: int | str) -> str:
    return escape(count) if isinstance(count, str) else f"{count:,}"

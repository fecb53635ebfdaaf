"""What is said of a wrong text: the place of its first mistake, the code, and the rewrite or the hint."""

import re
from pathlib import Path

import pytest

import intacct_ql as iql

TABLE = Path(__file__).with_name("mistakes.txt").read_text("utf-8")
"""The marked part is the place; ⏎ is a line's end. ``write`` says what the place becomes, else a hint or the reason."""


def rows():
    for part in TABLE.strip().split("\n\n"):
        code, *lines = part.split("\n")
        for line in lines:
            text, _, said = line.partition("  ")
            yield pytest.param(code, text.replace("⏎", "\n"), said.strip(), id=f"{code} {text}")


@pytest.mark.parametrize(("code", "marked", "said"), [*rows()])
def test_the_first_mistake_is_named_and_mended(code, marked, said):
    text = marked.replace("«", "").replace("»", "")
    with pytest.raises(iql.QuerySyntaxError) as caught:
        iql.parse(text)
    first = caught.value.diagnostics[0]
    assert f"{text[: first.span.start]}«{text[first.span.start : first.span.end]}»{text[first.span.end :]}" == marked
    assert first.code == code
    if first.fixes:
        (fix,) = first.fixes
        assert fix.span == first.span or not fix.text
        assert said in (f"write {fix.text}".rstrip(), *first.hints, first.reason)
        mended = text[: fix.span.start] + fix.text + text[fix.span.end :]
        if said.startswith("write"):
            iql.parse(mended)
    else:
        assert said in (*first.hints, first.reason, *(f"{hint}: {first.reason}" for hint in first.hints))


def test_a_number_of_rows_may_have_fifteen_digits():
    assert iql.parse("select A from T limit 999999999999999").limit.value == 10**15 - 1


def test_no_more_than_twenty_mistakes_are_told():
    text = "select A from T where " + " and ".join(["A == 1"] * 30)
    with pytest.raises(iql.QuerySyntaxError) as caught:
        iql.parse(text)
    assert [found.span.start for found in caught.value.diagnostics] == [
        found.start() for found in re.finditer("==", text)
    ][:20]

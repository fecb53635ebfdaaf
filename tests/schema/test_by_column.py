"""Cells decoded together are what each of them is alone."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intacct_ql.schema.by_column import by_column
from intacct_ql.schema.types import DataType, decoder

PLAIN = {
    "INTEGER": ["7", "-7", "007", " 7", "1_000", "٣"],
    "DECIMAL": ["1.50", "-.5", "1e5", "1_0.5", " 7 "],
    "BOOLEAN": ["true", "false", "T", "F"],
    "DATE": ["02/29/2024", "2024-02-29"],
    "TIMESTAMP": ["02/29/2024 23:59:59", "01/01/2024"],
    "TEXT": ["a", " ", "None"],
}
ODD = ["", "x", "1.5", "NaN", "-Infinity", "sNaN123", "inf", "0x1F", "TRUE", "02/30/2024", "9" * 5000, "0"]


@pytest.mark.parametrize("kind", DataType)
@pytest.mark.parametrize("odd", [[], *([one] for one in ODD), ["", "x"], ["", "NaN"], ["", "1.5"]], ids=repr)
def test_a_column_of_the_usual_and_one_odd_cell(kind, odd):
    texts = [*PLAIN.get(kind, PLAIN["TEXT"]), *odd]
    held_to_each(kind, texts)
    held_to_each(kind, texts[::-1])


@given(st.sampled_from(DataType), st.lists(st.text("0123 +-._/:eExTruefalsNaI\0", max_size=8) | st.sampled_from(ODD)))
@example(DataType.DECIMAL, [])
def test_any_cells(kind, texts):
    held_to_each(kind, texts)


def held_to_each(kind, texts):
    decode = decoder(kind)
    assert repr(list(by_column(decode)(tuple(texts)))) == repr([decode(text) for text in texts])


def test_what_decodes_otherwise_is_asked_for_each_cell():
    assert list(by_column(str.upper)(["a", "", "b"])) == ["A", "", "B"]

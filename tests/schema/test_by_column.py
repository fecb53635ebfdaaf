"""Cells decoded together are what each of them is alone."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intacct_ql.formatting import USUAL, Formatting
from intacct_ql.schema.by_column import by_column
from intacct_ql.schema.types import DataType, decoder

PLAIN = {
    "INTEGER": ["7", "-7", "007", " 7"],
    "DECIMAL": ["1.50", "-.5", "1e5", " 7 "],
    "BOOLEAN": ["true", "false", "T", "F"],
    "DATE": ["02/29/2024", "2024-02-29"],
    "TIMESTAMP": ["02/29/2024 23:59:59", "01/01/0001 00:00:00"],
    "TEXT": ["a", " ", "None"],
}
SCRIPTS = ["1_000", "1_0.5", "٣", "１.5"]
ODD = ["", "x", "1.5", "NaN", "-Infinity", "sNaN123", "inf", "0x1F", "TRUE", "02/30/2024", "9" * 5000, "0", *SCRIPTS]
MOMENTS = [
    "02/30/2024 10:00:00",
    "02/29/2024 24:00:00",
    "02/29/2024 10+01:00",
    "02/29/2024 10:|0:00",
    "02/2|/2024 10:10:00",
    "02/29/2024T10:00:00",
    "02/29/٢٠٢٤ 10:00:00",
    "2024-02-29 10:00:00",
    "02/29/2024 10:00:00.5",
    "02/29/2024 1:00:00",
    "01/01/2024",
]
FORMATTINGS = [USUAL, Formatting(gmtoffset="-09:30")]


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


@pytest.mark.parametrize("odd", MOMENTS)
def test_a_column_of_moments_and_one_odd_cell(odd):
    for texts in ([odd], ["02/29/2024 23:59:59", odd, "01/01/2024 00:00:00"], ["", odd, "01/01/2024 00:00:00"]):
        held_to_each(DataType.TIMESTAMP, texts)


@given(st.lists(st.sampled_from(["", "x"]) | st.datetimes().map("{:%m/%d/%Y %H:%M:%S}".format)))
def test_any_moments(texts):
    held_to_each(DataType.TIMESTAMP, texts)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        *((kind, cell) for kind in ("INTEGER", "CURRENCY") for cell in ("1_000", "٣", "-１", "1_0.5", "٣.5", "1e1_0")),
        *(("DATE", cell) for cell in ("0_/01/2024", "02/٢٩/2024", "02/29/2_24", "02/29/+024", "02/29-2024")),
        ("TIMESTAMP", "02/29/٢٠٢٤ 10:00:00"),
    ],
)
def test_a_number_that_only_python_reads_stays_text(kind, cell):
    decode = decoder(DataType(kind))
    assert decode(cell) == cell
    assert list(by_column(decode)([cell, "", cell])) == [cell, None, cell]


def held_to_each(kind, texts):
    for formatting in FORMATTINGS:
        decode = decoder(kind, formatting)
        assert repr(list(by_column(decode)(tuple(texts)))) == repr([decode(text) for text in texts])


def test_what_decodes_otherwise_is_asked_for_each_cell():
    assert list(by_column(str.upper)(["a", "", "b"])) == ["A", "", "B"]

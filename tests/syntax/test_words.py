"""Words are spelled with the letters A to Z; what upper case turns into one of them is another letter."""

import pytest

import intacct_ql as iql


@pytest.mark.parametrize(
    "text",
    [
        "\u017felect NAME from CUSTOMER",
        "select NAME from CUSTOMER l\u0131m\u0131t 5",
        "select NAME from CUSTOMER order by NAME a\u017fc",
        "select \u017fum(TOTALDUE) from CUSTOMER",
        "select NAME from cu\u017ftomer",
        "select CU\u017fTOMERID from CUSTOMER",
        "select NAME from CUSTOMER where WHENMODIFIED = THI\u017f_MONTH",
        "select NAME from CUSTOMER where WHENMODIFIED = LAST_N_DAYS:\u0663",
        "select NAME from CUSTOMER option (pagesize = \u0663)",
        "select NAME from CUSTOMER where \u0661 = 1",
    ],
)
def test_other_letters_and_digits_are_not_read_as_ours(text):
    with pytest.raises(iql.QueryError):
        iql.compile(text)


def test_as_a_value_such_a_word_is_text():
    assert "<value>\u017felect</value>" in iql.compile("select NAME from CUSTOMER where NAME = \u017felect").xml


@pytest.mark.parametrize("name", ["stra\u00dfe", "\ufb01nance", "gr\u00f6\u00dfe"])
def test_without_a_catalog_a_name_is_not_changed_into_another(name):
    text = f"select {name} from thing where {name} = 1 order_by {name}"
    canonical = iql.format(text)
    assert iql.parse(canonical) == iql.parse(text)
    assert "SS" not in canonical
    assert "FI" not in canonical


def test_as_many_digits_as_one_likes():
    for digits in ("9" * 5_000, "0" * 5_000):
        for text in (
            f"select NAME from CUSTOMER limit {digits}",
            f"select NAME from CUSTOMER limit 1 offset {digits}",
            f"select NAME from CUSTOMER option (pagesize = {digits})",
            f"select NAME from CUSTOMER where RECORDNO = {digits}",
            f"select NAME from CUSTOMER where WHENMODIFIED = LAST_N_DAYS:{digits}",
        ):
            with pytest.raises(iql.QueryError):
                iql.compile(text)

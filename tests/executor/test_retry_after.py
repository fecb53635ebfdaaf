"""What ``Retry-After`` asks for, whatever stands there."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.executor.ride import seconds


@pytest.mark.parametrize(
    ("header", "asked"),
    [(None, None), ("5", 5.0), (" 60 ", 60.0), ("0", 0.0), ("999999999", 999_999_999.0), ("", None), ("-5", None)],
)
def test_a_number_of_seconds(header, asked):
    assert seconds(header) == asked


def test_a_day_and_time():
    assert seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert seconds("Wed, 21 Oct 2015 07:28:00 -0000") == 0.0
    later = seconds(format_datetime(datetime.now(UTC) + timedelta(hours=2), usegmt=True))
    assert 7_000 < later <= 7_200


BIG = "9" * 30


@pytest.mark.parametrize(
    "header",
    [
        "soon",
        "1e9",
        BIG,
        "٣",  # a digit, and none of HTTP's
        f"Mon, 01 Jan {BIG} 00:00:00 GMT",
        f"Wed, 21 Oct 2015 07:28:{BIG} GMT",
        f"Wed, 21 Oct 2015 07:28:00 +{BIG}",
        f"1 Jan 2025 00:00:00 {BIG}",
        "Wed, 21 Oct 2015 99:99:99 GMT",
        "Wed, 21 Oct 2015 07:28:00 +9999",
        "Wed, 21 Oct",
        "1 Jan 2025 " + "9" * 5_000 + ":00:00 GMT",
        "\x00",
    ],
)
def test_what_says_nothing_is_not_there(header):
    assert seconds(header) is None


PARTS = "Mon Wed, Jan Oct GMT EST Z : :: - + . , 0 1 21 31 2015 9999 07:28:00 +9999 -2300 AM ٣"
WORDS = st.sampled_from([*PARTS.split(), " ", BIG])


@given(st.one_of(st.text(), st.lists(WORDS, max_size=12).map(" ".join), st.lists(WORDS, max_size=12).map("".join)))
def test_any_text_is_a_time_or_nothing(header):
    asked = seconds(header)
    assert asked is None or 0.0 <= asked < inf

"""Days and times as users may have them: what is written is read, by the cell and by the column."""

from datetime import UTC, date, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intacct_ql.emulator import formatting as witness
from intacct_ql.formatting import USUAL, Formatting
from intacct_ql.gateway.casts import MisfitError, cast
from intacct_ql.schema.types import DataType, decode_date, decode_timestamp, decoder

formattings = st.builds(
    Formatting,
    dateformat=st.builds(
        lambda sign, order, year: sign + "".join(order).replace("Y", year),
        st.sampled_from("/-. "),
        st.permutations("mdY"),
        st.sampled_from("yY"),
    ),
    gmtoffset=st.sampled_from(["", "+00:00", "+09:30", "-12:00", "+14:00", "-00:30"]),
    clock=st.sampled_from([12, 24]),
)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2068, 12, 31)).map(lambda moment: moment.replace(microsecond=0))


@given(formattings, st.lists(moments, min_size=1, max_size=5))
def test_what_is_written_is_read(formatting, written):
    here = [moment.replace(tzinfo=formatting.zone) for moment in written]
    texts = [formatting.moment(moment) for moment in here]
    assert [decoder(DataType.TIMESTAMP, formatting)(text) for text in texts] == here
    assert cast(pa.array(texts), "TIMESTAMP", formatting).to_pylist() == here
    days = [formatting.day(moment) for moment in written]
    assert [decoder(DataType.DATE, formatting)(day) for day in days] == [moment.date() for moment in written]
    assert cast(pa.array(days), "DATE", formatting).to_pylist() == [moment.date() for moment in written]
    midnights = [moment.replace(hour=0, minute=0, second=0) for moment in here]
    assert cast(pa.array([*days, texts[0]]), "TIMESTAMP", formatting).to_pylist() == [*midnights, here[0]]


@given(formattings, moments)
def test_it_is_what_the_witness_writes(formatting, moment):
    """The emulator has it from the same documents, in other code."""
    settings = {**formatting.to_dict(), "clock": formatting.clock, "gmtoffset": formatting.gmtoffset or "+00:00"}
    other = witness.Formatting(**settings)
    told = Formatting.told(other_words(other))
    assert told.moment(moment.replace(tzinfo=UTC)) == other.moment(moment.isoformat(sep=" "))
    assert told.day(moment) == other.day(moment.date().isoformat())


def other_words(other) -> dict[str, str]:
    return {name: str(getattr(other, name)) for name in ("locale", "dateformat", "gmtoffset", "clock")}


@given(formattings, st.text("0123456789/-. :APM", max_size=22))
def test_a_column_never_says_what_a_cell_does_not(formatting, text):
    for kind in ("DATE", "TIMESTAMP"):
        read = decoder(DataType(kind), formatting)(text)
        try:
            (typed,) = cast(pa.array([text]), kind, formatting).to_pylist()
        except (MisfitError, pa.ArrowException):
            continue
        assert typed == read


@pytest.mark.parametrize(
    ("settings", "text", "moment"),
    [
        ({"dateformat": "-dmY"}, "1-2-2024 9:05:07", datetime(2024, 2, 1, 9, 5, 7)),
        ({"dateformat": "-dmY", "clock": 12}, "1-2-2024 9:05:07 PM", datetime(2024, 2, 1, 21, 5, 7)),
        ({"dateformat": "/dmY"}, "2024-02-01", datetime(2024, 2, 1)),
        ({"dateformat": "/dmY"}, "2024-02-01 10:00:00", datetime(2024, 2, 1, 10)),
        ({"dateformat": "/dmY", "gmtoffset": "+01:00"}, "2024-02-01T10:00:00Z", datetime(2024, 2, 1, 10, tzinfo=UTC)),
        ({"gmtoffset": "+01:00"}, "2024-02-01T10:00:00Z", datetime(2024, 2, 1, 10, tzinfo=UTC)),
        ({"gmtoffset": "+01:00"}, "01/02/2024", datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=1)))),
        ({"dateformat": "/dmY"}, "01/13/2024 00:00:00", "01/13/2024 00:00:00"),
        ({"dateformat": "/dmY"}, "yesterday", "yesterday"),
        ({"dateformat": "/dmY", "clock": 12}, "01/02/2024 13:00:00 PM", "01/02/2024 13:00:00 PM"),
        ({"dateformat": "/dmY"}, "", None),
        ({"gmtoffset": "+01:00"}, "", None),
    ],
)
def test_a_cell_that_is_written_otherwise(settings, text, moment):
    assert decoder(DataType.TIMESTAMP, Formatting(**settings))(text) == moment


def test_the_usual_way_has_the_plain_decoders():
    for formatting in (USUAL, Formatting()):
        assert decoder(DataType.DATE, formatting) is decode_date
        assert decoder(DataType.TIMESTAMP, formatting) is decode_timestamp
    assert decoder(DataType.DATE, Formatting(gmtoffset="+09:30")) is decode_date
    assert decoder(DataType.DATE, Formatting(dateformat="-dmY"))("31-01-2024") == date(2024, 1, 31)


@pytest.mark.parametrize(
    "settings",
    [
        {"dateformat": "mdY"},
        {"dateformat": "/mmY"},
        {"dateformat": "/MdY"},
        {"gmtoffset": "9:30"},
        {"gmtoffset": "+15:00"},
        {"clock": "13"},
        {"clock": "noon"},
        {"clock": ""},
        {"dateformat": ""},
    ],
)
def test_what_cannot_be_read_is_refused(settings):
    with pytest.raises(ValueError, match=r"[a-z]"):
        Formatting.told({"dateformat": "/mdY", "gmtoffset": "+00:00", "clock": "24", **settings})

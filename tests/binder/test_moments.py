"""Dates, times, zones and ranges."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from intacct_ql.binder.moments import Days, NotAMomentError, read_moment, read_range

DARWIN = timezone(timedelta(hours=9, minutes=30))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("10/22/2010", date(2010, 10, 22)),
        ("1/2/2010", date(2010, 1, 2)),
        ("2010-10-22", date(2010, 10, 22)),
        ("10/22/2010 0:00", datetime(2010, 10, 22)),
        ("10/22/2010 9:05:07", datetime(2010, 10, 22, 9, 5, 7)),
        ("10/22/2010 12:00 AM", datetime(2010, 10, 22)),
        ("10/22/2010 12:00 PM", datetime(2010, 10, 22, 12)),
        ("10/22/2010 11:59 pm", datetime(2010, 10, 22, 23, 59)),
        ("2010-10-22T10:20:30", datetime(2010, 10, 22, 10, 20, 30)),
        ("2010-10-22 10:20:30.25", datetime(2010, 10, 22, 10, 20, 30, 250_000)),
        ("2010-10-22t10:20:30", datetime(2010, 10, 22, 10, 20, 30)),
        ("1/2/2010T10:00", datetime(2010, 1, 2, 10)),
        ("12/5/2010", date(2010, 12, 5)),
    ],
)
def test_what_is_read(text, moment):
    found = read_moment(text)
    assert found == moment
    assert type(found) is type(moment)


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2010-10-22T10:00:00Z", UTC, datetime(2010, 10, 22, 10)),
        ("2010-10-22T10:00:00Z", DARWIN, datetime(2010, 10, 22, 19, 30)),
        ("2010-10-22T20:00:00+00:00", DARWIN, datetime(2010, 10, 23, 5, 30)),
        ("2010-10-22T10:00:00-0500", UTC, datetime(2010, 10, 22, 15)),
        ("10/22/2010 10:00:00+02:00", UTC, datetime(2010, 10, 22, 8)),
        ("2010-07-01T12:00:00Z", ZoneInfo("America/New_York"), datetime(2010, 7, 1, 8)),
        ("2010-01-01T12:00:00z", ZoneInfo("America/New_York"), datetime(2010, 1, 1, 7)),
    ],
)
def test_an_offset_is_converted_to_the_zone_of_the_session(text, zone, moment):
    found = read_moment(text, lambda: zone)
    assert found == moment
    assert found.tzinfo is None


@pytest.mark.parametrize(
    ("text", "words", "iso"),
    [
        ("2010-10-22T10:00:00Z", "offset needs the session's zone", None),
        ("22/10/2010", "22/10/2010 has no month 22", "2010-10-22"),
        ("1/2/10", "no four-digit year", "2010-01-02"),
        ("1/2/10 9:00 PM", "no four-digit year", "2010-01-02 9:00 PM"),
        ("22/10/2010T10:00:00", "22/10/2010 has no month 22", "2010-10-22T10:00:00"),
        ("1/2/123", "no four-digit year", None),
        ("2010-10-22T10:00:00+24:00", "10:00:00+24:00 is not a time", None),
        ("2010-10-22T10:00:00-05:60", "10:00:00-05:60 is not a time", None),
        ("2010-10-22T10:00:00+9900", "10:00:00+9900 is not a time", None),
        ("13/13/2010", "not in the calendar", None),
        ("2/30/2010", "not in the calendar", None),
        ("2010-2-1", "2010-2-1 is not a date", None),
        ("10/22/2010 24:00", "24:00 is not a time", None),
        ("10/22/2010 13:00 PM", "is not a time", None),
        ("10/22/2010 0:00 AM", "is not a time", None),
        ("10/22/2010 noon", "noon is not a time", None),
        ("soon", "soon is not a date", None),
        ("soon enough", "soon enough is not a date", None),
        ("Tomorrow", "Tomorrow is not a date", None),
        ("13/12/2010", "13/12/2010 has no month 13", "2010-12-13"),
        ("2010-02-30", "2010-02-30 is not in the calendar", None),
        ("/2/2010", "/2/2010 is not a date", None),
        ("1//2010", "1//2010 is not a date", None),
        ("1/2/", "1/2/ is not a date", None),
        ("001/2/2010", "001/2/2010 is not a date", None),
        ("1/002/2010", "1/002/2010 is not a date", None),
        ("1/2/20100", "1/2/20100 is not a date", None),
        ("1/2/2010 :30", ":30 is not a time", None),
        ("1/2/2010 010:30", "010:30 is not a time", None),
        ("1/2/2010 10:00:00.", "10:00:00. is not a time", None),
        ("1/2/2010 10:00:00.1234567", "10:00:00.1234567 is not a time", None),
    ],
)
def test_what_is_not_a_moment(text, words, iso):
    with pytest.raises(NotAMomentError) as wrong:
        read_moment(text)
    assert words in wrong.value.reason
    assert wrong.value.hint
    assert wrong.value.iso == iso
    assert str(wrong.value) == wrong.value.reason


@pytest.mark.parametrize("year", ["0001", "9999"])
def test_years_at_the_edge_are_not_converted(year):
    with pytest.raises(NotAMomentError, match="out of reach") as wrong:
        read_moment(f"{year}-06-01T00:00:00Z", lambda: UTC)
    assert "without offset" in wrong.value.hint


FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("word", "first", "last"),
    [
        ("TODAY", "2026-11-20", "2026-11-20"),
        ("yesterday", "2026-11-19", "2026-11-19"),
        ("Tomorrow", "2026-11-21", "2026-11-21"),
        ("THIS_WEEK", "2026-11-16", "2026-11-22"),
        ("LAST_WEEK", "2026-11-09", "2026-11-15"),
        ("NEXT_WEEK", "2026-11-23", "2026-11-29"),
        ("THIS_MONTH", "2026-11-01", "2026-11-30"),
        ("LAST_MONTH", "2026-10-01", "2026-10-31"),
        ("NEXT_MONTH", "2026-12-01", "2026-12-31"),
        ("THIS_QUARTER", "2026-10-01", "2026-12-31"),
        ("LAST_QUARTER", "2026-07-01", "2026-09-30"),
        ("NEXT_QUARTER", "2027-01-01", "2027-03-31"),
        ("THIS_YEAR", "2026-01-01", "2026-12-31"),
        ("LAST_YEAR", "2025-01-01", "2025-12-31"),
        ("NEXT_YEAR", "2027-01-01", "2027-12-31"),
        ("LAST_N_DAYS:1", "2026-11-19", "2026-11-20"),
        ("NEXT_N_DAYS:1", "2026-11-21", "2026-11-21"),
        ("LAST_N_DAYS:30", "2026-10-21", "2026-11-20"),
        ("NEXT_N_DAYS:30", "2026-11-21", "2026-12-20"),
        ("LAST_N_WEEKS:2", "2026-11-02", "2026-11-15"),
        ("NEXT_N_WEEKS:2", "2026-11-23", "2026-12-06"),
        ("LAST_N_MONTHS:14", "2025-09-01", "2026-10-31"),
        ("NEXT_N_MONTHS:2", "2026-12-01", "2027-01-31"),
    ],
)
def test_relative_ranges(word, first, last):
    days = read_range(word, lambda: FRIDAY)
    assert days == Days(first=date.fromisoformat(first), last=date.fromisoformat(last))
    assert days.after == days.last + timedelta(days=1)


@pytest.mark.parametrize(
    ("today", "word", "first", "last"),
    [
        ("2026-01-01", "THIS_QUARTER", "2026-01-01", "2026-03-31"),
        ("2026-01-31", "LAST_QUARTER", "2025-10-01", "2025-12-31"),
        ("2026-10-01", "THIS_QUARTER", "2026-10-01", "2026-12-31"),
        ("2026-12-31", "NEXT_QUARTER", "2027-01-01", "2027-03-31"),
        ("2026-05-31", "THIS_QUARTER", "2026-04-01", "2026-06-30"),
        ("2026-05-31", "LAST_QUARTER", "2026-01-01", "2026-03-31"),
        ("2026-01-31", "LAST_MONTH", "2025-12-01", "2025-12-31"),
        ("2024-01-31", "NEXT_MONTH", "2024-02-01", "2024-02-29"),
        ("2024-02-29", "LAST_YEAR", "2023-01-01", "2023-12-31"),
        ("2026-01-01", "LAST_WEEK", "2025-12-22", "2025-12-28"),
    ],
)
def test_relative_ranges_at_the_ends_of_units(today, word, first, last):
    days = read_range(word, lambda: date.fromisoformat(today))
    assert days == Days(first=date.fromisoformat(first), last=date.fromisoformat(last))


WHICH = ("LAST", "THIS", "NEXT")


@pytest.mark.parametrize("unit", ["WEEK", "MONTH", "QUARTER", "YEAR"])
def test_the_last_the_current_and_the_next_unit_join_on_every_day(unit):
    for number in range(4 * 366):
        today = date(2023, 12, 25) + timedelta(days=number)
        last, this, after = (read_range(f"{which}_{unit}", lambda today=today: today) for which in WHICH)
        assert this.first <= today <= this.last
        assert (last.after, this.after) == (this.first, after.first)
        assert all(read_range(f"THIS_{unit}", lambda end=end: end) == this for end in (this.first, this.last))


@pytest.mark.parametrize("word", ["LAST_N_DAYS", "LAST_N_DAYS:0", "NEXT_N_MONTHS:99999"])
def test_ranges_that_cannot_be(word):
    with pytest.raises(NotAMomentError) as wrong:
        read_range(word, lambda: FRIDAY)
    assert wrong.value.hint


@pytest.mark.parametrize(
    "word", ["TODAY:5", "THIS_DAY", "x", "24", "LAST_WEEK:1", "LAST_N_DAYS:", "LAST_N_DAYS:100000"]
)
def test_words_that_are_no_ranges(word):
    assert read_range(word, lambda: FRIDAY) is None


def test_weeks_start_on_monday_on_every_day_of_one():
    for day in [date(2026, 11, number) for number in range(16, 23)]:
        assert read_range("THIS_WEEK", lambda day=day: day).first == date(2026, 11, 16)

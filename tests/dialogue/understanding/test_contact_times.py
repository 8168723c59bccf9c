"""When somebody wants to be reached: hours and days in three ways of writing."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.understanding.contact_times import ContactTimes, contact_times

SIX, EIGHT = time(18), time(20)
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.mark.parametrize(
    ("text", "opens", "closes", "days"),
    [
        ("only write after 6pm", SIX, None, ()),
        ("please don't contact me, not before 10am", time(10), None, ()),
        ("between 6 and 8 pm is best", SIX, EIGHT, ()),
        ("from 18:00 to 20:00", SIX, EIGHT, ()),
        ("before 9:30 am please", None, time(9, 30), ()),
        ("evenings on weekdays", SIX, time(22), WORKDAYS),
        ("only at weekends", None, None, ("sat", "sun")),
        ("Mondays and Fridays in the morning", time(8), time(12), ("mon", "fri")),
        ("只在晚上六点后联系我", SIX, None, ()),
        ("只在晚上六點後聯絡我", SIX, None, ()),
        ("晚上6点到8点", SIX, EIGHT, ()),
        ("下午2点半以后", time(14, 30), None, ()),
        ("上午联系我就好", time(8), time(12), ()),
        ("周末再联系", None, None, ("sat", "sun")),
        ("星期三晚上", SIX, time(22), ("wed",)),
        ("平日晚上七點以後", time(19), None, WORKDAYS),
    ],
)
def test_times_as_people_write_them(text: str, opens: time, closes: time, days: tuple[str, ...]) -> None:
    assert contact_times(text) == ContactTimes(opens, closes, days)


@pytest.mark.parametrize(
    "text",
    [
        "call me differently",
        "use my new number 5551234",
        "not in the morning",
        "换个方式联系我",
        "别在晚上找我",
        "by email",
    ],
)
def test_what_names_no_wanted_time_goes_to_a_person(text: str) -> None:
    assert contact_times(text) is None


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_a_span_has_its_order(text: str) -> None:
    times = contact_times(text)
    if times and times.opens and times.closes:
        assert times.opens < times.closes


@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from(["am", "pm", ""]))
def test_no_clock_breaks_it(hour: int, minute: int, half: str) -> None:
    contact_times(f"between {hour}:{minute:02} {half} and {minute}{half}")
    contact_times(f"晚上{hour}点{minute:02}到{minute}点")

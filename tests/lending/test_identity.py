"""Who somebody is: checks in constant time, locks that grow, and input as people type it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.lending import identity
from bot.lending.identity import Borrower, Claim, locked_until, proves
from bot.lending.identity_input import birth_date, normal_document, normal_reference, told_at_once

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 4, tzinfo=UTC)
WEI = Borrower("b1", "harbour", "HB-1001", "林伟", date(1990, 5, 17), "4417", "cn", "Asia/Shanghai", "residence")
RIGHT = Claim("HB-1001", date(1990, 5, 17), "4417")
LOCKS = (15, 60, 1440)

dates = st.dates(min_value=date(1900, 1, 1), max_value=TODAY - timedelta(days=1))
seconds = st.integers(0, 690 * 86400)
times = seconds.map(lambda ago: NOW - timedelta(seconds=ago))


def test_all_three_details_prove() -> None:
    assert proves(RIGHT, WEI)


@given(dates, st.text("0123456789X", min_size=4, max_size=4), st.sampled_from(["HB-1001", "HB-1002"]))
def test_any_wrong_detail_proves_nothing(born: date, last4: str, reference: str) -> None:
    claim = Claim(reference, born, last4)
    assert proves(claim, WEI) == (claim == RIGHT)


@given(st.text(), dates, st.text())
def test_nobody_is_proved_by_anything(reference: str, born: date, last4: str) -> None:
    assert not proves(Claim(reference, born, last4), None)


def test_an_unknown_reference_costs_the_same_comparisons(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    real = identity._same

    def counting(left: str, right: str) -> bool:
        calls.append(left)
        return real(left, right)

    monkeypatch.setattr(identity, "_same", counting)
    work = []
    for claim, borrower in [
        (RIGHT, WEI),
        (RIGHT, None),
        (replace(RIGHT, document_last4="0000"), WEI),
        (replace(RIGHT, birth_date=date(1991, 1, 1)), WEI),
    ]:
        calls.clear()
        proves(claim, borrower)
        work.append(len(calls))
    assert work == [3, 3, 3, 3]


def test_the_third_wrong_try_locks_and_each_lock_is_longer() -> None:
    failures = [NOW + timedelta(hours=n) for n in range(12)]
    assert locked_until(failures[:2], 3, LOCKS) is None
    for count, minutes in [(3, 15), (6, 60), (9, 1440), (12, 1440)]:
        assert locked_until(failures[:count], 3, LOCKS) == failures[count - 1] + timedelta(minutes=minutes)


@given(st.lists(times, max_size=30).map(sorted), st.integers(1, 5))
def test_a_lock_always_starts_at_a_failure_and_never_shrinks_by_more_failures(
    failures: list[datetime], tries: int
) -> None:
    until = locked_until(failures, tries, LOCKS)
    if until is None:
        return
    assert any(until - failure in [timedelta(minutes=m) for m in LOCKS] for failure in failures)
    more = locked_until([*failures, *[failures[-1]] * tries], tries, LOCKS)
    assert more is not None
    assert more >= until


def test_a_long_quiet_forgives() -> None:
    old = [NOW - timedelta(days=60), NOW - timedelta(days=60)]
    assert locked_until([*old, NOW], 3, LOCKS) is None


def test_tries_count_by_address_and_by_reference_however_it_is_typed() -> None:
    one = identity.try_subjects("web:harbour/a", "harbour", "hb-1001")
    two = identity.try_subjects("web:harbour/b", "harbour", "ＨＢ－１００１ ")
    assert one[1] == two[1]
    assert one[0] != two[0]


@given(st.text("abzAZ019-－–＿ ０９Ａｚ　號号/.", max_size=40))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normal_reference(normal_reference(text)) == normal_reference(text)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("4417", "4417"),
        ("４４１７", "4417"),
        ("011x", "011X"),
        ("310101199005174417", "4417"),
        ("44 17", "4417"),
        ("A123456789", "6789"),
    ],
)
def test_document_digits(typed: str, kept: str) -> None:
    assert normal_document(typed) == kept


@pytest.mark.parametrize("typed", ["", "441", "44175", "no idea", "abcd", "我不记得", "4417?"])
def test_what_is_no_document(typed: str) -> None:
    assert normal_document(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "1990-05-17",
        "1990/5/17",
        "1990.05.17",
        "19900517",
        "１９９０年５月１７日",
        "1990年5月17号",
        "17 May 1990",
        "17th of May 1990",
        "May 17, 1990",
        "17/05/1990",
        "05/17/1990",
        "17/5/90",
        "5/17/90",
        "17 may 90",
        "May 17 '90",
        "90-5-17",
        "90年5月17",
        "民國79年5月17日",
    ],
)
def test_dates_of_birth(typed: str) -> None:
    assert birth_date(typed, TODAY) == date(1990, 5, 17)


@pytest.mark.parametrize("typed", ["", "03/05/1990", "1990-13-40", "2099-01-01", "1850-01-01", "yesterday", "79"])
def test_what_is_no_date_of_birth(typed: str) -> None:
    assert birth_date(typed, TODAY) is None


@pytest.mark.parametrize(
    "typed", ["79/5/17", "79.5.17", "79-05-17", "079/05/17", "790517", "0790517", "79年5月17日"]
)
def test_a_short_year_of_the_republic(typed: str) -> None:
    assert birth_date(typed, TODAY, republic=True) == date(1990, 5, 17)
    assert birth_date(typed, TODAY) != date(1990, 5, 17)


@pytest.mark.parametrize(
    ("typed", "year"), [("2年3月4日", None), ("02年3月4日", 2002), ("15年3月4日", 1915), ("9/8/07", None)]
)
def test_a_year_of_two_digits_is_that_of_somebody_who_may_owe(typed: str, year: int | None) -> None:
    born = birth_date(typed, TODAY)
    assert (born.year if born else None) == year


@pytest.mark.parametrize("typed", ["17/5/79", "28/5/3", "79/13/1", "200/1/1"])
def test_what_may_be_a_day_or_no_date_is_no_year_of_the_republic(typed: str) -> None:
    assert birth_date(typed, TODAY, republic=True) is None


@given(dates)
def test_every_date_of_birth_is_read_back(born: date) -> None:
    for text in (
        born.isoformat(),
        f"{born:%Y%m%d}",
        f"{born.year}年{born.month}月{born.day}日",
        f"{born:%d %B %Y}",
    ):
        assert birth_date(text, TODAY) == born


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    born, document = birth_date(text, TODAY), normal_document(text)
    assert born is None or date(1900, 1, 1) <= born < TODAY
    assert document is None or len(document) == 4


def test_tokens_and_codes_are_never_the_same_twice() -> None:
    tokens = {identity.new_link_token() for _ in range(200)}
    codes = {identity.new_check_code() for _ in range(200)}
    assert len(tokens) == len(codes) == 200
    assert all(
        len(identity.link_digest(token)) == 64 and token not in identity.link_digest(token) for token in tokens
    )
    assert all(len(code) == 9 and not set(code) & set("0O1IL5S2Z8BUV") for code in codes)


@pytest.mark.parametrize(
    ("typed", "document"),
    [
        ("17 may 1990 4417", "4417"),
        ("1990-05-17, 4417", "4417"),
        ("I was born on May 17th, 1990 and my ID ends in 4417.", "4417"),
        ("born 17 May 1990", None),
        ("1990年5月17日 4417", "4417"),
        ("1990年5月17号出生，尾号441X", "441X"),
        ("我的生日是1990年5月17日", None),
        ("民國79年5月17日，末四碼4417", "4417"),
        ("79/5/17 4417", "4417"),
        ("19900517 4417", "4417"),
    ],
)
def test_a_birth_date_is_found_in_a_sentence_with_the_document_behind_it(typed: str, document: str | None) -> None:
    assert told_at_once(typed, TODAY, republic=True) == (date(1990, 5, 17), document)


@pytest.mark.parametrize("typed", ["", "4417", "17 may 4417", "03/05/1990 4417", "no idea, ask 4417", "1990 4417"])
def test_what_is_no_birth_date_brings_no_document(typed: str) -> None:
    assert told_at_once(typed, TODAY) == (None, None)


@given(st.text())
def test_any_text_is_read_at_once_or_not_at_all(text: str) -> None:
    born, document = told_at_once(text, TODAY)
    assert document is None or (born is not None and normal_document(document) == document)

"""Ages are counted in whole years lived, to the day."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from largesse.identity import AgeState, Country, Role, User, age_years, spending_state
from largesse.identity.age import parse_birth_date
from largesse.identity.errors import BirthDateInvalid
from largesse.types import new_id

TODAY = date(2026, 6, 15)
US = Country("US", "United States", "USD", True, 18)


def born(birth_date: date) -> User:
    roles = frozenset({Role.VIEWER})
    return User(new_id(), "Vera", "US", birth_date, roles, datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("birth_date", "today", "age"),
    [
        (date(2008, 6, 15), date(2026, 6, 15), 18),
        (date(2008, 6, 16), date(2026, 6, 15), 17),
        (date(2008, 6, 14), date(2026, 6, 15), 18),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(2008, 2, 29), date(2028, 2, 28), 19),
        (date(2008, 2, 29), date(2028, 2, 29), 20),
        (date(2025, 12, 31), date(2026, 1, 1), 0),
        (date(2026, 6, 15), date(2026, 6, 15), 0),
    ],
)
def test_a_year_is_added_on_the_birthday(birth_date: date, today: date, age: int) -> None:
    assert age_years(birth_date, today) == age


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.dates(date(2100, 1, 1), date(2199, 12, 30))
)
def test_nobody_grows_younger_and_nobody_skips_a_year(birth_date: date, today: date) -> None:
    tomorrow = date.fromordinal(today.toordinal() + 1)
    assert age_years(birth_date, tomorrow) - age_years(birth_date, today) in (0, 1)


@pytest.mark.parametrize(
    ("birth_date", "rule", "state"),
    [
        (date(2008, 6, 15), US, AgeState.ALLOWED),
        (date(2008, 6, 16), US, AgeState.UNDERAGE),
        (date(2007, 6, 16), Country("KR", "South Korea", "KRW", True, 19), AgeState.UNDERAGE),
        (date(2006, 6, 15), Country("JP", "Japan", "JPY", True, 20), AgeState.ALLOWED),
        (date(1990, 1, 1), Country("IN", "India", "INR", False, 18), AgeState.COUNTRY_CLOSED),
        (date(2020, 1, 1), Country("IN", "India", "INR", False, 18), AgeState.COUNTRY_CLOSED),
    ],
)
def test_country_and_age_decide_about_spending(
    birth_date: date, rule: Country, state: AgeState
) -> None:
    assert spending_state(born(birth_date), rule, TODAY) is state


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-16", "1906-06-15", "1800-01-01", "2025-02-29", "2025-02-30", "2025-13-01",
        "15.06.1990", "19900615", "1990-6-15", "1990-06-15T00:00:00", "", "0", "\u0661990-01-01",
    ],
)  # fmt: skip
def test_impossible_birth_dates_are_refused(text: str) -> None:
    with pytest.raises(BirthDateInvalid):
        parse_birth_date(text, TODAY)


@pytest.mark.parametrize("text", ["2026-06-15", "1906-06-16", "2008-02-29"])
def test_the_oldest_the_youngest_and_leap_days_are_taken(text: str) -> None:
    assert parse_birth_date(text, TODAY) == date.fromisoformat(text)

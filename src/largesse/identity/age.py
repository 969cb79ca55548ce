"""Ages, exactly: whole years lived, counted on the calendar."""

import re
from datetime import date

from largesse.identity.errors import BirthDateInvalid, CountryClosed, Underage
from largesse.identity.model import AgeState, Country, User

AGE_MAX_YEARS = 120
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def age_years(birth_date: date, today: date) -> int:
    """Someone born on 29 February is a year older on 1 March of a common year, on 29 February of a leap year."""
    before_birthday = (today.month, today.day) < (birth_date.month, birth_date.day)
    return today.year - birth_date.year - before_birthday


def parse_birth_date(text: str, today: date) -> date:
    """A real day, not in the future, less than 120 years ago."""
    if not _ISO_DATE.fullmatch(text):
        raise BirthDateInvalid
    try:
        birth_date = date.fromisoformat(text)
    except ValueError as error:  # 30 February, or 29 February of a common year
        raise BirthDateInvalid from error
    if birth_date > today or age_years(birth_date, today) >= AGE_MAX_YEARS:
        raise BirthDateInvalid
    return birth_date


def spending_state(user: User, rule: Country, today: date) -> AgeState:
    """Whether this user may spend; `today` is the day in UTC."""
    if not rule.open:
        return AgeState.COUNTRY_CLOSED
    if age_years(user.birth_date, today) < rule.age_min_years:
        return AgeState.UNDERAGE
    return AgeState.ALLOWED


def check_spending(user: User, rule: Country, today: date) -> None:
    """Raise what `spending_state` found, in words that name the age and the country."""
    state = spending_state(user, rule, today)
    if state is AgeState.COUNTRY_CLOSED:
        raise CountryClosed(f"Coins cannot be bought or given in {rule.name} yet.")
    if state is AgeState.UNDERAGE:
        raise Underage(
            f"Buying and giving coins needs age {rule.age_min_years} or more in {rule.name}.",
            age_min_years=rule.age_min_years,
            country=rule.code,
        )

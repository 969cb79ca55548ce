"""Who may receive gifts: decided from values alone."""

from datetime import datetime

from largesse.creators.model import CreatorRule
from largesse.creators.schemas import Reason
from largesse.identity import Country, User, age_years


def reasons(
    user: User, *, followers: int, rule: CreatorRule, country: Country, at: datetime
) -> list[Reason]:
    """Every condition, met or not."""
    age = age_years(user.birth_date, at.date())
    account_age_days = (at - user.created_at).days
    return [
        Reason(
            code="followers",
            met=followers >= rule.live_followers_min,
            have=followers,
            need=rule.live_followers_min,
        ),
        Reason(
            code="age",
            met=age >= country.age_min_years,
            have=age,
            need=country.age_min_years,
        ),
        Reason(
            code="account_age",
            met=account_age_days >= rule.account_age_min_days,
            have=account_age_days,
            need=rule.account_age_min_days,
        ),
        Reason(code="country", met=country.open, have=None, need=None),
    ]

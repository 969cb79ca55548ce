"""Which country's prices a buyer has: what his payments say counts, and his own word only before the first of them."""

from largesse.db import ReadConnection
from largesse.errors import ValidationFailed
from largesse.identity import User
from largesse.topups.billing_queries import last_payer_country
from largesse.topups.errors import CountryNotYours


async def billing_country(conn: ReadConnection, user: User | None) -> str:
    """The country of the last credited payment as its provider told, else the account's; raises ValidationFailed."""
    if user is None:
        raise ValidationFailed(
            errors=[{"field": "country", "message": "Needed unless you are signed in"}]
        )
    return await last_payer_country(conn, user.id) or user.country


async def assert_country(conn: ReadConnection, user: User, country_code: str) -> None:
    """Raise CountryNotYours for prices of another country than the user's payments come from, once that is known."""
    paid_from = await last_payer_country(conn, user.id)
    if paid_from not in (None, country_code):
        raise CountryNotYours(
            f"Your last payment came from {paid_from}, so that country's prices are yours.",
            country=paid_from,
        )

"""A buyer's consent to tell stores which share of a purchase he used."""

from uuid import UUID

from largesse.db import ReadConnection
from largesse.identity import User
from largesse.services import Services
from largesse.topups.consumption import queries
from largesse.topups.consumption.schemas import ConsumptionConsent
from largesse.types import now


async def show_consent(services: Services, user: User) -> ConsumptionConsent:
    """What a user said."""
    async with services.db.read() as conn:
        return await consent_of(conn, user.id)


async def set_consent(services: Services, user: User, *, consented: bool) -> ConsumptionConsent:
    """Allow or forbid it."""
    async with services.db.transaction() as conn:
        await queries.set_consent(conn, user.id, consented=consented, at=now())
        return await consent_of(conn, user.id)


async def consent_of(conn: ReadConnection, user_id: UUID) -> ConsumptionConsent:
    """What a user said; who never said anything did not allow it."""
    known = await queries.find_consent(conn, user_id)
    return known or ConsumptionConsent(consented=False, changed_at=None)

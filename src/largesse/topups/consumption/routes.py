"""Routes of the consent."""

from fastapi import APIRouter

from largesse.identity import CurrentUser
from largesse.services import ServicesDep
from largesse.topups.consumption import consent
from largesse.topups.consumption.schemas import ConsumptionConsent, ConsumptionConsentRequest

router = APIRouter(prefix="/v1/me/consumption-consent", tags=["top-ups"])


@router.get("")
async def show_consumption_consent(services: ServicesDep, user: CurrentUser) -> ConsumptionConsent:
    """Whether a store that you ask for a refund may learn from us how much of the purchase you used."""
    return await consent.show_consent(services, user)


@router.put("")
async def set_consumption_consent(
    services: ServicesDep, user: CurrentUser, body: ConsumptionConsentRequest
) -> ConsumptionConsent:
    """Allow or forbid it."""
    return await consent.set_consent(services, user, consented=body.consented)

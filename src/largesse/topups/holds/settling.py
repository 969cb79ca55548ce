"""Releasing a payment where a server can carry it out at once."""

import logging
from uuid import UUID

from largesse.services import Services
from largesse.topups.holds import schemas, service
from largesse.topups.holds.model import Decision
from largesse.topups.providers import ProviderError
from largesse.topups.releasing import settle_released

log = logging.getLogger(__name__)


async def release(services: Services, actor_id: UUID, order_id: UUID) -> schemas.Hold:
    """Release a payment and credit it. A provider that does not answer is asked again by the decision's job."""
    await service.decide(services.db, actor_id, order_id, Decision.RELEASED)
    try:
        await settle_released(services, order_id)
    except ProviderError as error:
        log.warning("nothing was told about released order %s: %s", order_id, error)
    async with services.db.read() as conn:
        return await service.show_hold(conn, order_id)

"""Purchases that Google Play lists as voided: refunded, charged back, or given back because nobody finished them.

Notifications tell most of them; the list tells all, those of Google's own making included, for thirty days.
"""

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from procrastinate import App

from largesse.services import Services
from largesse.topups import payment_queries
from largesse.topups.payments import apply_event
from largesse.topups.providers import ProviderError
from largesse.topups.registry import enabled_providers
from largesse.types import now

if TYPE_CHECKING:
    from largesse.topups.providers.google_play import GooglePlayProvider, Void

log = logging.getLogger(__name__)

_TASK = "topups.read_voided_purchases"
_EVERY_5_MINUTES = "*/5 * * * *"
_OVERLAP = timedelta(minutes=10)
"""Each list goes back a little further than the one before, in case Google lists something late."""
_SPARE = timedelta(hours=1)
"""Google refuses to list what is older than it keeps; clocks differ."""


def register_voided_purchases(app: App, services: Services) -> None:
    """Tell a worker's queue the task."""

    async def read(timestamp: int) -> None:
        await read_voided_purchases(services)

    every_5_minutes = app.periodic(cron=_EVERY_5_MINUTES)
    every_5_minutes(app.task(name=_TASK, queueing_lock=_TASK)(read))


async def read_voided_purchases(services: Services) -> int:
    """Take back what Google gave back since the last list; answers how many purchases were listed.

    Those of before are read again with the next list until each of them could be worked off: every one counts once.
    """
    if not services.settings.google_play.on:
        return 0
    from largesse.topups.providers.google_play import NAME, GooglePlayProvider
    from largesse.topups.providers.google_play.voided import LISTED_FOR

    provider = enabled_providers(services)[NAME]
    assert isinstance(provider, GooglePlayProvider)
    until = now()
    async with services.db.read() as conn:
        since = await payment_queries.listed_until(conn, NAME)
    oldest = until - LISTED_FOR + _SPARE
    try:
        voids = await provider.voided(max(since or oldest, oldest), until)
    except ProviderError as error:
        log.warning("voided purchases are not known: %s", error)
        return 0
    done = [await _try_to_apply(services, provider, void) for void in voids]
    if all(done):
        async with services.db.transaction() as conn:
            await payment_queries.set_listed_until(conn, NAME, until - _OVERLAP)
    return len(voids)


async def _try_to_apply(services: Services, provider: "GooglePlayProvider", void: "Void") -> bool:
    """One that fails must not keep the others waiting."""
    try:
        for event in await provider.void_events(void):
            await apply_event(services, provider, event)
    except Exception:
        log.exception("the voided purchase %s is not worked off", void.order_name)
        return False
    return True

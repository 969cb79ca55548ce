"""Goals that seem to be reached: asked about, written down, told."""

import logging
from uuid import UUID

from largesse.db import Database
from largesse.goals.pauses import Pauses
from largesse.goals.service import confirm_reached
from largesse.realtime import Hub

ASK_AGAIN_S = 3.0
"""When the database said no (refunds took from what was given), or failed."""

log = logging.getLogger(__name__)


class Confirming:
    """One room after the other. One that fails keeps no other waiting, and is not asked about all the time."""

    def __init__(self, db: Database, hub: Hub) -> None:
        self._db = db
        self._hub = hub
        self._pauses = Pauses(ASK_AGAIN_S)

    async def confirm(self, room_id: UUID) -> None:
        """Write down what is reached in a room, unless that was tried a moment ago."""
        if not self._pauses.is_over(room_id):
            return
        try:
            events = await confirm_reached(self._db, room_id)
        except Exception as error:  # whatever it is, the database knows what was given
            log.warning("goals of room %s: trying again: %s", room_id, type(error).__name__)
            events = []
        if events:
            self._hub.publish(room_id, events)
        else:
            self._pauses.begin(room_id)

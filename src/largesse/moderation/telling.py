"""What a use case leaves behind: an event in the live room, told after the commit, and a row in the audit log."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from largesse import identity, ledger
from largesse.db import Connection
from largesse.identity import Person, User
from largesse.ledger import RoomClosed, RoomEventRow
from largesse.moderation.events import MODERATION, read_moderation
from largesse.moderation.port import Place
from largesse.realtime import LoggedEvent, ModerationEvent
from largesse.services import Services
from largesse.types import new_id


def person(user: User) -> Person:
    """A user as others see him."""
    return Person(id=user.id, display_name=user.display_name)


@dataclass(slots=True)
class Telling:
    """Collects the events of one transaction. Call `tell` after its commit."""

    services: Services
    actor: User
    place: Place | None
    """None: no stream of the creator is live, so nobody is told."""
    events: list[LoggedEvent] = field(default_factory=list)

    async def append(self, conn: Connection, type_: str, data: dict[str, Any]) -> RoomEventRow:
        """Write an event into the log of the live room, whose row stays locked until the commit."""
        assert self.place is not None
        return await ledger.append_event(
            conn,
            room_id=self.place.room_id,
            id=new_id(),
            type=type_,
            user_id=self.actor.id,
            data=data,
        )

    async def act(
        self, conn: Connection, data: dict[str, Any], target: User | None = None
    ) -> ModerationEvent | None:
        """Write a moderation event, if there is a live room; it names nobody but the actor and `target`."""
        if self.place is None or not self.place.live:
            return None
        try:
            row = await self.append(conn, MODERATION, data)
        except RoomClosed:  # it ended meanwhile
            return None
        people = {someone.id: person(someone) for someone in (self.actor, target) if someone}
        event = read_moderation(row, lambda id_: people[id_])
        self.events.append(event)
        return event

    async def record(
        self, conn: Connection, action: str, object_id: UUID | None, **data: Any
    ) -> None:
        """Write the audit row."""
        await identity.record(conn, self.actor.id, action, object_id, data)

    def tell(self) -> None:
        """After the commit: to everybody in the room."""
        if self.events and self.place is not None:
            self.services.hub.publish(self.place.room_id, self.events)

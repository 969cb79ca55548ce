"""How a stored event of a room becomes one that viewers see. Each module reads the types it writes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from largesse.identity import Person
from largesse.ledger import RoomEventRow
from largesse.realtime.events import LoggedEvent

Naming = Callable[[UUID], Person]
"""Somebody by id, also when the account is gone."""


@dataclass(frozen=True, slots=True)
class EventReader:
    """Reads rows of one type. What the row's JSON says was written by us and never changes."""

    read: Callable[[RoomEventRow, Naming], LoggedEvent]
    mentions: Callable[[RoomEventRow], Iterable[UUID]] = lambda _: ()
    """Ids of people in the row's JSON, beside its `user_id`."""

"""Ids that follow from a streak's key and a secret of the installation: whoever ends a streak writes the same one."""

from datetime import datetime
from uuid import RFC_4122, UUID

from largesse.gifts import StreakKey
from largesse.types import derived_id


def end_id(secret: bytes, key: StreakKey) -> UUID:
    """The id of the streak's end in the room's log. It bears the time of the streak's: both leave together."""
    return _derived(secret, "end", key)


def shown_id(secret: bytes, key: StreakKey) -> UUID:
    """What viewers see as the streak's id. Of an anonymous one it tells nothing about the client that made it."""
    return _derived(secret, "shown", key) if key.anonymous else key.streak_id


def _derived(secret: bytes, use: str, key: StreakKey) -> UUID:
    text = f"{use} {key.room_id} {key.sender_id} {key.gift_type_no} {key.anonymous}"
    return derived_id(key.streak_id, text.encode(), secret=secret)


def age_of(id_: UUID, at: datetime) -> float | None:
    """How many seconds ago a UUIDv7 says that it was made, below zero where that is to come; others do not say."""
    if id_.version != 7 or id_.variant != RFC_4122:
        return None
    return at.timestamp() - (id_.int >> 80) / 1000

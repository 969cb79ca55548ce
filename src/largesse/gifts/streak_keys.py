"""What names a streak, and which streaks ended lately."""

from collections import OrderedDict
from typing import NamedTuple
from uuid import UUID

from largesse.ledger import GiftRequest, GiftRow

_ENDED_MAX = 50_000


class StreakKey(NamedTuple):
    """One sender's gifts of one version under one id; the recipient follows from the room.

    With the sender in it, nobody can go on with somebody else's streak. Gifts that do not name their giver are no part
    of a streak that does: its total would tell who gave them.
    """

    room_id: UUID
    sender_id: UUID
    gift_type_no: int
    streak_id: UUID
    anonymous: bool


def streak_key(gift: GiftRequest | GiftRow) -> StreakKey | None:
    """The streak of a gift, if it has one."""
    if gift.streak_id is None:
        return None
    return StreakKey(
        gift.room_id, gift.sender_id, gift.gift_type_no, gift.streak_id, gift.anonymous
    )


class EndedStreaks:
    """The latest ends that this process knows of: gifts for them are refused before they cost anything."""

    def __init__(self, size_max: int = _ENDED_MAX) -> None:
        self._size_max = size_max
        self._keys: OrderedDict[StreakKey, None] = OrderedDict()

    def add(self, key: StreakKey) -> None:
        self._keys[key] = None
        if len(self._keys) > self._size_max:
            self._keys.popitem(last=False)

    def __contains__(self, key: StreakKey) -> bool:
        return key in self._keys

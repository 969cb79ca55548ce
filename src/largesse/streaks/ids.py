"""Ids that follow from a streak's key and a secret of the installation: whoever ends a streak writes the same one."""

from hashlib import blake2b
from uuid import UUID

from largesse.gifts import StreakKey

_TIME_BIT = 80
_VERSION, _VERSION_BIT = 8, 76
_VARIANT, _VARIANT_BIT = 2, 62
_NO_TIME = 1 << 127
"""Beyond every month that has a table."""


def end_id(secret: bytes, key: StreakKey) -> UUID:
    """The id of the streak's end in the room's log. It bears the time of the streak's: both leave together."""
    return _derived(secret, b"end", key)


def shown_id(secret: bytes, key: StreakKey) -> UUID:
    """What viewers see as the streak's id. Of an anonymous one it tells nothing about the client that made it."""
    return _derived(secret, b"shown", key) if key.anonymous else key.streak_id


def _derived(secret: bytes, use: bytes, key: StreakKey) -> UUID:
    text = f"{key.room_id} {key.sender_id} {key.gift_type_no} {key.streak_id} {key.anonymous}"
    number = int.from_bytes(blake2b(text.encode(), digest_size=16, key=secret, person=use).digest())
    if key.streak_id.version == 7:
        number = key.streak_id.int >> _TIME_BIT << _TIME_BIT | number & (1 << _TIME_BIT) - 1
    else:
        number |= _NO_TIME
    number = number & ~(0xF << _VERSION_BIT) | _VERSION << _VERSION_BIT
    return UUID(int=number & ~(3 << _VARIANT_BIT) | _VARIANT << _VARIANT_BIT)

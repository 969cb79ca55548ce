"""Why a gift is refused before the ledger is asked.

AppError
├── NotFound       GiftNotFound
├── Gone           GiftGone
├── Conflict       GiftChanged, SelfGift, StreakEnded
├── Unprocessable  CountOutOfRange, GiftIdOutOfTime, MessageTooLong, NotStreakable, PostGiftOutOfRange,
│                  StreakIdOutOfTime
└── Unavailable    ClockWrong
"""

from datetime import datetime

from largesse.errors import (
    Conflict,
    Gone,
    NotFound,
    Unavailable,
    Unprocessable,
    ValidationFailed,
)


class GiftNotFound(NotFound):
    """There is no such gift; GET /v1/gifts lists those there are."""

    code = "gift_not_found"


class GiftGone(Gone):
    """This gift is no longer given; nothing was charged."""

    code = "gift_gone"


class GiftChanged(Conflict):
    """This gift has changed since you saw it; look at its price again. Nothing was charged."""

    code = "gift_changed"


class SelfGift(Conflict):
    """You cannot give gifts to yourself."""

    code = "self_gift"


class StreakEnded(Conflict):
    """This streak is over; give again under a new streak id. Nothing was charged."""

    code = "streak_ended"


class CountOutOfRange(Unprocessable):
    """So many cannot be given at once."""

    code = "count_out_of_range"


class GiftIdOutOfTime(Unprocessable):
    """This id was made too long ago or in the future: make one by `server_time`. Nothing was charged."""

    code = "gift_id_out_of_time"

    def __init__(self, at: datetime) -> None:
        super().__init__(server_time=_server_time(at))


class StreakIdOutOfTime(Unprocessable):
    """This streak id was made too long ago or in the future: make one by `server_time`. Nothing was charged."""

    code = "streak_id_out_of_time"

    def __init__(self, at: datetime) -> None:
        super().__init__(server_time=_server_time(at))


def _server_time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class MessageTooLong(Unprocessable):
    """The message is too long."""

    code = "message_too_long"


class NotStreakable(Unprocessable):
    """This gift cannot be given in a streak."""

    code = "not_streakable"


class PostGiftOutOfRange(Unprocessable):
    """A gift on a post must lie within the limits for posts."""

    code = "post_gift_out_of_range"


class ClockWrong(Unavailable):
    """This server's clock is wrong by more than a day; nothing was charged, try again."""

    code = "clock_wrong"


class TextRefused(ValidationFailed):
    """Text holds characters that cannot be seen or that turn the direction of writing."""

    def __init__(self, field: str) -> None:
        super().__init__(
            errors=[{"field": field, "message": "Control and direction characters are not allowed"}]
        )

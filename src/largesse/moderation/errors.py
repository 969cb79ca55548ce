"""Why a chat refuses, and why its keepers are refused.

AppError
├── Forbidden      Banned, Muted, FollowersOnly, NotAModerator, CannotModerate
├── NotFound       RoomNotFound, MessageNotFound, NotModerating
├── Conflict       NotPinnable, ModeratorsFull
├── Unprocessable  LinksOff, WordBlocked
└── TooManyRequests  SlowMode, TooManyActs
"""

from datetime import datetime

from largesse.errors import (
    Conflict,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unprocessable,
    ValidationFailed,
)


class Banned(Forbidden):
    """You are banned from this creator's rooms. Nothing was charged."""

    code = "banned"


class Muted(Forbidden):
    """You may not speak here for a while. Nothing was charged."""

    code = "muted"

    def __init__(self, muted_until: datetime) -> None:
        super().__init__(muted_until=_written(muted_until))


class FollowersOnly(Forbidden):
    """Only followers may speak here; follow the creator first."""

    code = "followers_only"


class SlowMode(TooManyRequests):
    """This chat is in slow mode; wait for your turn."""

    code = "slow_mode"

    def __init__(self, *, retry_after_s: int, slow_mode_s: int) -> None:
        super().__init__(retry_after_s=retry_after_s, slow_mode_s=slow_mode_s)


class TooManyActs(TooManyRequests):
    """You did much in little time; wait a moment."""

    code = "too_many_acts"


class LinksOff(Unprocessable):
    """Addresses of web pages are not allowed here."""

    code = "links_off"


class WordBlocked(Unprocessable):
    """This text holds something that the creator does not want to read here."""

    code = "word_blocked"


class NotAModerator(Forbidden):
    """Only the creator and the moderators of this room may do this."""

    code = "not_a_moderator"


class CannotModerate(Forbidden):
    """You cannot do this to the creator, to somebody of your own rank or above, or to yourself."""

    code = "cannot_moderate"


class RoomNotFound(NotFound):
    """There is no such stream."""

    code = "stream_not_found"


class MessageNotFound(NotFound):
    """There is no message with this number in this room."""

    code = "message_not_found"


class NotPinnable(Conflict):
    """Only a message that can be read can be pinned."""

    code = "not_pinnable"


class ModeratorsFull(Conflict):
    """You have as many moderators as a creator may have."""

    code = "moderators_full"


class FieldWrong(ValidationFailed):
    """A rule, word or time is not within its limits."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(errors=[{"field": field, "message": message}])


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")

"""Why rooms refuse.

AppError
├── Forbidden      NotYourStream
├── NotFound       StreamNotFound, PostNotFound, OverlayNotFound
├── Conflict       AlreadyLive
├── Unprocessable  ChatEmpty, ChatTooLong, PayingUnavailable, TextLengthWrong
└── TooManyRequests  TooFast
"""

from largesse.errors import (
    Conflict,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unprocessable,
    ValidationFailed,
)


class StreamNotFound(NotFound):
    """There is no such stream."""

    code = "stream_not_found"


class PostNotFound(NotFound):
    """There is no such post."""

    code = "post_not_found"


class OverlayNotFound(NotFound):
    """This overlay address is not valid (any more)."""

    code = "overlay_not_found"


class NotYourStream(Forbidden):
    """Only its creator may end a stream."""

    code = "not_your_stream"


class AlreadyLive(Conflict):
    """You are live already; end that stream first."""

    code = "already_live"


class ChatEmpty(Unprocessable):
    """There is nothing to say in this message."""

    code = "chat_empty"


class ChatTooLong(Unprocessable):
    """This message is too long."""

    code = "chat_too_long"


class PayingUnavailable(Unprocessable):
    """Messages cannot be paid for here."""

    code = "paying_unavailable"


class TooFast(TooManyRequests):
    """You are writing too fast; wait a moment."""

    code = "too_fast"


class TextLengthWrong(ValidationFailed):
    """A title or caption is empty or too long."""

    def __init__(self, field: str, characters_max: int) -> None:
        message = f"Must have 1 to {characters_max} characters"
        super().__init__(errors=[{"field": field, "message": message}])

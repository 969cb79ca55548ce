"""Why rooms refuse.

AppError
├── Unauthenticated  IngestKeyWrong
├── Forbidden      NotYourStream, StreamPrivate
├── NotFound       StreamNotFound, PostNotFound
├── Conflict       AlreadyLive, StreamEnded, NotByInvitation, TooManyInvited, NotLive
├── Unprocessable  ChatEmpty, ChatTooLong, IdReserved, TextLengthWrong
└── TooManyRequests  TooFast, TooManyChanges
"""

from largesse.errors import (
    Conflict,
    Forbidden,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    Unprocessable,
    ValidationFailed,
)


class StreamNotFound(NotFound):
    """There is no such stream."""

    code = "stream_not_found"


class PostNotFound(NotFound):
    """There is no such post."""

    code = "post_not_found"


class NotYourStream(Forbidden):
    """Only its creator may end a stream."""

    code = "not_your_stream"


class AlreadyLive(Conflict):
    """You are live already; end that stream first."""

    code = "already_live"


class StreamPrivate(Forbidden):
    """This room is not open to everybody, and not to you."""

    code = "stream_private"


class StreamEnded(Conflict):
    """This stream has ended."""

    code = "stream_ended"


class NotByInvitation(Conflict):
    """People are invited only to streams that are by invitation."""

    code = "not_by_invitation"


class TooManyInvited(Conflict):
    """So many people cannot be invited to one stream."""

    code = "too_many_invited"


class NotLive(Conflict):
    """There is no live stream that this could end."""

    code = "not_live"


class IngestKeyWrong(Unauthenticated):
    """This key is not valid (any more)."""

    code = "ingest_key_wrong"


class ChatEmpty(Unprocessable):
    """There is nothing to say in this message."""

    code = "chat_empty"


class ChatTooLong(Unprocessable):
    """This message is too long."""

    code = "chat_too_long"


class IdReserved(Unprocessable):
    """Ids of this version (8) are made by the server alone; make a UUIDv7."""

    code = "id_reserved"


class TooFast(TooManyRequests):
    """You are writing too fast; wait a moment."""

    code = "too_fast"


class TooManyChanges(TooManyRequests):
    """This stream was changed often lately; wait a moment."""

    code = "too_many_changes"


class AddressWrong(ValidationFailed):
    """An address of a picture cannot be used; `message` says what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(errors=[{"field": field, "message": message}])


class TextLengthWrong(ValidationFailed):
    """A title or caption is empty or too long."""

    def __init__(self, field: str, characters_max: int) -> None:
        message = f"Must have 1 to {characters_max} characters"
        super().__init__(errors=[{"field": field, "message": message}])

"""Why a message is not taken, before the ledger is asked. Nothing was charged then.

AppError
├── NotFound       MessageNotFound, StreamNotFound
├── Conflict       CheerChanged, NothingHeld
└── Unprocessable  CheerOutOfRange, CheerTooLong, MessageCoinsOutOfRange, NoCheer, PaidMessageTooLong, TooManyEmoji
"""

from largesse.errors import Conflict, NotFound, Unprocessable


class MessageCoinsOutOfRange(Unprocessable):
    """A message cannot be paid for with so many coins."""

    code = "message_coins_out_of_range"


class PaidMessageTooLong(Unprocessable):
    """So many coins pay for a shorter message."""

    code = "paid_message_too_long"


class TooManyEmoji(Unprocessable):
    """So many coins pay for fewer emoji."""

    code = "too_many_emoji"


class NoCheer(Unprocessable):
    """There is no cheer mark in this text: send it as chat, it costs nothing."""

    code = "no_cheer"


class CheerChanged(Conflict):
    """The marks in this text cost something else than you were shown. Nothing was charged."""

    code = "cheer_changed"


class CheerOutOfRange(Unprocessable):
    """One message cannot cheer with so many coins."""

    code = "cheer_out_of_range"


class CheerTooLong(Unprocessable):
    """This message is too long."""

    code = "cheer_too_long"


class MessageNotFound(NotFound):
    """There is no such paid message in this stream."""

    code = "message_not_found"


class StreamNotFound(NotFound):
    """There is no such stream."""

    code = "stream_not_found"


class NothingHeld(Conflict):
    """This message does not wait for a moderator."""

    code = "message_not_held"

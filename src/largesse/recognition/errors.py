"""Why recognition refuses.

AppError
├── Forbidden        NotYourRoom
├── NotFound         NothingToThankFor, RoomNotFound
├── Conflict         ThankedBefore
├── Unprocessable    ThanksTooLong
└── TooManyRequests  ThanksTooFast
"""

from largesse.errors import Conflict, Forbidden, NotFound, TooManyRequests, Unprocessable


class RoomNotFound(NotFound):
    """There is no such stream."""

    code = "stream_not_found"


class NotYourRoom(Forbidden):
    """Only the creator of a stream may thank those who gave in it."""

    code = "not_your_stream"


class NothingToThankFor(NotFound):
    """No gift, paid message or cheer has this number."""

    code = "nothing_to_thank_for"


class ThankedBefore(Conflict):
    """You thanked for this already, in other words."""

    code = "thanked_before"


class ThanksTooLong(Unprocessable):
    """These thanks are too long."""

    code = "thanks_too_long"


class ThanksTooFast(TooManyRequests):
    """You are thanking too fast; wait a moment."""

    code = "thanks_too_fast"

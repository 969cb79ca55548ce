"""Why nobody gets into a room, and the codes with which sockets are closed.

AppError
├── RoomUnknown
└── TooManySockets  TooManyRooms
"""

from largesse.errors import AppError

TOKEN_WRONG = 4401
NOT_ADMITTED = 4403
ROOM_UNKNOWN = 4404
TOO_MANY_SOCKETS = 4429


class RoomUnknown(AppError):
    """There is no such room."""

    status = 404
    code = "stream_not_found"


class TooManySockets(AppError):
    """Too many sockets are open for this user, address or room."""

    status = 429
    code = "too_many_sockets"


class TooManyRooms(TooManySockets):
    """This process has all the rooms open that it may."""

    code = "too_many_rooms"

"""Gifts a second acknowledged over WebSocket: server, database and load generator on this machine, every rule on."""

from typing import Any

from bench.live import seat_viewers, serving
from bench.load import Level, levels_of
from bench.machine import REST_S

GIFTS = 60_000
"""Of each level of load."""
SOCKETS = 256
"""Each of a viewer of their own: a socket may send 100 messages a second."""
ROOMS = 64
IN_FLIGHT_EACH = (1, 2, 3, 4, 6)


def measure(url: str, *, gifts: int = GIFTS) -> dict[str, Any]:
    """Rising load: every socket has one gift on its way, then two ..., and gets every event of its room."""
    seats = seat_viewers(url, viewers=SOCKETS, room_count=ROOMS)
    levels = [Level(SOCKETS, in_flight, gifts) for in_flight in IN_FLIGHT_EACH]
    rest_s = REST_S if gifts >= GIFTS else 0.0
    with serving(url) as server:
        return {
            "sockets": SOCKETS,
            "rooms": ROOMS,
            **levels_of("websocket", server, seats, levels, rest_s),
        }

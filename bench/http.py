"""Gifts a second over HTTP POST: server, database and load generator on this machine, every rule on."""

from typing import Any

from bench.live import seat_viewers, serving
from bench.load import Level, levels_of
from bench.machine import REST_S

GIFTS = 20_000
"""Of each level of load."""
CONNECTIONS = (16, 64, 128, 256)
"""Kept alive, each of a viewer of their own with one gift on its way."""
ROOMS = 64


def measure(url: str, *, gifts: int = GIFTS) -> dict[str, Any]:
    """Rising load: more and more connections."""
    seats = seat_viewers(url, viewers=max(CONNECTIONS), room_count=ROOMS)
    levels = [Level(connections, 1, gifts) for connections in CONNECTIONS]
    rest_s = REST_S if gifts >= GIFTS else 0.0
    with serving(url) as server:
        return {"rooms": ROOMS, **levels_of("http", server, seats, levels, rest_s)}

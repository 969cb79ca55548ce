"""Gifts a second acknowledged over WebSocket: server, database and load generator on this machine, every rule on."""

import json
from dataclasses import asdict
from typing import Any
from bench.live import seat_viewers, serving
from bench.load import Level, run_levels
from bench.server import postgres

SOCKETS = 256
ROOMS = 64


def measure(gifts: int | None = None) -> dict[str, Any]:
    n = gifts or 40000
    with postgres() as url:
        seats = seat_viewers(url, viewers=SOCKETS, room_count=ROOMS)
        with serving(url) as server:
            levels = [Level(SOCKETS, w, n) for w in (1, 2, 4, 8)]
            return [asdict(m) for m in run_levels("websocket", server, seats, levels)]


if __name__ == "__main__":
    for m in measure():
        print(json.dumps(m))

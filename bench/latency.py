"""From a gift's sending until another viewer of the room has its event, at rising rates; and the same by the baselines.

Our gifts are committed to disk before anybody sees them; a baseline passes a message on. A contestant that does not
keep up with a rate is asked for no higher one.
"""

import time
from collections.abc import Sequence
from typing import Any

from bench.live import Seat, problems, seat_viewers
from bench.machine import REST_S
from bench.rooms import BASELINES, Contestant, crowd, givers, largesse

GIFTS = 3_000
"""Of the fastest level, a second; the slower ones last as long."""
VIEWERS = 200
GIVERS = 40
"""Of the viewers; each may send 100 messages a second."""
WATCHERS = 6
"""Of the viewers: those whose events are timed."""
GIFTS_PER_S = (50, 200, 1_000, 3_000)
FRAME_INTERVALS_MS = (50, 0)
"""As by default, and each commit at once."""
LEVEL_S = 4.0
_PATIENCE_S = 4.0
"""Who needs longer after the last gift has not kept up."""


def measure(url: str, *, gifts: int = GIFTS) -> dict[str, Any]:
    """Ours with and without gathering events into frames, then each baseline."""
    level_s = LEVEL_S * min(1.0, gifts / GIFTS)
    rest_s = REST_S / 4 if gifts >= GIFTS else 0.0
    seats = seat_viewers(url, viewers=VIEWERS, room_count=1)
    found = {}
    for interval_ms in FRAME_INTERVALS_MS:
        with largesse(url, frame_interval_ms=interval_ms) as server:
            found[f"frames_{interval_ms}_ms"] = run(server, seats, level_s, rest_s)
    for name, start in BASELINES.items():
        with start() as server:
            found[name] = run(server, seats, level_s, rest_s)
    assert problems(url) == []
    return {"viewers": VIEWERS, "contestants": found}


def run(
    server: Contestant, seats: Sequence[Seat], level_s: float, rest_s: float
) -> list[dict[str, Any]]:
    """One level after the other, as long as it keeps up."""
    number = GIVERS + WATCHERS
    levels = []
    with (
        crowd(server, seats[number:], pause_s=0.0),
        givers(server, seats[:number], watchers=WATCHERS) as give,
    ):
        give({"rate_per_s": GIFTS_PER_S[0], "duration_s": level_s / 5, "patience_s": _PATIENCE_S})
        for rate in GIFTS_PER_S:
            time.sleep(rest_s)
            level = {"rate_per_s": rate, "duration_s": level_s, "patience_s": _PATIENCE_S}
            levels.append(_figures(rate, give(level)))
            if not levels[-1]["kept_up"]:
                break
    return levels


def _figures(rate: int, given: dict[str, Any]) -> dict[str, Any]:
    assert given["refused"] == 0, given["codes"]
    return {
        "gifts_per_s": rate,
        "gifts": given["given"],
        "kept_up": given["missing"] == 0,
        "p50_ms": given["p50_ms"],
        "p99_ms": given["p99_ms"],
    }
